"""A throw-away installation on a throw-away host, and what the doctor finds there; all in this process.

The host is a directory tree (`root`) with the home linked into it, so that a service manager, a container or another
user can be there without being there. Programs on PATH are small scripts. Nothing listens at the gateway's port.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from doctor.engine import Examined, examine
from doctor.registry import known_checks
from openclaw.facts.service import Linger
from openclaw.finding import Severity
from openclaw.gateway.address import Address
from openclaw.gateway.listener import Listeners
from openclaw.gateway.probe import Probe
from openclaw.invocation import Invocation
from openclaw.platforms import host_kind
from openclaw.service.detect import detect
from tests.checks import installations as i
from tests.doctor.homes import NOW, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from openclaw.finding import Finding

HOUR, DAY = 3_600_000, 86_400_000
PAST = 1_700_000_000  # seconds: when all files of a home were last written, unless a home says otherwise
GATEWAY = "gateway-FAKE-EXAMPLE-token-0001"
LOCAL = {"mode": "local", "auth": {"mode": "token", "token": GATEWAY}}
A = "anthropic:default"
NEWER = {"lastTouchedVersion": "2026.9.6"}
OLDER = {"lastTouchedVersion": "2026.2.3"}
UNIT = "openclaw-gateway.service"
SHOWN = {
    "LoadState": "loaded", "ActiveState": "active", "SubState": "running", "Result": "success", "DropInPaths": "",
    "UnitFileState": "enabled", "NRestarts": "0", "ExecMainStatus": "0", "NeedDaemonReload": "no",
}  # fmt: skip
DEFINITION = """\
[Unit]
After=network-online.target
Wants=network-online.target
StartLimitBurst=5
StartLimitIntervalSec=60
[Service]
ExecStart={program} gateway --port 18789
Restart=always
RestartSec=5
RestartPreventExitStatus=78
SuccessExitStatus=0 143
TimeoutStartSec=90
TimeoutStopSec=30
KillMode=mixed
Environment=PATH={path}
{more}
[Install]
WantedBy=default.target
"""


def model(name: str = "anthropic/claude-opus-4-5", **more: Any) -> dict[str, Any]:
    """A whole config: a local gateway with a token, and this default model."""
    return {"gateway": LOCAL, "agents": {"defaults": {"model": {"primary": name}}}, **more}


@dataclass
class World:
    """One home and the host around it. `given` are facts that stand for what a test cannot make (a full disk)."""

    home: Path
    root: Path
    port: int
    env: dict[str, str] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    host: dict[str, Any] = field(default_factory=dict)  # members of the host's kind
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    cwd: Path | None = None
    tty: bool = True
    linger: bool = True

    def __post_init__(self) -> None:
        self.home.mkdir(mode=0o700)
        self.bin.mkdir(mode=0o755, parents=True)
        self.env |= {"HOME": str(self.home), "PATH": str(self.bin), "TERM": "xterm", "USER": "eve"}
        self.env["OPENCLAW_GATEWAY_PORT"] = str(self.port)
        self.file(self.root / "etc" / "passwd", f"eve:x:{os.getuid()}:0::{self.home}:/bin/sh\n", 0o644)
        linked = self.root / str(self.home).lstrip("/")
        linked.parent.mkdir(parents=True)
        linked.symlink_to(self.home)
        self.executable("claude", "echo '2.1.0 (Claude Code)'")

    @property
    def bin(self) -> Path:
        """The one directory on PATH; outside of the home, as /usr/bin is."""
        return self.root / "bin"

    @property
    def state(self) -> Path:
        return self.home / ".openclaw"

    def path(self, name: str) -> Path:
        """A path below the state directory."""
        return self.state / name

    def file(self, path: Path | str, text: str | bytes = "", mode: int = 0o600) -> Path:
        """A file: below the state directory where the path is relative."""
        return write(path if not isinstance(path, str) else self.path(path), text, mode)

    def config(self, value: dict[str, Any] | str | None = None, *, agents: tuple[str, ...] = (), **auth: Any) -> Path:
        """The config; as it stands where it is text."""
        if isinstance(value, str):
            return self.file("openclaw.json", value)
        return i.config(self.home, model() if value is None else value, agents=agents, **auth)

    def store(self, profiles: dict[str, Any], agent: str = "main", **members: Any) -> Path:
        """A JSON store."""
        return i.store(self.home, profiles, agent, **members)

    def has(self, profile: dict[str, Any], profile_id: str = A, of: str = "", **members: Any) -> None:
        """A config that uses the profile's provider, and a store with this profile alone."""
        self.config(model(of) if of else None)
        self.store({profile_id: profile}, **members)

    def dotenv(self, text: str | bytes, mode: int = 0o600) -> Path:
        """The state directory's env file."""
        return self.file(".env", text, mode)

    def newer(self, profiles: dict[str, Any], value: dict[str, Any] | None = None, **state: Any) -> Path:
        """An installation of 2026.9: its config and its database."""
        self.config({**(value or model("anthropic/claude-opus-5")), "meta": NEWER})
        return i.database(self.home, profiles, **state)

    def executable(self, name: str, script: str = "exit 0", folder: Path | None = None) -> Path:
        """A program on PATH."""
        return write((folder or self.bin) / name, f"#!/bin/sh\n{script}\n", 0o755)

    def program(self, version: str, node: str = ">=22") -> Path:
        """OpenClaw itself, of that version, as npm installs it; its Node is not."""
        package = self.root / "lib" / "node_modules" / "openclaw"
        described = {"name": "openclaw", "version": version, "engines": {"node": node}}
        self.file(package / "package.json", json.dumps(described), 0o644)
        program = self.executable("openclaw.mjs", "exit 0", package)
        (self.bin / "openclaw").symlink_to(program)
        return program

    def process(self, *argv: str, **env: str) -> int:
        """A process of that command line that does nothing for a minute: its number."""
        idle = [*argv[:1], "-c", "import time; time.sleep(60)", *argv[1:]]
        process = subprocess.Popen(idle, executable=sys.executable, env=env, cwd=self.home)
        self.processes.append(process)
        return process.pid

    def systemd(
        self, more: str = "", *, installed: bool = True, program: str = "", path: str = "", **shown: str
    ) -> Path:
        """A user's systemd that answers, and the gateway's unit with these lines more, in the state that is `shown`."""
        (self.root / "run/systemd/system").mkdir(parents=True)
        self.file(self.root / f"run/user/{os.getuid()}/bus", "", 0o644)
        self.env["XDG_RUNTIME_DIR"] = f"/run/user/{os.getuid()}"
        self.given["linger"] = Linger(self.linger)
        place = self.home / ".config/systemd/user" / UNIT
        state = {**SHOWN, **shown}
        if installed:
            command = program or str(self.executable("gateway"))
            text = DEFINITION.format(program=command, path=path or self.bin, more=more)
            write(place, text)
            state["FragmentPath"] = str(place)
        else:
            state |= {"LoadState": "not-found", "ActiveState": "inactive", "SubState": "dead", "UnitFileState": ""}
        answer = "\n".join(f"{key}={value}" for key, value in state.items())
        none = "LoadState=not-found\nActiveState=inactive"
        show = f"case \"$*\" in *show-environment*) echo 'HOME={self.home}';; *{UNIT}*) cat <<'END'\n{answer}\nEND\n;;"
        self.executable("systemctl", f'PATH=/usr/bin:/bin\n{show} *) echo "{none}";; esac')
        if state["ActiveState"] == "active":
            self.answers("healthy")
        return place

    def answers(self, outcome: Any, message: str = "made up", owners: Listeners | None = None) -> None:
        """What a probe of the gateway's address sees."""
        listening = owners or Listeners()
        self.given["answering"] = Probe(outcome, Address("127.0.0.1", self.port), message, listening=listening)

    def call(self) -> Invocation:
        """A command that somebody starts in that home."""
        return Invocation(self.env, self.cwd or self.home, self.home, NOW, self.tty, self.tty)

    def settle(self) -> None:
        """All files were written long ago, but for those that are of another time on purpose."""
        now = int(time.time())
        for folder, _, files in os.walk(self.home):
            for name in files:
                path = os.path.join(folder, name)  # noqa: PTH118 - thousands of them
                if not os.path.islink(path) and int(os.stat(path).st_mtime) in range(now - 600, now + 60):  # noqa: PTH114,PTH116
                    os.utime(path, (PAST, PAST))

    def examined(self) -> Examined:
        """A whole run of the doctor."""
        kind = host_kind(self.env, root=self.root, platform="linux", uid=os.getuid())
        kind = replace(kind, **self.host)
        manager = detect(self.env, root=self.root, platform="linux", uid=os.getuid())
        given = {"host": kind, "controller": manager, **self.given}
        return examine(self.call(), known_checks(), given=given)

    def secrets(self) -> set[str]:
        """Every made-up secret of the files and variables: words that say FAKE, and what a home marks so."""
        texts = [value for name, value in self.env.items() if name not in ("HOME", "PATH")]
        for folder, _, files in os.walk(self.home):
            for path in (os.path.join(folder, name) for name in files):  # noqa: PTH118
                if os.path.exists(path):  # noqa: PTH110 - not a link that leads nowhere
                    with open(path, "rb") as file:  # noqa: PTH123
                        texts.append(file.read(1 << 20).decode("utf-8", "replace"))
        words = {word for text in texts for word in re.findall(r"[A-Za-z0-9_.-]{16,}", text)}
        return {word for word in words if any(mark in word for mark in ("FAKE", "EKAF", "fade"))}


