"""security/readable-by-others: every place where a secret may lie, made private, checked again and undone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.checks import mending
from tests.doctor.homes import write

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-proj-FAKE-EXAMPLE-0000000000001"
UNITS, AGENTS = ".config/systemd/user", "Library/LaunchAgents"
CONFIG = {"models": {"providers": {"$include": "./parts/prov.json"}}}
ID = "security/readable-by-others"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    (made / ".openclaw").mkdir(parents=True)
    for folder in (made, made / ".openclaw"):
        folder.chmod(0o700)
    write(made / ".openclaw/openclaw.json", json.dumps(CONFIG)).chmod(0o600)
    write(made / ".openclaw/parts/prov.json", "{}").chmod(0o600)
    return made


def plist(*words: str) -> str:
    items = "".join(f"<string>{word}</string>\n" for word in words)
    return f"<plist><dict><key>ProgramArguments</key><array>{items}</array></dict></plist>"


HELD = {
    "an included config": (".openclaw/parts/prov.json", json.dumps({"openai": {"apiKey": KEY}})),
    "an option of a unit": (f"{UNITS}/openclaw-gateway.service", f"[Service]\nExecStart=/x gateway --token {KEY}\n"),
    "an option with =": (f"{UNITS}/openclaw-gateway.service", f"[Service]\nExecStart=/x gateway \\\n  --token={KEY}\n"),
    "a variable of a command": (
        f"{UNITS}/openclaw-gateway.service",
        f"[Service]\nExecStart=/usr/bin/env \\\n A_KEY={KEY} /x\n",
    ),
    "a variable in a plist": (f"{AGENTS}/ai.openclaw.gateway.plist", plist("/usr/bin/env", f"A_KEY={KEY}", "/x")),
    "a quoted option": (f"{UNITS}/openclaw-gateway.service", "[Service]\nExecStart=/x gateway '--password=FAKE x'\n"),
    "a drop-in": (f"{UNITS}/openclaw-gateway.service.d/a.conf", f"[Service]\nExecStart=/x --openai-api-key {KEY}\n"),
    "an option of a plist": (f"{AGENTS}/ai.openclaw.gateway.plist", plist("/x", "--token", KEY)),
    "an older unit": (f"{UNITS}/clawdbot-gateway.service", f"[Service]\nEnvironment=OPENAI_API_KEY={KEY}\n"),
    "an older drop-in": (f"{UNITS}/moltbot-gateway.service.d/k.conf", f"[Service]\nEnvironment=OPENAI_API_KEY={KEY}\n"),
    "an older plist": (f"{AGENTS}/com.clawdbot.gateway.plist", plist("/x", f"--token={KEY}")),
    "an older env file": (".clawdbot/.env", f"OPENAI_API_KEY={KEY}\n"),
    "a copy of that": (".moltbot/.env.bak", f"OPENAI_API_KEY={KEY}\n"),
    "an older config": (".clawdbot/clawdbot.json", json.dumps({"gateway": {"auth": {"token": KEY}}})),
    "an older store": (".clawdbot/agents/main/agent/auth-profiles.json", "{}"),
    "what an editor left": (".openclaw/.env~", f"OPENAI_API_KEY={KEY}\n"),
    "of a store, too": (".openclaw/agents/main/agent/auth-profiles.json~", "{}"),
}
HARMLESS = {
    "an included config": (".openclaw/parts/prov.json", json.dumps({"openai": {"apiKey": "${OPENAI_API_KEY}"}})),
    "another file beside it": (".openclaw/parts/other.json", json.dumps({"apiKey": KEY})),
    "a variable for an option": (f"{UNITS}/openclaw-gateway.service", "[Service]\nExecStart=/x --token ${TOKEN}\n"),
    "a file for an option": (f"{UNITS}/openclaw-gateway.service", "[Service]\nExecStart=/x --token-file /run/t\n"),
    "the next option": (f"{UNITS}/openclaw-gateway.service", "[Service]\nExecStart=/x --auth token --bind lan\n"),
    "a variable of a variable": (
        f"{UNITS}/openclaw-gateway.service",
        "[Service]\nExecStart=/usr/bin/env A_KEY=${B} /x\n",
    ),
    "a variable that is no secret": (f"{UNITS}/openclaw-gateway.service", "[Service]\nExecStart=/usr/bin/env A=1 /x\n"),
    "an empty variable": (f"{UNITS}/openclaw-gateway.service", "[Service]\nEnvironment=OPENAI_API_KEY=\n"),
    "no value": (f"{UNITS}/openclaw-gateway.service", "[Service]\nExecStart=/x --token --bind lan\n"),
    "a unit of another program": (f"{UNITS}/api-gateway.service", f"[Service]\nExecStart=/x --token {KEY}\n"),
    "a plist of another program": (f"{AGENTS}/com.example.gateway.plist", plist("/x", f"--token={KEY}")),
    "an older env file": (".clawdbot/.env", "PORT=1\n"),
    "settings only": (".openclaw/.env", "PORT=1\nNODE_ENV=production\n"),
    "an empty key": (".openclaw/.env", "OPENAI_API_KEY=\n"),
}


@pytest.mark.parametrize("kind", HELD)
def test_a_secret_that_others_can_read(home: Path, kind: str) -> None:
    name, text = HELD[kind]
    path = write(home / name, text)
    path.chmod(0o600)
    assert mending.findings(home, ID) == []
    path.chmod(0o644)
    before = mending.contents(home)
    [finding] = mending.findings(home, ID)
    assert finding.where
    assert finding.where.path == str(path)
    assert finding.remedy
    assert finding.remedy.fix == "auto"
    journal = mending.applied(home, mending.plan_for(home, [finding]))
    assert mending.findings(home, ID) == []
    mending.undone(journal)
    assert mending.contents(home) == before


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_holds_no_secret_may_be_read(home: Path, kind: str) -> None:
    name, text = HARMLESS[kind]
    write(home / name, text).chmod(0o644)
    assert mending.findings(home, ID) == []


def test_a_link_with_an_older_name_is_the_same_directory(home: Path) -> None:
    (home / ".clawdbot").symlink_to(home / ".openclaw")
    write(home / ".openclaw/.env", f"OPENAI_API_KEY={KEY}\n").chmod(0o644)
    assert len(mending.findings(home, ID)) == 1
