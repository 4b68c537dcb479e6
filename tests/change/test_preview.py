"""Previews: what is shown, and above all what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openclaw.change import atomic
from openclaw.change.compose import compose
from openclaw.change.plan import (
    Change,
    Chmod,
    DeleteKey,
    DeleteVariable,
    MoveFile,
    RemoveFile,
    Run,
    SetKey,
    SetVariable,
    WriteFile,
)
from openclaw.change.preview import FileChange, as_json, preview, text
from openclaw.change.redaction import redacted
from openclaw.secret import Secret, fingerprint

NEW = "sk-ant-FAKE-" + "n" * 60 + "NEWx"
OLD = "sk-ant-FAKE-" + "o" * 60 + "OLDx"
PLAIN = "0123456789abcdef0123456789abcdef"  # a key without any shape


def previewed(home: Path, *plan: Change) -> tuple[FileChange, ...]:
    return preview(plan, compose(plan, atomic.read), home)


def shown(home: Path, *plan: Change) -> str:
    changes = previewed(home, *plan)
    everything = text(changes) + json.dumps(as_json(changes)) + repr(changes)
    for secret in (NEW, OLD, PLAIN):
        leaks = [secret[at : at + 8] for at in range(len(secret) - 12)]
        assert not any(leak in everything for leak in leaks if leak not in ("nnnnnnnn", "oooooooo"))
        assert secret[20:40] not in everything
    return text(changes)


def put(path: Path, content: str, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(mode)
    return path


def test_a_whole_preview(tmp_path: Path) -> None:
    config = put(tmp_path / ".openclaw/openclaw.json", '{\n  // mine\n  "gateway": {\n    "port": 1\n  }\n}\n', 0o644)
    env = tmp_path / ".openclaw" / ".env"
    tmp_path.joinpath(".openclaw").chmod(0o755)
    old = put(tmp_path / "old", "gone\n")
    plan = (
        SetKey(config, ("gateway", "auth"), {"token": Secret(NEW)}, why="the gateway needs one"),
        SetVariable(env, "ANTHROPIC_API_KEY", Secret(NEW)),
        RemoveFile(old),
        Chmod(tmp_path / ".openclaw", 0o700),
        Run(("openclaw", "models", "auth", "paste-api-key", "it's"), stdin=Secret(NEW)),
    )
    key = f"<secret: {fingerprint(NEW)}>"
    assert shown(tmp_path, *plan) == (
        "change ~/.openclaw/openclaw.json (mode 0644 -> 0600)\n"
        "    the gateway needs one\n"
        "  @@ -1,6 +1,9 @@\n"
        "   {\n"
        "     // mine\n"
        '     "gateway": {\n'
        '  -    "port": 1\n'
        '  +    "port": 1,\n'
        '  +    "auth": {\n'
        f'  +      "token": "{key}"\n'
        "  +    }\n"
        "     }\n"
        "   }\n"
        "create ~/.openclaw/.env (mode 0600)\n"
        "  @@ -0,0 +1 @@\n"
        f"  +ANTHROPIC_API_KEY={key}\n"
        "remove ~/old\n"
        "  @@ -1 +0,0 @@\n"
        "  -gone\n"
        "mode ~/.openclaw (mode 0755 -> 0700)\n"
        """run openclaw models auth paste-api-key 'it'"'"'s'\n"""
        "    (the secret goes to its standard input; this cannot be undone)\n"
    )
    run = as_json(previewed(tmp_path, *plan))[-1]
    assert run == {
        "action": "run",
        "command": """openclaw models auth paste-api-key 'it'"'"'s'""",
        "secret_on_stdin": True,
        "undoable": False,
    }


def test_nothing_to_do_is_nothing(tmp_path: Path) -> None:
    config = put(tmp_path / "openclaw.json", '{"a": 1}')
    assert previewed(tmp_path, SetKey(config, ("a",), 1), Chmod(config, 0o600)) == ()
    assert text(()) == ""


def test_looking_changes_nothing(tmp_path: Path) -> None:
    shown(tmp_path, SetVariable(tmp_path / "a" / ".env", "A", Secret(NEW)), Chmod(tmp_path / "b", 0o700))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("field", ["key", "token", "access", "refresh", "idToken", "apiKey", "botToken", "api_key"])
def test_a_replaced_credential_shows_both_fingerprints(tmp_path: Path, field: str) -> None:
    store = put(tmp_path / "auth-profiles.json", json.dumps({"profiles": {"a": {field: OLD, "type": "x"}}}, indent=2))
    preview_text = shown(tmp_path, SetKey(store, ("profiles", "a", field), Secret(NEW), locked=True))
    assert f'-      "{field}": "<secret: {fingerprint(OLD)}>"' in preview_text
    assert f'+      "{field}": "<secret: {fingerprint(NEW)}>"' in preview_text
    assert '"type": "x"' in preview_text


def test_a_changed_short_secret_is_seen_to_change(tmp_path: Path) -> None:
    config = put(tmp_path / "openclaw.json", '{"gateway": {"auth": {"password": "one"}}}')
    env = put(tmp_path / ".env", "export TOKEN=one\n")
    preview_text = shown(
        tmp_path,
        SetKey(config, ("gateway", "auth", "password"), Secret("two")),
        SetVariable(env, "TOKEN", Secret("two")),
    )
    assert '+{"gateway": {"auth": {"password": "<secret: short, changed>"}}}' in preview_text
    assert "-export TOKEN=<secret: short>\n" in preview_text
    assert "+export TOKEN=<secret: short, changed>\n" in preview_text


@pytest.mark.parametrize(
    "visible",
    [
        '{"apiKey": "${ANTHROPIC_API_KEY}"}',
        '{"headers": {"Authorization": "Bearer ${TOKEN}"}}',
        '{"key": {"source": "env", "provider": "default", "id": "ANTHROPIC_API_KEY"}}',
        '{"maxTokens": 4096, "keyed": "yes", "sessions": "s", "author": "me", "tokenizer": "t"}',
        '{"token": null, "apiKey": "", "secret": true}',
    ],
)
def test_what_is_no_secret_stays_visible(tmp_path: Path, visible: str) -> None:
    assert redacted(tmp_path / "a.json", visible.encode()).text == visible


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", f'{{"apiKey": "{PLAIN}"}}'),
        ("a.json", f'{{"models": {{"headers": {{"x-custom": "{PLAIN}"}}}}}}'),
        ("a.json", f'{{"requestHeaders": {{"x": ["{PLAIN}"]}}}}'),
        ("a.json", f'{{"env": {{"vars": {{"OPENAI_API_KEY": "{PLAIN}"}}}}}}'),
        ("a.json", f'{{"tokens": ["{PLAIN}", {{"deep": "{PLAIN}"}}]}}'),
        ("a.json", f'{{"credentials": {{"any": {{"thing": "{PLAIN}"}}}}}}'),
        ("a.json", f'{{"note": "{NEW}"}}'),
        ("a.json", f'{{"{NEW}": 1}}'),
        ("a.json", f'{{"token": "Bearer {PLAIN}"}}'),
        ("a.json", f'{{"token": "{PLAIN}${{X}}"}}'),
        ("a.json", f'{{"token": "a", "token": "{PLAIN}"}}'),
        ("a.json", f'{{"baseUrl": "https://user:{PLAIN}@host/"}}'),
        ("a.json", f'{{"baseUrl": "https://host/v1?x=1&key={PLAIN}&y=2"}}'),
        ("a.json", f"{{\n  // old: 'apiKey': '{PLAIN}',\n  a: 1\n}}"),
        ("a.json", f"{{\n  // {NEW}\n  a: 1\n}}"),
        ("a.json", f'{{"apiKey": "\\u0030{PLAIN[1:]}"}}'),
        ("a.json", f'{{"token": "{PLAIN}"'),
        ("unknown", f'// c\n{{"token": "{PLAIN}"}}'),
        ("x.bak", f'{{"token": "{PLAIN}"'),
        (".env", f"A={PLAIN}\n"),
        (".env", f"A: {PLAIN}\n"),
        (".env", f"A='{PLAIN}' # was {NEW}\n"),
        (".env", f'A="line\n{PLAIN}"\n'),
        (".env", f"#A={PLAIN}\n  # export B={PLAIN}\n"),
        (".env", f"A='unclosed\n{PLAIN}\n"),
        ("gateway.env", f"{PLAIN}\n"),
        ("x.service", f"[Service]\nEnvironment=MY_TOKEN={PLAIN}\n"),
        ("x.service", f'[Service]\nEnvironment="OPENAI_API_KEY={PLAIN}" "B=1"\n'),
        ("x.service", f"[Service]\nEnvironment='OPENAI_API_KEY={PLAIN} x'\n"),
        ("x.service", f"[Service]\nEnvironment=OPENAI_API_KEY='{PLAIN}'\n"),
        ("x.plist", f"<dict><key>OPENAI_API_KEY</key>\n <string>{PLAIN}</string></dict>"),
    ],
)
def test_canaries(tmp_path: Path, name: str, content: str) -> None:
    """Shown as created, as removed, and as the unchanged neighbour of a change."""
    path = tmp_path / name
    shown(tmp_path, WriteFile(path, content.encode()))
    put(path, content)
    shown(tmp_path, RemoveFile(path))
    shown(tmp_path, WriteFile(path, content.encode() + b"\n\n"))
    shown(tmp_path, WriteFile(path, b"x"))
    shown(tmp_path, MoveFile(path, tmp_path / "aside"))
    assert redacted(path, content.encode()).secrets > 0 or NEW in content


def test_what_the_plan_carries_is_never_shown_wherever_it_stands(tmp_path: Path) -> None:
    config = put(tmp_path / "openclaw.json", f'{{"note": "{PLAIN}"}}')
    plan = (
        SetKey(config, ("other",), Secret(PLAIN), why=f"because {PLAIN}"),
        Run(("echo", PLAIN), stdin=Secret(PLAIN)),
        WriteFile(tmp_path / PLAIN, PLAIN.encode()),
    )
    shown(tmp_path, *plan)


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    shown_text = shown(tmp_path, WriteFile(tmp_path / "a\x1b[31m", b"\x1b]0;title\x07\tx\n"))
    assert shown_text.isascii()
    assert "\x1b" not in shown_text
    assert "\x07" not in shown_text


def test_a_difference_that_cannot_be_shown_is_said(tmp_path: Path) -> None:
    path = put(tmp_path / "x.service", "[Unit]\nA=1\n")
    assert "not shown differs" in shown(tmp_path, WriteFile(path, b"[Unit]\r\nA=1\n"))


def test_a_move_shows_names_only(tmp_path: Path) -> None:
    path = put(tmp_path / "openclaw.json", "{broken", 0o644)
    assert shown(tmp_path, MoveFile(path, tmp_path / "aside")) == "move ~/openclaw.json to ~/aside (mode 0600)\n"


def test_the_removal_of_keys_and_variables(tmp_path: Path) -> None:
    env = put(tmp_path / ".env", f"A=1\nB={OLD}\n")
    store = put(tmp_path / "s.json", f'{{\n  "a": {{"key": "{OLD}"}},\n  "b": 2\n}}\n')
    preview_text = shown(tmp_path, DeleteVariable(env, "B"), DeleteKey(store, ("a",)))
    assert f"-B=<secret: {fingerprint(OLD)}>" in preview_text
    assert f'-  "a": {{"key": "<secret: {fingerprint(OLD)}>"}},' in preview_text


def test_a_changed_secret_does_not_mark_the_others(tmp_path: Path) -> None:
    env = put(tmp_path / ".env", "A=1\nB=2\nA=3\n")
    assert shown(tmp_path, SetVariable(env, "A", Secret("4"))).count("changed") == 1


SECRETS = st.text("abcXYZ019-_/+=.\"'\\ü{}$: #", min_size=24, max_size=40).filter(lambda text: len(set(text)) > 9)


@given(SECRETS, st.sampled_from(["token", "X_API_KEY", "password", "clientSecret"]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_no_long_part_of_any_secret_is_ever_shown(secret: str, name: str, five: bool) -> None:
    content = f"{{{name}: {json.dumps(secret)}}}" if five else json.dumps({"a": {name: secret, "b": [1]}}, indent=1)
    shown_text = redacted(Path("x.json"), content.encode()).text
    assert not any(secret[at : at + 9] in shown_text for at in range(len(secret) - 8))


@pytest.mark.parametrize("kind", ["json", "env"])
@pytest.mark.parametrize(
    "comment",
    [
        "password hunter2CANARYxyz",
        "the old token was 9f8CANARY7e6d5",
        "API key: CANARY0123456789",
        "secret = CANARY99zz88",
    ],
)
def test_a_secret_in_the_prose_of_a_comment_is_not_shown(kind: Literal["json", "env"], comment: str) -> None:
    text = f"{{ // {comment}\n  gateway: {{}} }}\n" if kind == "json" else f"# {comment}\nA_NAME=x\n"
    found = redacted(Path("/x/openclaw.json" if kind == "json" else "/x/.env"), text.encode(), kind=kind)
    assert "CANARY" not in found.text


@pytest.mark.parametrize(
    "comment", ["the key of this agent", "token limits are 200000", "gateway.auth: for its clients"]
)
def test_prose_without_a_secret_stays(comment: str) -> None:
    found = redacted(Path("/x/openclaw.json"), f"{{ // {comment}\n  a: 1 }}\n".encode(), kind="json")
    assert comment in found.text
