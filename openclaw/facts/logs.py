"""What logs and earlier answers say about refused credentials. All is bounded, and read from its end."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from openclaw.facts import fact, logfiles
from openclaw.finding import Location
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openclaw.config.reading import Config
    from openclaw.facts.credentials import Held
    from openclaw.facts.live import Live
    from openclaw.home import Home
    from openclaw.invocation import Invocation
    from openclaw.providers.loglines import Line
    from openclaw.record import Last
    from openclaw.secret import Secret
    from openclaw.service.base import GatewayService

DAYS = 7
DAY = 86_400_000  # milliseconds
ENTRIES = 2000  # of the journal
SECONDS = 4.0  # for reading and judging files
JOURNAL_SECONDS = 3.0
KEPT = 40  # kinds of refusals
# Nothing is looked at more closely that has none of these: a quick look at thousands of lines.
TELLING = (
    "auth", "api key", "api_key", "api-key", "apikey", "credential", "token", "bearer", "credit", "billing", "quota",
    "organiz", "organis", "forbidden", "extra usage", "log in", "login", "logged", "balance", "rate limit",
    "rate_limit", "overload", "region", "expired", "revoked", "disabled", "deactivated", "status_code",
    "scopes",
)  # fmt: skip

AT_ONCE = 2000  # milliseconds within which the same answer is one event

# A line with one of these is about a request to a model: channels and tools fail with the same words (a bot's token).
OF_MODELS = ("agent/embedded", "[agent]", "embedded run", "embedded agent", "failovererror", "llm request", "llm error")

Source = Literal["log", "journal", "host log"]
Key = tuple[str, str, bool, bool]  # provider, class, sure, of a model


@frozen
class Refusal:
    """What a provider said, and how often. `first` and `last` in epoch milliseconds; None: the log has no times.

    `place` is the newest line; None for the journal. `excerpt` is redacted. `sure`: it is about the credential.
    """

    provider: str  # "" where nothing tells
    cls: str
    count: int
    last: int | None
    first: int | None
    source: Source
    excerpt: str
    place: Location | None = None
    unit: str = ""
    sure: bool = True
    meaning: str = ""
    remedy: str = ""
    phrase: str = ""
    of_model: bool = False  # certainly a request to a model: the provider, where it is not named, is one in use


@frozen
class Refused:
    """All of it, newest first. `unread`: what should have been looked into and was not, each a clause."""

    found: tuple[Refusal, ...] = ()
    unread: tuple[str, ...] = ()


@fact(deadline=SECONDS + JOURNAL_SECONDS + 3)
def refused(home: Home, config: Config, gateway: GatewayService | None, held: list[Held], call: Invocation) -> Refused:
    """Known answers of providers in the logs of the last 7 days: files, the journal, and our part of the host's log."""
    since, ends = call.now - DAYS * DAY, time.monotonic() + SECONDS
    secrets = [item.secret for item in held if item.secret]
    work = _Work(since, call.now, ends, secrets)
    paths, work.unread = logfiles.of_state(home, config, since)
    for path in paths:
        work.file(path, "log")
    for path in logfiles.of_host(since, DAYS + 1):
        work.file(path, "host log", home)
    if gateway is not None and gateway.installed:
        work.journal(gateway, call.env)
    return Refused(work.refusals(), tuple(work.unread))


@fact()
def last_answers(home: Home, call: Invocation, asked: Live | None) -> Mapping[str, Last]:  # noqa: ARG001 - after it
    """What providers said when this program last asked them: in this run, or at some time before."""
    from openclaw import record

    return record.recall(home.state, call.env, call.user)


