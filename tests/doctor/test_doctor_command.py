"""`openclaw doctor` as a process in throw-away homes: what it finds; it changes nothing and tells no secret."""

from __future__ import annotations

import json
import os
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from tests.doctor import homes
from tests.doctor.homes import NOW, doctor, healthy, state, store, store_path, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOUR = 3_600_000
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="changing the user needs root")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    return folder


# ---- kinds of homes ------------------------------------------------------------------------------------------------


def empty(home: Path) -> Path:
    return home


def expired_token(home: Path) -> Path:
    healthy(home)
    token = {"type": "token", "provider": "anthropic", "token": homes.SETUP_TOKEN, "expires": NOW - HOUR}
    store(home, {"anthropic:manual": token})
    return home


def corrupt_store(home: Path) -> Path:
    healthy(home)
    write(store_path(home), '{\n  "profiles": {\n    "a": \n')
    return home


def corrupt_config(home: Path) -> Path:
    healthy(home)
    write(state(home) / "openclaw.json", '{ "gateway": { "mode": "local" \n')
    write(state(home) / "openclaw.json.bak", '{ "gateway": { "mode": "local" } }')
    return home


def open_files(home: Path) -> Path:
    healthy(home)
    for number in range(30):
        write(state(home) / "agents" / "main" / "sessions" / f"{number}.jsonl", "{}\n", 0o644)
    write(state(home) / ".env", f"OPENAI_API_KEY={homes.OPENAI_KEY}\n", 0o664)
    return home


def sqlite_database(path: Path, *statements: str) -> Path:
    write(path, b"")
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    path.chmod(0o600)
    return path


def sqlite_home(home: Path, document: str | None = None) -> Path:
    write(state(home) / "openclaw.json", homes.CONFIG)
    profiles = {"openai:default": {"type": "api_key", "provider": "openai", "key": homes.OPENAI_KEY}}
    cell = json.dumps({"version": 1, "profiles": profiles}) if document is None else document
    sqlite_database(
        state(home) / "state" / "openclaw.sqlite",
        "PRAGMA user_version = 18",
        "CREATE TABLE config_machine_state (state_key TEXT PRIMARY KEY, value_json TEXT)",
        """INSERT INTO config_machine_state VALUES ('auth.sharedStore', '{"location":"state-db"}')""",
        f"INSERT INTO config_machine_state VALUES ('authProfiles.store', '{cell}')",
    )
    return home


def sqlite_corrupt_cell(home: Path) -> Path:
    return sqlite_home(home, '{"profiles": ')


def sqlite_no_database(home: Path) -> Path:
    sqlite_home(home)
    write(state(home) / "state" / "openclaw.sqlite", b"this is not a database, but long enough to look like one" * 40)
    return home


def env_file_trouble(home: Path) -> Path:
    healthy(home)
    write(state(home) / ".env", f"OPENAI_API_KEY = {homes.OPENAI_KEY}#1\nnonsense\n")
    return home


def env_directory(home: Path) -> Path:
    healthy(home)
    (state(home) / ".env").mkdir(mode=0o700)
    return home


def missing_variable(home: Path) -> Path:
    healthy(home)
    write(state(home) / "openclaw.json", '{ gateway: { mode: "local", auth: { token: "${NOT_THERE}" } } }')
    return home


def broken_include(home: Path) -> Path:
    healthy(home)
    write(state(home) / "openclaw.json", '{ $include: "./gone.json5", gateway: { mode: "local" } }')
    return home


def legacy_directory(home: Path) -> Path:
    write(home / ".clawdbot" / "clawdbot.json", homes.CONFIG)
    return home


def state_is_a_file(home: Path) -> Path:
    write(state(home), "not a directory")
    return home


def store_is_a_directory(home: Path) -> Path:
    write(state(home) / "openclaw.json", homes.CONFIG)
    write(store_path(home) / "file", "")
    return home


def odd_names(home: Path) -> Path:
    healthy(home)
    name = os.fsdecode(b"auth-profiles.json.bak\xff\n\x1b[31m")
    write(store_path(home).parent / name, "{}", 0o644)
    store(home, {"openai:\ud800\u202e": {"type": "api_key", "provider": "openai", "key": "***"}})
    return home


def absurd_numbers(home: Path) -> Path:
    healthy(home)
    token = {"type": "token", "provider": "openai", "token": "FAKE" * 10, "expires": 10**400}
    store(home, {"openai:manual": token})
    return home


