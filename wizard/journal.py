"""What an interrupted onboarding had come to, kept for `--resume`. Of secrets it says only that they were given.

It stands in our own folder of the installation, mode 0600, is written after every answer of a person, so that even a
program that is killed leaves it, and is removed when an onboarding comes to its end.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openclaw.errors import Failure
from openclaw.facts.setup import ONBOARDING
from openclaw.redact import scrub
from openclaw.secret import Secret
from wizard.answers import ASK, NO_SECRET, TYPED, Answers
from wizard.secretsource import REFERENCE
from wizard.slips import keepable
from wizard.suggesting import LIVE, NO_VERIFY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openclaw.invocation import Invocation
    from wizard.answers import Source, Value

VERSION = 1
LARGEST = 64 * 1024  # bytes; ours has a few hundred
# These are asked again, a yes belonging to the page that was seen; or are said by each command line for itself.
SKIPPED = ("confirm", "options", "reset_sure", REFERENCE, LIVE, NO_VERIFY)
KEPT_SOURCES: tuple[Source, ...] = ("flag", "answers", "file", "stdin", "environment")  # beside a person's answers


@dataclass(slots=True)
class Journal:
    """The file of one installation. `written` in this run, for which the directories `made` had to be made."""

    path: Path
    written: bool = False
    made: tuple[Path, ...] = ()

    def keep(self, answers: Answers, now: int) -> bool:
        """Writes the answers down; False where a person has given none, or where they cannot be written."""
        if not any(answer.human for answer in answers.given.values()):
            return False
        from openclaw.change import atomic, directories

        document = {"version": VERSION, "at": now, "answers": [*_entries(answers)]}
        try:
            missing = directories.missing([self.path])
            directories.make(missing)
            self.made += missing
            atomic.write(self.path, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode(), mode=0o600)
        except (Failure, OSError):  # it is only a memory: what ended the run is what is told
            return False
        self.written = True
        return True

    def follow(self, answers: Answers, now: int) -> None:
        """Keeps the answers as they are after one more; where somebody went back to the beginning, there is nothing."""
        if not self.keep(answers, now) and self.written:
            self.discard()

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
        """Removes it, and the folders that it was alone in."""
        from openclaw.change import directories

        try:
            self.path.unlink(missing_ok=True)
        except OSError:
            return  # it is only a memory; the doctor goes on to tell of it
        directories.remove_empty([self.path.parent, self.path.parent.parent, *self.made])
        self.written, self.made = False, ()


def journal_for(state: Path, call: Invocation) -> Journal:
    """The journal of the installation in `state`; the doctor looks at the same place (`facts.setup`)."""
    from openclaw.change.place import folder_for

    return Journal(folder_for(state, call.env, call.user) / ONBOARDING)


def taken_over(answers: Answers, before: Answers) -> Answers:
    """The answers of this command line, and what an interrupted run knew beside them."""
    for name, answer in before.given.items():
        if answers.get(name) is None and not isinstance(answer.value, Secret):
            answers = answers.give(name, answer.value, answer.source, answer.detail)
    return answers


def told(answers: Answers, before: Answers) -> Iterator[str]:
    """What is to be said about going on: the answers that were taken over, the secrets of flags that are not kept."""
    taken = {name: given for name, given in before.given.items() if answers.get(name) is None}
    shown = [f"{_named(name)} {_shown(given.value)}" for name, given in taken.items() if not _mark(name, given.value)]
    if shown:
        yield f"Taken over from the interrupted run: {', '.join(shown)}."
    for name, given in taken.items():
        if isinstance(given.value, Secret) and not given.human:
            what = "it is asked for" if name == "secret" else "it counts as not given"
            yield f"{given.detail or name} was given there, and secrets are not kept: give it again, or {what}."


def _mark(name: str, value: Value) -> bool:
    return isinstance(value, Secret) or name.startswith((ASK, TYPED))


def _named(name: str) -> str:
    return name.rpartition(":")[2].replace("_", " ")


def _shown(value: Value) -> str:
    return str(value) if isinstance(value, str) else "yes" if value else "no"


def _entries(answers: Answers) -> Iterator[dict[str, Any]]:
    for name, answer in answers.given.items():
        if name in SKIPPED or not (answer.human or answer.source in KEPT_SOURCES):
            continue
        entry: dict[str, Any] = {"question": name}
        if not answer.human:
            entry |= {"source": answer.source, "detail": scrub(answer.detail)}
        if isinstance(answer.value, Secret):
            yield {**entry, "given": True}
        elif not isinstance(answer.value, str) or keepable(name, answer.value):
            yield {**entry, "value": answer.value}


def _answers(entries: list[Any]) -> Answers:
    """The answers; of a secret that a flag gave there is an empty one, so that it is known."""
    answers = Answers()
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        name, value, source, detail = (entry.get(key) for key in ("question", "value", "source", "detail"))
        known: Source = next((item for item in KEPT_SOURCES if item == source), "journal")
        if entry.get("given") is True and known != "journal":
            value = NO_SECRET
        if isinstance(name, str) and isinstance(value, str | bool | Secret):
            answers = answers.give(name, value, known, detail if isinstance(detail, str) else "")
    return answers
