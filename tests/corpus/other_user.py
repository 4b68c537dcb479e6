"""Worlds as a user sees them who owns nothing there. A process of its own: root can be left once only.

`other_user.py FOLDER`: each directory below it is one home. Prints {name: [[severity, id], …]} as JSON. The interpreter
may stand where the other user cannot read it: everything is loaded, and run once, before the user changes.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from doctor.engine import diagnose
from doctor.registry import known_checks, known_fixes
from openclaw.invocation import Invocation
from tests.doctor.homes import NOBODY, NOW


def look(home: Path) -> list[tuple[str, str]]:
    """What is found in a home, but for what is only worth knowing; a crash counts as an error."""
    env = {"HOME": str(home), "PATH": "/nowhere", "TERM": "xterm", "OPENCLAW_GATEWAY_PORT": "1"}
    outcomes = diagnose(Invocation(env, Path("/"), home, NOW, True, True), known_checks()).outcomes
    found = [(item.severity.word, item.check_id) for outcome in outcomes for item in outcome.findings]
    crashed = [("error", f"crashed: {outcome.check_id}") for outcome in outcomes if outcome.state == "crashed"]
    return sorted([item for item in found if item[0] != "info"] + crashed)


def main(folder: Path) -> None:
    """First as root, then as the other one."""
    known_fixes()
    homes = sorted(path for path in folder.iterdir() if path.is_dir())
    before = {home.name: look(home) for home in homes}
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    after = {home.name: look(home) for home in homes}
    print(json.dumps({"root": before, "other": after}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
