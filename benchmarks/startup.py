"""Start-up as ratios, measured in one run: against `python -c pass` in the same environment, and the real OpenClaw.

make bench                    medians of 10, printed; nothing is asserted
OPENCLAW_REAL=/path/openclaw  also against the real program (tests/tools/real-openclaw prints its path)
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 10
KEY = "sk-ant-api03-" + "EXAMPLEnotAkey0" * 5  # made up
TOKEN = "sk-ant-oat01-" + "EXAMPLEnotAtoken" * 6  # made up
OURS = [sys.executable, "-m", "openclaw"]
SCRIPT = Path(sys.executable).parent / "openclaw"
WANTED = {"--help": 6, "models status --check": 8, "doctor --json": 12}


def main() -> None:
    """Measures every command and prints a table."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        env = {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        prepare(home, env)
        commands = {name: [str(SCRIPT), *name.split()] for name in WANTED}
        seconds = measure({"python -c pass": [sys.executable, "-c", "pass"], **commands}, env)
        base = seconds["python -c pass"]
        print(f"{'command':28} {'median ms':>10} {'ratio':>7} {'wanted':>8}")
        print(f"{'python -c pass':28} {base * 1000:10.1f} {1:7.1f}")
        for name, limit in WANTED.items():
            print(f"{name:28} {seconds[name] * 1000:10.1f} {seconds[name] / base:7.1f} {'≤ ' + str(limit):>8}")
        compare_with_real(env, seconds["models status --check"])


def prepare(home: Path, env: dict[str, str]) -> None:
    """An installation with a config, a stored token and a key in `.env`: what the commands have to read."""
    (home / ".openclaw").mkdir()
    (home / ".openclaw" / "openclaw.json").write_text('{gateway: {mode: "local"}, /* comments */ agents: {}}\n')
    (home / ".openclaw" / ".env").write_text(f"ANTHROPIC_API_KEY={KEY}\n")
    for path in home.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    subprocess.run(
        [*OURS, "models", "auth", "paste-token", "--provider", "anthropic"],
        env=env, input=TOKEN, text=True, check=True, capture_output=True,
    )  # fmt: skip


def measure(commands: dict[str, list[str]], env: dict[str, str]) -> dict[str, float]:
    """Median wall seconds by name. Rounds are interleaved, so that a busy moment hits all commands alike."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(ROUNDS + 1):
        for name, argv in commands.items():
            start = time.perf_counter()
            subprocess.run(
                argv,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
            if number:  # the first round only warms the caches
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def compare_with_real(env: dict[str, str], ours: float) -> None:
    """`models status --check` of the real program on the same home."""
    program = os.environ.get("OPENCLAW_REAL")
    if not program:
        print("the real OpenClaw: not measured (OPENCLAW_REAL names none)")
        return
    real = measure({"real": [program, "models", "status", "--check"]}, env)["real"]
    print(f"{'real models status --check':28} {real * 1000:10.1f}         {real / ours:.1f} × ours (wanted: ≥ 15)")


if __name__ == "__main__":
    main()
