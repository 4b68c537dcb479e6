"""The machine, its service manager, the gateway, the programs, the terminal, and who can see the secrets."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

from openclaw.facts.machine import Disk
from openclaw.gateway.listener import Listener, Listeners
from tests.checks import installations as i
from tests.corpus.world import DAY, HOUR, LOCAL, UNIT, A, Cases, model
from tests.doctor.homes import NOW

if TYPE_CHECKING:
    from tests.corpus.world import World

CASES = Cases()
of = CASES.of
FAILED: dict[str, Any] = {"ActiveState": "failed", "SubState": "failed", "Result": "exit-code", "ExecMainStatus": "1"}


def running(w: World, **env: str) -> dict[str, Any]:
    """A gateway's process, as systemd shows it."""
    return {"MainPID": str(w.process("openclaw-gateway", HOME=str(w.home), PATH=str(w.bin), **env))}


# ---- the service ---------------------------------------------------------------------------------------------------


@of("FM 11: no bus", "warning service/manager systemd")
def bus_that_does_not_answer(w: World) -> None:
    w.has(i.key())
    (w.root / "run/systemd/system").mkdir(parents=True)


@of("FM 53: WSL with systemd and no bus", "warning service/manager systemd", "info host/container wsl")
def wsl_without_a_bus(w: World) -> None:
    w.has(i.key())
    w.env["WSL_DISTRO_NAME"] = "Ubuntu"
    (w.root / "run/systemd/system").mkdir(parents=True)


@of("FM 54: a container with a host's systemd directory", "info host/container docker", "info service/manager")
def container_with_traces_of_systemd(w: World) -> None:
    w.has(i.key())
    w.file(w.root / ".dockerenv", "")
    (w.root / "run/systemd/system").mkdir(parents=True)


@of("FM 52", "info host/container termux")
def termux(w: World) -> None:
    w.has(i.key())
    w.env |= {"TERMUX_VERSION": "0.118", "PREFIX": "/data/data/com.termux/files/usr"}


@of("not installed", f"info service/not-installed {UNIT}", "info gateway/unreachable")
def service_not_installed(w: World) -> None:
    w.has(i.key())
    w.systemd(installed=False)


@of("stopped after a failure", f"error service/not-running {UNIT}", "warning gateway/unreachable")
def service_not_running(w: World) -> None:
    w.has(i.key())
    w.systemd(**FAILED)


@of("given up", f"error service/crash-loop {UNIT}", "warning gateway/unreachable")
def service_given_up(w: World) -> None:
    w.has(i.key())
    w.systemd(**{**FAILED, "Result": "start-limit-hit", "NRestarts": "5"})


@of("active, and nothing answers", "error gateway/unreachable")
def service_that_does_not_answer(w: World) -> None:
    w.has(i.key())
    w.systemd(**running(w))
    del w.given["answering"]


@of("FM 25: the program is gone", "error service/broken-exec", "warning gateway/unreachable")
def service_of_a_program_that_is_gone(w: World) -> None:
    w.has(i.key())
    w.systemd(program="/opt/gone/openclaw", **{**FAILED, "ExecMainStatus": "203"})


@of("FM 25: a Node of nvm", "warning service/version-manager-path")
def service_of_a_version_manager(w: World) -> None:
    w.has(i.key())
    node = w.executable("node", "echo v22.12.0", w.home / ".nvm/versions/node/v22.12.0/bin")
    program = w.file(w.home / "lib/openclaw/index.js", "// made up\n", 0o644)
    w.systemd(program=f"{node} {program}", **running(w))


@of("FM 27", "warning service/linger eve")
def no_lingering(w: World) -> None:
    w.has(i.key())
    w.linger = False
    w.systemd(**running(w))


@of("FM 26: the unit of before", "warning service/legacy-unit clawdbot-gateway.service")
def older_unit_beside(w: World) -> None:
    w.has(i.key())
    unit = w.systemd(**running(w))
    w.file(unit.with_name("clawdbot-gateway.service"), unit.read_text())
    shown = (
        (w.bin / "systemctl")
        .read_text()
        .replace(
            "LoadState=not-found\nActiveState=inactive",
            "LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nMainPID=0",
        )
    )
    w.file(w.bin / "systemctl", shown, 0o755)


@of("another program is on the port", "error service/port-in-use")
def port_taken(w: World) -> None:
    w.has(i.key())
    w.answers("foreign", "another program is on the port", Listeners((Listener("127.0.0.1", 18789, 4242, "nginx"),)))


def through_claude() -> dict[str, Any]:
    """A config of 2026.9 whose model runs through the Claude CLI."""
    value = model("anthropic/claude-opus-5")
    value["agents"]["defaults"]["models"] = {"anthropic/claude-opus-5": {"agentRuntime": {"id": "claude-cli"}}}
    return value


