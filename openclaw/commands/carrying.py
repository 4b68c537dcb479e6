"""Carrying a plan out for a command: preview or apply, with the journal of the installation, and what to do next."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from openclaw.errors import Failure, UsageFailure
from openclaw.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openclaw.change.journal import Receipt
    from openclaw.change.lock import Era
    from openclaw.change.plan import Plan
    from openclaw.config.json5 import KeyPath
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.service.base import GatewayService

SERVICE_DEADLINE = 3.0  # seconds in which the service manager has to tell
SETTLING = 1.0  # seconds after which a running gateway has written its own copy back, if it does


AS_JSON = "openclaw.preview.json"  # in click's context: the preview is wanted as a document


def previewable(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--dry-run` to a command that changes something, and `--json` for a preview that programs read."""
    as_json = click.option(
        "--json", is_flag=True, expose_value=False, callback=_remember, help="With --dry-run: print one JSON document."
    )
    dry_run = click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
    return dry_run(as_json(command))


def _remember(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001 - click's signature
    ctx.meta[AS_JSON] = value


def _wants_json() -> bool:
    ctx = click.get_current_context(silent=True)
    return ctx is not None and bool(ctx.meta.get(AS_JSON))


def carry_out(found: Installation, plan: Plan, title: str, call: Invocation) -> Receipt:
    """Applies a plan of this installation under its journal, and says how to take it back.

    After a change that a running gateway knows only after a restart, its command is said. A gateway that writes its own
    copy of a store back a moment later (user-pain, FM 14) is a Failure.
    """
    if _wants_json():
        raise UsageFailure("--json goes with --dry-run here; nothing was changed")
    from openclaw.change.apply import apply
    from openclaw.change.journal import open_for

    journal = open_for(found.home.state, call.env, call.user)
    era: Era = "file" if found.era.name == "sqlite" else "directory"
    receipt = apply(plan, journal=journal, home=call.user, lock_era=era, title=title, now=found.now)
    if receipt.changed:
        if receipt.files:
            note(f"undo with: {typed('openclaw undo', call)}")
        if restart := check_gateway(plan, receipt, call):
            note(f"the running gateway knows this only after a restart: {restart}")
    return receipt


def show(plan: Plan, call: Invocation) -> str:
    """What a plan would do, as a redacted diff; as one JSON document where that was asked for."""
    from openclaw.change import atomic
    from openclaw.change.compose import compose
    from openclaw.change.preview import as_json, preview, text

    changes = preview(plan, compose(plan, atomic.read), call.user)
    if _wants_json():
        import json

        return json.dumps({"ok": True, "dryRun": True, "changes": as_json(changes)}, indent=2, ensure_ascii=False)
    return text(changes) or "nothing would change"


def note(text: str) -> None:
    """One line beside the result."""
    print(one_line(text), file=sys.stderr)


def typed(command: str, call: Invocation) -> str:
    """A command of this program as it is typed here."""
    from openclaw.handover import our_name, runnable

    return runnable(command, our_name(call.env))


def gateway_service(call: Invocation) -> GatewayService | None:
    """The gateway's service; None where there is none, or no answer within the deadline."""
    import queue
    import threading

    answers: queue.SimpleQueue[GatewayService | None] = queue.SimpleQueue()

    def ask() -> None:
        from openclaw.service.detect import detect

        found = None
        with contextlib.suppress(Exception):  # what went well must not end in an error about something else
            found = detect(call.env).gateway(call.env.get("OPENCLAW_PROFILE"))
        answers.put(found)

    threading.Thread(target=ask, name="gateway service", daemon=True).start()
    try:
        return answers.get(timeout=SERVICE_DEADLINE)
    except queue.Empty:
        return None


def check_gateway(plan: Plan, receipt: Receipt, call: Invocation) -> str:
    """Looks, where a gateway runs, whether what was just written is still there a moment later (user-pain, FM 14).

    Returns the command that restarts the gateway where it has to be; "" where it need not. Raises Failure where
    something wrote its own copy of a store back.
    """
    from openclaw.change.apply import overwritten, stores_of

    written = {record.path for record in receipt.files}
    stores = written.intersection(stores_of(plan))
    if not (stores or written & _env_files(plan)):
        return ""
    service = gateway_service(call)
    if service is None or not service.active:
        return ""
    if stores:
        time.sleep(SETTLING)
        for path in overwritten(receipt):
            if path in stores and not _holds(plan, path):
                raise _taken_back(path, service)
    return service.restart


def _env_files(plan: Plan) -> set[Path]:
    from openclaw.change.plan import DeleteVariable, Reencode, SetVariable

    return {change.path for change in plan if isinstance(change, SetVariable | DeleteVariable | Reencode)}


def _holds(plan: Plan, path: Path) -> bool:
    """Whether what the plan set and deleted in a store is still so; other members may have changed."""
    from openclaw.change import atomic
    from openclaw.change.compose import revealed
    from openclaw.change.plan import DeleteKey, SetKey
    from openclaw.config.json5 import loads

    document = loads((atomic.read(path) or b"{}").decode(), path)
    changes = [change for change in plan if isinstance(change, SetKey | DeleteKey) and change.path == path]
    for index, change in enumerate(changes):
        keys = change.keys
        if any(keys == later.keys[: len(keys)] for later in changes[index + 1 :]):
            continue  # a later change decides
        if _at(document, keys) != (revealed(change.value) if isinstance(change, SetKey) else None):
            return False
    return True


def _at(document: Any, keys: KeyPath) -> Any:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _taken_back(path: Path, service: GatewayService) -> Failure:
    return Failure(
        "something wrote this file again a moment after it was changed, probably the running gateway "
        f"({service.unit}), and the change is gone",
        path=path,
        hint="stop the gateway, do this again, then start it",
        commands=(service.restart.replace(" restart ", " stop "),) if " restart " in service.restart else (),
    )
