"""env/: the env files, their lines, and the one of the working directory."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from checks import envfiles as area
from openclaw.environment.layers import Layer, combine
from openclaw.environment.lint import duplicates, lint
from openclaw.environment.mending import mended
from openclaw.facts.envfiles import ReadEnvFile
from openclaw.finding import Severity
from openclaw.secret import Secret
from tests.checks import facts as f

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.finding import Finding


def env_file(text: str, *, systemd: bool = False) -> ReadEnvFile:
    issues = tuple(lint(text))
    return ReadEnvFile(
        "/home/eve/.openclaw/.env", "ok", "", issues, systemd,
        mended=mended(text, issues), duplicates=tuple(duplicates(text)), values={"A_KEY": Secret("x")},
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["A_KEY=abc#def\n", "A_KEY = abc\n", "A_KEY=a b\n", "A_KEY=${B}\n", "this is no assignment\n", "A_KEY='abc\n"],
)
def test_lines_that_readers_disagree_about(text: str) -> None:
    [finding] = f.found(area.dotenv_syntax, [env_file(text)])
    assert finding.severity == Severity.ERROR
    assert finding.where
    assert finding.where.line == 1
    assert finding.remedy
    assert finding.remedy.commands == ("${EDITOR:-vi} +1 /home/eve/.openclaw/.env",)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_file_that_windows_wrote(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / ".env"
    path.write_bytes("\ufeffA_KEY=abc\nB_KEY=d\n".encode(encoding))
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    [finding] = f.found(area.dotenv_syntax, [replace(env_file(text), path=str(path))])
    assert "UTF-16" in finding.message
    assert finding.remedy
    if shutil.which("perl"):
        subprocess.run(["/bin/sh", "-c", finding.remedy.commands[0]], check=True)
        assert path.read_bytes() == b"A_KEY=abc\nB_KEY=d\n"


def test_good_lines() -> None:
    assert f.found(area.dotenv_syntax, [env_file("# x\nA_KEY=abc\nB='d e#f'\n")]) == []
    assert f.found(area.dotenv_syntax, [ReadEnvFile("/x/.env", "absent")]) == []


def test_what_only_systemd_reads_differently_counts_where_a_unit_names_the_file() -> None:
    text = "# a comment that ends in a backslash \\\nA_KEY=abc\n"
    assert f.found(area.dotenv_syntax, [env_file(text)]) == []
    assert len(f.found(area.dotenv_syntax, [env_file(text, systemd=True)])) >= 1


def test_a_file_that_openclaw_ignores() -> None:
    [finding] = f.found(area.dotenv_syntax, [ReadEnvFile("/x/.env", "ignored", "it is a directory")])
    assert finding.severity == Severity.WARNING
    assert "it is a directory" in finding.message


def test_an_unreadable_env_file_is_a_finding_with_its_way_out() -> None:
    unreadable = ReadEnvFile("/x/.env", "unreadable", "cannot be read", advice="Let it in.", commands=("chmod x",))
    [finding] = f.found(area.dotenv_syntax, [unreadable])
    assert "cannot be read" in finding.message
    assert finding.remedy
    assert (finding.remedy.text, finding.remedy.commands) == ("Let it in.", ("chmod x",))
    assert len(f.found(area.dotenv_syntax, [unreadable, env_file("A_KEY = x\n")])) == 2


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("A_KEY=abc#def\n", "confirm"),
        ("A_KEY = abc\n", "confirm"),
        ("A_KEY=${B}\n", "manual"),
        ("A_KEY='abc\n", "manual"),
        ("nonsense\n", "manual"),
    ],
)
def test_what_can_be_written_anew(text: str, fix: str) -> None:
    [finding] = f.found(area.dotenv_syntax, [env_file(text)])
    assert finding.remedy
    assert finding.remedy.fix == fix


@pytest.mark.parametrize("text", ["export A_KEY=abc\n", "A_KEY=abc # mine\n"])
@pytest.mark.parametrize(
    ("systemd", "strict", "severity"),
    [(True, True, Severity.ERROR), (False, True, Severity.ERROR), (False, False, Severity.INFO)],
)
def test_what_only_systemd_would_read_differently_is_an_error_where_systemd_may_read_it(
    text: str, severity: Severity, *, systemd: bool, strict: bool
) -> None:
    [finding] = f.found(area.dotenv_syntax, [replace(env_file(text, systemd=systemd), strict=strict)])
    assert finding.severity == severity
    assert finding.remedy
    assert finding.remedy.fix == "confirm"


def test_a_variable_that_is_set_twice() -> None:
    [finding] = f.found(area.dotenv_duplicate, [env_file("A_KEY=1\nB=2\nA_KEY=3\nA_KEY=4\n")])
    assert finding.message == "A_KEY is set 3 times; line 4 wins over line 1 and line 3"
    assert finding.where
    assert (finding.severity, finding.where.line) == (Severity.WARNING, 4)
    assert f.found(area.dotenv_duplicate, [env_file("A_KEY=1\nB=2\n#A_KEY=3\n")]) == []


CWD = Layer("cwd", {"OPENAI_API_KEY": "x"}, f.HOME.cwd / ".env", {"OPENAI_API_KEY": 2}, frozenset({"OPENAI_API_KEY"}))
WANTING = f.routes(f.route("openai", f.candidate("env", "OPENAI_API_KEY", "", usable=False)))


def blocked(*layers: Layer, routes: Any = WANTING, era: Any = f.SQLITE_ERA) -> list[Finding]:
    return f.found(area.cwd_blocked, combine(layers), routes, era, f.HOME)


def test_a_key_in_the_working_directory_only() -> None:
    [finding] = blocked(CWD)
    assert (finding.severity, finding.target) == (Severity.WARNING, "OPENAI_API_KEY")
    assert finding.where
    assert (finding.where.path, finding.where.line) == ("/home/eve/project/.env", 2)
    assert finding.remedy
    assert finding.remedy.commands == ("openclaw onboard --provider openai --store env",)


def test_a_key_of_the_working_directory_that_is_also_elsewhere_or_is_not_wanted() -> None:
    assert blocked(Layer("process", {"OPENAI_API_KEY": "y"}), CWD) == []
    assert blocked(CWD, Layer("state", {"OPENAI_API_KEY": "y"}, f.HOME.env_file)) == []
    assert blocked(CWD, routes=f.routes(f.route("anthropic", f.candidate("profile", "a:b")))) == []
    assert blocked(CWD, routes=f.routes(f.route("openai", f.candidate("profile", "openai:default")))) == []
    assert blocked(CWD, era=f.JSON_ERA) == []
    assert blocked() == []
    assert len(blocked(CWD, routes=f.routes(credentials=False))) == 1


def test_another_installation_in_the_working_directory() -> None:
    values = {"OPENCLAW_STATE_DIR": "/x", "OPENCLAW_AGENT_DIR": " "}
    layer = Layer("cwd", values, f.HOME.cwd / ".env", {"OPENCLAW_STATE_DIR": 4})
    [finding] = f.found(area.cwd_redirects, combine([layer]), f.HOME)
    assert (finding.severity, finding.target) == (Severity.WARNING, "OPENCLAW_STATE_DIR")
    assert "another installation than the gateway" in finding.message
    ignored = Layer("cwd", values, layer.path, {}, frozenset({"OPENCLAW_STATE_DIR"}))
    [finding] = f.found(area.cwd_redirects, combine([ignored]), f.HOME)
    assert "which OpenClaw ignores there" in finding.message
    [finding] = f.found(area.cwd_redirects, combine([Layer("process", {"OPENCLAW_STATE_DIR": "/y"}), layer]), f.HOME)
    assert "loses to the variable of this shell" in finding.message
    assert f.found(area.cwd_redirects, combine([CWD]), f.HOME) == []
    assert f.found(area.cwd_redirects, combine([]), f.HOME) == []