NO_TTY = {"terminal/no-tty": "warning"}  # the findings call for a step that needs a terminal
HOMES: dict[Callable[[Path], Path], tuple[int, dict[str, str]]] = {
    empty: (1, {"credentials/none": "error", "config/missing": "warning", **NO_TTY}),
    healthy: (0, {}),
    expired_token: (1, {"credentials/expired": "error", "credentials/missing": "error", **NO_TTY}),
    corrupt_store: (1, {"credentials/store-corrupt": "error"}),
    corrupt_config: (1, {"config/unparsable": "error"}),
    open_files: (1, {"security/readable-by-others": "error"}),
    sqlite_home: (0, {}),
    sqlite_corrupt_cell: (1, {"credentials/sqlite-unreadable": "error"}),
    sqlite_no_database: (1, {"credentials/sqlite-unreadable": "error"}),
    env_file_trouble: (1, {"env/dotenv-syntax": "error"}),
    env_directory: (0, {"env/dotenv-syntax": "warning"}),
    missing_variable: (1, {"config/unresolved-variable": "error", "credentials/missing": "error", **NO_TTY}),
    broken_include: (1, {"config/include-broken": "error"}),
    legacy_directory: (1, {"credentials/none": "error", **NO_TTY}),
    state_is_a_file: (1, {"host/state-dir": "error"}),
    store_is_a_directory: (1, {"credentials/store-unreadable": "error"}),
    odd_names: (1, {"credentials/redacted": "error", "security/readable-by-others": "error", **NO_TTY}),
    absurd_numbers: (1, {"credentials/expires-unit": "error", **NO_TTY}),
}  # fmt: skip
KINDS = pytest.mark.parametrize("kind", HOMES, ids=lambda kind: kind.__name__)


@KINDS
def test_what_it_finds_and_that_it_changes_nothing(kind: Callable[[Path], Path], home: Path) -> None:
    code, expected = HOMES[kind]
    kind(home)
    before = homes.tree(home.parent)
    run = doctor(home, "--json")
    text = doctor(home, "-v")
    assert homes.tree(home.parent) == before
    assert (run.code, text.code) == (code, code), text.out + text.err
    assert (run.err, text.err) == ("", "")
    document = run.document
    assert document["ok"] is (code == 0)
    assert document["checksCrashed"] == 0
    serious = {item["checkId"]: item["severity"] for item in document["findings"] if item["severity"] != "info"}
    assert serious == expected
    assert "\x1b" not in text.out


@needs_root
@pytest.mark.parametrize("form", [("--json",), ("-v",)])
@pytest.mark.parametrize("mode", [0o700, 0o755])
def test_a_home_of_another_user_is_unknown_and_never_empty(
    home: Path, tmp_path: Path, mode: int, form: tuple[str]
) -> None:
    healthy(home)
    write(state(home) / ".env", "OPENAI_API_KEY=FAKE-pl4nt3d-of-root\n")
    for folder in (state(home), *(path for path in state(home).rglob("*") if path.is_dir())):
        folder.chmod(mode)
    for folder in (tmp_path, *tmp_path.parents):
        folder.chmod(folder.stat().st_mode | 0o055)
    warm = tmp_path / "warm"
    warm.mkdir()
    before = homes.tree(home)
    run = homes.doctor_as_nobody(home, warm, *form)
    assert homes.tree(home) == before
    assert run.code == 1, run.err
    assert "pl4nt3d" not in run.out + run.err
    if form == ("--json",):
        below = {"config/unparsable", "credentials/store-unreadable", "env/dotenv-syntax"}
        # What cannot even be looked into is one cause; files that are closed one by one are each told.
        assert set(run.ids("error")) == {"host/state-dir"} | (below if mode == 0o755 else set())
        assert "passed" not in {run.outcome(check_id)[0] for check_id in below}
        assert run.outcome("credentials/none")[0] == "unknown"
        assert run.outcome("credentials/missing")[0] == "unknown"
        errors = [item for item in run.document["findings"] if item["severity"] == "error"]
        assert all(item["commands"] for item in errors)
        ours = [item["commands"][0] for item in errors if item["checkId"] != "env/dotenv-syntax"]
        assert all(command.startswith("sudo chown ") for command in ours)


@needs_root
def test_root_in_the_home_of_a_user_is_told_to_be_that_user(home: Path) -> None:
    healthy(home)
    for path in (home, state(home), *state(home).rglob("*")):
        os.chown(path, homes.NOBODY, homes.NOBODY)
    run = doctor(home, "--json")
    [finding] = [item for item in run.document["findings"] if item["severity"] == "error"]
    assert finding["checkId"] == "host/state-dir"
    assert finding["commands"][0].startswith("sudo -H -u ")


