"""`models status --probe`: options, the run, what of it is kept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from openclaw import record
from openclaw.errors import UsageFailure
from openclaw.probing import report
from openclaw.probing.run import CONCURRENCY, MAX_TOKENS, SECONDS, Options, run
from openclaw.probing.targets import checked, targets
from openclaw.redact import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.credentials.status import StatusInput
    from openclaw.invocation import Invocation

SOURCE = "models status --probe"
TOKENS = 8  # the reference's; this program asks for fewer unless it is told otherwise


def probed(call: Invocation, given: StatusInput, asked: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """(the member `auth.probes`, whether a provider rejected something). Remembers the answers."""
    options = _options(asked)
    provider, profiles = asked.get("probe_provider"), _ids(asked.get("probe_profile") or ())
    checked(given.sources, provider, profiles)
    agent = given.agent or "main"
    wanted = targets(given.sources, given.models, agent=agent, provider=provider, profiles=profiles)
    done = run(wanted, call.env, options)
    record.remember(record.path_for(given.home.state, call.env, call.user), done, SOURCE, call.now)
    tokens = asked.get("probe_max_tokens") or TOKENS
    found = report.document(
        done, options, tokens=tokens, provider=provider, profiles=profiles, newer=given.sources.newer
    )
    return found, bool(done.rejected)


def notice(text: str) -> None:
    """Told on stderr, before anything is sent."""
    print(f"Note: {scrub(text)}", file=sys.stderr, flush=True)


def _options(asked: Mapping[str, Any]) -> Options:
    milliseconds = _positive(asked, "probe_timeout", round(SECONDS * 1000))
    return Options(
        seconds=milliseconds / 1000,
        concurrency=_positive(asked, "probe_concurrency", CONCURRENCY),
        max_tokens=_positive(asked, "probe_max_tokens", MAX_TOKENS),
        allow_http=bool(asked.get("allow_http")),
        notice=notice,
    )


def _positive(asked: Mapping[str, Any], name: str, default: int) -> int:
    value = asked.get(name)
    if value is None:
        return default
    if value <= 0:
        raise UsageFailure(f"--{name.replace('_', '-')} must be a positive number, not {value}")
    return int(value)


def _ids(given: tuple[str, ...]) -> list[str]:
    """`--probe-profile a,b --probe-profile c` as ids, each once."""
    return list(dict.fromkeys(part.strip() for text in given for part in text.split(",") if part.strip()))
