"""Asking: the requests of all targets at once, and what came of each."""

from __future__ import annotations

import time
from dataclasses import field
from typing import TYPE_CHECKING

from openclaw.frozen import frozen
from openclaw.providers.advice import CLAUDE_CODE_ONLY, claude_code_only
from openclaw.providers.classify import Verdict
from openclaw.providers.judging import available, judge, status_of
from openclaw.providers.probes import NotAsked, Prepared, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openclaw.net import Answer, Request
    from openclaw.probing.targets import Target
    from openclaw.providers.probes import Status

SECONDS = 8.0
CONCURRENCY = 2  # the reference's
MAX_TOKENS = 1


@frozen
class Options:
    """How to ask. `seconds` bounds the whole run; `notice` is told what is worth knowing before anything is sent."""

    seconds: float = SECONDS
    concurrency: int = CONCURRENCY
    max_tokens: int = MAX_TOKENS
    allow_http: bool = False
    notice: Callable[[str], None] | None = field(default=None, compare=False, repr=False)


@frozen
class Result:
    """What came of one target. `answer` is None where nothing was sent.

    `offered`: whether the key may use the model, None where nothing tells; `models` is the list of what there is, where
    one was given.
    """

    target: Target
    status: Status
    verdict: Verdict
    answer: Answer | None = None
    host: str = ""
    foreign: bool = False
    offered: bool | None = None
    models: tuple[str, ...] = ()

    @property
    def wait(self) -> int | None:
        """How many seconds the provider asks to wait; None where it does not."""
        from openclaw.net import retry_after

        return retry_after(self.answer) if self.answer is not None and self.status == "rate_limit" else None

    @property
    def mark(self) -> str:
        """ "Claude Code only" where Anthropic says so of this credential; else ""."""
        restricted = claude_code_only(self.verdict.cls, self.target.provider) and self.verdict.sure
        return CLAUDE_CODE_ONLY if restricted else ""

    @property
    def phase(self) -> str:
        """Where it ended: `auth` where the provider answered, else dns, tcp, tls, proxy, http, html, redirect …"""
        if "phase" in self.verdict.evidence:
            return self.verdict.evidence["phase"]
        return "auth" if self.answer is not None else ""


@frozen
class Run:
    """All results; times in milliseconds, the first two since the epoch."""

    results: tuple[Result, ...]
    started: int
    finished: int

    @property
    def rejected(self) -> tuple[Result, ...]:
        """What the providers clearly said no to."""
        return tuple(item for item in self.results if item.verdict.rejected)


def run(targets: Sequence[Target], env: Mapping[str, str], options: Options) -> Run:
    """Asks about each credential once, whatever the number of places that it stands in."""
    from openclaw.net import ask

    started = time.time_ns() // 1_000_000
    plans = [_plan(target, options) for target in targets]
    if options.notice:
        for line in notices(plans):
            options.notice(line)
    requests = _requests(targets, plans)
    answers = ask(requests, seconds=options.seconds, env=env, concurrency=options.concurrency) if requests else []
    results = tuple(
        _judged(target, plan, _answer(plan.request, requests, answers), _answer(plan.listing, requests, answers))
        if isinstance(plan, Prepared)
        else _not_asked(target, plan)
        for target, plan in zip(targets, plans, strict=True)
    )
    return Run(results, started, time.time_ns() // 1_000_000)


def _requests(targets: Sequence[Target], plans: Sequence[Prepared | NotAsked]) -> list[Request]:
    """Each once: what asks about the credentials first, then the lists of models, where one decides about a default."""
    found: list[Request] = []
    asked = [(target, plan) for target, plan in zip(targets, plans, strict=True) if isinstance(plan, Prepared)]
    wanted = [plan.request for _, plan in asked]
    wanted += [plan.listing for target, plan in asked if plan.listing and target.default_model]
    for request in wanted:
        if request not in found:
            found.append(request)
    return found


def _answer(request: Request | None, requests: Sequence[Request], answers: Sequence[Answer]) -> Answer | None:
    return answers[requests.index(request)] if request in requests else None


def notices(plans: Sequence[Prepared | NotAsked]) -> list[str]:
    """What somebody should see before it happens: a key that goes to a host that is not its provider's."""
    hosts = {plan.host: plan.request.url for plan in plans if isinstance(plan, Prepared) and plan.foreign}
    return [
        f"The base URL in the config sends a key to {host}"
        + (" without encryption" if url.startswith("http:") else "")
        + ", which is not its provider's own host."
        for host, url in sorted(hosts.items())
    ]


def _plan(target: Target, options: Options) -> Prepared | NotAsked:
    if target.skip:
        return NotAsked(target.skip, target.skip_status)
    return prepare(
        target.provider,
        target.secret,
        mode=target.mode,
        model=target.model_id,
        entry=target.entry,
        allow_http=options.allow_http,
        max_tokens=options.max_tokens,
    )


def _not_asked(target: Target, plan: NotAsked) -> Result:
    evidence = {"phase": plan.phase} if plan.phase else {}
    cls = "config" if plan.status == "format" or plan.phase else "unknown"
    verdict = Verdict(cls, plan.why, plan.remedy, evidence, sure=False)  # type: ignore[arg-type] # one of two
    return Result(target, plan.status, verdict)


def _judged(target: Target, plan: Prepared, answer: Answer | None, listing: Answer | None) -> Result:
    assert target.secret  # noqa: S101 - `prepare` makes no request without one
    assert answer  # noqa: S101 - each request of a plan is sent
    verdict = judge(target.provider, plan, answer, target.secret)
    known = target.default_model and target.model_id
    offered, models = available(plan, verdict, answer, listing, target.model_id) if known else (None, ())
    return Result(target, status_of(verdict, answer), verdict, answer, plan.host, plan.foreign, offered, models)
