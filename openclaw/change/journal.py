"""The journal: what was changed, and what was there before, so that `openclaw undo` can bring it back.

`receipts/<number>/receipt.json` and the snapshots beside it. A receipt is written as "started" before the first change,
so that a killed run can be undone too. Secrets are in the snapshots only; directories are 0700, files 0600.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from openclaw.change import atomic, directories, serial
from openclaw.change.place import folder_for
from openclaw.errors import Failure, Unreadable
from openclaw.frozen import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from openclaw.change.lock import Era

KEPT = 20  # receipts
PRIVATE = 0o600

State = Literal["started", "done", "undone"]


@frozen
class FileRecord:
    """One changed file. `before` and `after` are SHA-256 of the contents, None: no file; modes likewise.

    `snapshot` is the file beside the receipt with the contents of before. `only_mode`: the contents were not touched.
    """

    path: Path
    before: str | None
    after: str | None
    mode_before: int | None
    mode_after: int | None
    snapshot: str | None = None
    only_mode: bool = False

    @property
    def action(self) -> Literal["created", "changed", "removed", "mode"]:
        """What happened to the file."""
        if self.only_mode:
            return "mode"
        if self.before is None:
            return "created"
        return "removed" if self.after is None else "changed"


@frozen
class Receipt:
    """What an apply did. `at` is in milliseconds since the epoch; `irreversible` are the commands that were to be run.

    `directories` were made, and `stores` locked in the format of `era`. Without `changed`, nothing was to be done, and
    the journal does not know this receipt.
    """

    id: str
    title: str
    at: int
    files: tuple[FileRecord, ...] = ()
    irreversible: tuple[str, ...] = ()
    changed: bool = True
    state: State = "done"
    directories: tuple[Path, ...] = ()
    stores: tuple[Path, ...] = ()
    era: Era = "directory"


def open_for(state_dir: Path, env: Mapping[str, str], user: Path) -> Journal:
    """The journal of the installation in `state_dir`. Makes nothing."""
    return Journal(folder_for(state_dir, env, user))


def digest(data: bytes | None) -> str | None:
    """SHA-256 of contents, in hex; None: no file."""
    from openclaw.digest import sha256

    return None if data is None else sha256(data)


class Journal:
    """The receipts in one folder. Reading makes nothing; the folder appears with the first receipt."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._receipts = folder / "receipts"

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps every other apply and undo of this installation out; the numbers of receipts are then in order."""
        self._make()
        with serial.alone(self.folder):
            yield

    def receipts(self) -> tuple[Receipt, ...]:
        """All receipts, newest first. Raises Unreadable where one cannot be read."""
        found = (self._read(number) for number in sorted(self._numbers(), reverse=True))
        return tuple(receipt for receipt in found if receipt)

    def begin(
        self,
        title: str,
        at: int,
        *,
        era: Era = "directory",
        stores: Iterable[Path] = (),
        made: Iterable[Path] = (),
        irreversible: Iterable[str] = (),
    ) -> Receipt:
        """A new receipt, "started": nothing is changed yet, the directories of `made` are about to be."""
        self._make()
        number = max(self._numbers(), default=0) + 1
        while not directories.make_new(self._receipts / str(number)):  # exclusive: nobody else has this number
            number += 1
        receipt = Receipt(
            id=str(number),
            title=title,
            at=at,
            irreversible=tuple(irreversible),
            state="started",
            directories=tuple(made),
            stores=tuple(stores),
            era=era,
        )
        try:
            return self._written(receipt)
        except BaseException:
            self.discard(receipt)
            raise

    def add(self, receipt: Receipt, record: FileRecord, before: bytes | None) -> Receipt:
        """The receipt with one more file and the snapshot of it; `save` makes it known."""
        if before is None or record.only_mode:
            return replace(receipt, files=(*receipt.files, record))
        name = f"{len(receipt.files)}.before"
        atomic.write(self._folder(receipt) / name, before, mode=PRIVATE)
        return replace(receipt, files=(*receipt.files, replace(record, snapshot=name)))

    def save(self, receipt: Receipt) -> Receipt:
        """Makes what was added durable: to be called before the files are changed."""
        return self._written(receipt)

    def finish(self, receipt: Receipt) -> Receipt:
        """The receipt as "done"; the oldest ones make room."""
        receipt = self._written(replace(receipt, state="done"))
        for number in sorted(self._numbers(), reverse=True)[KEPT:]:
            self._forget(number)
        return receipt

    def mark_undone(self, receipt: Receipt) -> Receipt:
        """The receipt as "undone"; its snapshots, which hold secrets, are of no more use and go."""
        receipt = self._written(replace(receipt, state="undone"))
        for record in receipt.files:
            if record.snapshot:
                with contextlib.suppress(Failure):
                    atomic.remove(self._folder(receipt) / record.snapshot)
        return receipt

    def discard(self, receipt: Receipt) -> None:
        """Forgets a receipt of which nothing is left."""
        self._forget(int(receipt.id))

    def snapshot(self, receipt: Receipt, record: FileRecord) -> bytes | None:
        """The contents of before. Raises Unreadable when they are not there, or not what they were."""
        if record.snapshot is None:
            return None
        path = self._folder(receipt) / record.snapshot
        data = atomic.read(path)
        if digest(data) != record.before:
            raise Unreadable("The snapshot is missing or was changed, so this cannot be undone.", path=path)
        return data

    def _make(self) -> None:
        try:
            directories.make(directories.missing([self._receipts / "1"]))
        except Failure as error:
            from shlex import quote

            error.hint = (
                "What was there before is kept in this directory, so that a change can be undone. Make it possible to "
                "create it, or set XDG_STATE_HOME to a directory of your own; nothing was changed."
            )
            if error.path:
                error.commands = (f"ls -ld {quote(str(error.path.parent))}",)
            raise

    def _folder(self, receipt: Receipt) -> Path:
        return self._receipts / receipt.id

    def _numbers(self) -> list[int]:
        try:
            names = [path.name for path in self._receipts.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise Unreadable(f"The journal could not be read: {error.strerror}.", path=self._receipts) from error
        return [int(name) for name in names if name.isascii() and name.isdigit()]

    def _written(self, receipt: Receipt) -> Receipt:
        document = json.dumps(_shallow(receipt), default=_plain, indent=2) + "\n"
        atomic.write(self._folder(receipt) / "receipt.json", document.encode(), mode=PRIVATE)
        return receipt

    def _read(self, number: int) -> Receipt | None:
        path = self._receipts / str(number) / "receipt.json"
        data = atomic.read(path)
        if data is None:
            return None  # killed before it was written: nothing was changed
        try:
            return _receipt(json.loads(data))
        except (ValueError, TypeError, KeyError) as error:
            raise Unreadable(
                "This receipt of an earlier change is damaged.",
                path=path,
                hint="Move its directory away to use the other receipts.",
            ) from error

    def _forget(self, number: int) -> None:
        """The receipt goes first: without it, the rest means nothing."""
        from shutil import rmtree

        folder = self._receipts / str(number)
        with contextlib.suppress(Failure):
            atomic.remove(folder / "receipt.json")
        rmtree(folder, ignore_errors=True)


def _shallow(value: Receipt | FileRecord) -> dict[str, Any]:
    return {item.name: getattr(value, item.name) for item in fields(value)}


def _plain(value: object) -> object:
    return _shallow(value) if isinstance(value, FileRecord) else str(value)


def _receipt(document: dict[str, Any]) -> Receipt:
    files = tuple(FileRecord(**{**record, "path": Path(record["path"])}) for record in document["files"])
    paths = {name: tuple(map(Path, document[name])) for name in ("directories", "stores")}
    return Receipt(**{**document, **paths, "files": files, "irreversible": tuple(document["irreversible"])})
