"""What several checks must know first: the config is whole, a value is one, an agent is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.verdict import ERROR, ORDER, verdict
from openclaw.api import Unknown
from openclaw.config.views import agents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openclaw.api import Finding
    from openclaw.config.reading import Config
    from openclaw.config.views import Agent
    from openclaw.facts.credentials import Held, Stores

NOT_WHOLE = ("unreadable", "unparsable", "include", "shape")
FIRST_DATE = ORDER.index("credentials/expires-unit")


def readable(config: Config) -> None:
    """Raises `Unknown` where the config could not be read as a whole."""
    if any(problem.kind in NOT_WHOLE for problem in config.problems):
        raise Unknown("the config could not be read")


def or_unknown(found: Iterable[Finding], stores: Stores) -> Iterator[Finding]:
    """The findings. Where there are none and a store could not be read, `Unknown`: what it holds is not known."""
    none = True
    for item in found:
        none = False
        yield item
    broken = stores.broken()
    if none and broken:
        raise Unknown(f"the credential store {broken[0].path} could not be read")


def real(item: Held, now: int) -> bool:
    """A credential that has the shape of one and is not over: no mask, no placeholder, not another provider's."""
    found = verdict(item, now)
    return not (found and found.severity == ERROR and found.check_id != "credentials/disabled")


def well_formed(item: Held, now: int) -> bool:
    """The same, whatever its dates say."""
    found = verdict(item, now)
    return not (found and found.severity == ERROR and ORDER.index(found.check_id) < FIRST_DATE)


def known_agent(name: str, config: Config) -> Agent | None:
    """The configured agent of that id; a directory alone makes none that `--agent` takes."""
    return agents(config.value).get(name)
