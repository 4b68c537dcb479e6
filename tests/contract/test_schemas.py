"""Every `--json` output is one document of its schema in docs/schemas, in success and in failure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

REPOSITORY = Path(__file__).parents[2]
SCHEMAS = REPOSITORY / "docs" / "schemas"
NOW = 1_770_000_000_000
KEY = "sk-ant-api03-" + "FAKE-CANARY-" * 7 + "EXAMPLE-KEY"
AUTH = ("models", "auth")
WHICH, LIST, ORDER, UNDO = (*AUTH, "which"), (*AUTH, "list"), (*AUTH, "order", "get"), ("undo",)
STATUS = ("models", "status")
FOR = ("--provider", "anthropic")
ONBOARD = ("onboard", "--non-interactive", "--no-verify", *FOR, "--key-env", "MY_KEY")

PROFILES: dict[str, Any] = {
    "anthropic:key": {"type": "api_key", "provider": "anthropic", "key": KEY, "email": "me@example.org"},
    "anthropic:token": {"type": "token", "provider": "anthropic", "token": KEY, "expires": NOW + 5_000_000},
    "anthropic:none": {"type": "token", "provider": "anthropic"},
    "openai:login": {"type": "oauth", "provider": "openai", "access": "FAKE", "refresh": "FAKE", "expires": NOW - 1.5},
    "odd": 7,
}
USAGE = {
    "anthropic:key": {"disabledUntil": NOW + 10**7, "disabledReason": "billing"},
    "gone": {"cooldownUntil": NOW + 10**6},
}
CONFIG = {
    "agents": {
        "defaults": {
            "model": {"primary": "opus", "fallbacks": ["openai/gpt-5.2", "groq/x", "amazon-bedrock/y"]},
            "imageModel": {"primary": "google/z"},
            "models": {"anthropic/claude-opus-4-5": {"alias": "opus"}},
        },
        "list": [{"id": "main"}, {"id": "work", "model": {"primary": "anthropic/a", "fallbacks": []}}],
    },
    "auth": {"order": {"anthropic": ["anthropic:key", "anthropic:gone"]}},
    "models": {"providers": {"groq": {"baseUrl": "https://example.org", "apiKey": "GROQ_API_KEY", "models": []}}},
}


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def store(home: Path, agent: str = "main") -> Path:
    return home / ".openclaw" / "agents" / agent / "agent" / "auth-profiles.json"


def run(home: Path, *args: str, stdin: str = "") -> tuple[int, Any]:
    env = {
        "HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path]),
        "LANG": "C.UTF-8", "OPENCLAW_NOW_MS": str(NOW), "MY_KEY": KEY,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "openclaw", *args], env=env, cwd=home, input=stdin, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "CANARY" not in done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)


def empty(home: Path) -> None:
    """Nothing of OpenClaw."""


def full(home: Path) -> None:
    """One of everything."""
    write(home / ".openclaw" / "openclaw.json", CONFIG)
    order = {"anthropic": ["anthropic:token", "anthropic:key"]}
    write(store(home), {"profiles": PROFILES, "usageStats": USAGE, "order": order})
    write(home / ".openclaw" / ".env", f"OPENAI_API_KEY={KEY}\nGEMINI_API_KEY=\n")
    login = {"access_token": "FAKE-CANARY-a", "refresh_token": "FAKE-CANARY-r", "expiry_date": NOW + 10**7}
    write(home / ".qwen" / "oauth_creds.json", login)


def newer(home: Path) -> None:
    """OpenClaw 2026.9 without a database yet."""
    write(home / ".openclaw" / "openclaw.json", {"meta": {"lastTouchedVersion": "2026.9.6"}})


def changed(home: Path) -> None:
    """A home with changes to undo."""
    full(home)
    run_text(home, *AUTH, "paste-api-key", *FOR, stdin=KEY)
    run_text(home, *AUTH, "order", "set", *FOR, "anthropic:key")


def run_text(home: Path, *args: str, stdin: str = "") -> None:
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])}
    argv = [sys.executable, "-m", "openclaw", *args]
    subprocess.run(argv, env=env, cwd=home, input=stdin, text=True, capture_output=True, timeout=60, check=True)


GOOD: list[tuple[str, Any, tuple[str, ...]]] = [
    ("models-status", empty, STATUS),
    ("models-status", full, STATUS),
    ("models-status", full, (*STATUS, "--check")),
    ("models-status", full, (*STATUS, "--agent", "work")),
    ("models-status", newer, STATUS),
    ("auth-which", empty, WHICH),
    ("auth-which", full, WHICH),
    ("auth-which", full, (*WHICH, "--provider", "qwen")),
    ("auth-which", full, (*WHICH, "--agent", "work")),
    ("auth-which", newer, WHICH),
    ("auth-list", empty, LIST),
    ("auth-list", full, LIST),
    ("auth-list", full, (*LIST, "--provider", "openai", "--agent", "work")),
    ("auth-list", newer, LIST),
    ("auth-order", empty, (*ORDER, *FOR)),
    ("auth-order", full, (*ORDER, *FOR)),
    ("auth-order", newer, (*ORDER, *FOR)),
    ("undo", empty, (*UNDO, "--list")),
    ("undo", changed, (*UNDO, "--list")),
    ("undo", changed, (*UNDO, "--dry-run")),
    ("undo", changed, UNDO),
    ("onboard", empty, ONBOARD),
    ("onboard", full, ONBOARD),
]


@pytest.mark.parametrize(
    ("name", "prepare", "args"), GOOD, ids=[f"{row[1].__name__} {' '.join(row[2])}" for row in GOOD]
)
def test_success(tmp_path: Path, name: str, prepare: Any, args: tuple[str, ...]) -> None:
    prepare(tmp_path)
    code, document = run(tmp_path, *args, "--json")
    validator(name).validate(document)
    if "ok" in document:
        assert document["ok"] is (code == 0)
    if "--check" in args:
        assert code == document["auth"]["check"]["exitCode"]
    if name == "auth-which":
        assert code == (0 if all(item["winner"] for item in document["providers"]) else 1)


def broken_store(home: Path) -> None:
    full(home)
    write(store(home), '{"profiles": ')


def broken_config(home: Path) -> None:
    full(home)
    write(home / ".openclaw" / "openclaw.json", "{")


LOOKING = (STATUS, WHICH, LIST, (*ORDER, *FOR))
BAD: list[tuple[Any, tuple[str, ...], int]] = [
    *((prepare, args, 1) for prepare in (broken_store, broken_config) for args in LOOKING),
    *((full, (*args, "--agent", "nobody"), 1) for args in LOOKING),
    *((full, (*args, "--nonsense"), 1) for args in (STATUS, WHICH, LIST, ORDER)),
    (full, (*STATUS, "--plain"), 1),
    (full, (*WHICH, "--provider", ""), 1),
    (full, (*LIST, "--provider", " "), 1),
    (full, ORDER, 1),
    (full, (*AUTH, "order", "turn"), 1),
    (empty, UNDO, 1),
    (changed, (*UNDO, "99"), 1),
    (changed, (*UNDO, "--list", "1"), 2),
    (empty, ("onboard", "--non-interactive"), 2),
    (empty, ("onboard", "--non-interactive", *FOR, "--key-env", "NOT_SET"), 2),
    (broken_config, ONBOARD, 1),
]  # fmt: skip


@pytest.mark.parametrize(("prepare", "args", "code"), BAD, ids=[f"{row[0].__name__} {' '.join(row[1])}" for row in BAD])
def test_failure(tmp_path: Path, prepare: Any, args: tuple[str, ...], code: int) -> None:
    prepare(tmp_path)
    got, document = run(tmp_path, *args, "--json")
    validator("failure").validate(document)
    assert got == code
    assert document["error"]["message"]


def test_every_schema_is_looked_at() -> None:
    tested = {row[0] for row in GOOD} | {"failure", "doctor-report"}
    present = {path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.schema.json")}
    assert {"models-status", "auth-which", "auth-list", "auth-order", "undo", "onboard", "failure"} <= present
    assert tested <= present


@pytest.mark.parametrize("name", sorted({row[0] for row in GOOD} - {"models-status", "onboard"}))
def test_a_member_that_no_schema_knows_is_noticed(tmp_path: Path, name: str) -> None:
    """So that a document cannot grow without its schema."""
    prepare, args = next((row[1], row[2]) for row in GOOD if row[0] == name)
    prepare(tmp_path)
    document = run(tmp_path, *args, "--json")[1]
    with pytest.raises(jsonschema.ValidationError):
        validator(name).validate({**document, "surplus": 1})
