"""Runs beside a real `systemd --user`: the doctor's env/ checks and fixes on a gateway that really runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import checks
from checks import fixes
from doctor.collect import collect
from doctor.engine import run
from openclaw.change import journal, undo
from openclaw.change.apply import apply
from openclaw.change.plan import Run
from openclaw.facts import builtin
from openclaw.invocation import Invocation

HOME = Path.home()
STATE = HOME / ".openclaw"
UNIT = HOME / ".config/systemd/user/openclaw-gateway.service"
FIRST, SECOND, THIRD = (f"sk-ant-api03-FAKE-EXAMPLE-{word}-000000000" for word in ("first", "second", "third"))
NAME = "ANTHROPIC_API_KEY"
CHECKS = {item.id: item for item in checks.load() if item.area == "env"}


def call(**extra: str) -> Invocation:
    return Invocation({**os.environ, **extra}, HOME / "work", HOME, time.time_ns() // 1_000_000)


def doctor(**extra: str) -> dict[str, Any]:
    """What `openclaw doctor --only env` says: outcomes by check, and how long it took."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "openclaw", "doctor", "--json", "--only", "env"],
        env=os.environ | extra, cwd=HOME / "work", capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    document = json.loads(done.stdout)
    states = {item["checkId"]: [item["outcome"], item.get("reason", "")] for item in document["outcomes"]}
    return {"states": states, "seconds": time.monotonic() - started, "out": done.stdout, "err": done.stderr}


def states(**extra: str) -> dict[str, Any]:
    """The same through the engine: [state, reason, targets] by check, and the seconds."""
    started = time.monotonic()
    facts = collect(sorted({need for item in CHECKS.values() for need in item.needs}), {"call": call(**extra)}, builtin)
    found = {name: run(item, facts) for name, item in CHECKS.items()}
    return {
        "seconds": time.monotonic() - started,
        **{name: [item.state, item.reason, [one.target for one in item.findings]] for name, item in found.items()},
    }


def mend(check_id: str, **extra: str) -> dict[str, Any]:
    """Applies the fix of the first finding of a check, its commands included."""
    fix = fixes.load()[check_id]
    facts = collect(sorted({*CHECKS[check_id].needs, *fix.needs}), {"call": call(**extra)}, builtin)
    [finding, *_] = run(CHECKS[check_id], facts).findings
    plan = fix.plan(finding, *(facts[need] for need in fix.needs))
    opened = journal.open_for(STATE, os.environ, HOME)
    receipt = apply(plan, journal=opened, home=HOME, title=fix.title, now=time.time_ns() // 1_000_000)
    return {
        "receipt": receipt.id,
        "commands": [" ".join(change.argv) for change in plan if isinstance(change, Run)],
        "remedy": finding.remedy.commands if finding.remedy else (),
        "message": finding.message,
    }


def take_back(receipt: str) -> None:
    undo.undo(journal.open_for(STATE, os.environ, HOME), receipt)


def ours(*arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "openclaw", *arguments], cwd=HOME, capture_output=True, timeout=90, check=False
    ).returncode


def pid() -> int:
    found = subprocess.run(
        ["systemctl", "--user", "show", "-p", "MainPID", "--value", UNIT.name],
        capture_output=True, text=True, timeout=20, check=True,
    )  # fmt: skip
    return int(found.stdout)


def environ() -> str:
    """The key of the running process, as the kernel has it."""
    pairs = (item.partition("=") for item in Path(f"/proc/{pid()}/environ").read_text("utf-8").split("\0"))
    return {name: value for name, _, value in pairs}.get(NAME, "")


def slow(name: str) -> str:
    """A PATH on which this program hangs."""
    folder = HOME / f"slow-{name}"
    folder.mkdir()
    (folder / name).write_text("#!/bin/sh\nsleep 60\n")
    (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def main() -> None:
    """One JSON document with what every step gave."""
    (HOME / "work").mkdir()
    report: dict[str, Any] = {"no service": states()}
    report["installed"] = ours("gateway", "install", "--port", sys.argv[1])
    report["healthy"] = states()

    time.sleep(0.05)
    (STATE / ".env").write_text(f"{NAME}={SECOND}\n")
    report["stale"] = states()
    before = pid()
    report["restart"] = mend("env/daemon-stale")
    report["restarted"] = (before, pid())
    report["fresh"] = states()

    text = UNIT.read_text()
    UNIT.write_text(text.replace("[Install]", f"Environment={NAME}={FIRST}\n[Install]"))
    report["unit changed"] = states()
    ours("gateway", "restart")
    report["frozen"] = states()
    report["runs frozen"] = environ() == FIRST
    frozen = UNIT.read_bytes()
    report["thaw"] = mend("env/frozen-in-unit")
    report["thawed"] = states()
    report["thawed unit"] = (UNIT.read_text() == text, environ())
    take_back(report["thaw"]["receipt"])
    report["undone"] = (UNIT.read_bytes() == frozen, (STATE / ".env").read_text() == f"{NAME}={SECOND}\n")
    report["after undo"] = states()
    ours("gateway", "restart")
    report["differs"] = mend("env/daemon-differs")
    report["same"] = states()

    (STATE / ".env").write_text("")
    ours("gateway", "restart")
    report["blind"] = states(**{NAME: THIRD})
    report["written"] = mend("env/daemon-blind", **{NAME: THIRD})
    report["seen"] = states(**{NAME: THIRD})
    report["mode"] = (STATE / ".env").stat().st_mode & 0o777

    report["doctor"] = doctor()
    report["hung systemctl"] = states(PATH=slow("systemctl"))
    config = (STATE / "openclaw.json").read_text()
    (STATE / "openclaw.json").write_text(config.replace("{", '{"env": {"shellEnv": {"enabled": true}}, ', 1))
    kept = (STATE / ".env").read_text()
    (STATE / ".env").write_text("")
    shell = str(Path(slow("zsh").partition(":")[0]) / "zsh")
    report["hung shell"] = states(SHELL=shell)
    (STATE / "openclaw.json").write_text(config)
    (STATE / ".env").write_text(kept)

    UNIT.write_text(UNIT.read_text().replace("Restart=", "#Restart="))
    ours("gateway", "restart")
    os.kill(pid(), signal.SIGKILL)
    time.sleep(1)
    report["killed"] = states()
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
