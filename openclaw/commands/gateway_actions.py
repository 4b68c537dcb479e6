"""`openclaw gateway start|stop|restart|install|uninstall`: done by the service manager, and looked at afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from openclaw.frozen import frozen, replace
from openclaw.invocation import Invocation

if TYPE_CHECKING:
    from openclaw.change.plan import Plan
    from openclaw.service.base import GatewayService, Manager, ServiceManager
    from openclaw.service.control import Action

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
WORDS = {
    "systemd": ("systemd", "enabled", "disabled"),
    "launchd": ("LaunchAgent", "loaded", "not loaded"),
    "none": ("no service manager", "", ""),
}


@frozen
class Result:
    """What became of an action. `result` is the reference's word; `error` is "" when what was asked happened."""

    action: str
    result: str
    message: str = ""
    error: str = ""
    hints: tuple[tuple[str, str], ...] = ()  # words, command
    warnings: tuple[str, ...] = ()
    plan: Plan | None = None  # of a --dry-run

    @property
    def ok(self) -> bool:
        """What was asked happened."""
        return not self.error


@frozen
class Scene:
    """What an action works with."""

    call: Invocation
    manager: ServiceManager
    described: Manager
    service: GatewayService | None
    profile: str | None


@click.command("start")
@DRY_RUN
@JSON
@click.pass_context
def start(ctx: click.Context, *, dry_run: bool, as_json: bool) -> int:
    """Start the gateway's service. Exits 1 where it does not run, and go on running, afterwards."""
    return _told(_acted(scene_of(ctx), "start", dry_run=dry_run), ctx, as_json=as_json)


@click.command("stop")
@DRY_RUN
@JSON
@click.pass_context
def stop(ctx: click.Context, *, dry_run: bool, as_json: bool) -> int:
    """Stop the gateway's service. Exits 1 where it still runs afterwards."""
    return _told(_acted(scene_of(ctx), "stop", dry_run=dry_run), ctx, as_json=as_json)


@click.command("restart")
@DRY_RUN
@JSON
@click.pass_context
def restart(ctx: click.Context, *, dry_run: bool, as_json: bool) -> int:
    """Restart the gateway's service, so that it reads its keys again; a changed unit is read as well."""
    return _told(_acted(scene_of(ctx), "restart", dry_run=dry_run), ctx, as_json=as_json)


@click.command("install")
@click.option("--port", type=click.IntRange(1, 65535), metavar="PORT", help="Default: the config's, else 18789.")
@click.option("--force", is_flag=True, help="Write the definition anew where there is one already.")
@DRY_RUN
@JSON
@click.pass_context
def install(ctx: click.Context, *, port: int | None, force: bool, dry_run: bool, as_json: bool) -> int:
    """Make the gateway a service of this user (systemd or launchd) and start it.

    No key and no token is written into the service: the gateway reads them from its config and <state>/.env.
    """
    return _told(_installed(scene_of(ctx), port, force=force, dry_run=dry_run), ctx, as_json=as_json)


@click.command("uninstall")
@DRY_RUN
@JSON
@click.pass_context
def uninstall(ctx: click.Context, *, dry_run: bool, as_json: bool) -> int:
    """Stop the gateway's service and remove it. Credentials and the config stay."""
    return _told(_uninstalled(scene_of(ctx), dry_run=dry_run), ctx, as_json=as_json)


def scene_of(ctx: click.Context) -> Scene:
    """The manager and the service of this host; each question to the manager has its deadline."""
    from openclaw.service.detect import detect

    call = Invocation.of_process(ctx.obj)
    profile = call.env.get("OPENCLAW_PROFILE")
    manager = detect(call.env)
    return Scene(call, manager, manager.describe(), manager.gateway(profile), profile)


def _acted(scene: Scene, action: Action, *, dry_run: bool = False) -> Result:
    if refused := _unavailable(scene, action):
        return refused
    service = scene.service
    if service is None or not service.installed:
        return _not_installed(scene, action)
    if action != "stop" and service.masked:
        return _masked(service, action)
    if action == "stop" and service.active is False and "auto-restart" not in service.state:
        return Result(action, "stopped", f"{service.unit} does not run")
    if dry_run:
        from openclaw.service.plans import action_plan

        return Result(action, "planned", plan=action_plan(scene.manager, service, action))
    from openclaw import proc
    from openclaw.service.control import DONE, act

    outcome = act(scene.manager, service, action, proc.run, profile=scene.profile)
    if not outcome.ok:
        return Result(action, "failed", error=f"{service.unit}: {outcome.why}", hints=_why_not(scene, outcome.service))
    pid = f", process {outcome.service.pid}" if outcome.service.pid and action != "stop" else ""
    return Result(action, DONE[action], f"{service.unit}: {outcome.service.state or DONE[action]}{pid}")