def test_a_read_only_directory_is_read(home: Path) -> None:
    healthy(home)
    folders = [path for path in (home, *home.rglob("*")) if path.is_dir()]
    for path in folders:
        path.chmod(0o500)
    before = homes.tree(home)
    try:
        run = doctor(home, "--json")
        assert homes.tree(home) == before
    finally:
        for path in folders:
            path.chmod(0o700)
    assert run.document["checksCrashed"] == 0


# ---- secrets -------------------------------------------------------------------------------------------------------

CANARIES = [
    f"pl4nt3d-{number}-FAKE-{'abcdefgh' * size}" for number, size in enumerate((0, 1, 3, 5, 8, 12, 1, 2, 3, 4, 5, 6))
]


def planted(home: Path) -> None:
    """A canary in every place that holds secrets, and in some that should not."""
    one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve = CANARIES
    config = {
        "gateway": {"auth": {"token": one}, "mode": "local"},
        "models": {"providers": {"acme": {"apiKey": f'"{two}"', "baseUrl": "https://acme.test/v1"}}},
        "agents": {"defaults": {"model": {"primary": "acme/x"}}},
        "channels": {"telegram": {"botToken": three}},
        "env": {"GROQ_API_KEY": f"Bearer {four}"},
    }
    write(state(home) / "openclaw.json", f"// was {five}\n{json.dumps(config)}")
    profiles = {
        "openai:a": {"type": "api_key", "provider": "openai", "key": f"export OPENAI_API_KEY={six}"},
        "openai:b": {"type": "token", "provider": "openai", "token": f"{seven}\n{seven}", "expires": NOW - 1},
        "openai:c": {"type": "oauth", "provider": "openai", "access": eight, "refresh": nine, "expires": "soon"},
        "openai:d": {"type": ten, "provider": "openai", "key": ten},
        "openai:e": {"type": "token", "provider": "openai", "token": one, "expires": eleven},
    }
    store(home, profiles, order={"openai": ["openai:gone"]})
    write(state(home) / ".env", f"XAI_API_KEY = {twelve}#x\n# {five}\n{six}\nMISTRAL_API_KEY='{seven}\n")
    write(state(home) / "logs" / "gateway.log", f"{eight} only authorized for use with Claude Code {nine}\n")
    write(state(home) / "openclaw.json.bak", config["gateway"]["auth"]["token"], 0o644)  # type: ignore[index]


@pytest.mark.parametrize("spoil", ["", "config", "store"])
@pytest.mark.parametrize("form", [(), ("-v",), ("--json",)])
def test_no_canary_in_any_output(home: Path, spoil: str, form: tuple[str, ...]) -> None:
    planted(home)
    if spoil == "config":
        path = state(home) / "openclaw.json"
        write(path, path.read_text().replace('"mode"', '"mode'))
    elif spoil == "store":
        write(store_path(home), store_path(home).read_text().replace('"openai:b"', f'"openai:b" {CANARIES[3]}'))
    run = doctor(home, *form, ANTHROPIC_API_KEY=f"'{CANARIES[4]}'", OPENCLAW_GATEWAY_TOKEN=CANARIES[5])
    assert run.code == 1
    shown = run.out + run.err
    assert "pl4nt3d" not in shown, [line for line in shown.splitlines() if "pl4nt3d" in line]


def test_a_key_in_a_file_name_is_not_shown(home: Path) -> None:
    healthy(home)
    write(store_path(home).with_name(f"auth-profiles.json.{homes.OPENAI_KEY}"), "{}", 0o644)
    for form in ([], ["-v"], ["--json"]):
        run = doctor(home, *form)
        assert homes.OPENAI_KEY not in run.out + run.err


# ---- the command ---------------------------------------------------------------------------------------------------


def test_only_and_skip(home: Path) -> None:
    empty(home)
    run = doctor(home, "--json", "--only", "config", "--only", "credentials/none", "--skip", "config/missing")
    ran = {item["checkId"] for item in run.document["outcomes"] if item.get("reason") != "not selected"}
    assert "credentials/none" in ran
    assert "config/missing" not in ran
    assert all(name.startswith(("config/", "credentials/none")) for name in ran)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ((), 0),
        (("--fail-level", "warning"), 1),
        (("--fail-level", "info"), 1),
        (("--fail-on-unknown",), 0),
        (("--skip", "env", "--fail-level", "warning"), 0),
        (("--nope",), 2),
        (("--only", "nothing"), 2),
        (("--fail-level", "fatal"), 2),
    ],
)
def test_exit_codes(home: Path, args: tuple[str, ...], code: int) -> None:
    env_directory(home)  # one warning
    run = doctor(home, "--json", *args)
    assert run.code == code
    assert run.document["ok"] is (code == 0)


