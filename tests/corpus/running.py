"""The printed commands of a finding, really run in the world where it was found, as a person there would.

A call of this program runs in this process; everything else, pipes and chains too, by a shell. Other programs are
stand-ins that note how they were called; the real OpenClaw is one that writes its database.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NoReturn
from unittest.mock import patch

from openclaw import cli
from openclaw.exits import Exit
from openclaw.service import detect as detecting
from tests.checks import installations as i
from tests.commands.newer import PROGRAM
from tests.corpus.world import UNIT
from tests.doctor.homes import LIMIT, NOW, REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.corpus.world import World

# What nobody may run in a test, and why. Their syntax is looked at in test_corpus.
NEVER = {
    r"kill \d+": "the process is made up, and its number may be somebody's",
    r"ps -o .*": "the process is made up, or it is the one that runs the tests",
    r"\S+( -m openclaw)? models status --probe .*": "asks a provider: tests/commands/test_status_probe.py",
}
# Other programs. They are noted and do nothing: what they would do is not this program's.
STAND_INS = (
    "npm", "node", "sudo", "ssh", "journalctl", "loginctl", "launchctl", "codex", "gcloud", "aws", "wsl.exe", "tee",
    "termux-wake-lock",
)  # fmt: skip
# They show something, or open an editor: what they say is for a person.
LOOKS = re.compile(
    r"\$\{EDITOR:-vi\} .*|(ls|df|ps|which|diff|node|journalctl) .*|\S+ --version|.* -l -c 'env -0' >/dev/null"
    r"|OURS (doctor --fix --dry-run|models env|models auth which|--version|real models list).*"
)
# Somebody else acts: another program, another host, a service manager that only notes what it is told, a gateway.
OTHERS = re.compile(
    r"(.*=\S+ )?(systemctl|loginctl|launchctl|npm|claude|codex|sudo|ssh|wsl.exe|termux-wake-lock|kill|gcloud|aws) ?.*"
    r"|OURS (real|gateway|config|models status --probe) .*|.*\| sudo .*"
)
SHELL_STATE = re.compile(r"(unset|export) .*")
INTERACTIVE = re.compile(r"onboard(?!.* --non-interactive)")
ANSWERS = ("--non-interactive", "--key-stdin", "--no-verify", "--yes")
RIVALS = ("replace", "new-first", "keep")  # what becomes of a credential that is there, in the order of preference
# Exit codes that are part of what a command says.
SAYS = {
    r"OURS doctor --fix --dry-run .*": "1 as long as there are findings",
    r"OURS models auth which .*": "1 where nothing can be used",
    r".* -l -c 'env -0' >/dev/null": "it fails, and shows why",
    r"\S+/claude --version": "it fails, and shows why",
    r"diff .*": "1 where the two differ",
    r"ls -ld? .*": "2 where it leads nowhere, which it shows",
}
# The stand-in of the real OpenClaw declares what it stores, as that does.
DECLARES = """
if verb in ("paste-api-key", "paste-token"):
    path = state / "openclaw.json"
    head, _, rest = path.read_text().partition("\\n")
    document = json.loads(rest)
    mode = "api_key" if verb == "paste-api-key" else "token"
    declared = document.setdefault("auth", {}).setdefault("profiles", {})
    declared[profile_id] = {"provider": option("--provider"), "mode": mode}
    path.write_text(head + "\\n" + json.dumps(document))
