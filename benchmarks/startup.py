"""Start-up as ratios, measured in one run: against `python -c pass` in the same environment, and the real OpenClaw.

make bench                    medians of 10, printed; nothing is asserted
OPENCLAW_REAL=/path/openclaw  also against the real program (tests/tools/real-openclaw prints its path)
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 10
KEY = "sk-ant-api03-" + "EXAMPLEnotAkey0" * 5  # made up
TOKEN = "sk-ant-oat01-" + "EXAMPLEnotAtoken" * 6  # made up
SCRIPT = Path(sys.executable).parent / "openclaw"
WANTED = {"--help": 6, "models status --check": 8, "doctor --json": 15}


def main() -> None:
    """Measures every command and prints a table."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        env = {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        prepare(home)
        commands = {name: [str(SCRIPT), *name.split()] for name in WANTED}
        seconds = measure({"python -c pass": [sys.executable, "-c", "pass"], **commands}, env)
        print(f"{'command':28} {'median ms':>10} {'ratio':>7} {'CPU ms':>8} {'ratio':>7} {'wanted':>8}")
        for name, (wall, cpu) in seconds.items():
            base, limit = seconds["python -c pass"], f"≤ {WANTED[name]}" if name in WANTED else ""
            row = f"{wall * 1000:10.1f} {wall / base[0]:7.1f} {cpu * 1000:8.1f} {cpu / base[1]:7.1f} {limit:>8}"
            print(f"{name:28} {row}")
        compare_with_real(env, seconds["models status --check"][0])


def prepare(home: Path) -> None:
    """A typical home: a config, one agent with five profiles, a key in `.env`."""
    (home / ".openclaw").mkdir()
    (home / ".openclaw" / "openclaw.json").write_text('{gateway: {mode: "local"}, /* comments */ agents: {}}\n')
    (home / ".openclaw" / ".env").write_text(f"ANTHROPIC_API_KEY={KEY}\n")
    others = {
        f"{provider}:default": {"type": "api_key", "provider": provider, "key": f"made-up-EXAMPLE-key-of-{provider}"}
        for provider in ("openai", "xai", "mistral", "groq")
    }
    token = {"type": "token", "provider": "anthropic", "token": TOKEN}
    store = home / ".openclaw/agents/main/agent/auth-profiles.json"
    store.parent.mkdir(parents=True)
    store.write_text(json.dumps({"version": 1, "profiles": {"anthropic:default": token, **others}}, indent=2))
    for path in home.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def measure(commands: dict[str, list[str]], env: dict[str, str]) -> dict[str, tuple[float, float]]:
    """Median seconds by name: (on the wall, of the processor, which other programs disturb less).

    Rounds are interleaved, so that a busy moment hits all commands alike.
    """
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for number in range(ROUNDS + 1):
        for name, argv in commands.items():
            start, used = time.perf_counter(), _used()
            subprocess.run(
                argv,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
            if number:  # the first round only warms the caches
                times[name].append((time.perf_counter() - start, _used() - used))
    return {
        name: (statistics.median(wall for wall, _ in values), statistics.median(cpu for _, cpu in values))
        for name, values in times.items()
    }


def _used() -> float:
    """Processor seconds of all programs that were started from here and have ended."""
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def compare_with_real(env: dict[str, str], ours: float) -> None:
    """`models status --check` of the real program on the same home."""
    program = os.environ.get("OPENCLAW_REAL")
    if not program:
        print("the real OpenClaw: not measured (OPENCLAW_REAL names none)")
        return
    real = measure({"real": [program, "models", "status", "--check"]}, env)["real"][0]
    print(f"{'real models status --check':28} {real * 1000:10.1f}         {real / ours:.1f} × ours (wanted: ≥ 15)")


if __name__ == "__main__":
    main()
