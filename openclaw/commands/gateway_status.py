"""`openclaw gateway status`: does it run, is it well, and has it the keys of the models in use?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from openclaw.errors import Failure
from openclaw.frozen import frozen, replace
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from openclaw.credentials.resolve import Candidate
    from openclaw.environment.layers import Environment
    from openclaw.gateway.probe import Probe
    from openclaw.installation import Installation
    from openclaw.service.base import GatewayService, Manager
    from openclaw.service.view import View

SHELL_LIMIT = 4.0  # seconds that the login shell may take, where the config wants it asked


@frozen
class Need:
    """A provider in use and what the gateway would use for it; `why` where that is nothing, or not known."""

    provider: str
    known: bool = True
    name: str = ""
    kind: str = ""
    where: str = ""
    fingerprint: str = ""
    why: str = ""

    @property
    def met(self) -> bool:
        """There is something that the gateway would use."""
        return bool(self.name)


@frozen
class Status:
    """Everything that the command tells."""

    found: Installation
    manager: Manager
    service: GatewayService | None  # None: none is installed
    view: View | None  # of the service; without one, of the gateway that runs all the same
    probe: Probe
    needs: tuple[Need, ...]
    program: Path | None

    @property
    def ok(self) -> bool:
        """Running and healthy. A gateway in a terminal counts, unless the service should run in its place."""
        stopped = self.service is not None and self.service.active is False and self.service.enabled is not False
        return self.probe.healthy and not stopped


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def status(ctx: click.Context, *, as_json: bool) -> int:
    """Whether the gateway runs, answers, has its keys, and needs a restart. Changes nothing.

    Exits 0 where it runs and is healthy, else 1.
    """
    found = examine(Invocation.of_process(ctx.obj))
    if as_json:
        import json

        print(json.dumps(document(found), indent=2, ensure_ascii=False))
    else:
        from openclaw.commands.gateway_text import lines
        from openclaw.commands.status_text import look_of

        print("\n".join(lines(found, look_of(sys.stdout, found.found.environment.values))))
    return 0 if found.ok else 1


def examine(call: Invocation) -> Status:
    """Looks at the service, its process, its environment and its port; what hangs costs its own deadline."""
    from openclaw import installation
    from openclaw.gateway.address import address_of
    from openclaw.gateway.probe import probe
    from openclaw.handover import find_real
    from openclaw.service.detect import detect
    from openclaw.service.foreground import foreground
    from openclaw.service.view import view_of

    here = installation.load(call, shell_limit=SHELL_LIMIT)
    manager = detect(call.env)
    service = manager.gateway(call.env.get("OPENCLAW_PROFILE"))
    view = view_of(service, call) if service and service.installed else foreground(here, call)
    found, environment = (view.found, view.environment) if view else (here, here.environment)
    address = address_of(
        found.config.value, environment, view.service.argv if view else (), older=found.era.name != "sqlite"
    )
    return Status(
        found=here,
        manager=manager.describe(),
        service=view.service if view and view.service.installed else None,
        view=view,
        probe=probe(address),
        needs=tuple(_needs(found, environment, view)),
        program=find_real(call.env),
    )


def _needs(found: Installation, environment: Environment, view: View | None) -> Iterator[Need]:
    """The providers of the default agent's models, and what the gateway has for each."""
    from openclaw.credentials.resolve import resolve
    from openclaw.credentials.status import in_use

    agent = found.agent()
    names = in_use(found.models(agent))
    try:
        store = found.store_of(agent)
        if failure := store.failure():
            raise failure
    except Failure as error:
        yield from (Need(name, known=False, why=error.message) for name in names)
        return
    sources = replace(found, environment=environment).sources(store)
    for name in in_use(found.models(agent, store)):
        winner = resolve(name, sources, agent.id).winner
        yield _need(name, winner, found, environment, view)


def _need(
    provider: str, winner: Candidate | None, found: Installation, environment: Environment, view: View | None
) -> Need:
    if winner is None:
        unknown = "; ".join(view.unknown) if view else ""
        return Need(provider, known=not unknown, why=unknown or "nothing that it can use")
    from openclaw.credentials.showing import identified

    value = identified(winner.secret.reveal(), environment) if winner.secret else ""
    return Need(provider, True, winner.name, winner.kind, _place(winner, found, environment, view), value)


