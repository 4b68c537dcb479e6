"""Handing over to the real OpenClaw, however this program is installed: the exact argv, and never ourselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import openclaw
from openclaw import handover
from openclaw.handover import MARK, candidates, find_real, is_ours, our_name, runnable

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(openclaw.__file__).parent.parent
CONSOLE = (
    f"#!{sys.executable}\nimport sys\nfrom openclaw.cli import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
)
# The fake real one: tells what it was called with.
FAKE = f"#!{sys.executable} -I\nimport json, sys\nprint(json.dumps({{'argv': sys.argv}}))\n"


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def call(
    program: Sequence[str | Path], *args: str, path: Sequence[Path], home: Path
) -> subprocess.CompletedProcess[str]:
    env = {
        "HOME": str(home),
        "PATH": os.pathsep.join([*map(str, path), "/usr/bin", "/bin"]),
        "PYTHONPATH": str(ROOT),
        "PYTHONSAFEPATH": "1",
    }
    return subprocess.run(
        [*map(str, program), *args], env=env, cwd=home, text=True, capture_output=True, timeout=30, check=False
    )


def installed(kind: str, folder: Path) -> tuple[list[str | Path], Path]:
    """This program installed in some way: how it is called, and the directory that PATH has for it."""
    ours = script(folder / "venv" / "bin" / "openclaw", CONSOLE)
    script(folder / "venv" / "bin" / "openclaw-onboard", CONSOLE)
    shims = folder / "shims"
    shims.mkdir()
    link = shims / "openclaw"
    if kind == "console script":
        return [ours], ours.parent
    if kind == "python -m":
        return [sys.executable, "-m", "openclaw"], ours.parent
    if kind in ("symlink", "pipx"):
        link.symlink_to(ours)
        if kind == "pipx":
            (shims / "openclaw-onboard").symlink_to(ours.parent / "openclaw-onboard")
    elif kind == "chain of links":
        (folder / "first").symlink_to(ours)
        link.symlink_to(folder / "first")
    elif kind == "hard link":
        link.hardlink_to(ours)
    elif kind == "wrapper that says so":
        script(link, f'#!/bin/sh\nexec {sys.executable} -m openclaw "$@"\n')
    elif kind == "wrapper that does not":
        script(link, f'#!/bin/sh\nexec {ours} "$@"\n')
    elif kind == "wrapper that is not exec":
        script(link, f'#!/bin/sh\n{ours} "$@"\n')
    return [link], shims


KINDS = [
    "console script", "python -m", "symlink", "pipx", "chain of links", "hard link", "wrapper that says so",
    "wrapper that does not",
]  # fmt: skip
LINES = [
    ["channels", "list"],
    ["--profile", "work", "channels", "list", "--json"],
    ["--profile=work", "channels"],
    ["--dev", "--no-color", "channels"],
    ["--log-level", "debug", "channels", "add", "--", "-x", ""],
    ["--container", "box", "models", "status", "--json"],
    ["models", "set", "openai/gpt-5.2"],
    ["--profile", "work", "models", "auth", "login", "--provider", "x"],
    ["doctor", "--lint", "--json"],
    ["gateway", "run", "--help"],
    ["agent", "-m", "two words\nand more ü", "--to", "+1"],
]


@pytest.mark.parametrize("kind", KINDS)
def test_the_real_one_is_reached_from_every_installation(tmp_path: Path, kind: str) -> None:
    program, folder = installed(kind, tmp_path)
    real = script(tmp_path / "npm" / "openclaw", FAKE)
    done = call(program, "--profile", "x", "channels", "list", path=[folder, real.parent], home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["argv"] == [str(real), "--profile", "x", "channels", "list"]


@pytest.mark.parametrize("args", LINES, ids=" ".join)
def test_the_command_line_arrives_as_it_was(tmp_path: Path, args: list[str]) -> None:
    real = script(tmp_path / "npm" / "openclaw", FAKE)
    done = call([sys.executable, "-m", "openclaw"], *args, path=[real.parent], home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["argv"][1:] == args


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        (["real"], []),
        (["real", "--help"], ["--help"]),
        (["real", "doctor", "--json"], ["doctor", "--json"]),
        (["--profile", "real", "real", "models", "--", "real"], ["--profile", "real", "models", "--", "real"]),
        (["--dev", "real", "real"], ["--dev", "real"]),
    ],
)
def test_real_is_always_the_real_one(tmp_path: Path, args: list[str], wanted: list[str]) -> None:
    real = script(tmp_path / "npm" / "openclaw", FAKE)
    done = call([sys.executable, "-m", "openclaw"], *args, path=[real.parent], home=tmp_path)
    assert json.loads(done.stdout)["argv"][1:] == wanted


def test_exit_code_and_streams_are_the_real_ones(tmp_path: Path) -> None:
    real = script(tmp_path / "npm" / "openclaw", "#!/bin/sh\necho out; echo err >&2; exit 7\n")
    done = call([sys.executable, "-m", "openclaw"], "channels", path=[real.parent], home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "err\n")


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_real_one_it_ends_with_the_install_command(tmp_path: Path, kind: str) -> None:
    program, folder = installed(kind, tmp_path)
    done = call(program, "channels", "list", "--json", path=[folder], home=tmp_path)
    assert done.returncode == 1
    assert "npm install -g openclaw@latest" in done.stderr
    assert json.loads(done.stdout)["ok"] is False
    assert "Traceback" not in done.stderr


def test_several_wrappers_that_lead_back_are_passed_over(tmp_path: Path) -> None:
    _, folder = installed("wrapper that does not", tmp_path)
    second = script(tmp_path / "second" / "openclaw", (folder / "openclaw").read_text())
    real = script(tmp_path / "npm" / "openclaw", FAKE)
    path = [folder, second.parent, real.parent]
    done = call([folder / "openclaw"], "channels", path=path, home=tmp_path)
    assert json.loads(done.stdout)["argv"] == [str(real), "channels"]
    done = call([folder / "openclaw"], "channels", path=path[:2], home=tmp_path)
    assert done.returncode == 1
    assert f"{folder}/openclaw leads back to this program" in done.stderr.replace("~", str(tmp_path))


def test_a_loop_of_processes_is_bounded(tmp_path: Path) -> None:
    program, folder = installed("wrapper that is not exec", tmp_path)
    done = call(program, "channels", path=[folder], home=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("leads back to this program") == 1


def test_what_the_real_one_starts_may_hand_over_again(tmp_path: Path) -> None:
    """An agent's tool calls `openclaw`: the mark of the outer handover must not stop the inner one."""
    _, folder = installed("console script", tmp_path)
    nested = (
        f'#!/bin/sh\nif [ "$1" = outer ]; then {folder}/openclaw inner; echo after; else echo "inner ${MARK}"; fi\n'
    )
    real = script(tmp_path / "npm" / "openclaw", nested)
    done = call([folder / "openclaw"], "outer", path=[folder, real.parent], home=tmp_path)
    lines = done.stdout.splitlines()
    assert (lines[0].split(":")[1], lines[1]) == ("2", "after")