@of("FM 34: not on the service's PATH", f"warning service/claude-not-on-path {UNIT}")
def claude_not_on_the_services_path(w: World) -> None:
    value = through_claude()
    w.newer({A: i.key()}, value)
    login(w)
    w.systemd(path="/nowhere", **running(w))


@of("the unit lacks what is written today", f"info service/unit-drift {UNIT}")
def unit_of_before(w: World) -> None:
    w.has(i.key())
    unit = w.systemd(**running(w))
    w.file(unit, f"[Service]\nExecStart={w.bin}/gateway gateway\nEnvironment=PATH={w.bin}\n")


# ---- the gateway ---------------------------------------------------------------------------------------------------


@of("FM 31, 55: it was started with another token", "error gateway/unauthorized")
def gateway_with_another_token(w: World) -> None:
    w.has(i.key())
    w.systemd(**running(w))
    w.answers("unauthorized", "the gateway refuses the token of gateway.auth.token")


@of("FM 56", "info gateway/remote gateway.example.org")
def remote(w: World) -> None:
    w.config({**model(), "gateway": {"mode": "remote", "remote": {"url": "wss://gateway.example.org"}}})
    w.store({A: i.key()})


@of("FM 13: the log has a refusal", "warning gateway/log-auth-errors")
def refusals_in_the_log(w: World) -> None:
    w.has(i.key())
    said = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
    line = {"time": NOW - HOUR, "level": "error", "msg": f"anthropic: 401 {json.dumps(said)}"}
    os.utime(w.file("logs/gateway.log", json.dumps(line) + "\n"), (NOW / 1000 - 3600,) * 2)


# ---- Claude Code ---------------------------------------------------------------------------------------------------


@of("FM 34", "warning claude/cli-missing", "info credentials/claude-code-only")
def claude_missing(w: World) -> None:
    w.has(i.token(expires=NOW + 200 * DAY))
    (w.bin / "claude").unlink()


@of("FM 34: not needed", "info claude/cli-missing", "info host/node openclaw")
def claude_not_needed(w: World) -> None:
    w.has(i.key())
    (w.bin / "claude").unlink()


@of("§10 row 51: models through a Claude CLI that is not there", "warning claude/cli-missing")
def claude_route_without_claude(w: World) -> None:
    value = through_claude()
    w.newer({A: i.key()}, value)
    (w.bin / "claude").unlink()


@of("FM 34", "warning claude/cli-broken")
def claude_broken(w: World) -> None:
    w.has(i.key())
    w.executable("claude", "echo 'Cannot find module' >&2; exit 1")


@of("FM 34", "info claude/several")
def several_claudes(w: World) -> None:
    w.has(i.key())
    w.executable("claude", "echo 2.0.0", w.root / "other")
    w.env["PATH"] += f":{w.root}/other"


def login(w: World) -> None:
    """The Claude CLI is logged in."""
    token = {"accessToken": i.TOKEN, "refreshToken": "r-FAKE-of-claude-0123456789", "expiresAt": NOW + DAY}
    w.file(w.home / ".claude/.credentials.json", json.dumps({"claudeAiOauth": token}))


@of("§10 row 52: models through a Claude CLI that is not logged in, beside a key", "warning claude/login-blank")
def claude_route_without_a_login(w: World) -> None:
    w.newer({A: i.key()}, through_claude())


@of("FM 35", "warning claude/login-blank")
def claude_login_blank(w: World) -> None:
    w.has(i.key())
    blank = {"claudeAiOauth": {"accessToken": "", "refreshToken": "", "expiresAt": 0}}
    w.file(w.home / ".claude/.credentials.json", json.dumps(blank))


@of("FM 36", "warning claude/login-expired")
def claude_login_expired(w: World) -> None:
    w.has(i.key())
    over = {"claudeAiOauth": {"accessToken": "sk-ant-oat01-" + "CLAUFAKE" * 12, "expiresAt": NOW - HOUR}}
    w.file(w.home / ".claude/.credentials.json", json.dumps(over))


# ---- the terminal --------------------------------------------------------------------------------------------------


@of("R9", "info terminal/no-tty")
def no_terminal(w: World) -> None:
    w.has(i.key())
    w.tty = False


@of("R9: and something has to be asked", "warning terminal/no-tty", "error credentials/none")
def no_terminal_and_no_credential(w: World) -> None:
    w.config()
    w.tty = False


@of("R9: a token has to be made anew", "warning terminal/no-tty", f"error credentials/expired {A}")
def no_terminal_and_an_expired_token(w: World) -> None:
    w.has(i.token(expires=NOW - DAY))
    w.tty = False