def _place(winner: Candidate, found: Installation, environment: Environment, view: View | None) -> str:
    from openclaw.service.variables import variable, where

    if winner.kind != "env":
        return {"profile": "the credential store", "config": found.home.short(found.config.path)}.get(winner.kind, "")
    if view is not None:
        place = variable(winner.name, found, view).there
        return place.where if place else ""
    layer = environment.origin.get(winner.name)
    return where(winner.name, layer, found) if layer else ""


def document(found: Status) -> dict[str, Any]:
    """The document of `--json` (docs/schemas/gateway-status.schema.json); names as in the reference (§4.5)."""
    from openclaw.commands.env import restart_document

    probe, address = found.probe, found.probe.address
    return {
        "ok": found.ok,
        "manager": {
            "kind": found.manager.kind,
            "reachable": found.manager.reachable,
            "why": found.manager.why,
            "hints": [{"text": hint.text, "command": hint.command} for hint in found.manager.hints],
        },
        "program": str(found.program) if found.program else None,
        "service": None if found.service is None else _service(found.service, found.manager),
        **restart_document(found.view),
        "gateway": {
            "bindMode": address.bind,
            "bindHost": address.host,
            "port": address.port,
            "portSource": address.port_from,
            "probeUrl": address.url,
            "remote": address.remote,
        },
        "port": _port(probe),
        "rpc": {"ok": probe.healthy, "url": address.url, **({} if probe.healthy else {"error": probe.message})},
        "probe": _probe(probe),
        "providers": [_need_document(need) for need in found.needs],
        "unknown": list(found.view.unknown) if found.view else [],
    }


def _service(service: GatewayService, manager: Manager) -> dict[str, Any]:
    from openclaw.commands.gateway_actions import WORDS

    label, loaded, not_loaded = WORDS[manager.kind]
    directory = service.working_directory
    return {
        "label": label,
        "loaded": service.enabled,
        "loadedText": loaded,
        "notLoadedText": not_loaded,
        "unit": service.unit,
        "command": {
            "programArguments": arguments(service.argv),
            "workingDirectory": str(directory) if directory else None,
            "sourcePath": str(service.definition) if service.definition else None,
        },
        "runtime": {
            "status": {True: "running", False: "stopped", None: "unknown"}[service.active],
            "state": service.state or None,
            "pid": service.pid,
            "lastExitStatus": service.exit_status,
            "lastResult": service.result or None,
            "restarts": service.restarts,
        },
        "dropIns": [str(path) for path in service.drop_ins],
        "problems": list(service.problems),
        "legacy": list(service.legacy),
        "restart": service.restart,
    }


def arguments(argv: Sequence[str]) -> list[str]:
    """A command line without what stands behind `--token` and `--password`."""
    from openclaw.redact import scrub

    hidden = ("--token", "--password")
    shown = []
    for index, word in enumerate(argv):
        secret = index > 0 and argv[index - 1] in hidden
        name, equals, _ = word.partition("=")
        shown.append("<secret>" if secret else f"{name}=<secret>" if equals and name in hidden else scrub(word))
    return shown


def _port(probe: Probe) -> dict[str, Any]:
    listening = probe.listening
    connected = any(phase.name == "connect" and phase.ok for phase in probe.phases)
    status = "busy" if connected else "free" if probe.outcome == "nothing" else "unknown"
    return {
        "port": probe.address.port,
        "status": status,
        "listeners": [
            {"pid": item.pid, "command": item.name or None, "user": item.user or None, "address": item.address}
            for item in listening.found
        ],
        "why": listening.unknown,
    }


def _probe(probe: Probe) -> dict[str, Any]:
    return {
        "outcome": probe.outcome,
        "message": probe.message,
        "ready": probe.ready,
        "failing": list(probe.failing),
        "protocol": probe.protocol,
        "version": probe.version or None,
        "code": probe.code or None,
        "phases": [
            {"name": phase.name, "ok": phase.ok, "ms": phase.milliseconds, "detail": phase.detail}
            for phase in probe.phases
        ],
    }


def _need_document(need: Need) -> dict[str, Any]:
    return {
        "provider": need.provider,
        "status": "present" if need.met else "missing" if need.known else "unknown",
        "source": need.kind or None,
        "name": need.name or None,
        "where": need.where or None,
        "fingerprint": need.fingerprint or None,
        "why": need.why,
    }
