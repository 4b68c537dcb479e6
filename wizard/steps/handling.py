"""An installation that is there already: kept, added to, or moved away to begin anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.text import count, joined
from wizard import existing, reset
from wizard.questions import Option, Question

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.facts import Facts

KEEP, MODIFY, RESET = "keep", "modify", "reset"


def handling(answers: Answers, facts: Facts) -> Question | None:
    """What becomes of what is there. Not asked where it was said beforehand which provider is to be set up."""
    provider = answers.get("provider")
    decided = provider is not None and not provider.human
    there = existing.summary(facts)
    if not there or (decided and answers.get("handling") is None):
        return None
    usable = existing.usable(facts)
    missing = "" if usable else "There is no credential in it that can be used."
    return Question(
        "handling",
        "choice",
        "What about what is there already?",
        help=f"Found: {joined(list(there))}.",
        options=(
            Option(KEEP, "Keep it as it is", f"it has a credential for {joined(list(usable))}", missing),
            Option(MODIFY, "Add or change a credential", "everything else stays"),
            Option(RESET, "Begin anew", "moves config and credentials away; can be undone"),
        ),
        default=KEEP if usable else MODIFY,
        settled=True,
        unasked=MODIFY,
        flag="--handling H",
    )


def reset_sure(answers: Answers, facts: Facts) -> Question | None:
    """The second yes, with the names of the files."""
    moved = reset.files(facts)
    if answers.text("handling") != RESET or not moved:
        return None
    names = joined([facts.found.home.short(path) for path in moved[:6]])
    more = f" and {count(len(moved) - 6, 'more file')}" if len(moved) > 6 else ""
    stays = reset.stays(facts)
    return Question(
        "reset_sure",
        "confirm",
        f"Really move {count(len(moved), 'file')} away?",
        help=f"Moved away: {names}{more}. {stays}",
        default=False,
        flag="--reset --yes",
        check=lambda yes: "" if yes else "Nothing is moved away without a yes.",
    )
