"""What a plan would do, for people and programs: a redacted diff of each file, and the exact commands."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from openclaw.change.plan import Chmod, MoveFile, Plan, Run, secrets_of
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from openclaw.change.compose import Draft
    from openclaw.secret import Secret

Action = Literal["create", "change", "remove", "move", "mode", "run"]


@frozen
class FileChange:
    """One line of a preview and its diff. `path` (and `target`, of a move) has `~` for the home directory.

    `mode` is "0600", or "0644 -> 0600" where it changes. `command` is that of a "run", which cannot be undone.
    """

    action: Action
    path: str = ""
    target: str = ""
    mode: str = ""
    diff: tuple[str, ...] = ()
    command: str = ""
    secret_on_stdin: bool = False
    undoable: bool = True
    why: tuple[str, ...] = ()


def preview(plan: Plan, drafts: tuple[Draft, ...], home: Path) -> tuple[FileChange, ...]:
    """The steps of a plan in the order in which `apply` takes them. Looks at the modes of files and changes nothing.

    `drafts` are those of `compose(plan, …)`, `home` is the user's home directory.
    """
    known = tuple(dict.fromkeys(secrets_of(plan)))  # one secret may go to hundreds of places
    files = [_file(draft, home, known) for draft in drafts if not _moved_away(draft, drafts)]
    return (*files, *_steps(plan, home, known))


def text(changes: Iterable[FileChange]) -> str:
    """The preview as lines of text, without colours; "" when there is nothing to do."""
    return "".join(f"{line}\n" for change in changes for line in _lines(change))


def as_json(changes: Iterable[FileChange]) -> list[dict[str, Any]]:
    """The preview as JSON data: every member of `FileChange` that says something."""
    shown = ({key: value for key, value in asdict(change).items() if value not in ("", ())} for change in changes)
    return [{key: list(value) if isinstance(value, tuple) else value for key, value in item.items()} for item in shown]


def _moved_away(draft: Draft, drafts: tuple[Draft, ...]) -> bool:
    return draft.after is None and any(other.moved_from == draft.path for other in drafts)


def _file(draft: Draft, home: Path, known: tuple[Secret, ...]) -> FileChange:
    from openclaw.change.transaction import mode_of
    from openclaw.redact import scrub

    def named(path: Path) -> str:
        return _name(path, home, known)

    existing = mode_of(draft.path)
    why = tuple(dict.fromkeys(scrub(change.why, known) for change in draft.changes if change.why))
    if draft.after is None:
        return FileChange("remove", named(draft.path), diff=_diff(draft, known), why=why)
    mode = f"{draft.final_mode(mode_of(draft.moved_from or draft.path)):04o}"
    if draft.moved_from and all(isinstance(change, MoveFile) for change in draft.changes):
        return FileChange("move", named(draft.moved_from), named(draft.path), mode, why=why)
    if draft.before is not None and existing is not None and f"{existing:04o}" != mode:
        mode = f"{existing:04o} -> {mode}"
    action: Action = "create" if draft.before is None else "change"
    return FileChange(action, named(draft.path), "", mode, _diff(draft, known), why=why)


def _steps(plan: Plan, home: Path, known: tuple[Secret, ...]) -> Iterator[FileChange]:
    from openclaw.change.apply import command
    from openclaw.change.transaction import mode_of
    from openclaw.redact import scrub

    for change in plan:
        why = (scrub(change.why, known),) if change.why else ()
        if isinstance(change, Run):
            line = scrub(command(change), known)
            yield FileChange("run", command=line, secret_on_stdin=change.stdin is not None, undoable=False, why=why)
        elif isinstance(change, Chmod):
            existing = mode_of(change.path)
            if existing != change.mode:
                mode = f"{change.mode:04o}" if existing is None else f"{existing:04o} -> {change.mode:04o}"
                yield FileChange("mode", _name(change.path, home, known), mode=mode, why=why)


def _name(path: Path, home: Path, known: tuple[Secret, ...]) -> str:
    from openclaw.redact import scrub
    from openclaw.text import tilde

    return scrub(tilde(path, home), known)


def _diff(draft: Draft, known: tuple[Secret, ...]) -> tuple[str, ...]:
    from openclaw.change.compose import kind_of
    from openclaw.change.hunks import diff

    return diff(draft.path, draft.before, draft.after, kind_of(draft), known)


def _lines(change: FileChange) -> Iterator[str]:
    if change.action == "run":
        stdin = "the secret goes to its standard input; " if change.secret_on_stdin else ""
        yield f"run {change.command}"
        yield f"    ({stdin}this cannot be undone)"
    else:
        target = f" to {change.target}" if change.target else ""
        mode = f" (mode {change.mode})" if change.mode else ""
        yield f"{change.action} {change.path}{target}{mode}"
    yield from (f"    {reason}" for reason in change.why)
    yield from (f"  {line}" for line in change.diff)
