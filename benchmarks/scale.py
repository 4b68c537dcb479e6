"""How the commands grow with the size of an installation: profiles in one store, and agents with stores of their own.

python benchmarks/scale.py    medians of 5 in milliseconds, printed; nothing is asserted
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 5
PROFILES = (10, 100, 1_000, 10_000)
AGENTS = (1, 50, 500)
FIRST = "anthropic:00000"
COMMANDS = {
    "doctor --json": ("doctor", "--json"),
    "models status --check": ("models", "status", "--check"),
    "models auth which": ("models", "auth", "which"),
    "models auth which --json": ("models", "auth", "which", "--json"),
    "models auth list --json": ("models", "auth", "list", "--json"),
    "clear-cooldown --dry-run": ("models", "auth", "clear-cooldown", FIRST, "--dry-run"),
    "logout --all-agents --dry-run": ("models", "auth", "logout", FIRST, "--all-agents", "--dry-run"),
    "order set --dry-run": ("models", "auth", "order", "set", "--provider", "anthropic", FIRST, "--dry-run"),
    "rotate --dry-run": ("models", "auth", "rotate", "--provider", "anthropic", "--profile-id", FIRST, "--dry-run"),
}
NEW_KEY = b"sk-ant-api03-FAKE-new-key-0123456789-EXAMPLE"  # for rotate, on standard input
NOW = 1_770_000_000_000


def main() -> None:
    """Measures every command on every size and prints two tables."""
    print("profiles in the main agent's store (one agent)")
    table([(number, 1) for number in PROFILES], [f"{number}" for number in PROFILES])
    print("\nagents, each with a store of 20 profiles; 10,000 profiles in the last column")
    sizes = [*((20, number) for number in AGENTS), (10_000, AGENTS[-1])]
    table(sizes, [*(f"{number}" for number in AGENTS), f"{AGENTS[-1]}+10k"])


def table(sizes: list[tuple[int, int]], heads: list[str]) -> None:
    """One row for each command, one column for each size."""
    columns = [measured(*size) for size in sizes]
    print(f"{'milliseconds':32}" + "".join(f"{head:>10}" for head in heads))
    for name in COMMANDS:
        print(f"{name:32}" + "".join(f"{column[name] * 1000:10.0f}" for column in columns))


def measured(profiles: int, agents: int) -> dict[str, float]:
    """Median wall seconds by command, on a throw-away home of that size."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home, profiles, agents)
        env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OPENCLAW_NOW_MS": str(NOW)}
        env["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
        return {name: statistics.median(timed(args, env) for _ in range(ROUNDS)) for name, args in COMMANDS.items()}


def timed(args: tuple[str, ...], env: dict[str, str]) -> float:
    """Seconds of one run."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "openclaw", *args], env=env, input=NEW_KEY, capture_output=True, check=False
    )
    if b"Error" in done.stderr:
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - start


def prepare(home: Path, profiles: int, agents: int) -> None:
    """A config that lists the agents, main's store of that many profiles, and 20 for each other agent."""
    names = ["main", *(f"agent-{number:03}" for number in range(agents - 1))]
    state = home / ".openclaw"
    for name in names:
        store = state / "agents" / name / "agent" / "auth-profiles.json"
        store.parent.mkdir(parents=True)
        store.write_text(json.dumps(document(profiles if name == "main" else 20), indent=2))
    (state / "openclaw.json").write_text(json.dumps({"agents": {"list": [{"id": name} for name in names]}}, indent=2))


def document(number: int) -> dict[str, object]:
    """A store; half of it of the provider that is used, every tenth profile with a failure behind it."""
    providers = ("anthropic", "openai")
    names = [f"{providers[index % 2]}:{index:05}" for index in range(number)]
    profiles = {
        name: {"type": "api_key", "provider": name.partition(":")[0], "key": f"sk-FAKE-{name[-5:]}-EXAMPLE-not-a-key"}
        for name in names
    }
    usage = {name: {"lastUsed": NOW - index, "errorCount": 1} for index, name in enumerate(names[::10])}
    return {"version": 1, "profiles": profiles, "usageStats": usage}


if __name__ == "__main__":
    main()
