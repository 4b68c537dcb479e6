"""`openclaw models env`: where each key variable is set, which value wins, and what the gateway's service gets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from openclaw.errors import UsageFailure
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openclaw.service.base import GatewayService, Manager
    from openclaw.service.variables import Held, Variable
    from openclaw.service.view import View

SHELL_LIMIT = 4.0  # seconds that the login shell may take, where the config wants it asked


@click.command("env")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def env(ctx: click.Context, *, names: tuple[str, ...], as_json: bool) -> int:
    """Where each key variable is set, which value wins, and what the gateway's service and its process have.

    Without a NAME: every provider's variables, as far as they are set anywhere. Values are shown by fingerprint only.
    Exits 1 where a file that this shell's commands would read could not be read.
    """
    from openclaw import installation
    from openclaw.service.detect import detect
    from openclaw.service.foreground import foreground
    from openclaw.service.variables import everywhere
    from openclaw.service.view import unread, view_of

    _check(names)
    call = Invocation.of_process(ctx.obj)
    found = installation.load(call, shell_limit=SHELL_LIMIT)
    manager = detect(call.env)
    service = manager.gateway(call.env.get("OPENCLAW_PROFILE"))
    view = view_of(service, call) if service and service.installed else foreground(found, call)
    variables = everywhere(found, view, names)
    problems = tuple(unread(found))
    if as_json:
        import json

        print(json.dumps(document(manager.describe(), view, variables, problems), indent=2, ensure_ascii=False))
    else:
        from openclaw.commands.env_text import Page
        from openclaw.commands.status_text import look_of

        page = Page(found, manager.describe(), view, look_of(sys.stdout, found.environment.values), problems)
        print("\n".join(page.lines(variables)))
    return 1 if problems else 0


def _check(names: Sequence[str]) -> None:
    """A mistake here may be a pasted key, which must not be repeated."""
    import re

    for name in names:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}", name) or re.match(r"sk-|sk_", name):
            raise UsageFailure(
                "NAME is the name of a variable: letters, digits and _",
                hint="for example: openclaw models env ANTHROPIC_API_KEY",
            )


def document(
    manager: Manager,
    view: View | None,
    variables: Sequence[Variable],
    problems: Sequence[str],
) -> dict[str, Any]:
    """The document of `--json` (docs/schemas/models-env.schema.json)."""
    return {
        "ok": not problems,
        "manager": {"kind": manager.kind, "reachable": manager.reachable, "why": manager.why},
        "service": None if view is None else service_document(view.service),
        **restart_document(view),
        "process": None if view is None or view.live is None else _process(view),
        "unknown": [] if view is None else list(view.unknown),
        "problems": list(problems),
        "variables": [_variable(item, view) for item in variables],
    }


def service_document(service: GatewayService) -> dict[str, Any]:
    """The service in a few members; null is "not known"."""
    return {
        "unit": service.unit,
        "installed": service.installed,
        "active": service.active,
        "enabled": service.enabled,
        "state": service.state or None,
        "pid": service.pid,
    }


def restart_document(view: View | None) -> dict[str, Any]:
    """Whether a restart is needed (null: not known, or nothing runs), why, and the files that changed since."""
    changed = view.changed if view else ()
    return {
        "restartNeeded": view.restart_needed if view else None,
        "restartWhy": view.restart_why if view else "",
        "changed": [{"path": str(item.path), "kind": item.kind, "at": item.at} for item in changed],
    }


def _process(view: View) -> dict[str, Any] | None:
    live = view.live
    if live is None:
        return None
    return {
        "pid": live.pid,
        "name": live.name or None,
        "startedAt": live.started,
        "readable": live.variables is not None,
        "why": live.reason,
    }


def _variable(item: Variable, view: View | None) -> dict[str, Any]:
    known = view is not None and view.live is not None and view.live.variables is not None
    return {
        "name": item.name,
        "providers": list(item.providers),
        "verdict": item.verdict,
        "here": _place(item.here),
        "service": _place(item.there),
        "process": (
            {"set": item.live is not None, "fingerprint": item.live.fingerprint() if item.live is not None else None}
            if known
            else None
        ),
        "places": [
            {"side": side, **_held(held)}
            for side, held in (*(("here", one) for one in item.ours), *(("service", one) for one in item.daemon or ()))
        ],
    }


def _place(held: Held | None) -> dict[str, Any] | None:
    return None if held is None else {"where": held.where, "fingerprint": held.value.fingerprint()}


def _held(held: Held) -> dict[str, Any]:
    return {
        "place": held.place,
        "where": held.where,
        "fingerprint": held.value.fingerprint(),
        "state": held.state,
    }