@dataclass(frozen=True)
class Case:
    """A kind of installation and everything that must be said of it, but for what is only worth knowing.

    `expects`: `severity check-id target`, the target only where it matters; entries with `info` must be among what is
    worth knowing, of which there may be more. `source` is the failure mode (FM, user-pain), or the row of
    openclaw-new §10.
    """

    name: str
    source: str
    expects: tuple[str, ...]
    build: Callable[[World], object]


class Cases(list[Case]):
    """A list of cases that functions enter themselves into."""

    def of(self, source: str, *expects: str) -> Callable[[Callable[[World], object]], Callable[[World], object]]:
        """Enters a builder; its name is that of the case."""

        def enter(build: Callable[[World], object]) -> Callable[[World], object]:
            self.append(Case(build.__name__, source, expects, build))
            return build

        return enter

    def add(self, name: str, source: str, build: Callable[[World], object], *expects: str) -> None:
        """The same for a builder without a name of its own."""
        self.append(Case(name, source, expects, build))


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """A world below a directory; what was started in it is ended."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens: a connection is refused at once
        made = World(folder / "home", folder / "root", taken.getsockname()[1])
        try:
            yield made
        finally:
            for process in made.processes:
                process.kill()
                process.wait()


def findings(seen: Examined) -> list[Finding]:
    """All findings of a run."""
    return [item for outcome in seen.report.outcomes for item in outcome.findings]


def difference(expects: tuple[str, ...], found: list[Finding]) -> Mapping[str, list[str]]:
    """What was expected and is not there, and what is there and was not expected; empty where all is right."""
    wanted = [entry.split(" ", 2) for entry in expects]
    left, lacking = list(found), []
    for severity, check_id, *target in sorted(wanted, key=len, reverse=True):  # the most particular first
        hit = next(
            (
                item
                for item in left
                if (item.severity.word, item.check_id) == (severity, check_id) and target in ([], [item.target])
            ),
            None,
        )
        if hit:
            left.remove(hit)
        else:
            lacking.append(" ".join([severity, check_id, *target]))
    more = [f"{item.severity.word} {item.check_id} {item.target}: {item.message}" for item in left if _matters(item)]
    return {name: value for name, value in (("lacking", lacking), ("too much", more)) if value}


def _matters(item: Finding) -> bool:
    return item.severity > Severity.INFO


def counted(found: list[Finding]) -> Counter[str]:
    """How often each fingerprint is there: twice is once too often."""
    return Counter(item.fingerprint for item in found)
