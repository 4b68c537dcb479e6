"""From a plan to the contents that its files shall have. Pure given `read`: nothing is written, nothing is locked."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from openclaw.change.plan import (
    PRIVATE,
    Change,
    Chmod,
    DeleteKey,
    DeleteVariable,
    MoveFile,
    Plan,
    Reencode,
    RemoveFile,
    Run,
    SetKey,
    SetVariable,
    WriteFile,
    secrets_of,
)
from openclaw.errors import Failure, Refusal, Unreadable
from openclaw.frozen import frozen, replace
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from openclaw.change.redaction import Kind
    from openclaw.config.json5 import KeyPath
    from openclaw.config.spans import Node


@frozen
class Draft:
    """What one file shall become; None: no file. `mode` is what the plan asks for, where it does.

    `moved_from`: the contents are those of that file, and so is the mode.
    """

    path: Path
    before: bytes | None = field(repr=False)
    after: bytes | None = field(repr=False)
    mode: int | None
    changes: Plan
    moved_from: Path | None = None

    @property
    def locked(self) -> bool:
        """Whether the file is a credential store."""
        return any(isinstance(change, SetKey | DeleteKey) and change.locked for change in self.changes)

    def final_mode(self, existing: int | None) -> int:
        """The mode to write with, `existing` being the present one: never wider, and private when it holds secrets.

        A store is always 0600, as OpenClaw leaves it: the gateway has to write there.
        """
        if self.locked and self.mode is None:
            return PRIVATE
        wanted = PRIVATE if existing is None else existing
        if self.mode is not None:
            wanted = self.mode & wanted if existing is not None else self.mode
        return wanted & PRIVATE if wanted & 0o066 and self._holds_secrets() else wanted

    def _holds_secrets(self) -> bool:
        from openclaw.change.redaction import redacted

        kind = kind_of(self)
        return self.locked or any(secrets_of(self.changes)) or redacted(self.path, self.after, kind=kind).secrets > 0


def kind_of(draft: Draft) -> Kind | None:
    """The format of the file, where the changes tell it."""
    kinds = {type(change) for change in draft.changes}
    if kinds & {SetKey, DeleteKey}:
        return "json"
    return "env" if kinds & {SetVariable, DeleteVariable, Reencode} else None


def compose(plan: Plan, read: Callable[[Path], bytes | None]) -> tuple[Draft, ...]:
    """One draft for each file that the plan changes, in plan order; files that stay as they are are left out.

    Every edit is guarded: nothing but the planned key or variable may change, and the text may not shrink by more than
    that explains (user-pain, FM 1). `Chmod` and `Run` have no contents and so no drafts. Raises Unreadable for a source
    that cannot be read or parsed, Refusal for an edit that cannot be made; both with the path.
    """
    files = _Files(read)
    for change in plan:
        files.take(change)
    return files.drafts()


def early(plan: Plan) -> Plan:
    """What happens first, as one step: all contents, and what is moved or removed before the first `Run`."""
    later = late(plan)
    gone = {change.path for change in later if isinstance(change, MoveFile | RemoveFile)}
    sooner = tuple(change for change in plan if not any(change is other for other in later))
    if any(not isinstance(change, Chmod | Run) and change.path in gone for change in sooner):
        raise ValueError("a plan cannot write a file that it moves or removes after a command")
    return sooner


def late(plan: Plan) -> Plan:
    """What happens after that, one by one in plan order: modes, commands, moves and removals after a command."""
    first = next((index for index, change in enumerate(plan) if isinstance(change, Run)), len(plan))
    return tuple(
        change
        for index, change in enumerate(plan)
        if isinstance(change, Chmod | Run) or (index > first and isinstance(change, MoveFile | RemoveFile))
    )


def revealed(value: Any) -> Any:
    """JSON data with its secrets in the clear: for the file that is to hold them, and for nothing else."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, dict):
        return {key: revealed(item) for key, item in value.items()}
    return [revealed(item) for item in value] if isinstance(value, list | tuple) else value