"""
# One that starts what it is told to start.
SYSTEMCTL = """PATH=/usr/bin:/bin
cd {root}
case " $* " in *" restart "*|*" start "*|*" enable "*) echo "systemctl $*" | tee -a called >> started; exit 0;; esac
bin/systemctl "$@" > answer
case "$*" in *{unit}*) ;; *) exec cat answer;; esac
[ ! -e started ] && exec cat answer
sed 's/^LoadState=.*/LoadState=loaded/; s/^ActiveState=.*/ActiveState=active/; s/^SubState=.*/SubState=running/
/^MainPID=/d; s/^Result=.*/Result=success/; s/^ExecMainStatus=.*/ExecMainStatus=0/; s/^NRestarts=.*/NRestarts=0/' answer
echo MainPID=4711$(wc -l < started)"""
SECRETS = {
    ("anthropic", "token"): i.TOKEN.replace("FAKE", "WEFA"),
    ("anthropic", "api_key"): i.KEY.replace("FAKE", "WEFA"),
    ("openai", "api_key"): i.OPENAI.replace("FAKE", "WEFA"),
    ("openrouter", "api_key"): "sk-or-v1-" + "fade" * 16,
    ("groq", "api_key"): "gsk_" + "WEFA" * 13,
    ("xai", "api_key"): "xai-" + "WEFA" * 20,
    ("google", "api_key"): "AIzaSy" + "WEFA" * 4 + "made-up-NOT-AKEY-",
}


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    command: str
    code: int
    said: str


def reason_not_to(command: str) -> str:
    """Why a command is not run here; "" where it is."""
    return next((why for pattern, why in NEVER.items() if re.fullmatch(pattern, command)), "")


def only_looks(commands: Sequence[str], name: str) -> bool:
    """Whether these change nothing."""
    return all(LOOKS.fullmatch(command.replace(name, "OURS")) for command in commands)


def mends(commands: Sequence[str], name: str) -> bool:
    """Whether a finding has to be gone after these: none is somebody else's, and not all are for looking only."""
    others = any(OTHERS.fullmatch(command.replace(name, "OURS")) for command in commands)
    return not others and not only_looks(commands, name)


def can_be_edited(command: str) -> bool:
    """Whether an editor has something to open: a file with that line, or one that can be begun."""
    if not command.startswith("${EDITOR:-vi} "):
        return True
    *_, path = words = shlex.split(command)
    line = int(words[1]) if words[1].startswith("+") else 0
    if not os.path.exists(path):  # noqa: PTH110
        return not line and os.path.isdir(os.path.dirname(path))  # noqa: PTH112, PTH120
    with open(path, "rb") as file:  # noqa: PTH123
        text = file.read()
    return not text.startswith(b"SQLite") and line <= max(1, text.count(b"\n") + 1)


def run(world: World, command: str, name: str) -> Ran:
    """Runs one command as it is printed; what a shell would remember of it, the world's environment does."""
    words = shlex.split(command) if command.startswith(f"{name} ") and not re.search(r"[|&;]", command) else []
    if words:
        return Ran(command, *_ours(world, words[len(name.split()) :]))
    remembers = bool(SHELL_STATE.fullmatch(command))
    done = subprocess.run(
        ["sh", "-c", f"{command} && env -0" if remembers else command], env=_with_secrets(world, command),
        cwd=world.call().cwd,
        capture_output=True, timeout=LIMIT, check=False, input=_secret(command).encode(),
    )  # fmt: skip
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    if remembers and not done.returncode:
        _remember(world, done.stdout)
    return Ran(command, done.returncode, "" if remembers else said)


def environment(world: World) -> dict[str, str]:
    """That of a shell of the world's user, with the stand-ins and what every host has on PATH."""
    path = [str(stand_ins(world)), str(world.bin), "/usr/bin", "/bin"]
    return {
        **world.env, "PATH": os.pathsep.join(path), "EDITOR": "true", "OPENCLAW_NOW_MS": str(NOW),
        "PYTHONPATH": str(REPOSITORY),
    }  # fmt: skip


def _with_secrets(world: World, command: str) -> dict[str, str]:
    """The same, with the variables that a line takes its secret from: who types it without a terminal has those."""
    names = re.findall(r"--key-env (\w+)|^printf '%s\\n' \"\$(\w+)\"", command)
    secrets = {name: _secret(command).strip() for found in names for name in found if name}
    return secrets | environment(world)


