"""Runs beside a real `systemd --user` (tests/tools/user-systemd); prints what this program says and what is true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openclaw.proc import Done, NotDone, run
from openclaw.service.detect import detect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openclaw.service.base import ServiceManager

UNIT = "openclaw-gateway.service"


def systemctl(*arguments: str) -> str:
    answer = run(["systemctl", "--user", "--no-pager", *arguments], timeout=20)
    assert isinstance(answer, Done), answer
    return answer.out.strip()


def seen(manager: ServiceManager) -> dict[str, Any]:
    found = manager.gateway()
    assert found is not None
    return {
        "reachable": manager.describe().reachable,
        "why": manager.describe().why,
        "hints": [hint.command for hint in manager.describe().hints],
        "installed": found.installed,
        "active": found.active,
        "enabled": found.enabled,
        "state": found.state,
        "pid": found.pid,
        "argv": found.argv,
        "working_directory": str(found.working_directory),
        "definition": str(found.definition),
        "drop_ins": [str(path) for path in found.drop_ins],
        "environment": {name: value.reveal() for name, value in found.environment.items()},
        "effective": {name: value.reveal() for name, value in found.effective.items()},
        "files": [(str(file.path), file.optional, file.state) for file in found.environment_files],
        "problems": found.problems,
        "unknown": found.unknown,
        "restart": found.restart,
    }


def files_only(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Done | NotDone:
    """A systemctl that knows nothing of units, so that the program has to look for their files."""
    return NotDone("no answer") if "show" in argv else run(argv, timeout=timeout, env=env)


def process(pid: str) -> dict[str, Any]:
    """What the kernel says of a process; it waits until systemd has replaced itself by the program."""
    place = Path("/proc") / pid
    for _ in range(100):
        if b"sleep" in (place / "cmdline").read_bytes():
            break
        time.sleep(0.02)
    pairs = (entry.partition("=") for entry in (place / "environ").read_text("utf-8").split("\0"))
    return {
        "environ": {name: value for name, _, value in pairs if name},
        "argv": (place / "cmdline").read_text().split("\0")[:-1],
        "cwd": str((place / "cwd").readlink()),
    }


def shell(command: str) -> int:
    env = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
    return subprocess.run(["/bin/sh", "-c", command], env=env, timeout=20, check=False, capture_output=True).returncode


def main() -> None:
    """One JSON document: our view and systemd's, running, from files alone, lost runtime directory, stopped, gone."""
    systemctl("daemon-reload")
    systemctl("enable", "--now", UNIT)
    env = dict(os.environ)
    lost = {name: value for name, value in env.items() if name not in ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")}
    report: dict[str, Any] = {
        "ours": seen(detect(env)),
        "files": seen(detect(env, run=files_only)),
        "lost": seen(detect(lost)),
    }
    names = ("MainPID", "FragmentPath", "DropInPaths", "Environment", "EnvironmentFiles")
    report["shown"] = {name: systemctl("show", "-p", name, "--value", UNIT) for name in names}
    report["process"] = process(report["shown"]["MainPID"])
    report["restart"] = shell(report["lost"]["restart"])
    report["restarted"] = systemctl("show", "-p", "MainPID", "--value", UNIT)
    report["export"] = shell(f"{report['lost']['hints'][0]}; systemctl --user show-environment")
    systemctl("stop", UNIT)
    report["stopped"] = seen(detect(env))
    systemctl("exit")
    deadline = time.monotonic() + 10
    while detect(env).describe().reachable and time.monotonic() < deadline:
        time.sleep(0.05)
    report["gone"] = seen(detect(env))
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