_Other = SetVariable | DeleteVariable | Reencode | WriteFile | RemoveFile


@dataclass(slots=True, repr=False)
class _File:
    before: bytes | None
    now: bytes | None
    changes: list[Change]
    mode: int | None = None
    moved_from: Path | None = None
    guarded: str | None = None  # the document before the edits that the guard has not seen yet
    touched: set[KeyPath] = field(default_factory=set)  # by those edits


class _Files:
    """The files as they are after the changes so far."""

    def __init__(self, read: Callable[[Path], bytes | None]) -> None:
        self._read = read
        self._files: dict[Path, _File] = {}

    def take(self, change: Change) -> None:
        if isinstance(change, MoveFile):
            self._move(change)
        elif isinstance(change, SetKey | DeleteKey):
            for place in self._places(change):
                self._edit(place)
        elif not isinstance(change, Chmod | Run):
            self._edit(change)

    def drafts(self) -> tuple[Draft, ...]:
        for path in self._files:
            self._guard(path)
        return tuple(
            Draft(path, file.before, file.now, file.mode, tuple(file.changes), file.moved_from)
            for path, file in self._files.items()
            if file.now != file.before
        )

    def _edit(self, change: SetKey | DeleteKey | _Other) -> None:
        file = self._touched(change.path, change)
        if isinstance(change, SetKey | DeleteKey):
            self._edit_document(file, change)
            return
        self._guard(change.path)
        with _at(change.path):
            file.now = _edited(change, file.now)
        if isinstance(change, WriteFile):
            file.mode, file.moved_from = change.mode, None

    def _edit_document(self, file: _File, change: SetKey | DeleteKey) -> None:
        if file.now is None and isinstance(change, DeleteKey):
            return
        with _at(change.path):
            before = change.template if file.now is None and isinstance(change, SetKey) else _utf8(file.now or b"")
            edited = _document(before, change)
            file.now = edited.encode()
        if edited != before:
            file.guarded = before if file.guarded is None else file.guarded
            file.touched.add(_touches(change))

    def _guard(self, path: Path) -> None:
        """Looks over the edits of a document so far, all at once: it may be long, and they many."""
        from openclaw.config.guard import check_edit

        file = self._files[path]
        if file.guarded is not None:
            with _at(path):
                check_edit(file.guarded, (file.now or b"").decode(), file.touched)
            file.guarded, file.touched = None, set()

    def _places(self, change: SetKey | DeleteKey) -> Iterator[SetKey | DeleteKey]:
        """The change where its key lives; a deletion once for each file that has the key."""
        if change.locked or b"$include" not in (self._now(change.path) or b""):
            yield change
            return
        from openclaw.change.includes import place_to_delete, place_to_set

        if isinstance(change, SetKey):
            path, keys = place_to_set(change.path, change.keys, self._now)
            yield replace(change, path=path, keys=keys)
            return
        while place := place_to_delete(change.path, change.keys, self._now):
            yield replace(change, path=place[0], keys=place[1])

    def _now(self, path: Path) -> bytes | None:
        return self._files[path].now if path in self._files else self._read(path)

    def _touched(self, path: Path, change: Change) -> _File:
        if path not in self._files:
            before = self._read(path)
            self._files[path] = _File(before, before, [])
        self._files[path].changes.append(change)
        return self._files[path]

    def _move(self, change: MoveFile) -> None:
        target = self._touched(change.target, change)  # before the source: it is written before that is removed
        source = self._touched(change.path, change)
        self._guard(change.path)
        if source.now is None:
            raise Refusal("The file that was to be moved is not there.", path=change.path)
        if target.now is not None:
            raise Refusal("There is a file already where another one was to be moved.", path=change.target)
        target.now, target.mode, target.moved_from = source.now, source.mode, change.path
        source.now = None


