"""Runs beside a real `systemd --user`: this program and a stand-in gateway, from install to uninstall."""

from __future__ import annotations

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

HOME = Path.home()
STATE = HOME / ".openclaw"
PORT = int(sys.argv[1])
KEY = "sk-ant-api03-FAKE-EXAMPLE-second-000000000000"


def ours(*arguments: str, **extra: str) -> dict[str, Any]:
    """A run of this program with --json: its exit code, its document, its seconds and what it said."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "openclaw", *arguments, "--json"],
        env=os.environ | extra, cwd=HOME, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    document = json.loads(done.stdout)
    return {
        "code": done.returncode, "document": document, "err": done.stderr, "seconds": time.monotonic() - started,
    }  # fmt: skip


def until(code: int) -> dict[str, Any]:
    """`gateway status`, asked until it ends so."""
    ends = time.monotonic() + 15
    found = ours("gateway", "status")
    while found["code"] != code and time.monotonic() < ends:
        time.sleep(0.3)
        found = ours("gateway", "status")
    return found


def pid() -> int:
    found = subprocess.run(
        ["systemctl", "--user", "show", "-p", "MainPID", "--value", "openclaw-gateway.service"],
        capture_output=True, text=True, timeout=20, check=True,
    )  # fmt: skip
    return int(found.stdout)


def main() -> None:
    """One JSON document with what every step gave."""
    report: dict[str, Any] = {"none": ours("gateway", "status"), "start nothing": ours("gateway", "start")}
    report["dry run"] = ours("gateway", "install", "--dry-run")
    report["files after the dry run"] = [str(path) for path in (HOME / ".config").rglob("*")]
    report["install"] = ours("gateway", "install", "--port", str(PORT))
    report["again"] = ours("gateway", "install")
    report["healthy"] = until(0)
    running = pid()
    for action in ("start", "stop", "restart", "uninstall"):
        report[f"dry {action}"] = ours("gateway", action, "--dry-run")
    report["untouched"] = pid() == running and (HOME / ".config/systemd/user/openclaw-gateway.service").exists()
    report["key before"] = ours("models", "env", "ANTHROPIC_API_KEY")
    time.sleep(0.05)
    (STATE / ".env").write_text(f"ANTHROPIC_API_KEY={KEY}\n")
    report["key after"] = ours("models", "env", "ANTHROPIC_API_KEY")
    report["stale"] = ours("gateway", "status")
    report["restart"] = ours("gateway", "restart")
    report["fresh"] = until(0)
    unit = HOME / ".config/systemd/user/openclaw-gateway.service"
    time.sleep(0.05)
    unit.write_text(unit.read_text().replace("[Install]", f"Environment=ANTHROPIC_API_KEY={KEY[::-1]}\n[Install]"))
    report["changed unit"] = ours("gateway", "status")
    report["reloaded"] = ours("gateway", "restart")
    report["frozen"] = ours("models", "env", "ANTHROPIC_API_KEY")
    config = (STATE / "openclaw.json").read_text()
    (STATE / "openclaw.json").write_text(config.replace("FAKE-EXAMPLE", "OTHER-EXAMPLE"))
    report["wrong token"] = until(1)
    (STATE / "openclaw.json").unlink()
    os.kill(pid(), signal.SIGKILL)
    report["killed"] = until(1)
    report["broken"] = ours("gateway", "restart")
    report["down"] = ours("gateway", "status")
    (STATE / "openclaw.json").write_text(config)
    report["repaired"] = ours("gateway", "start")
    report["stop"] = ours("gateway", "stop")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    report["foreign"] = ours("gateway", "status")
    report["own pid"] = os.getpid()
    server.shutdown()
    server.server_close()
    slow = HOME / "slow"
    slow.mkdir()
    (slow / "systemctl").write_text("#!/bin/sh\nsleep 60\n")
    (slow / "systemctl").chmod(0o755)
    path = f"{slow}:{os.environ['PATH']}"
    for name, arguments in {
        "status": ("gateway", "status"),
        "env": ("models", "env"),
        "start": ("gateway", "start"),
    }.items():
        report[f"hung {name}"] = ours(*arguments, PATH=path)
    report["uninstall"] = ours("gateway", "uninstall")
    report["gone"] = ours("gateway", "status")
    report["left"] = [str(path) for path in (HOME / ".config/systemd").rglob("*") if not path.is_dir()]
    report["unit"] = unit.exists()
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
