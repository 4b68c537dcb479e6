"""`gateway status` for people: one fact a line, then what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.redact import scrub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.commands.gateway_status import Status
    from openclaw.commands.status_text import Look
    from openclaw.service.base import GatewayService
    from openclaw.service.view import View

LABEL = 10  # columns of the first word
STARTING = "it runs and does not answer there: a gateway needs some seconds to start; else see what it said"


def lines(found: Status, look: Look) -> Iterator[str]:
    """The whole text."""
    for label, mark, text in _facts(found):
        start = f"{label.ljust(LABEL)}{look.mark(mark) + ' ' if mark else '  '}"
        yield start + scrub(text)
    remedies = list(dict.fromkeys(_remedies(found, look.name)))
    if remedies:
        yield ""
    for words, command in remedies:
        yield scrub(words)
        if command:
            yield f"{look.arrow} {command}"


def _facts(found: Status) -> Iterator[tuple[str, str, str]]:
    """(label, mark, text)."""
    expected = found.manager.expected and not found.manager.reachable
    yield "Manager", "bad" if expected else "", f"{found.manager.kind}: {found.manager.why}"
    yield from _service(found)
    probe = found.probe
    yield "Gateway", "good" if probe.healthy else "warn" if probe.outcome == "starting" else "bad", probe.message
    yield "", "", probe.address.url
    for number, need in enumerate(found.needs):
        mark = "good" if need.met else "bad" if need.known else "warn"
        text = f"{need.name} ({need.where})" if need.where else need.name or _short(need.why, found.view)
        yield "" if number else "Keys", mark, f"{need.provider}: {text}"
        if need.fingerprint:
            yield "", "", f"  {need.fingerprint}"


def _service(found: Status) -> Iterator[tuple[str, str, str]]:
    service, view = found.service, found.view
    if service is None:
        yield "Service", "", "none is installed"
        if view is not None:
            yield "Process", "good", f"{view.service.pid}, which runs without a service"
            yield from _restart(view)
        return
    mark = {True: "good", False: "bad", None: "warn"}[service.active]
    state = service.state or "whether it runs is not known"
    enabled = {True: ", enabled", False: ", not enabled", None: ""}[service.enabled]
    process = f", process {service.pid}" if service.pid else ""
    yield "Service", mark, f"{service.unit}: {state}{enabled}{process}"
    if service.definition:
        yield "", "", found.found.home.short(service.definition)
    if failed(service):
        how = "by signal" if service.result in ("signal", "core-dump") else "with exit status"
        yield "", "bad", f"it ended {how} {service.exit_status} ({service.result or 'no reason given'})"
    yield from (("", "warn", _short(problem, view)) for problem in service.problems)
    yield from (("", "warn", f"{name} exists as well, from before a rename") for name in service.legacy)
    if view is not None:
        yield from _restart(view)


def _restart(view: View) -> Iterator[tuple[str, str, str]]:
    """Whether the running process is older than what it was started from, and what is not known of it."""
    if view.restart_needed:
        yield "Restart", "warn", "needed" + ("" if view.changed else f": {view.restart_why}")
        yield from (
            ("", "", f"{view.found.home.short(item.path)} changed after it was started") for item in view.changed
        )
    elif view.service.active and view.restart_needed is None:
        yield "Restart", "warn", f"whether one is needed is not known: {view.restart_why}"
    yield from (("Unknown", "warn", _short(text, view)) for text in view.unknown)


def failed(service: GatewayService) -> bool:
    """Whether it ended on its own; the number of a service that was stopped by hand is that of a signal."""
    return service.active is False and bool(service.exit_status) and service.result != "success"


def _short(text: str, view: View | None) -> str:
    """A sentence with `~` for the home directory of the gateway."""
    from openclaw.text import with_tilde

    return with_tilde(text, str(view.found.home.user)) if view else text


def _remedies(found: Status, name: str) -> Iterator[tuple[str, str]]:
    from openclaw.handover import INSTALL_COMMAND, runnable

    if not found.manager.reachable and (found.manager.expected or found.service):
        yield from ((hint.text, runnable(hint.command, name)) for hint in found.manager.hints)
    if not found.program and not found.ok:
        yield "OpenClaw itself was not found on PATH; install it", INSTALL_COMMAND
    if found.service:
        yield from _of_service(found, found.service, name)
    elif found.view:
        if found.view.restart_needed:
            yield "end the gateway, then start it again the way it was started", found.view.service.restart
    elif not found.ok and not found.probe.address.remote:
        if found.manager.reachable:
            yield "make the gateway a service of this user", f"{name} gateway install"
        elif not found.manager.expected:
            yield from ((hint.text, runnable(hint.command, name)) for hint in found.manager.hints)
    missing = any(need.known and not need.met for need in found.needs)
    if missing or found.probe.outcome == "unauthorized":
        yield "find out why, and what to do", f"{name} doctor"


def _of_service(found: Status, service: GatewayService, name: str) -> Iterator[tuple[str, str]]:
    """What to do with an installed service."""
    if service.masked:
        yield "it is masked: allow it to be started", service.unmask
    if service.active is False:
        if failed(service):
            yield from journal(found, "see what it said")
        if found.probe.outcome == "nothing":
            yield "start it", f"{name} gateway start"
        else:
            yield "something else is on its port: see what, and what to do", f"{name} doctor"
    elif found.view and found.view.restart_needed:
        yield "restart it, so that it reads them again", f"{name} gateway restart"
    if service.active and found.probe.outcome in ("nothing", "timeout", "foreign"):
        yield from journal(found)


def journal(found: Status, words: str = STARTING) -> Iterator[tuple[str, str]]:
    """Where a service that does not run, or runs and does not answer, has said why; it may also still be starting."""
    if found.manager.kind == "systemd" and found.service:
        from shlex import quote

        command = f"journalctl --user --no-pager -n 30 -u {quote(found.service.unit)}"
        yield words, command
