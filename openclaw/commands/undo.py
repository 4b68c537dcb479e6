"""`openclaw undo`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from openclaw.errors import UsageFailure
from openclaw.exits import Exit
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from openclaw.change.journal import FileRecord, Receipt
    from openclaw.change.undo import Undone
    from openclaw.home import Home

# What undoing does to a file, by what was done to it; and the same before it is done.
_VERBS = {
    "created": ("removed", "would remove"),
    "changed": ("restored", "would restore"),
    "removed": ("brought back", "would bring back"),
    "mode": ("mode restored:", "would restore the mode of"),
}


@click.command("undo")
@click.argument("receipt", required=False)
@click.option("--list", "listing", is_flag=True, help="Show what can be undone, and change nothing.")
@click.option("--dry-run", is_flag=True, help="Show what would be undone, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def undo(
    ctx: click.Context, receipt: str | None = None, listing: bool = False, dry_run: bool = False, as_json: bool = False
) -> int:
    """Take back a change that this program made: contents, modes and absence of files.

    RECEIPT is a number from --list; without it, the newest change is taken back. A file that changed since is never
    overwritten: then nothing is undone.
    """
    if listing and (receipt is not None or dry_run):
        raise UsageFailure("--list takes no receipt and no --dry-run", commands=("openclaw undo --list",))
    from openclaw import installation
    from openclaw.change import journal
    from openclaw.change import undo as undoing

    call = Invocation.of_process(ctx.obj)
    home = installation.load(call, shell_limit=0).home
    book = journal.open_for(home.state, call.env, call.user)
    if listing:
        receipts = undoing.listing(book)
        _print({"ok": True, "receipts": [_document(item, home) for item in receipts]}, _list(receipts), as_json)
    else:
        result = undoing.undo(book, receipt, dry_run=dry_run)
        _print({"ok": True, "dryRun": dry_run, **_undone(result, home)}, _lines(result, home), as_json)
    return Exit.OK


def _print(document: dict[str, Any], lines: list[str], as_json: bool) -> None:
    from openclaw.redact import scrub

    if as_json:
        import json

        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(map(scrub, lines)))


def _list(receipts: tuple[Receipt, ...]) -> list[str]:
    if not receipts:
        return ["Nothing was changed by this program yet, so there is nothing to undo."]
    from openclaw.text import count

    return [
        f"{item.id:>4}  {_when(item)}  {item.title}: {count(len({file.path for file in item.files}), 'file')}"
        f"{_state(item)}"
        for item in receipts
    ]


def _state(receipt: Receipt) -> str:
    from openclaw.change.undo import only_commands

    if only_commands(receipt):
        return " (only commands were run; cannot be undone)"
    return {"done": "", "started": " (was interrupted; can be undone)", "undone": " (undone)"}[receipt.state]


def _when(receipt: Receipt) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(receipt.at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _lines(result: Undone, home: Home) -> list[str]:
    receipt = result.receipt
    head = "Would undo" if result.dry_run else "Undone"
    lines = [f"{head}: {receipt.title} ({receipt.id}, {_when(receipt)})"]
    lines += [f"  {_VERBS[file.action][result.dry_run]} {home.short(file.path)}" for file in result.files]
    return lines + [f"  not undone, because commands cannot be: {command}" for command in receipt.irreversible]


def _undone(result: Undone, home: Home) -> dict[str, Any]:
    return {
        "receipt": _document(result.receipt, home),
        "files": [_file(file, home) for file in result.files],
        "notUndone": list(result.receipt.irreversible),
    }


def _document(receipt: Receipt, home: Home) -> dict[str, Any]:
    return {
        "id": receipt.id,
        "title": receipt.title,
        "at": receipt.at,
        "state": receipt.state,
        "files": [_file(file, home) for file in receipt.files],
        "irreversible": list(receipt.irreversible),
    }


def _file(record: FileRecord, home: Home) -> dict[str, Any]:
    return {"path": home.short(record.path), "action": record.action}