@of("R14", "info terminal/dumb term")
def dumb_terminal(w: World) -> None:
    w.has(i.key())
    w.env["TERM"] = "dumb"


# ---- the host ------------------------------------------------------------------------------------------------------


@of("full", "error host/disk-full space")
def disk_full(w: World) -> None:
    w.has(i.key())
    w.given["disk"] = Disk(str(w.state), 1024 * 1024, 100)


@of("no inodes", "error host/disk-full inodes")
def disk_without_inodes(w: World) -> None:
    w.has(i.key())
    w.given["disk"] = Disk(str(w.state), 1 << 40, 0)


@of("FM 32: a file of root's", "error host/mixed-owner")
def file_of_another_user(w: World) -> None:
    w.has(i.key())
    if os.getuid() == 0:
        os.chown(w.file("agents/main/sessions/1.jsonl", "{}\n"), 65534, 65534)


@of("a file in the state directory's place", "error host/state-dir kind")
def state_directory_is_a_file(w: World) -> None:
    w.file(w.state, "")


@of("FM 26", "warning host/two-state-dirs .clawdbot")
def two_state_directories(w: World) -> None:
    w.has(i.key())
    w.file(w.home / ".clawdbot/clawdbot.json", json.dumps({"gateway": LOCAL}))


@of("FM 32: sudo left HOME", "warning host/home-mismatch HOME")
def home_of_sudo(w: World) -> None:
    w.has(i.key())
    w.env["SUDO_USER"] = "eve"


@of("two programs of one name", "info host/which-openclaw")
def two_programs(w: World) -> None:
    w.has(i.key())
    w.program("2026.2.3", node="")
    w.executable("openclaw", 'exec python3 -m openclaw "$@"', w.root / "other")
    w.env["PATH"] += f":{w.root}/other"


@of("FM 25: no Node", "warning host/node node")
def no_node(w: World) -> None:
    w.has(i.key())
    w.program("2026.2.3")


@of("§10 row 58", "warning host/node node")
def old_node(w: World) -> None:
    w.has(i.key())
    w.program("2026.2.3")
    w.executable("node", "echo v18.20.0")


# ---- who can see the secrets ---------------------------------------------------------------------------------------


def others(name: str, mode: int, w: World) -> None:
    """A home of everything, in which this file has these bits."""
    w.has(i.key())
    w.dotenv(f"OPENAI_API_KEY={i.OPENAI}\n")
    for copied in ("openclaw.json", "agents/main/agent/auth-profiles.json"):
        w.file(f"{copied}.bak", w.path(copied).read_text())
    w.file("agents/main/sessions/1.jsonl", "{}\n")
    w.path(name).chmod(mode)


for name, mode in (
    ("openclaw.json", 0o644),
    ("openclaw.json.bak", 0o644),
    (".env", 0o640),
    ("agents/main/agent/auth-profiles.json", 0o604),
    ("agents/main/agent/auth-profiles.json.bak", 0o660),
    ("agents/main/sessions/1.jsonl", 0o644),
    ("", 0o777),
    ("agents/main", 0o777),
):

    def opened(w: World, name: str = name, mode: int = mode) -> None:
        others(name, mode, w)

    title = name.strip("./").replace("/", "_") or "state_directory"
    CASES.add(f"mode_of_{title}", "FM 46; §10 rows 19, 20", opened, "error security/readable-by-others")


@of("FM 46, 47: keys in a unit that others read", "error security/readable-by-others", "warning env/frozen-in-unit")
def unit_with_a_key_that_others_read(w: World) -> None:
    w.config()
    w.dotenv(f"ANTHROPIC_API_KEY={i.KEY}\n")
    w.systemd(f"Environment=ANTHROPIC_API_KEY={i.KEY}", **running(w, ANTHROPIC_API_KEY=i.KEY)).chmod(0o644)


@of("FM 47", "warning security/secret-in-argv")
def key_on_a_command_line(w: World) -> None:
    w.has(i.key())
    w.process("openclaw", "gateway", f"--key={i.KEY}", HOME=str(w.home))


@of("FM 46: a log with the key", "warning security/secret-in-log")
def key_in_a_log(w: World) -> None:
    w.has(i.key())
    w.file("logs/gateway.log", f"sending with {i.KEY} to the API\n")


@of("in a git work tree", "warning security/repo")
def state_directory_in_a_work_tree(w: World) -> None:
    w.has(i.key())
    w.env["PATH"] += ":/usr/bin:/bin"
    subprocess.run(["git", "init", "-q", str(w.home)], check=True, env={**w.env, "GIT_CONFIG_NOSYSTEM": "1"})
