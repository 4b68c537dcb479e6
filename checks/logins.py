"""credentials/: OAuth logins that end by themselves, and those that have more than one owner."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.knowing import or_unknown
from checks.remedies import edit
from checks.verdict import ERROR, ORDER, renew, target, verdict, verdicts
from openclaw.api import Finding, Remedy, Unknown, check
from openclaw.config.views import agents as configured
from openclaw.credentials.external import owner_of
from openclaw.frozen import frozen
from openclaw.home import DEFAULT_AGENT
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openclaw.config.reading import Config
    from openclaw.facts.credentials import Held, Stores
    from openclaw.facts.installation import Clock
    from openclaw.facts.logins import CliLogins
    from openclaw.facts.places import StoreFile
    from openclaw.secret import Secret


@check("credentials/no-refresh", ERROR, tags={"auth", "smoke"})
def no_refresh(held: list[Held], stores: Stores, clock: Clock) -> Iterator[Finding]:
    """A login that nothing refreshes: without a refresh token, or its access token stored as a token."""
    yield from or_unknown(verdicts("credentials/no-refresh", held, clock.now), stores)


@frozen
class Shared:
    """One refresh token and everybody who has it: profiles of different stores, and other programs."""

    items: tuple[Held, ...]
    programs: tuple[str, ...]

    @property
    def first(self) -> Held:
        """Main's own where it has one."""
        return next((item for item in self.items if item.agent == DEFAULT_AGENT), self.items[0])

    @property
    def copies(self) -> tuple[Held, ...]:
        """What other agents have of main's login; () where main does not have it."""
        return tuple(item for item in self.items if item.agent != DEFAULT_AGENT) if self._of_main else ()

    @property
    def _of_main(self) -> bool:
        return any(item.agent == DEFAULT_AGENT for item in self.items)


@check("credentials/shared-refresh", ERROR, tags={"auth"})
def shared_refresh(
    held: list[Held],
    stores: Stores,
    store_files: tuple[StoreFile, ...],
    cli_logins: CliLogins,
    config: Config,
    clock: Clock,
) -> Iterator[Finding]:
    """A refresh token that two agents, or an agent and another program, have both."""
    found = shared(held, store_files, cli_logins, clock.now)
    if not found and cli_logins.unread and any(item.kind == "oauth" for item in held):
        raise Unknown(f"{cli_logins.unread[0]} cannot be read")
    yield from or_unknown((_shared(item, config) for item in found), stores)


def _shared(item: Shared, config: Config) -> Finding:
    first = item.first
    others = [f"agent {other.agent} ({other.target})" for other in item.items if other is not first]
    who = joined([f"agent {first.agent}", *others, *item.programs])
    return Finding(
        "credentials/shared-refresh",
        ERROR,
        f"{first.target}: one login has several owners ({who}); the first that refreshes it logs the others out",
        target(first),
        evidence=_evidence(first),
        where=first.where,
        remedy=_remedy(item, config),
    )


def shared(held: Iterable[Held], files: Iterable[StoreFile], logins: CliLogins, now: int) -> list[Shared]:
    """The refresh tokens with more than one owner. Two names of one file are one owner: that has its own check."""
    real = {file.path: file.identity for file in files}
    owners: dict[Secret, dict[object, Held]] = {}
    for item in held:
        if item.source == "profile" and item.kind == "oauth" and (refresh := _refresh(item, now)):
            path = item.file.path if item.file else ""
            owners.setdefault(refresh, {}).setdefault(real.get(path) or path, item)
    programs: dict[Secret, list[str]] = {}
    for login in logins.found:
        if login.refresh:
            programs.setdefault(login.refresh, []).append(login.program)
    found = [Shared(tuple(items.values()), tuple(programs.get(token, ()))) for token, items in owners.items()]
    return [item for item in found if len(item.items) + len(item.programs) > 1]


def _refresh(item: Held, now: int) -> Secret | None:
    """The refresh token, where it is one: a mask or a marker stands in many places."""
    profile = item.profile
    if profile is None or not profile.refreshable or profile.fenced:
        return None
    if owner_of(profile.id) and not item.newer:
        return None  # 2026.2.x copies the login of that program into every store that it loads (auth-spec §4)
    said = verdict(item, now)
    if said and ORDER.index(said.check_id) < ORDER.index("credentials/expires-unit"):
        return None
    return profile.refresh


def _evidence(item: Held) -> dict[str, str]:
    refresh = item.profile.refresh if item.profile else None
    return {"refresh token": refresh.fingerprint()} if refresh else {}


def _remedy(found: Shared, config: Config) -> Remedy:
    if found.programs or not found.copies:
        text = "Every owner needs a login of its own: log in again here, and leave the other one to its owner."
        return Remedy(text, renew(found.first).commands)
    text = "Keep main's, and take the copies out: those agents then use main's."
    commands = tuple(_take_out(item, config) for item in found.copies)
    return Remedy(text, commands, "manual" if found.first.newer else "confirm")


def _take_out(item: Held, config: Config) -> str:
    """The command that takes a profile out of one agent's own store."""
    if configured(config.value).get(item.agent) is None and item.where:
        return edit(item.where.path, item.where.line)
    return f"openclaw models auth logout {quote(item.target)} --agent {quote(item.agent)}"
