"""An installation that is there already: kept, added to, or moved away to begin anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.text import count, joined
from wizard import existing, reset
from wizard.questions import Option, Question
from wizard.steps.more import wants

if TYPE_CHECKING:
    from wizard.answers import Answers
    from wizard.facts import Facts

KEEP, MODIFY, RESET = "keep", "modify", "reset"


def handling(answers: Answers, facts: Facts) -> Question | None:
    """What becomes of what is there. Not asked where it was said beforehand which provider is to be set up."""
    there = existing.summary(facts)
    if not _asked(answers, facts, there=bool(there)):
        return None
    usable = existing.usable(facts)
    missing = "" if usable or facts.broken else "There is no credential in it that can be used."
    kept = f"it has a credential for {joined(list(usable))}" if usable else "to be mended by hand"
    complete = existing.complete(facts)
    if usable and not complete:
        kept = f"but there is none for its default model {facts.found.models(facts.agent).default.key}"
    return Question(
        "handling",
        "choice",
        "What about what is there already?",
        help=f"Found: {joined(list(there))}." if there else "",
        options=(
            Option(KEEP, "Keep it as it is", "" if missing else kept, missing),
            Option(MODIFY, "Add or change a credential", "everything else stays", facts.why_broken),
            Option(RESET, "Begin anew", "moves config and credentials away; can be undone"),
        ),
        default=KEEP if facts.broken or (usable and complete) else MODIFY,
        settled=True,
        unasked=MODIFY,
        flag="--handling H",
    )


def _asked(answers: Answers, facts: Facts, *, there: bool) -> bool:
    """Whether it is a question here. Whoever wants a reset gets it, also of an env file with nothing of ours in it."""
    if facts.broken or (answers.text("handling") == RESET and reset.files(facts)):
        return True
    provider = answers.get("provider")
    decided = provider is not None and not provider.human
    return there and not (decided and answers.get("handling") is None and not wants(answers, "handling"))


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
        help=f"These would be moved: {names}{more}. {stays}",
        default=False,
        flag="--reset --yes",
        check=lambda yes: "" if yes else "Nothing is moved away without a yes.",
    )
