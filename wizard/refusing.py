"""One refusal for everything that is wrong with a command line and an answers file, before anything is begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.errors import Failure, UsageFailure
from openclaw.frozen import replace
from wizard.consistency import troubles
from wizard.front.flags import failure
from wizard.prefilling import prefill

if TYPE_CHECKING:
    from openclaw.invocation import Invocation
    from wizard.facts import Facts
    from wizard.options import Options


def refusal(options: Options, call: Invocation) -> UsageFailure | None:
    """All that is wrong with the options, with what the installation tells, as far as it can be read; None for nothing.

    Nothing is written, standard input is not read and nobody is asked.
    """
    facts, unknown = _looked(options, call)
    if not troubles(options, facts) and not (facts and unknown):
        return None  # where nothing can be read, whoever reads it next tells so
    place = f"{unknown.location}: " if unknown and unknown.location else ""
    said = (f"{place}{unknown.message}{f' ({unknown.hint})' if unknown.hint else ''}",) if unknown else ()
    if facts:
        told = prefill(replace(options, wrong=(*options.wrong, *said)), facts, call).troubles
    else:
        told = (*troubles(options), *said)
    alone = options.unread or unknown
    if len(told) == 1 and isinstance(alone, UsageFailure):
        if facts and not facts.found.era.program:
            alone.commands = ()  # they are those of a program that is not here
        return alone
    return failure(list(told), options.ways)


def _looked(options: Options, call: Invocation) -> tuple[Facts | None, Failure | None]:
    """The facts, and why they are not those of the agent that was named, or why there are none."""
    from wizard.facts import look

    try:
        return look(call, options.agent or None), None
    except UsageFailure as error:
        return (_looked(replace(options, agent=""), call)[0] if options.agent else None), error
    except Failure as error:
        return None, error