def _edited(change: _Other, data: bytes | None) -> bytes | None:
    match change:
        case SetVariable():
            return _variables("" if data is None else _bytes_kept(data), change)
        case DeleteVariable():
            return None if data is None else _variables(_bytes_kept(data), change)
        case Reencode():
            return None if data is None else _reencoded(data)
        case WriteFile():
            return change.data
    return None


def _document(text: str, change: SetKey | DeleteKey) -> str:
    from openclaw.config import edits

    if isinstance(change, SetKey):
        with _placed(text, change):
            edited = edits.set_value(text, change.keys, revealed(change.value))
    else:
        edited = edits.delete(text, change.keys)
    lost = len(text) - len(edited)
    if lost > 0 and lost > (room := _room(text, change.keys)):
        from openclaw.config.guard import check_edit

        check_edit(text, edited, [_touches(change)])  # it says more, if it has something to say
        _check_size(lost, room)
    return edited


def _touches(change: SetKey | DeleteKey) -> KeyPath:
    """What an edit may change: of a list that loses an element all, because the others get other indexes."""
    return change.keys[:-1] if isinstance(change, DeleteKey) and isinstance(change.keys[-1], int) else change.keys


@contextlib.contextmanager
def _placed(text: str, change: SetKey) -> Iterator[None]:
    """A key cannot be set because of what stands on the way to it: where that is, and what to do."""
    try:
        yield
    except Refusal as error:
        from shlex import quote

        from openclaw.config.spans import find, parse

        root = parse(text)
        ways = (find(root, change.keys[:depth]) for depth in range(len(change.keys), 0, -1))
        member = next(filter(None, ways), None)
        start = member.start if member else root.start
        error.line = text.count("\n", 0, start) + 1
        error.column = start - (text.rfind("\n", 0, start) + 1) + 1
        error.hint = error.hint or "Correct that place, or take it out; then try again. Nothing was written."
        error.commands = error.commands or (f"${{EDITOR:-vi}} +{error.line} {quote(str(change.path))}",)
        raise


def _room(text: str, keys: KeyPath) -> int:
    """How many characters the key takes in `text`, with what is between it and its neighbours."""
    from openclaw.config.spans import find, parse, skip

    if skip(text, 0) == len(text):
        return 0
    root = parse(text)
    parent = find(root, keys[:-1])
    return sum(_rooms(parent.node if parent else root, keys[-1]))


def _rooms(parent: Node, key: str | int) -> Iterator[int]:
    ends = [parent.start, *(member.node.end for member in parent.members)]
    starts = [*(member.start for member in parent.members), parent.end]
    for index, member in enumerate(parent.members):
        if member.key == key:
            yield starts[index + 1] - ends[index]


def _variables(text: str, change: SetVariable | DeleteVariable) -> bytes:
    from openclaw.environment.dotenv import MAX_BYTES, delete_variable, parse_node, set_variable

    if isinstance(change, SetVariable):
        edited = set_variable(text, change.name, change.value.reveal())
    else:
        edited = delete_variable(text, change.name)
    _check_size(
        len(text) - len(edited), sum(len(entry.raw) + 2 for entry in parse_node(text) if entry.name == change.name)
    )
    data = edited.encode("utf-8", "surrogateescape")
    if len(data) > MAX_BYTES and edited != text:
        raise Refusal("The file would be larger than 1 MiB, and OpenClaw ignores such files.")
    return data


def _reencoded(data: bytes) -> bytes:
    from openclaw.environment.mending import plain

    return plain(data)


def _check_size(lost: int, explained: int) -> None:
    if lost > explained:
        raise Refusal(
            f"The edit would make the file {lost} characters shorter; what was to be changed has only {explained}.",
            hint="Nothing was written. This is a defect of this program: please report it.",
        )


def _utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 at byte {error.start}") from None


def _bytes_kept(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


@contextlib.contextmanager
def _at(path: Path) -> Iterator[None]:
    """Failures of the editors, which know only texts, get the path."""
    try:
        yield
    except Failure as error:
        error.path = error.path or path
        raise
