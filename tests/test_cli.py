"""The command line itself: help, usage errors, exit codes, one document on stdout whenever `--json` is asked for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from openclaw import cli, failing
from openclaw.errors import Failure, RootUsageFailure, UsageFailure
from openclaw.lazy import ARGUMENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(cli.__file__).parent.parent
SECRET = "sk-ant-api03-FAKEFAKEFAKEFAKEFAKE"


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without anything, no real OpenClaw on PATH, and a working directory of its own."""
    for name in [name for name in os.environ if name.startswith(("OPENCLAW", "CLAWDBOT"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def program(*args: str, home: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "openclaw", *args],
        env=env, cwd=home, text=True, timeout=60, check=False, **{"capture_output": True, **options},
    )  # fmt: skip


def imported(*args: str, home: Path) -> set[str]:
    code = (
        "import sys; from openclaw.cli import run; code = run(sys.argv[1:]);"
        "print('MODULES', *sorted(sys.modules), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        cwd=home, text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    return set(done.stderr.rsplit("MODULES ", 1)[-1].split())


COMMAND_MODULES = {"wizard.command", "doctor.command", "openclaw.commands.status", "openclaw.commands.pasting"}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--help"], ["onboard", "doctor", "models", "undo", "real", "--profile"]),
        (["-h"], ["onboard"]),
        (["models", "--help"], ["status", "auth", "--agent"]),
        (["models", "auth", "--help"], ["paste-token"]),
    ],
)
def test_help_names_the_commands_and_imports_none(tmp_path: Path, args: list[str], words: list[str]) -> None:
    done = program(*args, home=tmp_path)
    assert done.returncode == 0
    assert all(word in done.stdout for word in words)
    assert not done.stderr
    loaded = imported(*args, home=tmp_path)
    assert not loaded & (COMMAND_MODULES | {"rich", "questionary", "urllib3", "psutil", "subprocess", "hashlib"})


def test_every_listed_command_can_be_imported() -> None:
    context = click.Context(cli.root)
    for name in cli.COMMANDS:
        command = cli.root.get_command(context, name)
        assert command is not None
        assert command.name in (name, command.name)
    assert cli.root.get_command(context, "nothing") is None


def test_version(tmp_path: Path) -> None:
    assert program("--version", home=tmp_path).stdout.startswith("openclaw-onboard, version ")


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--bogus"], 2),
        (["doctor", "--bogus"], 2),
        (["doctor", "--fail-level", "x"], 2),
        (["undo", "--bogus"], 2),
        ([], 2),
        # 2 means "expiring" there
        (["models", "--bogus"], 1),
        (["models", "status", "--bogus"], 1),
        (["models", "status", "surplus"], 1),
        (["models", "status", "--json", "--plain"], 1),
        (["models", "status", "--agent", "nobody"], 1),
        (["models", "auth"], 1),
        (["models", "auth", "paste-token"], 1),
        (["--no-color", "models", "status", "--bogus"], 1),
        (["--profile", "work", "models", "status", "--bogus"], 1),
        (["--log-level", "debug", "models", "status", "--bogus"], 1),
        # options in front of the command: 2, whatever the command is (auth-spec §1.4)
        (["--profile", "bad name", "models", "status"], 2),
        (["--profile=bad!", "models", "status"], 2),
        (["--profile=", "models", "status"], 2),
        (["--profile"], 2),
        (["--profile", "--dev", "models", "status"], 2),
        (["--dev", "--profile", "dev", "models", "status"], 2),
        (["--profile", "dev", "--dev", "models", "status"], 2),
        (["--bogus", "models", "status"], 2),
        # what only the real OpenClaw has
        (["channels", "list"], 1),
        (["models", "list"], 1),
        (["models", "auth", "login"], 1),
        (["doctor", "--lint"], 3),
        (["real", "status"], 1),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_usage_errors(
    empty: Path, capsys: pytest.CaptureFixture[str], args: list[str], code: int, as_json: bool
) -> None:
    found = cli.run([*args, "--json"] if as_json and "--json" not in args else args)
    out, err = capsys.readouterr()
    if as_json and args == ["--profile"]:
        code = 2  # it takes "--json" for its value
    assert found == code
    assert "Error: " in err
    assert "Traceback" not in err
    if as_json or "--json" in args:
        document = json.loads(out)
        assert document["ok"] is False
        assert document["error"]["message"]
        assert document["error"]["type"] in ("usage", "failed")
    else:
        assert out == ""
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "head", "rest"),
    [
        ([], [], []),
        (["models"], [], ["models"]),
        (["--profile", "x", "models", "--json"], ["--profile", "x"], ["models", "--json"]),
        (["--profile=x", "--dev", "models"], ["--profile=x", "--dev"], ["models"]),
        (["--profile"], ["--profile"], []),
        (["--", "models"], [], ["--", "models"]),
        (["--container", "c", "--no-color", "status"], ["--container", "c", "--no-color"], ["status"]),
    ],
)
def test_a_command_line_in_two(args: list[str], head: list[str], rest: list[str]) -> None:
    assert cli.split(args) == (head, rest)


