"""Asking before something is changed: one question for each check, on a terminal and nowhere else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from doctor.fixing import NotApplied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from doctor.fixing import Proposal

NEEDS_YES = "needs --yes"
DECLINED = "declined"
ANSWERS = {
    "y": "yes",
    "yes": "yes",
    "": "no",
    "n": "no",
    "no": "no",
    "a": "all",
    "all": "all",
    "q": "quit",
    "quit": "quit",
}
HELP = """\
  y       repair this
  n       leave this
  a       repair this and the rest
  q       leave this and the rest;
          what was agreed to, and what
          needs no consent, is repaired
  Ctrl-C  change nothing at all
"""


def agreed(
    proposals: Sequence[Proposal], *, yes: bool, ask: Callable[[str], str] | None
) -> tuple[list[Proposal], list[NotApplied]]:
    """(to be applied, not to be). `ask` shows a question and returns the answer; None: nobody is there to ask."""
    if yes:
        return list(proposals), []
    confirm = list(dict.fromkeys(item.finding.check_id for item in proposals if not item.auto))
    allowed = _asked(confirm, proposals, ask) if ask else frozenset[str]()
    taken = [item for item in proposals if item.auto or item.finding.check_id in allowed]
    reason = DECLINED if ask else NEEDS_YES
    return taken, [NotApplied(item.finding, reason) for item in proposals if item not in taken]


def _asked(check_ids: Iterable[str], proposals: Sequence[Proposal], ask: Callable[[str], str]) -> frozenset[str]:
    """The checks whose fixes are wanted: yes, no, all (this and the rest), quit (not this, not the rest)."""
    allowed: set[str] = set()
    everything = False
    for check_id in check_ids:
        group = [item for item in proposals if item.finding.check_id == check_id and not item.auto]
        answer = "all" if everything else _answer(check_id, group, ask)
        if answer == "quit":
            break
        everything = answer == "all"
        if answer != "no":
            allowed.add(check_id)
    return frozenset(allowed)


def _answer(check_id: str, group: Sequence[Proposal], ask: Callable[[str], str]) -> str:
    times = f" ({len(group)} times)" if len(group) > 1 else ""
    question = f"{check_id}: {group[0].title}{times}\nApply? [y]es, [N]o, [a]ll, [q]uit: "
    while not (answer := ANSWERS.get(ask(question).strip().lower())):
        question = HELP + question.removeprefix(HELP)
    return answer


def on_terminal(question: str) -> str:
    """Asks on standard output and reads a line of standard input; the end of input means quit."""
    sys.stdout.write(question)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        sys.stdout.write("\n")
    return line or "quit"