def test_a_candidate_that_cannot_be_started(tmp_path: Path) -> None:
    real = script(tmp_path / "npm" / "openclaw", "#!/none/such\n")
    done = call([sys.executable, "-m", "openclaw"], "channels", path=[real.parent], home=tmp_path)
    assert done.returncode == 1
    assert "could not be started: No such file or directory" in done.stderr


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        (CONSOLE, True),
        ("#!/bin/sh\nexec python3 -m openclaw\n", True),
        ("#!/opt/venvs/openclaw-onboard/bin/python\nprint()\n", True),
        ("#!/usr/bin/env node\nimport './dist/entry.js'\n", False),
        ("#!/bin/sh\n# not openclaw-onboard: the real one\nexec node /x/openclaw.mjs\n", False),
        ("\x7fELF openclaw-onboard", False),
        ("", False),
    ],
)
def test_what_counts_as_ours(tmp_path: Path, text: str, ours: bool) -> None:
    assert is_ours(script(tmp_path / "openclaw", text)) == ours


def test_a_neighbour_proves_nothing(tmp_path: Path) -> None:
    """The real one and ours in one directory: `~/.local/bin` of pipx and of a user's npm prefix."""
    script(tmp_path / "openclaw-onboard", CONSOLE)
    real = script(tmp_path / "openclaw", "#!/bin/sh\nexec node /x/openclaw.mjs\n")
    assert find_real({"PATH": str(tmp_path)}) == real