def replaced(monkeypatch: pytest.MonkeyPatch, action: Callable[[], object]) -> None:
    """`openclaw undo` does something else for once."""

    @click.command("undo")
    @click.option("--json", "as_json", is_flag=True)
    def undo(as_json: bool) -> object:
        return action()

    real = cli.root.get_command
    monkeypatch.setattr(cli.root, "get_command", lambda ctx, name: undo if name == "undo" else real(ctx, name))


def raising(error: BaseException) -> Callable[[], object]:
    def action() -> object:
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "code", "kind", "says"),
    [
        (Failure("no luck", hint="try again", commands=("openclaw doctor",)), 1, "failed", "no luck"),
        (UsageFailure("what?"), 2, "usage", "what?"),
        (RootUsageFailure("what?"), 2, "usage", "what?"),
        (click.UsageError("hm"), 2, "usage", "hm"),
        (click.ClickException("hm"), 1, "failed", "hm"),
        (KeyboardInterrupt(), 130, "interrupted", "nterrupted"),
        (click.Abort(), 130, "interrupted", "nterrupted"),
        (OSError(28, "No space left on device", "/h/x"), 1, "failed", "/h/x: No space left on device"),
        (ValueError(SECRET), 1, "failed", "ValueError"),
        (RecursionError("deep"), 1, "failed", "RecursionError"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_every_way_to_end(
    empty: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    kind: str,
    says: str,
    as_json: bool,
) -> None:
    replaced(monkeypatch, raising(error))
    assert cli.run(["undo", "--json"] if as_json else ["undo"]) == code
    out, err = capsys.readouterr()
    assert says in err
    assert "Traceback" not in err
    assert SECRET not in out + err
    assert bool(out) == as_json
    if as_json:
        document = json.loads(out)
        assert (document["ok"], document["error"]["type"]) == (False, kind)


def test_a_defect_of_ours_shows_its_traceback_only_on_request(
    empty: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced(monkeypatch, raising(ValueError("text")))
    assert cli.run(["undo"]) == 1
    first = capsys.readouterr().err
    assert "test_cli.py" in first
    monkeypatch.setenv(failing.TRACEBACK, "1")
    assert cli.run(["undo"]) == 1
    assert "Traceback" not in first
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(("result", "code"), [(None, 0), (0, 0), (2, 2), ("text", 0)])
def test_what_a_command_returns_is_the_exit_code(
    empty: Path, monkeypatch: pytest.MonkeyPatch, result: object, code: int
) -> None:
    replaced(monkeypatch, lambda: result)
    assert cli.run(["undo"]) == code


def test_the_whole_command_line_is_kept_for_a_handover(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[object] = []
    replaced(monkeypatch, lambda: kept.append(click.get_current_context().meta[ARGUMENTS]))
    cli.run(["--profile", "work", "undo", "--json"])
    assert kept == [("--profile", "work", "undo", "--json")]


def told(failure: Failure, args: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    failing.explain(failure, args)
    return capsys.readouterr()


def test_a_failure_is_told_with_its_place_as_people_know_it(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failure = Failure(
        f"not valid JSON5, as {empty}/other says", path=empty / ".openclaw" / "openclaw.json", line=3, column=9,
        hint=f"look at {empty}/x", commands=("openclaw doctor", "openclaw agents list"),
    )  # fmt: skip
    out, err = told(failure, ["models", "--json"], capsys)
    lines = err.splitlines()
    assert lines[0] == "Error: ~/.openclaw/openclaw.json:3:9: not valid JSON5, as ~/other says"
    assert lines[1] == "  look at ~/x"
    assert lines[2].endswith("doctor")
    assert lines[3].endswith(" openclaw agents list")
    document = json.loads(out)
    assert document["error"] == {"type": "failed", "message": lines[0].removeprefix("Error: ")}
    assert document["details"]["path"] == f"{empty}/.openclaw/openclaw.json"
    assert (document["details"]["line"], document["details"]["column"]) == (3, 9)


def test_a_document_of_doctor_is_a_report(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(Failure("no"), ["--profile", "w", "doctor", "--json"], capsys)
    assert json.loads(out) == {
        "schemaVersion": 1, "ok": False, "error": {"type": "failed", "message": "no"}, "findings": [],
    }  # fmt: skip
    out, _ = told(Failure("no"), ["models", "auth", "paste-token", "--provider", "doctor", "--json"], capsys)
    assert "findings" not in json.loads(out)


@pytest.mark.parametrize(
    ("args", "wanted"),
    [(["--json"], True), (["models", "--status-json"], True), (["x", "--", "--json"], False), (["x"], False)],
)
def test_when_a_document_is_wanted(args: list[str], wanted: bool) -> None:
    assert cli.wants_json(args) == wanted


def test_an_argument_that_may_be_a_secret_is_not_repeated(tmp_path: Path) -> None:
    done = program("models", "status", "0123456789abcdef0123456789abcdef", SECRET, home=tmp_path)
    assert done.returncode == 1
    assert "0123456789abcdef" not in done.stderr
    assert "FAKEFAKE" not in done.stderr


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    for args in ("--help", "models status --json", "models status --bogus --json"):
        done = subprocess.run(
            ["/bin/sh", "-c", f"{{ {sys.executable} -m openclaw {args}; echo $? >&3; }} 2>err 3>code | true"],
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
            cwd=tmp_path, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0
        err = (tmp_path / "err").read_text()
        assert "Traceback" not in err
        assert "Exception ignored" not in err
        assert (tmp_path / "code").read_text().strip() in ("0", "1")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = program("models", "status", home=tmp_path, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(tmp_path: Path, closed: str) -> None:
    command = f"{sys.executable} -m openclaw models status --json {closed}; echo code $?"
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["/bin/sh", "-c", command], env=env, cwd=tmp_path, text=True, capture_output=True, timeout=60, check=False
    )
    assert done.stdout.rstrip().endswith("code 0")
    assert "Traceback" not in done.stderr


def test_an_ascii_terminal(tmp_path: Path) -> None:
    state = tmp_path / ".openclaw"
    state.mkdir()
    (state / "openclaw.json").write_text('{"agents": {"defaults": {"model": {"primary": "groq/m\u00f6del"}}}}')
    env = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = program("models", "status", "--json", home=tmp_path, env=env, encoding="utf-8")
    assert json.loads(done.stdout)["resolvedDefault"] == "groq/m\u00f6del"
    assert program("models", "status", home=tmp_path, env=env).returncode == 0
    assert "->" in program("models", "--bogus", home=tmp_path, env=env).stderr


def test_ctrl_c(tmp_path: Path) -> None:
    """While the login shell is being waited for."""
    (tmp_path / ".openclaw").mkdir()
    (tmp_path / ".openclaw" / "openclaw.json").write_text('{"env": {"shellEnv": {"enabled": true}}}')
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\ntouch started\nsleep 30\n")
    slow.chmod(0o755)
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "SHELL": str(slow)}
    with subprocess.Popen(
        [sys.executable, "-m", "openclaw", "models", "status", "--json"],
        env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        ends = time.monotonic() + 20
        while not (tmp_path / "started").exists():
            assert time.monotonic() < ends
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert json.loads(out)["error"]["type"] == "interrupted"
    assert "Traceback" not in err
