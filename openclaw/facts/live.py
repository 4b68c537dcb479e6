"""What the providers say about the credentials; only with `doctor --live`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.facts import fact
from openclaw.facts.asked import SECONDS
from openclaw.frozen import frozen, replace
from openclaw.probing.run import Options, Result, run
from openclaw.probing.targets import Target, targets

if TYPE_CHECKING:
    from openclaw.facts.credentials import Stores
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation

SOURCE = "doctor --live"
ASKING = Options(seconds=SECONDS, concurrency=8)  # nobody waits for another one here: a diagnosis is not a load


@frozen
class Live:
    """The answers about every credential, each credential once; `skew` is how far this clock is ahead (ms)."""

    results: tuple[Result, ...] = ()
    skew: int | None = None
    clock_of: str = ""  # the host that the clock was compared with
    default: str = "main"  # id of the default agent
    newer: bool = False


@fact()
def live(asked: Live) -> Live:
    """What the providers said in this run; the engine collects it only where they are asked."""
    return asked


def ask(call: Invocation, asking: Options, installation: Installation, stores: Stores) -> Live:
    """Asks about all of them at once, and remembers the answers in our own state directory."""
    from openclaw import record

    done = run(_targets(installation, stores), call.env, asking)
    record.remember(record.path_for(installation.home.state, call.env, call.user), done, SOURCE, call.now)
    skew, host = _clock(done.results)
    return Live(done.results, skew, host, stores.default, installation.era.name == "sqlite")


def _targets(installation: Installation, stores: Stores) -> list[Target]:
    """Those of all agents. What several agents have in common is asked about once, as the default agent's."""
    found: dict[tuple[object, ...], Target] = {}
    for agent in sorted(installation.agents.listed, key=lambda item: item.id != stores.default):
        store = stores.effective.get(agent.id) or installation.store_of(agent)
        for item in targets(installation.sources(store), installation.models(agent), agent=agent.id):
            key = (item.provider, item.source, item.name, item.secret)
            found[key] = replace(found[key], used=found[key].used or item.used) if key in found else item
    return list(found.values())


def _clock(results: tuple[Result, ...]) -> tuple[int | None, str]:
    """The smallest difference that a server shows: one server's clock may be wrong, too."""
    from openclaw.net import skew

    found = [
        (difference, item.host)
        for item in results
        if item.answer and item.answer.status and (difference := skew(item.answer)) is not None
    ]
    return min(found, key=lambda pair: abs(pair[0]), default=(None, ""))