def test_unknown_alone_is_no_failure_unless_asked_for(home: Path) -> None:
    healthy(home)
    (home / "cwd").mkdir()
    write(home / "cwd" / ".env", b"X=\xff\xfe\n")
    config = '{ gateway: { mode: "local" }, env: { shellEnv: { enabled: true } } }'
    write(state(home) / "openclaw.json", config)
    store_path(home).unlink()
    assert doctor(home, "--json", SHELL="/bin/false").outcome("credentials/none")[0] == "unknown"
    run = doctor(home, "--json", "--only", "credentials/none", SHELL="/bin/false")
    assert (run.code, run.document["checksUnknown"]) == (0, 1)
    run = doctor(home, "--json", "--only", "credentials/none", "--fail-on-unknown", SHELL="/bin/false")
    assert run.code == 1


def test_output_that_cannot_be_encoded(home: Path) -> None:
    odd_names(home)
    for encoding in ("ascii", "latin-1"):
        text = doctor(home, PYTHONIOENCODING=encoding)
        assert text.code == 1, text.err
        assert "✗" not in text.out
        assert doctor(home, "--json", PYTHONIOENCODING=encoding).code == 1


def test_a_closed_pipe_is_no_traceback(home: Path) -> None:
    import subprocess
    import sys

    command = f"{sys.executable} -m openclaw doctor --json | true"
    done = subprocess.run(
        ["bash", "-c", command], env=homes.environment(home), capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr


def test_the_daemons_file_is_judged_even_where_this_shell_has_a_good_key(home: Path) -> None:
    healthy(home)
    write(state(home) / ".env", "OPENAI_API_KEY=YOUR_API_KEY\n")
    run = doctor(home, "--json", OPENAI_API_KEY=homes.OPENAI_KEY)
    [finding] = [item for item in run.document["findings"] if item["severity"] == "error"]
    assert (finding["checkId"], finding["path"], finding["line"]) == ("credentials/placeholder", "~/.openclaw/.env", 1)


def test_the_gateways_token_in_a_store(home: Path) -> None:
    healthy(home)
    store(home, {"openai:default": {"type": "api_key", "provider": "openai", "key": "FAKE-gateway-token"}})
    run = doctor(home, "--json")
    assert run.ids("error") == ["credentials/gateway-token-as-key"]


def finding_of(run: homes.Run, check_id: str) -> dict[str, Any]:
    return next(item for item in run.document["findings"] if item["checkId"] == check_id)


def test_a_refusal_counts_for_a_week_and_only_while_a_subscription_token_is_sent(home: Path) -> None:
    healthy(home)
    write(state(home) / "openclaw.json", '{ gateway: { mode: "local" } }')
    store(home, {"anthropic:manual": {"type": "token", "provider": "anthropic", "token": homes.SETUP_TOKEN}})
    log = write(
        state(home) / "logs" / "gateway.log", "400 This credential is only authorized for use with Claude Code\n"
    )
    os.utime(log, (NOW / 1000 - 3600, NOW / 1000 - 3600))
    assert finding_of(doctor(home, "--json"), "credentials/claude-code-only")["severity"] == "error"
    os.utime(log, (NOW / 1000 - 8 * 86400, NOW / 1000 - 8 * 86400))
    assert finding_of(doctor(home, "--json"), "credentials/claude-code-only")["severity"] == "info"


def test_the_newest_whole_backup_is_named(home: Path) -> None:
    corrupt_config(home)
    older, newer = state(home) / "openclaw.json.bak", state(home) / "openclaw.json.bak.1"
    write(newer, "{ broken")
    os.utime(older, (1, 1))
    commands = finding_of(doctor(home, "--json"), "config/unparsable")["commands"]
    assert commands[-1].endswith(f"cp -p {older} {state(home) / 'openclaw.json'}")
    assert os.system(commands[-1]) == 0
    assert "config/unparsable" not in doctor(home, "--json").ids()


def test_the_commands_against_open_files_close_them(home: Path) -> None:
    open_files(home)
    state(home).chmod(0o777)
    for finding in doctor(home, "--json").document["findings"]:
        if finding["checkId"] == "security/readable-by-others":
            assert [os.system(command) for command in finding["commands"]] == [0]
    assert "security/readable-by-others" not in doctor(home, "--json").ids()


def test_thirty_open_files_are_one_entry_of_the_text(home: Path) -> None:
    open_files(home)
    text = doctor(home).out
    assert text.count("other users can read it") == 1
    assert "and 25 more" in text
    assert text.count("chmod 600") == 1  # of the env file, whose mode is another
    assert text.count("-exec chmod go-rwx {} +") == 1
    assert "2 errors in " in text
