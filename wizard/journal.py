"""What an interrupted onboarding had come to, kept for `--resume`. Of secrets it says only that they were given.

It stands in our own folder of the installation, mode 0600, and is removed when an onboarding comes to its end.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from openclaw.errors import Failure
from openclaw.facts.setup import ONBOARDING
from openclaw.frozen import frozen
from openclaw.secret import Secret
from wizard.answers import Answers

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.invocation import Invocation

VERSION = 1
LARGEST = 64 * 1024  # bytes; ours has a few hundred
SKIPPED = ("confirm", "options", "reset_sure")  # these are asked again: a yes belongs to the page that was seen


@frozen
class Journal:
    """The file of one installation."""

    path: Path

    def keep(self, answers: Answers, now: int) -> bool:
        """Writes the answers down; False where a person has given none, or where they cannot be written."""
        if not any(answer.human for answer in answers.given.values()):
            return False
        from openclaw.change import atomic, directories

        document = {"version": VERSION, "at": now, "answers": [*_entries(answers)]}
        try:
            directories.make(directories.missing([self.path]))
            atomic.write(self.path, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode(), mode=0o600)
        except (Failure, OSError):  # it is only a memory: what ended the run is what is told
            return False
        return True

    def read(self) -> Answers | None:
        """The answers; None where there is no journal, or one that is not ours to understand."""
        try:
            if self.path.stat().st_size > LARGEST:
                return None
            document = json.loads(self.path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        entries = document.get("answers") if isinstance(document, dict) and document.get("version") == VERSION else None
        return _answers(entries) if isinstance(entries, list) else None

    def discard(self) -> None:
        """Removes it, and the folder where nothing else is in it."""
        from openclaw.change import directories

        try:
            self.path.unlink(missing_ok=True)
        except OSError:
            return  # it is only a memory; the doctor goes on to tell of it
        directories.remove_empty([self.path.parent, self.path.parent.parent])


def journal_for(state: Path, call: Invocation) -> Journal:
    """The journal of the installation in `state`; the doctor looks at the same place (`facts.setup`)."""
    from openclaw.change.place import folder_for

    return Journal(folder_for(state, call.env, call.user) / ONBOARDING)


def _entries(answers: Answers) -> Any:
    for name, answer in answers.given.items():
        if name in SKIPPED:
            continue
        if isinstance(answer.value, Secret):
            yield {"question": name, "given": True}
        else:
            yield {"question": name, "value": answer.value}


def _answers(entries: list[Any]) -> Answers:
    answers = Answers()
    for entry in entries:
        name, value = (entry.get("question"), entry.get("value")) if isinstance(entry, dict) else (None, None)
        if isinstance(name, str) and isinstance(value, str | bool):
            answers = answers.give(name, value, "journal")
    return answers