def test_candidates_are_executables_in_order_each_once(tmp_path: Path) -> None:
    first, second = script(tmp_path / "a" / "openclaw", FAKE), script(tmp_path / "b" / "openclaw", FAKE)
    (tmp_path / "c" / "openclaw").mkdir(parents=True)
    script(tmp_path / "d" / "openclaw", FAKE).chmod(0o644)
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "openclaw").symlink_to(tmp_path / "nothing")
    folders = [tmp_path / name for name in "cadbeab"]
    path = os.pathsep.join([*map(str, folders), str(tmp_path / "none")])
    assert list(candidates({"PATH": path})) == [first, second]


@pytest.mark.skipif(os.getuid() != 0, reason="dropping to another user needs root")
def test_a_locked_directory_on_path_is_passed_over(tmp_path: Path) -> None:
    """`/root/bin` stays on PATH after `su`; some versions of Python raise there."""
    locked = script(tmp_path / "locked" / "openclaw", FAKE).parent
    code = (
        "import os, sys, openclaw.handover as h; from openclaw.facts.claude import find; from pathlib import Path\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "print(list(h.candidates({'PATH': sys.argv[1]})), h.find_real({'PATH': sys.argv[1]}))\n"
    )
    locked.chmod(0o700)
    done = subprocess.run(
        [sys.executable, "-c", code, str(locked)], cwd=ROOT, text=True, capture_output=True, check=False, timeout=30
    )
    assert done.stdout.strip() == "[] None", done.stderr


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("openclaw doctor", "N doctor"),
        ("openclaw models status --json", "N models status --json"),
        ("openclaw --help", "N --help"),
        ("openclaw agents list", "openclaw agents list"),
        ("openclaw", "openclaw"),
        ("systemctl --user restart openclaw", "systemctl --user restart openclaw"),
        ("openclaw-onboard doctor", "openclaw-onboard doctor"),
    ],
)
def test_commands_are_printed_with_the_name_that_works(command: str, wanted: str) -> None:
    assert runnable(command, "N") == wanted


def test_our_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = tmp_path / "a b", tmp_path / "theirs"
    script(ours / "openclaw", CONSOLE)
    script(theirs / "openclaw", FAKE)
    assert our_name({"PATH": f"{ours}:{theirs}"}) == "openclaw"
    script(tmp_path / "extra" / "openclaw-onboard", CONSOLE)
    assert our_name({"PATH": f"{theirs}:{tmp_path}/extra"}) == "openclaw-onboard"
    monkeypatch.setattr(sys, "argv", [str(ours / "openclaw")])
    assert our_name({"PATH": str(theirs)}) == f"'{ours}/openclaw'"
    monkeypatch.setattr(sys, "argv", ["/x/__main__.py"])
    assert our_name({"PATH": str(theirs)}) == f"{sys.executable} -m openclaw"
    assert our_name({}).endswith(("openclaw", "openclaw-onboard"))


def test_a_mistyped_command_is_recognised(tmp_path: Path) -> None:
    done = call([sys.executable, "-m", "openclaw"], "--profile", "x", "docter", path=[], home=tmp_path)
    assert "did you mean `openclaw doctor`?" in done.stderr


@pytest.mark.parametrize("mark", ["", "x", "::", "1:x:/a", "PID", "PID:y", "1:" + "9" * 5000])
def test_a_mark_of_any_shape(mark: str) -> None:
    depth, tried = handover._mark({MARK: mark.replace("PID", str(os.getpid()))})
    assert depth == 1
    assert tried == []
