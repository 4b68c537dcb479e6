"""Which files count as holding secrets, and what is said of env files that cannot be read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from checks import envfiles, security
from doctor.collect import collect
from openclaw.facts import builtin, files
from openclaw.home import locate
from openclaw.invocation import Invocation
from tests.checks import facts as f
from tests.doctor.homes import NOW, state, write

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.check import Check
    from openclaw.finding import Finding


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    state(folder).mkdir(mode=0o700)
    return folder


def found(home: Path, check: Check, fact: str) -> list[Finding]:
    call = Invocation({"HOME": str(home), "PATH": "/nowhere"}, home, home, NOW)
    return f.found(check, collect([fact], {"call": call, "gateway": None}, builtin)[fact])


def open_to_all(home: Path) -> list[str]:
    findings = found(home, security.readable_by_others, "secret_files")
    return [item.where.path.rpartition("/")[2] for item in findings if item.where]


@pytest.mark.parametrize(
    ("name", "text", "holds"),
    [
        ("openclaw.json", '{"$include": "./x.json"}', False),
        ("openclaw.json", '{"gateway": {"mode": "local"}, "agents": {}}', False),
        ("openclaw.json", '{"gateway": {"auth": {"token": "${TOKEN}"}}}', False),
        ("openclaw.json", '{"gateway": {"auth": {"token": "FAKE"}}}', True),
        ("openclaw.json", "{broken", True),
        ("openclaw.json.bak", "{}", False),
        ("openclaw.json.bak", '{"env": {"X_API_KEY": "FAKE"}}', True),
        (".env", "# nothing\nA=\n", False),
        (".env", "PORT=1\nTZ=Europe/Berlin\nLOG_LEVEL=debug\n# PORT=18789\nDEBUG=\n", False),
        (".env", "URL=https://a.example/path/to/something/of/mine1\n", False),
        (".env", "URL=https://me:FAKE-password@a.example/\n", True),
        (".env", "ACME=odd-FAKE-value-0001\n", True),
        (".env", "MY_PASS=x\n", True),
        (".env", "sk-ant-api03-FAKE-EXAMPLE-0001\n", True),
        (".env~", "OPENAI_API_KEY=FAKE\n", True),
        ("openclaw.json~", '{"env": {"X_API_KEY": "FAKE"}}', True),
        (".env", "OPENAI_API_KEY=FAKE\n".encode("utf-16").decode("utf-8", "surrogateescape"), True),
        (".env", "# A_KEY=FAKE\n", True),
        (".env", "#" * (1 << 20) + "\n\n", True),
        ("gateway.env", "\n", False),
    ],
)
def test_only_files_with_secrets_count(home: Path, name: str, text: str, holds: bool) -> None:
    path = write(state(home) / name, "")
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    path.chmod(0o644)
    assert open_to_all(home) == ([name] if holds else [])


def test_a_pipe_holds_nothing(home: Path) -> None:
    os.mkfifo(state(home) / ".env", 0o644)
    assert open_to_all(home) == []


def test_directories_above_count_all_the_same(home: Path) -> None:
    write(state(home) / "openclaw.json", "{}").chmod(0o644)
    state(home).chmod(0o777)
    assert open_to_all(home) == [".openclaw"]


@pytest.mark.parametrize("kind", ["pipe", "loop"])
def test_an_env_file_that_cannot_be_read_is_a_finding(home: Path, kind: str) -> None:
    path = state(home) / ".env"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path)
    [finding] = found(home, envfiles.dotenv_syntax, "env_files")
    assert finding.where
    assert finding.where.path == str(path)
    assert finding.remedy
    assert finding.remedy.commands == (f"ls -l {path}",)


def test_the_home_of_another_user_is_noticed(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setattr(files, "_registered", lambda uid: str(own))
    here = locate({}, home, home)
    owner = home.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner or 1)
    if owner:
        assert files._homes(here) == ("", "")
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert files._homes(here) == (str(home), str(own))
    assert files._homes(locate({"OPENCLAW_STATE_DIR": "/srv/x"}, home, home)) == ("", "")
    own.rmdir()
    assert files._homes(here) == (str(home), "")
