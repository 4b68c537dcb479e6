"""What several checks must know first: the config is whole, a value is one, an agent is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.verdict import ERROR, ORDER, verdict
from openclaw.api import Unknown
from openclaw.config.reading import NOT_WHOLE
from openclaw.config.views import agents
from openclaw.home import DEFAULT_AGENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from openclaw.api import Finding
    from openclaw.config.reading import Config
    from openclaw.config.views import Agent
    from openclaw.facts.credentials import Held, Stores

KNOWN_TO_OPENCLAW = ("credentials/disabled", "credentials/expires-unit")
FIRST_DATE = ORDER.index("credentials/expires-unit")


def readable(config: Config) -> None:
    """Raises `Unknown` where the config could not be read as a whole."""
    if any(problem.kind in NOT_WHOLE for problem in config.problems):
        raise Unknown("the config could not be read")


def or_unknown(found: Iterable[Finding], stores: Stores, unread: Sequence[str] = ()) -> Iterator[Finding]:
    """The findings. Where there are none and a store could not be read, `Unknown`: what it holds is not known.

    `unread` are the other places that could not be read (the fact `unread_places`), for checks that judge what those
    may hold: values of the config and of variables.
    """
    none = True
    for item in found:
        none = False
        yield item
    broken = stores.broken()
    if none and broken:
        raise Unknown(f"the credential store {broken[0].path} could not be read")
    if none and unread:
        raise Unknown(unread[0])


def real(item: Held, now: int) -> bool:
    """A credential that has the shape of one and is not over: no mask, no placeholder, not another provider's."""
    found = verdict(item, now)
    return not (found and found.severity == ERROR and found.check_id != "credentials/disabled")


def well_formed(item: Held, now: int) -> bool:
    """The same, whatever its dates say."""
    found = verdict(item, now)
    return not (found and found.severity == ERROR and ORDER.index(found.check_id) < FIRST_DATE)


def useless(held: Iterable[Held], stores: Stores, now: int) -> dict[str, frozenset[str]]:
    """Agent → the ids of the profiles that it has or inherits and whose value cannot work.

    OpenClaw does not know that, and takes them for credentials. Dates, and what is held back, it knows.
    """
    bad: dict[str, set[str]] = {}
    for item in held:
        if item.source == "profile" and not _may_work(item, now):
            bad.setdefault(item.agent, set()).add(item.target)
    mains = bad.get(DEFAULT_AGENT, set())
    none = frozenset[str]()
    return {
        agent: frozenset(bad.get(agent, none) | (mains - own.profiles.keys() if mains else none))
        for agent, own in stores.own.items()
        if agent in bad or mains
    }


def _may_work(item: Held, now: int) -> bool:
    found = verdict(item, now)
    return not (found and found.severity == ERROR and found.check_id not in KNOWN_TO_OPENCLAW)


def known_agent(name: str, config: Config) -> Agent | None:
    """The configured agent of that id; a directory alone makes none that `--agent` takes."""
    return agents(config.value).get(name)