@dataclass(slots=True)
class _Work:
    """What was found so far. One failure counts once, however many lines in however many logs it has."""

    since: int
    now: int
    ends: float
    secrets: list[Secret] = field(repr=False)
    groups: dict[Key, Refusal] = field(default_factory=dict)
    events: dict[Key, tuple[set[str], set[int]]] = field(default_factory=dict)  # the runs and times that were counted
    unread: list[str] = field(default_factory=list)

    def file(self, path: Path, source: Source, home: Home | None = None) -> None:
        """Looks into a log; with `home` only at the lines that belong to it."""
        from openclaw.providers import loglines

        if time.monotonic() > self.ends:
            self.unread.append(f"{path}: there was no time left")
            return
        try:
            if home is not None and not logfiles.mentions(path, str(home.state)):
                return  # as a rule: what does not name us is not even taken apart
            first, lines, written = logfiles.tail(path)
        except OSError as error:
            self.unread.append(f"{path}: {error.strerror}")
            return
        parsed = loglines.parse(lines, first, _telling if home is None else None)
        if home is not None:
            parsed = loglines.ours(parsed, str(home.state), home.short(home.state))
        for line in reversed(parsed):
            self.line(line, source, Location(str(path), line.number), written)

    def journal(self, gateway: GatewayService, env: Mapping[str, str]) -> None:
        """Asks the journal of the user's services; hosts without journalctl have none."""
        from openclaw import proc
        from openclaw.providers import loglines

        if gateway.definition is None or gateway.definition.suffix != ".service":
            return
        argv = ["journalctl", "--user", "-u", gateway.unit, "--since", f"@{self.since // 1000}", "-n", str(ENTRIES)]
        done = proc.run([*argv, "-r", "-o", "json", "--no-pager", "-q"], timeout=JOURNAL_SECONDS, env=env)
        if isinstance(done, proc.NotDone):
            if "not found" not in done.reason:
                self.unread.append(f"the journal of {gateway.unit}: {done.reason}")
            return
        if done.code != 0:
            why = (done.err.strip().splitlines() or [f"journalctl ended with {done.code}"])[0]
            self.unread.append(f"the journal of {gateway.unit}: {why[:120]}")
            return
        for line in loglines.journal(done.out):
            self.line(line, "journal", None, self.now, gateway.unit)

    def line(self, line: Line, source: Source, place: Location | None, written: int, unit: str = "") -> None:
        """Judges one line; one without a time is as old as its file at least."""
        when = line.at if line.at is not None else written
        if not self.since <= when <= self.now + DAY or time.monotonic() > self.ends + 1 or not _telling(line.text):
            return
        from openclaw.providers.answer import redacted
        from openclaw.providers.pasted import EXCERPT, recognise

        recognised = recognise(line.text)
        if recognised is None:
            return
        verdict, provider = recognised
        lowered = line.text.lower()
        of_model = any(words in lowered for words in OF_MODELS)
        key = (provider, verdict.cls, verdict.sure, of_model and not provider)
        before = self.groups.get(key)
        if (before is None and len(self.groups) >= KEPT) or self.known(key, line):
            return
        if before is not None:
            self.groups[key] = _again(before, line.at, source, place, unit)
            return
        excerpt = redacted(verdict.evidence.get("message", ""), self.secrets)[:EXCERPT]
        self.groups[key] = Refusal(
            provider, verdict.cls, 1, line.at, line.at, source, excerpt, place, unit, verdict.sure, verdict.meaning,
            verdict.remedy, verdict.phrase, of_model,
        )  # fmt: skip

    def known(self, key: Key, line: Line) -> bool:
        """Whether it is one of the several lines that OpenClaw writes about one failure; remembers it where not."""
        links, times = self.events.setdefault(key, (set(), set()))
        at = line.at
        again = bool(line.links & links) or (at is not None and any(abs(at - item) < AT_ONCE for item in times))
        links |= line.links
        if at is not None:
            times.add(at)
        return again

    def refusals(self) -> tuple[Refusal, ...]:
        """Newest first."""
        return tuple(sorted(self.groups.values(), key=lambda item: -(item.last or 0)))


def _again(before: Refusal, at: int | None, source: Source, place: Location | None, unit: str) -> Refusal:
    """The same once more; the place is that of the newest."""
    from dataclasses import replace

    times = [item for item in (before.first, before.last, at) if item is not None]
    found = replace(before, count=before.count + 1, first=min(times, default=None), last=max(times, default=None))
    newer = at is not None and before.last is not None and at > before.last
    return replace(found, source=source, place=place, unit=unit) if newer else found


def _telling(text: str) -> bool:
    lowered = text.lower()  # a pattern that ignores case takes ten times as long
    return any(words in lowered for words in TELLING)