def _masked(service: GatewayService, action: str) -> Result:
    hints = (("allow it to be started", service.unmask), ("then", f"openclaw gateway {action}"))
    return Result(action, "failed", error=f"{service.unit} is masked, so it cannot be started", hints=hints)


def _unavailable(scene: Scene, action: str) -> Result | None:
    if scene.described.reachable:
        return None
    hints = tuple((hint.text, hint.command) for hint in scene.described.hints)
    return Result(action, "unavailable", error=scene.described.why, hints=hints)


def _not_installed(scene: Scene, action: str) -> Result:
    if action in ("stop", "uninstall"):  # which is as it was asked for
        return Result(action, "not-loaded", "no gateway service is installed")
    hints = (*_program_hint(scene), ("make it a service", "openclaw gateway install"))
    return Result(action, "not-loaded", error="no gateway service is installed", hints=hints)


def _program_hint(scene: Scene) -> tuple[tuple[str, str], ...]:
    from openclaw.handover import INSTALL_COMMAND, find_real

    if find_real(scene.call.env):
        return ()
    return (("OpenClaw itself was not found on PATH; install it first", INSTALL_COMMAND),)


def _why_not(scene: Scene, service: GatewayService) -> tuple[tuple[str, str], ...]:
    import shlex

    hints = [("see what is wrong with its credentials and its config", "openclaw doctor")]
    if scene.described.kind == "systemd":
        unit = shlex.quote(service.unit)
        hints.append(("see what it said", f"journalctl --user --no-pager -n 30 -u {unit}"))
    return tuple(hints)


def _installed(scene: Scene, port: int | None, *, force: bool, dry_run: bool) -> Result:
    place, service = scene.manager.place(scene.profile), scene.service
    if refused := _unavailable(scene, "install"):
        return refused
    assert place is not None  # noqa: S101 - a manager that answers tells of a place
    assert service is not None  # noqa: S101 - and of a service
    if service.installed and service.unit != place.name and not force:
        error = f"{service.unit} is installed, from before a rename, and two gateways cannot share a port"
        return Result("install", "failed", error=error, hints=(("remove it first", "openclaw gateway uninstall"),))
    if service.masked:
        return _masked(service, "install")
    if service.installed and not force:
        return _already(scene, service, dry_run=dry_run)
    from openclaw import installation, proc
    from openclaw.service.intended import intended
    from openclaw.service.plans import install_plan

    found = installation.load(scene.call, shell_limit=0)
    wanted = intended(scene.call, found, place, proc.run, port)
    if wanted is None:
        return Result("install", "failed", error="OpenClaw itself was not found on PATH", hints=_program_hint(scene))
    plan = install_plan(scene.manager, place, wanted, service, found.home.state)
    warnings = (*wanted.program.notes, *_lost(service, wanted.variables), *_no_token(scene))
    return _carried(scene, plan, "install", "installed", dry_run=dry_run, warnings=warnings)


def _already(scene: Scene, service: GatewayService, *, dry_run: bool) -> Result:
    """An installed service is left as it is; one that is not enabled is enabled."""
    from openclaw.service.plans import enable_plan

    if service.enabled is False and service.definition and scene.described.kind == "systemd":
        plan = enable_plan(scene.manager, service.unit)
        return _carried(scene, plan, "install", "installed", dry_run=dry_run)
    from openclaw.text import tilde

    hint = ("to write its definition anew", "openclaw gateway install --force")
    where = f": {tilde(service.definition, scene.call.user)}" if service.definition else ""
    return Result("install", "already-installed", f"{service.unit} is installed{where}", hints=(hint,))


def _lost(service: GatewayService, variables: Any) -> tuple[str, ...]:
    """Variables of the old definition that the new one has not: to be said before they are gone (user-pain FM 9)."""
    gone = sorted(name for name in service.environment if name not in variables)
    if not gone:
        return ()
    return (f"the old definition also set {', '.join(gone)}: put what is still needed into the state directory's .env",)


def _no_token(scene: Scene) -> tuple[str, ...]:
    """A gateway that no config and no env file gives a secret does not start (wizard-doctor-spec §4.8)."""
    from openclaw import installation
    from openclaw.gateway.address import address_of

    found = installation.load(scene.call, shell_limit=0)
    address = address_of(found.config.value, found.environment, older=found.era.name != "sqlite")
    layer = found.environment.origin.get(address.secret_from)
    if address.secret is None and not address.unresolved:
        return ("the gateway has no token yet, and may refuse to start: `openclaw onboard` makes one",)
    if layer is not None and layer.name in ("process", "cwd"):
        return (f"{address.secret_from} is set in this shell only: the service does not get it",)
    return ()


