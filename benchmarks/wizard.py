"""The time between an answer and the next question, and from the start to the first one, in a real terminal.

.venv/bin/python benchmarks/wizard.py          medians of 5 runs; nothing is asserted
.venv/bin/python benchmarks/wizard.py --rounds 3 --systemctl 1 --provider 0.5 --person 1

The host is made up, so that every host gives these figures: a `systemctl` and an `openclaw` that are scripts, and a
provider on loopback. `--systemctl` is how long each answer of the service manager takes, `--provider` that of the
provider, `--person` that of somebody who reads. A manager that has not answered by the review page is left out.
`wizard.md` has the figures.
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

KEY = "sk-ant-api03-" + "EXAMPLEnotAkey0" * 6  # made up
# The end of a question on the screen, and what answers it.
PATH = {
    "Which provider?": "\r",
    "How do you pay for it?": "\r",
    "Anthropic API key:": f"{KEY}\r",
    "Where should it be kept?": "\r",
    "And the gateway itself?": "\r",
    "Write this?": "\x03",
}
AFTER = {"Where should it be kept?": " (the provider was asked)", "Write this?": " (the review page is shown)"}
SYSTEMCTL = """#!/bin/sh
sleep {slow}
case " $* " in
  *" show-environment "*) echo "HOME=$HOME" ;;
  *" show "*) echo LoadState=not-found; echo ActiveState=inactive ;;
esac
"""
BOOTED = """
from openclaw import platforms
real = platforms.exists
platforms.exists = lambda root, path: str(path) == "/run/systemd/system" or real(root, path)
"""


def main() -> None:
    """Measures every gap on the quick path and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--systemctl", type=float, default=0.0, help="seconds until the service manager answers")
    parser.add_argument("--provider", type=float, default=0.0, help="seconds until the provider answers")
    parser.add_argument("--person", type=float, default=0.0, help="seconds until the person answers")
    asked = parser.parse_args()
    gaps: dict[str, list[float]] = {label: [] for label in PATH}
    with provider(asked.provider) as url:
        for _ in range(asked.rounds):
            for label, seconds in run(asked.systemctl, url, asked.person):
                gaps[label].append(seconds)
    print(f"| until this question is asked{'':30} | median ms | worst ms |\n|{'-' * 60}|-----------|----------|")
    for label, times in gaps.items():
        if not times:
            print(f"| {label:58} | not asked | {'':8} |")
            continue
        name = f"{label}{AFTER.get(label, '')}"
        print(f"| {name:58} | {statistics.median(times) * 1000:9.0f} | {max(times) * 1000:8.0f} |")


def run(slow: float, url: str, person: float) -> list[tuple[str, float]]:
    """(question, seconds since the answer before it) of one run on a home with a config and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        env = host(Path(folder), slow, url)
        # Flags say what becomes of the config, so that the questions are those of a fresh home.
        arguments = ["-m", "openclaw", "onboard", "--handling", "modify"]
        before = time.perf_counter()
        child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable, arguments, env=env, cwd=folder, timeout=30, dimensions=(24, 80)
        )
        child.delaybeforesend = None
        found: list[tuple[str, float]] = []
        while len(found) < len(PATH) and (not found or found[-1][0] != "Write this?"):
            label = shown(child, [label for label in PATH if label not in dict(found)])
            found.append((label, time.perf_counter() - before))
            time.sleep(person)
            child.send(PATH[label])
            before = time.perf_counter()
        child.expect(pexpect.EOF)
        child.close()
        return found


def shown(child: pexpect.spawn[bytes], labels: list[str]) -> str:
    """The question that comes up; a terminal says where its cursor is when it is asked."""
    wanted: list[Any] = [rb"\x1b\[6n", *(label.encode().replace(b"?", rb"\?") for label in labels)]
    while (number := child.expect(wanted)) == 0:
        child.send("\x1b[1;1R")
    return labels[number - 1]


def host(folder: Path, slow: float, url: str) -> dict[str, str]:
    """Makes a home and the programs of its host; returns the environment of a terminal there."""
    for name in ("bin", "run", ".openclaw"):
        (folder / name).mkdir()
    (folder / "run" / "bus").touch()
    (folder / "sitecustomize.py").write_text(BOOTED)
    for name, text in (("systemctl", SYSTEMCTL.format(slow=slow)), ("openclaw", "#!/bin/sh\nexit 0\n")):
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    entry = {"baseUrl": url, "models": []}
    config = {"gateway": {"mode": "local"}, "models": {"providers": {"anthropic": entry}}}
    (folder / ".openclaw" / "openclaw.json").write_text(json.dumps(config))
    (folder / ".openclaw" / "openclaw.json").chmod(0o600)
    return {
        "HOME": str(folder),
        "PATH": f"{folder}/bin:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "PYTHONPATH": f"{folder}:{Path(__file__).parents[1]}",
        "XDG_RUNTIME_DIR": f"{folder}/run",
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
    }


@contextmanager
def provider(slow: float) -> Iterator[str]:
    """The address of a server that takes any key, after that many seconds."""

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(slow)
            body = json.dumps({"data": [{"id": "claude-opus-4-5"}], "has_more": False}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


if __name__ == "__main__":
    main()
