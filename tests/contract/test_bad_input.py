"""Bad input of every `models …` command: exit 1, the value and the allowed ones are named, and with `--json` there is
exactly one document on stdout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from openclaw.commands.auth import AUTH as AUTH_COMMANDS
from openclaw.commands.models import MODELS as MODELS_COMMANDS

REPOSITORY = Path(__file__).parents[2]
FAILURE = json.loads((REPOSITORY / "docs" / "schemas" / "failure.schema.json").read_text("utf-8"))
NOW = 1_770_000_000_000
KEY = "sk-ant-api03-" + "FAKE-CANARY-" * 7 + "EXAMPLE-KEY"
FOR = ("--provider", "anthropic")
AGENTS = ("main", "work")
PROFILES = {
    "anthropic:a": {"type": "api_key", "provider": "anthropic", "key": KEY},
    "openai:b": {"type": "api_key", "provider": "openai", "key": "sk-FAKE-CANARY-other"},
}
# Every command as it is right, by its name; below, each is made wrong.
RIGHT: dict[str, tuple[str, ...]] = {
    "status": (),
    "env": (),
    "auth which": (),
    "auth list": (),
    "auth add": (),
    "auth setup-token": (),
    "auth paste-token": FOR,
    "auth paste-api-key": FOR,
    "auth rotate": FOR,
    "auth sync": ("--to", "work"),
    "auth order get": FOR,
    "auth order set": (*FOR, "anthropic:a"),
    "auth order clear": FOR,
    "auth clear-cooldown": ("anthropic:a",),
    "auth logout": ("anthropic:a",),
}
OTHERS = ("status", "auth which")  # their `--agent` takes an empty value for none, as the reference does
NO_DOCUMENT = ("auth add", "auth setup-token", "auth paste-token", "auth paste-api-key", "auth order")  # no `--json`
WITH_PROVIDER = [name for name, args in RIGHT.items() if "--provider" in args]
Row = tuple[str, tuple[str, ...], tuple[str, ...]]


def rows() -> list[Row]:
    """(command, wrong arguments, what the message must name)."""
    asking = ("auth add", "auth setup-token")  # these want a terminal before anything else
    found: list[Row] = [(name, (*args, "--nonsense"), ("--nonsense",)) for name, args in RIGHT.items()]
    found += [
        (name, (*RIGHT[name], "surplus"), ("surplus",)) for name in RIGHT if name not in ("env", "auth order set")
    ]
    for name in (name for name in RIGHT if name not in ("env", "auth sync")):
        found.append((name, (*RIGHT[name], "--agent"), ("--agent",)))
        if name not in OTHERS:
            found.append((name, (*RIGHT[name], "--agent", " "), ("--agent is blank",)))
        if name not in asking:
            found.append((name, (*RIGHT[name], "--agent", "nobody"), ('"nobody"', *AGENTS)))
    found += [(name, RIGHT[name][2:], ("--provider",)) for name in WITH_PROVIDER]
    found += [(name, ("--provider", " ", *RIGHT[name][2:]), ("--provider",)) for name in WITH_PROVIDER]
    found += [
        ("status", ("--json", "--plain"), ("--json", "--plain")),
        ("auth which", ("--provider", ""), ("--provider",)),
        ("auth list", ("--provider", "\t"), ("--provider",)),
        ("auth add", (), ("terminal", "paste-api-key", "paste-token")),
        ("auth setup-token", (), ("terminal", "paste-token")),
        ("auth setup-token", ("--provider", "openai"), ('"openai"', "Anthropic")),
        ("auth paste-token", (*FOR, "--expires-in", "soon"), ("soon", "365d")),
        ("auth paste-token", (*FOR, "--expires-in", "9" * 14 + "d"), ("9" * 14, "365d")),
        ("auth rotate", (*FOR, "--expires-in", "1w"), ("1w", "365d")),
        ("auth rotate", (*FOR, "--profile-id", "anthropic:zz"), ('"anthropic:zz"', "anthropic:a")),
        ("auth rotate", ("--provider", "groq"), ("groq",)),
        ("auth sync", (), ("--to AGENT", "--all-agents")),
        ("auth sync", ("--to", "work", "--all-agents"), ("--to AGENT", "--all-agents")),
        ("auth sync", ("--to", "nobody"), ('"nobody"', *AGENTS)),
        ("auth sync", ("--to", ""), ("--to is blank",)),
        ("auth sync", ("--from", "nobody", "--to", "work"), ('"nobody"', *AGENTS)),
        ("auth sync", ("--to", "main"), ("main",)),
        ("auth order", ("turn", *FOR), ("turn",)),
        ("auth order set", (*FOR,), ("PROFILES",)),
        ("auth order set", (*FOR, " "), ("anthropic:a",)),
        ("auth order set", (*FOR, "anthropic:zz"), ('"anthropic:zz"', "anthropic:a")),
        ("auth order set", (*FOR, "openai:b"), ("openai:b", "openai", "anthropic:a")),
        ("auth logout", (), ("PROFILE",)),
        ("auth logout", ("anthropic:zz",), ('"anthropic:zz"', "anthropic:a and openai:b")),
        ("auth logout", ("",), ("anthropic:a and openai:b",)),
        ("auth logout", ("anthropic:a", "--agent", "main", "--all-agents"), ("--agent ID", "--all-agents")),
        ("auth clear-cooldown", (), ("PROFILE",)),
        ("auth clear-cooldown", ("anthropic:zz",), ('"anthropic:zz"', "anthropic:a and openai:b")),
        ("auth clear-cooldown", ("",), ("anthropic:a and openai:b",)),
    ]  # fmt: skip
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two agents, two profiles; the commands change nothing of it."""
    home = tmp_path_factory.mktemp("home")
    write(home / ".openclaw" / "openclaw.json", {"agents": {"list": [{"id": name} for name in AGENTS]}})
    write(home / ".openclaw" / "agents" / "main" / "agent" / "auth-profiles.json", {"profiles": PROFILES})
    return home


def write(path: Path, document: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


def snapshot(home: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"") for path in home.rglob("*")
    }


def run(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    env = {
        "HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path]),
        "LANG": "C.UTF-8", "OPENCLAW_NOW_MS": str(NOW),
    }  # fmt: skip
    argv = [sys.executable, "-m", "openclaw", "models", *args]
    return subprocess.run(
        argv, env=env, cwd=home, input=KEY + "x", capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize(
    ("command", "args", "said"), rows(), ids=[f"{row[0]} {' '.join(row[1])}"[:70] for row in rows()]
)
def test_bad_input(home: Path, command: str, args: tuple[str, ...], said: tuple[str, ...], as_json: bool) -> None:
    before = snapshot(home)
    done = run(home, *command.split(), *(() if not as_json or "--json" in args else ("--json",)), *args)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "defect" not in done.stderr
    assert "CANARY" not in done.stdout + done.stderr
    if as_json and command in NO_DOCUMENT:
        said = ("--json",)
    assert [part for part in said if part not in done.stderr] == []
    if as_json or "--json" in args:
        document = json.loads(done.stdout)
        jsonschema.Draft202012Validator(FAILURE).validate(document)
        assert document["ok"] is False
        assert document["error"]["message"] in done.stderr
    else:
        assert done.stdout == ""
    assert snapshot(home) == before


def test_every_command_is_in_the_table() -> None:
    groups = {"auth", "order"}
    names = {*MODELS_COMMANDS} - groups | {f"auth {name}" for name in {*AUTH_COMMANDS} - groups}
    assert names | {"auth order get", "auth order set", "auth order clear"} == set(RIGHT)
