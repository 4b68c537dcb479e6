"""Carrying a plan out for a command: preview or apply, with the journal of the installation, and what to do next."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from openclaw.text import one_line

if TYPE_CHECKING:
    from openclaw.change.journal import Receipt
    from openclaw.change.plan import Plan
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation


def carry_out(found: Installation, plan: Plan, title: str, call: Invocation) -> Receipt:
    """Applies a plan of this installation under its journal, and says how to take it back."""
    from openclaw.change.apply import apply
    from openclaw.change.journal import open_for

    journal = open_for(found.home.state, call.env, call.user)
    receipt = apply(plan, journal=journal, home=call.user, title=title, now=found.now)
    if receipt.changed and receipt.files:
        note("undo with: openclaw undo")
    return receipt


def show(plan: Plan, call: Invocation) -> str:
    """What a plan would do, as a redacted diff."""
    from openclaw.change import atomic
    from openclaw.change.compose import compose
    from openclaw.change.preview import preview, text

    return text(preview(plan, compose(plan, atomic.read), call.user)) or "nothing would change"


def note(text: str) -> None:
    """One line beside the result."""
    print(one_line(text), file=sys.stderr)
