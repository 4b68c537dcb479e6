"""What a command line names on the disk, and what a service wrote last."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from openclaw.proc import Done, NotDone
from openclaw.secret import Secret
from openclaw.service.base import GatewayService
from openclaw.service.command import ServiceCommand, inspect
from openclaw.service.words import LINES, TAIL, last_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOBODY = 65534


def program(path: Path, text: str = "", mode: int = 0o755) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return str(path)


@pytest.fixture
def node(tmp_path: Path) -> str:
    return program(tmp_path / "bin/node")


@pytest.fixture
def entry(tmp_path: Path) -> str:
    return program(tmp_path / "dist/index.js", mode=0o644)


def wrong(*argv: str, path: str | None = "/nowhere") -> list[tuple[str, str]]:
    return list(inspect(argv, path).broken)


def test_a_command_that_is_whole(node: str, entry: str) -> None:
    assert wrong(node, entry, "gateway", "--port", "1", "--log", "/gone/after/it") == []
    assert wrong(node, "--max-old-space-size=4096", "--require", "/gone/value", entry, "gateway") == []
    assert wrong(node, "$ENTRY", "/%S/x", "gateway") == []
    assert wrong() == []


def test_files_that_are_gone(node: str, entry: str, tmp_path: Path) -> None:
    assert wrong("/gone/node", entry, "gateway") == [("/gone/node", "does not exist")]
    assert wrong(node, "/gone/index.js", "gateway") == [("/gone/index.js", "does not exist")]
    assert wrong(f"{node}/under", entry) == [(f"{node}/under", "does not exist")]
    link = tmp_path / "current"
    link.symlink_to(tmp_path / "v22")
    assert wrong(str(link), entry) == [(str(link), f"is a link to {tmp_path / 'v22'}, which is gone")]


def test_files_that_cannot_be_run(node: str, entry: str, tmp_path: Path) -> None:
    assert wrong(entry, "gateway") == [(entry, "is not executable")]
    assert wrong(str(tmp_path), "gateway") == [(str(tmp_path), "is a directory")]
    assert wrong("no-such-program-anywhere", "gateway")[0][0] == "no-such-program-anywhere"
    assert wrong("sh", "gateway") == []


def test_what_a_script_needs(tmp_path: Path, node: str) -> None:
    by_env = program(tmp_path / "openclaw", "#!/usr/bin/env node\n")
    assert wrong(by_env, "gateway") == [("node", f"is not on the service's PATH, and {by_env} needs it")]
    assert wrong(by_env, "gateway", path=str(tmp_path / "bin")) == []
    assert wrong(by_env, "gateway", path=None) == []
    split = program(tmp_path / "split", "#!/usr/bin/env -S A=1 node --x\n")
    assert wrong(split, "gateway")[0][0] == "node"
    gone = program(tmp_path / "gone", "#!/gone/sh -e\n")
    assert wrong(gone, "gateway") == [("/gone/sh", f"does not exist, and {gone} needs it")]
    assert wrong("/usr/bin/env", "node", "gateway")[0][0] == "node"
    assert wrong("/usr/bin/env", "node", "gateway", path=str(tmp_path / "bin")) == []


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to become another user")
def test_what_may_not_be_looked_at_is_not_called_missing(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o700)
    inside = program(tmp_path / "locked/node")
    code = (
        f"import os, sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from openclaw.service.command import inspect\nimport openclaw.service.install, shutil\n"
        f"os.setgid({NOBODY}); os.setuid({NOBODY}); print(inspect(({inside!r}, 'gateway'), '/bin'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert "broken=()" in done.stdout
    assert "may not be looked at" in done.stdout


@pytest.mark.parametrize(
    "place",
    [".nvm/versions/node/v22.1.0/bin/node", ".local/share/fnm/node-versions/v22/installation/bin/node",
     ".volta/bin/node", ".asdf/shims/node", ".local/share/mise/installs/node/22/bin/node", "nvm/versions/node/v1/node"],
)  # fmt: skip
def test_nodes_of_version_managers(place: str, tmp_path: Path, entry: str) -> None:
    managed = program(tmp_path / place)
    assert inspect((managed, entry, "gateway"), "/bin").managed == managed
    link = tmp_path / "node"
    link.symlink_to(managed)
    assert inspect((str(link), entry, "gateway"), "/bin").managed == managed


def test_a_node_of_the_system_and_a_user_called_mise_are_no_version_managers(tmp_path: Path, entry: str) -> None:
    own = program(tmp_path / "home/mise/fnm/bin/node")
    assert inspect((own, entry, "gateway"), "/bin").managed == ""


def test_the_claude_that_the_service_finds(tmp_path: Path) -> None:
    claude = program(tmp_path / "bin/claude")
    assert inspect((), f"/usr/bin:{tmp_path / 'bin'}").claude == claude
    assert inspect((), str(tmp_path / "none")).claude == ""
    assert inspect((), None) == ServiceCommand(system_node=inspect((), None).system_node)


KEY = "sk-ant-api03-FAKE-EXAMPLE-000000000000000000"
PLAIN = Secret("plain-FAKE-token-of-no-known-shape")
SERVICE = GatewayService("openclaw-gateway.service", installed=True, restart="")


def test_the_journal_is_asked_and_what_it_says_holds_no_secret() -> None:
    asked: list[Sequence[str]] = []

    def run(argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None) -> Done | NotDone:
        asked.append(argv)
        assert 0 < timeout <= 3
        lines = [*(f"line {number}" for number in range(9)), "", f"key {KEY} {PLAIN.reveal()}\x1b[2J", "x" * 999]
        return Done(0, "\n".join(lines), "")

    said = last_words(SERVICE, "systemd", run, {}, [PLAIN])
    assert len(said) == LINES
    assert said[:2] == ("line 6", "line 7")
    assert KEY not in said[3]
    assert PLAIN.reveal() not in said[3]
    assert "\x1b" not in said[3]
    assert max(map(len, said)) <= 300
    assert asked[0][:2] == ["journalctl", "--user"]
    assert asked[0][-1] == SERVICE.unit


@pytest.mark.parametrize("answer", [NotDone("journalctl was not found"), Done(1, "No journal files were found.", "")])
def test_a_host_without_a_journal(answer: Done | NotDone) -> None:
    assert last_words(SERVICE, "systemd", lambda argv, **_: answer, {}) == ()


def test_a_log_is_read_from_its_end(tmp_path: Path) -> None:
    from dataclasses import replace

    log = tmp_path / "gateway.err.log"
    service = replace(SERVICE, log=log)
    never = lambda argv, **_: NotDone("not asked")  # noqa: E731
    assert last_words(service, "launchd", never, {}) == ()
    log.write_text("first\n" + "x" * TAIL + f"\nlast {KEY}\n")
    [said] = last_words(service, "launchd", never, {})[-1:]
    assert said.startswith("last ")
    assert KEY not in said
    assert "first" not in last_words(service, "launchd", never, {})
    log.unlink()
    os.mkfifo(log)  # would wait for a writer for ever
    assert last_words(service, "launchd", never, {}) == ()


def script(path: Path, first: str) -> str:
    return program(path, f"#!{first}\nconsole.log(1)\n")


@pytest.mark.parametrize("command", ["direct", "env", "env with a variable", "sh -c", "bash -lc with a name"])
def test_a_node_of_a_version_manager_that_a_script_is_run_by(tmp_path: Path, command: str) -> None:
    own = program(tmp_path / ".nvm/versions/node/v22.1.0/bin/node")
    other = program(tmp_path / "bin/node")
    run = script(tmp_path / "app/openclaw", "/usr/bin/env node")
    argv = {
        "direct": (run, "gateway"),
        "env": ("/usr/bin/env", "openclaw", "gateway"),
        "env with a variable": ("/usr/bin/env", "A=1", "openclaw", "gateway"),
        "sh -c": ("/bin/sh", "-c", f"A=1 exec {run} gateway --port 1"),
        "bash -lc with a name": ("/bin/bash", "-lc", "exec openclaw gateway"),
    }[command]
    folders = [str(Path(name).parent) for name in (own, other, run)]
    assert inspect(argv, ":".join(folders)).managed == own
    assert inspect(argv, ":".join(folders[1:])).managed == ""
    assert inspect(argv, ":".join(reversed(folders))).managed == ""


def test_a_shell_that_starts_a_node_of_a_version_manager(tmp_path: Path) -> None:
    own = program(tmp_path / ".nvm/versions/node/v22.1.0/bin/node")
    for words in (f"exec {own} /x/index.js gateway", f"A='1 2' {own} /x/index.js gateway"):
        assert inspect(("/bin/sh", "-c", words), "/nowhere").managed == own
    for words in ("exec /usr/bin/node 'gateway", f"exec /x gateway --log {own}", f"$NODE={own}", ""):
        assert inspect(("/bin/sh", "-c", words), "/nowhere").managed == ""
    assert inspect(("/bin/sh", own), None).managed == own
