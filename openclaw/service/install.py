"""The gateway's service as files: what OpenClaw itself writes (wizard-doctor-spec §4.3), without its secrets.

No key and no token is ever part of it: the gateway reads those from its config and `<state>/.env`. A service that
cannot start stops trying (OpenClaw's own restarts every five seconds for ever).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.era import SQLITE_SINCE, parse_version
from openclaw.frozen import frozen
from openclaw.platforms import exists, under

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openclaw.home import Home
    from openclaw.service.base import Run

PUBLIC = 0o644  # nothing in it is secret
START_LIMIT = (300, 5)  # seconds, starts: one every five seconds and a bit of time to fail
CONFIG_EXIT = 78  # what OpenClaw ends with for a config that cannot work: restarting does not help
SYSTEM_NODES = ("/usr/local/bin/node", "/usr/bin/node", "/opt/homebrew/bin/node")
VERSION_MANAGERS = (
    "/.nvm/", "/nvm/versions/", "/.fnm/", "/fnm/node-versions/", "/fnm_multishells/", "/.volta/", "/.asdf/",
    "/asdf/installs/", "/mise/installs/", "/mise/shims/", "/.n/", "/n/versions/", "/.nodenv/", "/.nodebrew/", "/nvs/",
)  # fmt: skip
# What 2026.6 and later also writes into its unit: it lets agents finish before it ends (openclaw-new §7).
NEWER = {"SuccessExitStatus": "0 143", "TimeoutStartSec": "30", "TimeoutStopSec": "330", "OOMPolicy": "continue"}
ENTRIES = ("dist/index.js", "dist/index.mjs", "dist/entry.js", "dist/entry.mjs")
CARRIED = ("OPENCLAW_PROFILE", "OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH", "OPENCLAW_HOME")
NODE_SECONDS = 5.0


@frozen
class Program:
    """The command line of the gateway; `notes` says what will bite about it."""

    argv: tuple[str, ...]
    version: str = ""
    notes: tuple[str, ...] = ()


@frozen
class Service:
    """A service to be written. `variables` are no secrets."""

    program: Program
    variables: Mapping[str, str]
    directory: Path
    description: str


def program_of(executable: Path, env: Mapping[str, str], run: Run, root: Path = Path("/")) -> Program:
    """How a service starts this OpenClaw: by a Node that is there, and by its real entry point where it has one.

    A wrapper script is started as it is: it knows what it needs.
    """
    from openclaw.era import program_version

    version = program_version(executable)
    real = executable.resolve()
    if real.suffix not in (".js", ".mjs", ".cjs"):
        return Program((str(executable),), version)
    node, notes = _node(env, run, root)
    entry = next((real.parent / name for name in ENTRIES if (real.parent / name).is_file()), real)
    return Program((node, str(entry)) if node else (str(executable),), version, notes)


def _node(env: Mapping[str, str], run: Run, root: Path) -> tuple[str, tuple[str, ...]]:
    """The Node that runs OpenClaw in this shell; one of the system that is as new is better (user-pain FM 25)."""
    from shutil import which

    own = which("node", path=env.get("PATH"))
    if own is None:
        return "", ("node is not on PATH: the service may not find it either",)
    if not any(mark in own for mark in VERSION_MANAGERS):
        return own, ()
    wanted = _major(own, env, run)
    for path in SYSTEM_NODES:
        if exists(root, path) and wanted and _major(path, env, run) >= wanted:
            return path, ()
    return own, (f"{own} belongs to a version manager: the service breaks when that version is removed",)


def _major(node: str, env: Mapping[str, str], run: Run) -> int:
    from openclaw.proc import NotDone

    answer = run([node, "--version"], timeout=NODE_SECONDS, env=env)
    text = "" if isinstance(answer, NotDone) else answer.out.strip().removeprefix("v").partition(".")[0]
    return int(text) if text.isascii() and text.isdigit() else 0


def describe(program: Program, home: Home, env: Mapping[str, str], port: int, name: tuple[str, str]) -> Service:
    """The service of an installation. `name` is the variable that names it, and its name."""
    profile = env.get("OPENCLAW_PROFILE", "").strip()
    carried = {key: env[key] for key in CARRIED if env.get(key, "").strip()}
    user = home.os_home or home.user
    variables = {
        "HOME": str(user),
        "PATH": ":".join(_path(program, user, env)),
        **carried,
        "OPENCLAW_GATEWAY_PORT": str(port),
        name[0]: name[1],
        "OPENCLAW_SERVICE_MARKER": "openclaw",
        "OPENCLAW_SERVICE_KIND": "gateway",
        **({"OPENCLAW_SERVICE_VERSION": program.version} if program.version else {}),
    }
    details = [f"profile: {profile}"] if profile and profile.lower() != "default" else []
    details += [f"v{program.version}"] if program.version else []
    started = Program((*program.argv, "gateway", "--port", str(port)), program.version, program.notes)
    return Service(
        started, variables, user, f"OpenClaw Gateway ({', '.join(details)})" if details else "OpenClaw Gateway"
    )


def _path(program: Program, user: Path, env: Mapping[str, str]) -> Iterable[str]:
    """A short PATH: where the program is, the user's own, the system's; and where `claude` is (user-pain FM 34)."""
    from shutil import which

    claude = which("claude", path=env.get("PATH", ""))
    own = str(Path(program.argv[0]).parent)
    usual = (f"{user}/.local/bin", f"{user}/.npm-global/bin", f"{user}/bin", "/usr/local/bin", "/usr/bin", "/bin")
    homebrew = ("/opt/homebrew/bin",) if exists(Path("/"), "/opt/homebrew/bin") else ()
    return dict.fromkeys((own, *homebrew, *usual, *([str(Path(claude).parent)] if claude else [])))


def unit_text(service: Service) -> str:
    """The systemd unit."""
    interval, burst = START_LIMIT
    newer = (parse_version(service.program.version) or (0, 0)) >= SQLITE_SINCE
    lines = [
        "# Written by openclaw-onboard. Keys do not belong here: the gateway reads them from <state>/.env.",
        "[Unit]",
        f"Description={service.description.replace('%', '%%')}",
        "After=network-online.target",
        "Wants=network-online.target",
        f"StartLimitIntervalSec={interval}",
        f"StartLimitBurst={burst}",
        "",
        "[Service]",
        f"ExecStart={' '.join(quoted(word, command=True) for word in service.program.argv)}",
        "Restart=always",
        "RestartSec=5",
        f"RestartPreventExitStatus={CONFIG_EXIT}",
        *([f"{key}={value}" for key, value in NEWER.items()] if newer else []),
        f"KillMode={'mixed' if newer else 'process'}",
        *(f"Environment={quoted(f'{name}={value}')}" for name, value in service.variables.items()),
        "",
        "[Install]",
        "WantedBy=default.target",
    ]
    return "\n".join(lines) + "\n"


def quoted(word: str, *, command: bool = False) -> str:
    """One word of a unit file (systemd.syntax(7)); in a command line `$` is doubled as well (systemd.service(5))."""
    import re

    text = word.replace("\\", "\\\\").replace("%", "%%").replace('"', '\\"')
    text = text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    if command:
        text = text.replace("$", "$$")
    return text if re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]+", text) else f'"{text}"'


def plist_bytes(service: Service, label: str, logs: Path) -> bytes:
    """The launchd property list; launchd waits `ThrottleInterval` seconds between two starts."""
    import plistlib

    return plistlib.dumps(
        {
            "Label": label,
            "Comment": service.description,
            "RunAtLoad": True,
            "KeepAlive": True,
            "ThrottleInterval": 30,
            "Umask": 0o077,
            "ProgramArguments": list(service.program.argv),
            "WorkingDirectory": str(service.directory),
            "StandardOutPath": str(logs / "gateway.log"),
            "StandardErrorPath": str(logs / "gateway.err.log"),
            "EnvironmentVariables": dict(service.variables),
        }
    )


def lingering(user: str, run: Run, root: Path = Path("/")) -> bool | None:
    """Whether a user's services go on after the last logout (user-pain FM 27); None: logind does not say."""
    from openclaw.proc import NotDone
    from openclaw.service.base import TIMEOUT

    if under(root, f"/var/lib/systemd/linger/{user}").exists():
        return True
    answer = run(["loginctl", "show-user", user, "-p", "Linger", "--value"], timeout=TIMEOUT)
    if isinstance(answer, NotDone) or answer.code != 0:
        return None
    return {"yes": True, "no": False}.get(answer.out.strip())
