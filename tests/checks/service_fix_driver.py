"""Runs beside a real `systemd --user`: services in every bad state, what the checks say, and what the fixes do.

Prints one JSON document; the test reads it. `HOME` is a throw-away one with the stand-in gateway.
"""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from checks import gateway, service
from checks.fixes import service as fixes
from openclaw.change.apply import apply
from openclaw.change.journal import open_for
from openclaw.change.undo import undo
from openclaw.check import Check, NotApplicable, Unknown
from openclaw.facts import builtin
from openclaw.fix import Fix
from openclaw.invocation import Invocation

HOME = Path.home()
STATE = HOME / ".openclaw"
UNITS = HOME / ".config/systemd/user"
UNIT = UNITS / "openclaw-gateway.service"
PORT = int(sys.argv[1])
CHECKS = [item for module in (service, gateway) for item in vars(module).values() if isinstance(item, Check)]
FIXES = {item.check_id: item for item in vars(fixes).values() if isinstance(item, Fix)}


def collect(call: Invocation, names: tuple[str, ...], known: dict[str, Any]) -> list[Any]:
    """The facts of these names, with what they are built from."""
    for name in names:
        if name not in known:
            found = builtin(name)
            assert found, name
            known[name] = found.collect(*collect(call, found.needs, known))
    return [known[name] for name in names]


def call_now() -> Invocation:
    return Invocation(dict(os.environ), HOME, HOME, int(time.time() * 1000))


def seen() -> tuple[dict[str, Any], dict[str, Any]]:
    """(findings by check id, facts)."""
    call = call_now()
    known: dict[str, Any] = {"call": call, "asking": None}
    findings: dict[str, Any] = {}
    for check in CHECKS:
        try:
            found = list(check.run(*collect(call, check.needs, known)))
        except (NotApplicable, Unknown) as error:
            known[check.id] = type(error).__name__
            continue
        if found:
            findings[check.id] = found[0]
    return findings, known


def until(wanted: str, *, gone: bool = False) -> dict[str, Any]:
    """Looks until a check has found something, or nothing any more."""
    ends = time.monotonic() + 15
    findings, _ = seen()
    while (wanted in findings) is gone and time.monotonic() < ends:
        time.sleep(0.3)
        findings, _ = seen()
    return shown(findings)


def shown(findings: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {
            "severity": item.severity.word, "message": item.message, "target": item.target,
            "fix": item.remedy.fix if item.remedy else "", "commands": item.remedy.commands if item.remedy else (),
        }
        for name, item in findings.items()
    }  # fmt: skip


def files() -> dict[str, str]:
    """What is below ~/.config; the links of `systemctl enable` are the manager's."""
    found = (path for path in sorted((HOME / ".config").rglob("*")) if path.is_file() and not path.is_symlink())
    return {str(path): path.read_text() for path in found}


def repaired(check_id: str) -> dict[str, Any]:
    """Finds, plans, applies, looks again, takes it back; the files in between."""
    findings, known = seen()
    before = files()
    fix = FIXES[check_id]
    plan = fix.plan(findings[check_id], *collect(known["call"], fix.needs, known))
    journal = open_for(STATE, os.environ, HOME)
    receipt = apply(plan, journal=journal, home=HOME, title=check_id, now=known["call"].now)
    after = until(check_id, gone=True)
    changed = files()
    if receipt.files:
        undo(journal, receipt.id)
    return {
        "found": shown(findings)[check_id],
        "after": after,
        "changed": sorted(set(changed.items()) ^ set(before.items())),
        "back": files() == before,
        "steps": [type(step).__name__ for step in plan],
    }


def systemctl(*arguments: str) -> None:
    subprocess.run(["systemctl", "--user", *arguments], capture_output=True, timeout=30, check=False)


