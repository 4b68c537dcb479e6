"""Whether providers were asked in this run, so that what they said now counts before what they said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.facts import fact

if TYPE_CHECKING:
    from openclaw.facts.credentials import Stores
    from openclaw.facts.live import Live
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.probing.run import Options

SECONDS = 8.0  # for one question to a provider


@fact(deadline=SECONDS + 4)
def asked(call: Invocation, asking: Options | None, installation: Installation, stores: Stores) -> Live | None:
    """The answers of this run; None where nobody is asked, which is what a doctor without `--live` does."""
    if asking is None:
        return None
    from openclaw.facts.live import ask

    return ask(call, asking, installation, stores)