def _uninstalled(scene: Scene, *, dry_run: bool) -> Result:
    place = scene.manager.place(scene.profile)
    if refused := _unavailable(scene, "uninstall"):
        return refused
    service = scene.service
    if place is None or service is None or not service.installed:
        return _not_installed(scene, "uninstall")
    from openclaw.service.plans import uninstall_plan

    kept = [str(path) for path in service.drop_ins]
    warnings = (f"left in place: {', '.join(kept)}",) if kept else ()
    plan = uninstall_plan(scene.manager, place, service)
    return _carried(scene, plan, "uninstall", "uninstalled", dry_run=dry_run, warnings=warnings)


def _carried(
    scene: Scene, plan: Plan, action: str, done: str, *, dry_run: bool, warnings: tuple[str, ...] = ()
) -> Result:
    """Previews or applies the plan; then what was asked is looked at: installed and running, or gone."""
    from openclaw import installation
    from openclaw.commands.carrying import carry_out

    if dry_run:
        return Result(action, "planned", warnings=warnings, plan=plan)
    found = installation.load(scene.call, shell_limit=0)
    carry_out(found, plan, f"gateway {action}", scene.call)
    service = scene.manager.gateway(scene.profile)
    if action == "uninstall":
        left = service is not None and service.installed and service.unit == (scene.service and scene.service.unit)
        error = f"{service.unit} is still there: {service.definition}" if left and service else ""
        return Result(action, done if not left else "failed", "the gateway's service is gone", error, (), warnings)
    started = _acted(replace(scene, service=service), "restart")
    if started.error:
        error = f"it is installed, but does not run: {started.error}"
        return Result(action, done, "", error, started.hints, warnings)
    return Result(action, done, started.message, "", _linger_hint(scene), warnings)


def _linger_hint(scene: Scene) -> tuple[tuple[str, str], ...]:
    """Offered, never done unasked: it is a decision about the whole account (user-pain FM 27)."""
    if scene.described.kind != "systemd":
        return ()
    from openclaw import proc
    from openclaw.platforms import host_kind
    from openclaw.service.install import lingering

    host = host_kind(scene.call.env)
    if lingering(host.user, proc.run):
        return ()
    sudo = "" if host.root else "sudo "
    return (("unless lingering is on, it stops when you log out", f"{sudo}loginctl enable-linger {host.user}"),)


def _told(result: Result, ctx: click.Context, *, as_json: bool) -> int:
    """One document or one line on stdout, the rest on stderr."""
    from openclaw.commands.carrying import note, show, typed
    from openclaw.failing import arrow
    from openclaw.redact import scrub

    call = Invocation.of_process(ctx.obj)
    if as_json:
        import json

        print(json.dumps(document(result, scene_of(ctx), call), indent=2, ensure_ascii=False))
    elif result.plan is not None:
        print(show(result.plan, call), end="")
    elif result.ok:
        print(scrub(f"{result.result}: {result.message}"))
    for text in result.warnings:
        note(f"Warning: {scrub(text)}")
    if result.error:
        note(f"Error: {scrub(result.error)}")
    for words, command in result.hints:
        note(f"  {scrub(words)}")
        if command:
            note(f"  {arrow()} {typed(command, call)}")
    return 0 if result.ok else 1


def document(result: Result, scene: Scene, call: Invocation) -> dict[str, Any]:
    """The document of `--json` (docs/schemas/gateway-action.schema.json), a superset of the reference's (§4.5)."""
    from openclaw.commands.carrying import typed
    from openclaw.redact import scrub

    label, loaded, not_loaded = WORDS[scene.described.kind]
    service = scene.service
    found: dict[str, Any] = {"action": result.action, "ok": result.ok, "result": result.result}
    if result.message:
        found["message"] = scrub(result.message)
    if result.error:
        found["error"] = scrub(result.error)
    found["hints"] = [_hint(words, typed(command, call)) for words, command in result.hints]
    found["warnings"] = [scrub(text) for text in result.warnings]
    found["service"] = {
        "label": label,
        "loaded": service.enabled if service and service.installed else False if service else None,
        "loadedText": loaded,
        "notLoadedText": not_loaded,
        "unit": service.unit if service else None,
        "active": service.active if service else None,
        "pid": service.pid if service else None,
    }
    if result.plan is not None:
        found |= {"dryRun": True, "plan": _plan(result.plan, call)}
    return found


def _hint(words: str, command: str) -> str:
    return f"{words}: {command}" if command else words


def _plan(plan: Plan, call: Invocation) -> list[dict[str, Any]]:
    from openclaw.change import atomic
    from openclaw.change.compose import compose
    from openclaw.change.preview import as_json, preview

    return as_json(preview(plan, compose(plan, atomic.read), call.user))