def written(path: Path, *lines: str, section: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(["[Unit]", section, "[Service]", *lines, "[Install]", "WantedBy=default.target"])
    path.write_text(text + "\n")
    systemctl("daemon-reload")


def configured(**more: Any) -> None:
    auth = {"token": "gateway-token-FAKE-EXAMPLE-0123456789"}
    config = {"gateway": {"mode": "local", "port": PORT, "auth": auth}, **more}
    (STATE / "openclaw.json").write_text(json.dumps(config))


def main() -> None:
    """Every state in turn."""
    report: dict[str, Any] = {}
    configured()
    report["install"] = repaired("service/not-installed")
    systemctl("daemon-reload")
    systemctl("stop", UNIT.name)
    subprocess.run(
        [sys.executable, "-m", "openclaw", "gateway", "install"], check=True, capture_output=True, timeout=60
    )
    report["healthy"] = until("gateway/unreachable", gone=True)
    systemctl("stop", UNIT.name)
    report["start"] = repaired("service/not-running")
    report["on path"] = on_path()
    whole = UNIT.read_text()
    line = next(line for line in whole.splitlines() if line.startswith("ExecStart="))
    UNIT.write_text(whole.replace(line, "ExecStart=/gone/node /gone/index.js gateway"))
    systemctl("daemon-reload")
    systemctl("restart", UNIT.name)
    time.sleep(0.5)
    report["broken"] = shown(seen()[0])
    report["reinstall"] = repaired("service/broken-exec")
    systemctl("stop", UNIT.name)
    written(UNIT, "ExecStart=/bin/false", "Restart=always", "RestartSec=50ms", section="StartLimitBurst=3")
    systemctl("start", UNIT.name)
    report["given up"] = until("service/crash-loop")
    written(UNIT, "ExecStart=/bin/false", "Restart=always", "RestartSec=100ms", section="StartLimitIntervalSec=0")
    systemctl("reset-failed", UNIT.name)
    systemctl("start", UNIT.name)
    report["for ever"] = until("service/crash-loop")
    UNIT.write_text(whole)
    systemctl("stop", UNIT.name)
    systemctl("daemon-reload")
    report["foreign"] = foreign()
    systemctl("reset-failed", UNIT.name)
    systemctl("restart", UNIT.name)
    written(UNITS / "clawdbot-gateway.service", "ExecStart=/bin/sleep 300")
    systemctl("enable", "--now", "clawdbot-gateway.service")
    report["legacy"] = repaired("service/legacy-unit")
    report["bus gone"] = without_bus()
    report["hung"] = hung()
    json.dump(report, sys.stdout)


def on_path() -> dict[str, Any]:
    """A model that goes through a `claude` which the service does not find."""
    special = HOME / "special bin"
    special.mkdir()
    (special / "claude").write_text("#!/bin/sh\n")
    (special / "claude").chmod(0o755)
    os.environ["PATH"] += f":{special}"
    configured(agents={"defaults": {"agentRuntime": {"id": "claude-cli"}}})
    found = repaired("service/claude-not-on-path")
    configured()
    systemctl("daemon-reload")
    return found


def foreign() -> dict[str, Any]:
    """Another program has the port, and the service is in the way of nobody."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = shown(seen()[0])
    server.shutdown()
    server.server_close()
    return {"found": found, "pid": os.getpid()}


def without_bus() -> dict[str, Any]:
    """As `su` leaves a shell: everything still answers, or says that it does not know."""
    kept = {name: os.environ.pop(name) for name in ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")}
    Path("/run/user/0").rename("/run/user/0.away")
    findings, known = seen()
    Path("/run/user/0.away").rename("/run/user/0")
    os.environ.update(kept)
    return {"found": shown(findings), "unknown": [check.id for check in CHECKS if known.get(check.id) == "Unknown"]}


def hung() -> dict[str, Any]:
    """Programs that give no answer: each costs its own deadline, and what they would have told is unknown."""
    slow = HOME / "slow"
    slow.mkdir()
    for name in ("systemctl", "journalctl", "loginctl", "launchctl"):
        (slow / name).write_text("#!/bin/sh\nsleep 60\n")
        (slow / name).chmod(0o755)
    kept, os.environ["PATH"] = os.environ["PATH"], f"{slow}:{os.environ['PATH']}"
    started = time.monotonic()
    findings, known = seen()
    os.environ["PATH"] = kept
    return {
        "seconds": time.monotonic() - started,
        "found": shown(findings),
        "unknown": [check.id for check in CHECKS if known.get(check.id) == "Unknown"],
    }


if __name__ == "__main__":
    main()
