"""`gateway status` for people: one fact a line, then what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.redact import scrub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.commands.gateway_status import Status
    from openclaw.commands.status_text import Look

LABEL = 10  # columns of the first word


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
        text = f"{need.name} ({need.where})" if need.where else need.name or need.why
        yield "" if number else "Keys", mark, f"{need.provider}: {text}"
        if need.fingerprint:
            yield "", "", f"  {need.fingerprint}"


def _service(found: Status) -> Iterator[tuple[str, str, str]]:
    service, view = found.service, found.view
    if service is None or view is None:
        yield "Service", "", "none is installed"
        return
    mark = {True: "good", False: "bad", None: "warn"}[service.active]
    state = service.state or "whether it runs is not known"
    enabled = {True: ", enabled", False: ", not enabled", None: ""}[service.enabled]
    process = f", process {service.pid}" if service.pid else ""
    yield "Service", mark, f"{service.unit}: {state}{enabled}{process}"
    if service.definition:
        yield "", "", found.found.home.short(service.definition)
    if not service.active and service.exit_status:
        yield "", "bad", f"it ended with exit status {service.exit_status} ({service.result or 'no reason given'})"
    yield from (("", "warn", problem) for problem in service.problems)
    yield from (("", "warn", f"{name} exists as well, from before a rename") for name in service.legacy)
    if view.restart_needed:
        yield "Restart", "warn", "needed" + ("" if view.changed else f": {view.restart_why}")
        yield from (
            ("", "", f"{found.found.home.short(item.path)} changed after it was started") for item in view.changed
        )
    elif service.active and view.restart_needed is None:
        yield "Restart", "warn", f"whether one is needed is not known: {view.restart_why}"
    yield from (("Unknown", "warn", text) for text in view.unknown)


def _remedies(found: Status, name: str) -> Iterator[tuple[str, str]]:
    from openclaw.handover import INSTALL_COMMAND, runnable

    if found.manager.expected and not found.manager.reachable:
        yield from ((hint.text, hint.command) for hint in found.manager.hints)
    if not found.program and not found.ok:
        yield "OpenClaw itself was not found on PATH; install it", INSTALL_COMMAND
    if found.service is None and not found.ok and not found.probe.address.remote:
        if found.manager.reachable:
            yield "make the gateway a service of this user", f"{name} gateway install"
        elif not found.manager.expected:
            yield from ((hint.text, runnable(hint.command, name)) for hint in found.manager.hints)
    elif found.service and found.service.active is False:
        yield "start it", f"{name} gateway start"
    elif found.view and found.view.restart_needed:
        yield "restart it, so that it reads them again", f"{name} gateway restart"
    if found.service and found.service.active and found.probe.outcome in ("nothing", "timeout", "foreign"):
        yield from journal(found)
    missing = any(need.known and not need.met for need in found.needs)
    if missing or found.probe.outcome == "unauthorized":
        yield "find out why, and what to do", f"{name} doctor"


def journal(found: Status) -> Iterator[tuple[str, str]]:
    """Where a service that runs and does not answer has said why; it may also still be starting."""
    if found.manager.kind == "systemd" and found.service:
        from shlex import quote

        command = f"journalctl --user --no-pager -n 30 -u {quote(found.service.unit)}"
        yield "it runs and does not answer there: a gateway needs some seconds to start; else see what it said", command