def stand_ins(world: World) -> Path:
    """The directory of the other programs."""
    folder = world.root / "others"
    if not folder.exists():
        for name in STAND_INS:
            world.executable(name, f'echo "{name} $*" >> {shlex.quote(str(world.root / "called"))}', folder)
        if (world.bin / "systemctl").exists():
            world.executable("systemctl", SYSTEMCTL.format(unit=UNIT, root=shlex.quote(str(world.root))), folder)
        text = PROGRAM.replace("{python}", sys.executable).replace("{broken!r}", "False").replace("{code}", "0")
        text = text.replace("INTO {table} VALUES", "INTO {table} ({key}, {value}) VALUES")
        # The configs of the corpus begin with a comment.
        text = text.replace(
            '(state / "openclaw.json").read_text()', '(state / "openclaw.json").read_text().split("\\n", 1)[1]'
        )
        installed = world.bin / "openclaw"
        (installed.resolve() if installed.exists() else world.executable("openclaw", "", folder)).write_text(
            text + DECLARES
        )
    return folder


def _remember(world: World, dumped: bytes) -> None:
    after = dict(item.split("=", 1) for item in dumped.decode().split("\0") if "=" in item)
    kept = {name: after[name] for name in after if name in world.env or name.isupper()}
    world.env = {**kept, "PATH": world.env["PATH"]}
    for name in ("EDITOR", "OPENCLAW_NOW_MS", "PYTHONPATH", "PWD", "OLDPWD", "SHLVL", "_"):
        world.env.pop(name, None)


def _ours(world: World, arguments: list[str]) -> tuple[int, str]:
    answered = completed(arguments)
    if answered == arguments or not INTERACTIVE.match(" ".join(arguments)):
        return _called(world, answered)
    for choice in RIVALS:
        code, said = _called(world, [*answered, "--existing", choice])
        if code != Exit.USAGE:
            break
    return code, said


def _called(world: World, answered: list[str]) -> tuple[int, str]:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    given = io.TextIOWrapper(io.BytesIO(_secret(shlex.join(answered)).encode()))
    env = _with_secrets(world, shlex.join(answered))
    with _host(world, env), patch.object(sys, "stdin", given), redirect_stdout(out), redirect_stderr(out):
        try:
            code = cli.run(answered)
        except SystemExit as left:
            code = int(left.code or 0)
        out.flush()
    return code, out.buffer.getvalue().decode()


@contextmanager
def _host(world: World, env: Mapping[str, str]) -> Iterator[None]:
    """The process is one of that host: its environment, its service manager, its working directory."""
    there = partial(detecting.detect, root=world.root, platform="linux", uid=os.getuid())
    before = os.getcwd()  # noqa: PTH109
    os.chdir(world.call().cwd)
    try:
        with (
            patch.dict(os.environ, env, clear=True),
            patch.object(detecting, "detect", there),
            patch.object(os, "execve", _started),
        ):
            yield
    finally:
        os.chdir(before)


def _started(path: object, argv: list[str], env: Mapping[str, str]) -> NoReturn:
    """In the place of this process: another one, waited for."""
    given = sys.stdin.buffer.read()
    sys.exit(subprocess.run([str(path), *argv[1:]], env=env, check=False, timeout=LIMIT, input=given).returncode)


def completed(arguments: list[str]) -> list[str]:
    """What asks on a terminal, with the answers that somebody without one gives."""
    if arguments[:2] == ["doctor", "--fix"] and "--dry-run" not in arguments:
        return [*arguments, "--yes"]
    if not INTERACTIVE.match(" ".join(arguments)):
        return arguments
    more = [*arguments, *ANSWERS]
    if "--provider" not in arguments and "--resume" not in arguments:
        more += ["--provider", "anthropic"]
    if "--method" not in arguments:
        more += ["--method", "api-key"]
    return more


def expected(command: str, name: str) -> bool:
    """Whether an exit code other than 0 is what the command is there for."""
    return any(re.fullmatch(pattern, command.replace(name, "OURS")) for pattern in SAYS)


def _secret(command: str) -> str:
    """What somebody types there: a made-up secret of the provider and the kind that is asked for."""
    found = re.search(r"--provider (\S+)", command)
    provider, kind = found[1] if found else "anthropic", "token" if "paste-token" in command else "api_key"
    return SECRETS.get((provider, kind), "WEFA" * 12) + "\n"
