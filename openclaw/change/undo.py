"""Bringing back what a receipt's files were: contents, modes, absence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.change import atomic, directories
from openclaw.change.journal import FileRecord, Journal, Receipt, digest
from openclaw.change.transaction import Transaction, locked, mode_of
from openclaw.errors import Failure, Refusal
from openclaw.frozen import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Iterator


@frozen
class Undone:
    """What an undo did, or with `dry_run` would do. `files` tells, file by file, what is undone."""

    receipt: Receipt
    files: tuple[FileRecord, ...]
    dry_run: bool


def listing(journal: Journal) -> tuple[Receipt, ...]:
    """All receipts, newest first."""
    return journal.receipts()


def undo(journal: Journal, receipt_id: str | None = None, *, dry_run: bool = False) -> Undone:
    """Undoes a receipt; without an id the newest that is not undone yet. All of it or nothing.

    Raises Refusal when a file is not what the receipt left any more, Failure when there is no such receipt. Commands
    that were run stay run. `dry_run` looks and changes nothing.
    """
    receipt, records = _looked_up(journal, receipt_id)
    if dry_run:
        _check_unchanged(receipt, records)
        return Undone(receipt, records, dry_run=True)
    with journal.alone():  # and looked up again: another undo may have been faster
        return _undo(journal, *_looked_up(journal, receipt_id))


def _undo(journal: Journal, receipt: Receipt, records: tuple[FileRecord, ...]) -> Undone:
    stores = [path for path in receipt.stores if path.parent.is_dir()]
    with locked(stores, receipt.era) as check:
        _check_unchanged(receipt, records)
        contents = [journal.snapshot(receipt, record) for record in records]
        files = Transaction()
        try:
            for record, before in zip(reversed(records), reversed(contents), strict=True):
                check()
                _restore(files, record, before)
        except BaseException:
            files.back()
            raise
    if receipt.state == "started":
        _remove_leftovers(records)
    directories.remove_empty(receipt.directories)
    return Undone(journal.mark_undone(receipt), records, dry_run=False)


def _looked_up(journal: Journal, receipt_id: str | None) -> tuple[Receipt, tuple[FileRecord, ...]]:
    receipts = journal.receipts()
    receipt = _chosen(receipts, receipt_id)
    if only_commands(receipt):
        before = next((item for item in receipts if int(item.id) < int(receipt.id) and _has_way_back(item)), None)
        raise Refusal(
            f"Receipt {receipt.id} ({receipt.title}) cannot be undone: no file was changed, "
            f"only this was run: {'; '.join(receipt.irreversible)}",
            hint="The change of files before it can be undone." if before else "No change before it can be undone.",
            commands=(f"openclaw undo {before.id}",) if before else (),
        )
    return receipt, tuple(_by_file(receipt))


def only_commands(receipt: Receipt) -> bool:
    """Whether all that a receipt tells of are commands, which cannot be undone."""
    return receipt.state == "done" and not receipt.files and bool(receipt.irreversible)


def _has_way_back(receipt: Receipt) -> bool:
    return receipt.state != "undone" and not only_commands(receipt)


def _chosen(receipts: tuple[Receipt, ...], wanted: str | None) -> Receipt:
    if wanted is None:
        newest = next((receipt for receipt in receipts if receipt.state != "undone"), None)
        if newest is None:
            raise Failure("There is nothing to undo.", hint="Only changes that this program made can be undone.")
        return newest
    found = next((receipt for receipt in receipts if receipt.id == wanted), None)
    if found is None:
        raise Failure(f"There is no receipt {wanted}.", commands=("openclaw undo --list",))
    if found.state == "undone":
        raise Refusal(f"Receipt {wanted} is undone already.", commands=("openclaw undo --list",))
    return found


def _by_file(receipt: Receipt) -> Iterator[FileRecord]:
    """One record for each file, from before its first to after its last change."""
    by_path: dict[object, list[FileRecord]] = {}
    for record in receipt.files:
        by_path.setdefault(record.path, []).append(record)
    for records in by_path.values():
        contents = [record for record in records if not record.only_mode] or records
        merged = replace(
            contents[0],
            after=contents[-1].after,
            mode_before=records[0].mode_before,
            mode_after=records[-1].mode_after,
        )
        if receipt.state == "started" or merged.only_mode or merged.before != merged.after:
            yield merged


def _check_unchanged(receipt: Receipt, records: tuple[FileRecord, ...]) -> None:
    """A file that is as before is as good as one that is as after: a killed apply or undo left it so."""
    between = {(record.path, record.after) for record in receipt.files if receipt.state == "started"}
    changed = []
    for record in records:
        if record.only_mode:
            continue
        now = digest(atomic.read(record.path))
        if now not in (record.before, record.after) and (record.path, now) not in between:
            changed.append(record.path)
    if changed:
        names = ", ".join(map(str, changed))
        raise Refusal(
            f"Nothing was undone, because something else changed since: {names}",
            path=changed[0],
            hint="Undo the later changes first (newest first), or change these files by hand.",
            commands=("openclaw undo --list",),
        )


def _restore(files: Transaction, record: FileRecord, before: bytes | None) -> None:
    mode = mode_of(record.path)
    if not record.only_mode:
        now = atomic.read(record.path)
        if now != before:
            files.replace(record.path, now, before, 0o600 if record.mode_before is None else record.mode_before)
    if record.mode_before is None or mode_of(record.path) in (None, record.mode_before):
        return
    if mode == record.mode_after:  # a mode that somebody set since stays
        files.chmod(record.path, record.mode_before)


def _remove_leftovers(records: tuple[FileRecord, ...]) -> None:
    """Temporary files of a run that was killed."""
    import contextlib

    for record in records:
        real = record.path.resolve()
        for path in real.parent.glob("." + _literal(real.name) + atomic.LEFTOVER + "*"):
            with contextlib.suppress(Failure):
                atomic.remove(path)


def _literal(name: str) -> str:
    from glob import escape

    return escape(name)
