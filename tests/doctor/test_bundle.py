"""Bundles: no secret in them in any form, the same findings from them elsewhere, and nothing believed that they say."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema
import pytest

import checks
from doctor import bundle, replay
from doctor.engine import Examined, examine
from doctor.report import Report
from openclaw.errors import Failure, Refusal, Unreadable
from openclaw.finding import Finding, Severity
from openclaw.secret import fingerprint
from tests.checks import installations as i
from tests.checks import mending
from tests.checks.test_fixes import CANARIES, CASES, Case
from tests.doctor import homes
from tests.doctor.homes import CONFIG, doctor, healthy, state, store, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

CANARY = "sk-ant-api03-" + "Pl4nt3dC4n4ry" * 6
# The interpreter may stand where another user cannot read it: all is loaded and run once before the user changes.
AS_NOBODY = """
import contextlib, io, os, sys
sys.path.insert(0, sys.argv.pop(1))
from openclaw.cli import run
with contextlib.redirect_stdout(io.StringIO()):
    run(sys.argv[1:])
os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(run(sys.argv[1:]))
"""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="changing the user needs root")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    write(state(folder) / "openclaw.json", CONFIG)
    return folder


def made(home: Path, **env: str) -> tuple[Examined, bundle.Bundle]:
    """What is found there, and its bundle."""
    call = mending.call(home, **env)
    examined = examine(call, checks.load())
    return examined, bundle.make(examined, call, checks.load())


def written(found: bundle.Bundle, folder: Path) -> Path:
    path = folder / "bundle.zip"
    path.write_bytes(bundle.archive(found, homes.NOW))
    return path


def hidden(data: bytes, secrets: Iterable[str]) -> list[str]:
    """The secrets that are in it: as they are, escaped, encoded, backwards."""
    found = []
    for secret in secrets:
        forms = (secret, json.dumps(secret)[1:-1], quote(secret), b64encode(secret.encode()).decode(), secret[::-1])
        found += [form for form in forms if form.encode() in data]
    return found


def parts(secret: str) -> list[str]:
    """Pieces of which none may be seen; the well-known beginning and the last four characters may."""
    body = secret.removeprefix("sk-ant-api03-")[:-4]
    return [body[at : at + 8] for at in range(0, len(body) - 8, 8)]


# ---- the same findings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_bundle_of_a_broken_home_has_no_secret_and_leads_to_the_same_findings(
    case: Case, home: Path, tmp_path: Path
) -> None:
    case.build(home)
    examined, found = made(home)
    assert any(item.check_id == case.check_id for item in examined.report.findings)
    assert hidden(b"".join(found.files.values()), CANARIES) == []
    recording = replay.load(written(found, tmp_path))
    again = replay.replay(recording, checks.load()).report
    assert again.outcomes == examined.report.outcomes
    assert [item.fingerprint for item in again.findings] == [item.fingerprint for item in examined.report.findings]


EXPIRED = {"type": "oauth", "provider": "openai-codex", "access": f"eyJ{CANARY}", "expires": homes.NOW - 5}
HOMES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda home: (state(home) / "openclaw.json").unlink(),
    "healthy": healthy,
    "comments": lambda home: write(state(home) / "openclaw.json", CONFIG.replace("made up", f"old: {CANARY}")),
    "not valid": lambda home: write(state(home) / "openclaw.json", CONFIG[:-3] + f"\n x: {CANARY}"),
    "corrupt store": lambda home: write(homes.store_path(home), f'{{"profiles": {{"a": {{"key": "{CANARY}"'),
    "not text": lambda home: write(homes.store_path(home), f'{{"key": "{CANARY}\xff'.encode("latin-1")),
    "expired": lambda home: store(home, {"openai-codex:eve@mail.example": {**EXPIRED, "accountId": "acct-5f3e2d1c"}}),
    "wrapped": lambda home: store(
        home,
        {"anthropic:a": {"type": "api_key", "provider": "anthropic", "key": f"{CANARY[:60]}\n{CANARY[60:]}"}},
    ),
    "cut off": lambda home: [
        store(home, {"anthropic:a": {"type": "api_key", "provider": "anthropic", "key": CANARY[:-9]}}),
        write(state(home) / ".env", f"ANTHROPIC_API_KEY={CANARY}\n"),
    ],
    "spelt otherwise": lambda home: write(
        homes.store_path(home),
        '{"version": 1, "profiles": {"anthropic:a": {"type": "api_key", "provider": "anthropic", "key": "'
        + "".join(f"\\u{ord(char):04x}" for char in CANARY) + '"}}}',
    ),
    "a database": lambda home: i.database(
        home, {"anthropic:eve@mail.example": i.key(CANARY), "openai-codex:default": i.login(accountId="acct-Pl4nt3d")}
    ),
    "databases of agents": lambda home: [
        i.config(home, agents=("work",)),
        i.database(home, {"anthropic:default": i.token(CANARY, expires=homes.NOW - 1)}),
        i.agent_database(home, {"openai:default": i.key(CANARY, "openai")}, "work"),
    ],
    "copies": lambda home: [
        write(state(home) / f"openclaw.json.bak.{n}", CONFIG.replace("FAKE-gateway-token", CANARY)) for n in range(3)
    ],
    "no right to look": lambda home: (state(home) / ".env").mkdir(),
    "short password in an address": lambda home: write(
        state(home) / "openclaw.json", '{gateway: {mode: "remote", remote: {url: "wss://eve:Pl4nt@gw.example.net"}}}'
    ),
    "password": lambda home: write(
        state(home) / "openclaw.json", '{gateway: {mode: "local", auth: {mode: "password", password: "openai"}}}'
    ),
    "headers": lambda home: write(
        state(home) / "openclaw.json",
        '{gateway: {mode: "local"}, models: {providers: {acme: {baseUrl: "https://eve:' + CANARY[20:40]
        + '@acme.example/v1", headers: {"X-Key": "' + CANARY[13:60] + '"}, models: []}}}}',
    ),
}  # fmt: skip


@pytest.mark.parametrize("build", HOMES.values(), ids=list(HOMES))
def test_homes_of_other_kinds(build: Callable[[Path], object], home: Path, tmp_path: Path) -> None:
    build(home)
    more = {"OTHER_PROGRAMS_PASSWORD": "Pl4nt3d-0123", "MY_NOTE": "Pl4nt3dx", "PWD": str(home), "MY_HOME": str(home)}
    examined, found = made(home, ANTHROPIC_API_KEY=CANARY, **more)
    data = b"".join(found.files.values())
    assert hidden(data, [CANARY, *parts(CANARY), homes.OPENAI_KEY, "Pl4nt"]) == []
    assert "".join(f"\\\\u{ord(char):04x}" for char in CANARY[20:28]).encode() not in data
    again = replay.replay(replay.load(written(found, tmp_path)), checks.load()).report
    assert again.outcomes == examined.report.outcomes


@needs_root
def test_another_user_on_another_host_sees_the_same(home: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        folder.chmod(folder.stat().st_mode | 0o055)
    store(home, {"anthropic:a": {"type": "api_key", "provider": "openai", "key": f" {CANARY}\n"}})
    write(state(home) / ".env", "OPENAI_API_KEY='open\n", mode=0o644)
    file, elsewhere = tmp_path / "b.zip", tmp_path / "elsewhere"
    assert doctor(home, "bundle", str(file)).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    there = doctor(home, "--json")
    write(elsewhere / ".openclaw" / "openclaw.json", "{ broken")
    before = homes.tree(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(homes.REPOSITORY), "doctor", "--facts", str(file), "--json"],
        env=homes.environment(elsewhere), cwd="/", capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    here = homes.Run(done.returncode, done.stdout, done.stderr)
    assert homes.tree(tmp_path) == before
    assert here.code == there.code == 1, here.err
    assert here.document["findings"] == there.document["findings"] != []
    assert here.document["counts"] == there.document["counts"]
    assert here.document["host"] == there.document["host"]


def test_the_facts_of_a_bundle_can_be_used_unpacked(home: Path, tmp_path: Path) -> None:
    _, found = made(home)
    write(tmp_path / "facts.json", found.files["facts.json"])
    here, there = doctor(home, "--json"), doctor(home, "--facts", "../facts.json", "--json", cwd=home)
    assert there.document["counts"] == here.document["counts"]
    assert doctor(home, "--facts", "../facts.json", "--only", "host", "--json").document["checksRun"] > 0


# ---- the archive ---------------------------------------------------------------------------------------------------


def test_the_archive_can_be_looked_through(home: Path, tmp_path: Path) -> None:
    store(home, {"anthropic:a": {"type": "api_key", "provider": "anthropic", "key": CANARY}})
    run = doctor(home, "bundle", cwd=tmp_path, TZ="UTC")
    assert run.code == 0, run.err
    path = tmp_path / "openclaw-doctor-2026-02-02.zip"
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as archive:
        files = {name.removeprefix("openclaw-doctor/"): archive.read(name) for name in archive.namelist()}
    assert set(files) == {"MANIFEST.txt", "report.json", "report.txt", "versions.json", "redacted.json", "facts.json"}
    assert all(name in run.out for name in files)
    assert str(path) in run.out
    manifest = files["MANIFEST.txt"].decode()
    assert f"{len(CANARY)} characters, ends in {CANARY[-4:]}" in manifest
    assert "home directory" in manifest
    [taken] = [item for item in json.loads(files["redacted.json"]) if item["fingerprint"] in fingerprint(CANARY)]
    assert taken["place"].startswith("stores.own.main.")
    assert taken["times"] > 1
    assert json.loads(files["versions.json"])["openclaw-onboard"]
    assert json.loads(files["report.json"])["findings"]
    assert b'\n  "' in files["report.json"]


def test_a_file_that_exists_is_not_written_over(home: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "mine.zip", "mine", 0o644)
    run = doctor(home, "bundle", str(file))
    assert run.code == 2
    assert "--force" in run.err
    assert file.read_text() == "mine"
    assert doctor(home, "bundle", str(file), "--force").code == 0
    assert zipfile.is_zipfile(file)
    assert file.stat().st_mode & 0o777 == 0o600
    link = tmp_path / "link.zip"
    link.symlink_to(tmp_path / "elsewhere")
    assert doctor(home, "bundle", str(link), "--force").code == 2
    assert not (tmp_path / "elsewhere").exists()
    assert doctor(home, "bundle", str(tmp_path)).code == 2
    assert doctor(home, "bundle", str(tmp_path / "no" / "x.zip")).code == 2


def test_it_can_go_to_standard_output_and_be_told_as_json(home: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "openclaw", "doctor", "bundle", "-"],
        env=homes.environment(home), cwd=tmp_path, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert zipfile.ZipFile(io.BytesIO(done.stdout)).testzip() is None
    assert b"facts.json" in done.stderr
    run = doctor(home, "bundle", "b.zip", "--json", cwd=tmp_path)
    schema = homes.REPOSITORY / "docs" / "schemas" / "doctor-bundle.schema.json"
    jsonschema.validate(run.document, json.loads(schema.read_text("utf-8")))
    assert run.document["file"] == str(tmp_path / "b.zip")
    assert run.document["redacted"]
    assert doctor(home, "bundle", "-", "--json").code == 2


def test_the_installation_is_not_touched(home: Path, tmp_path: Path) -> None:
    healthy(home)
    before = homes.tree(home)
    assert doctor(home, "bundle", cwd=tmp_path).code == 0
    assert homes.tree(home) == before


@pytest.mark.parametrize("option", [["--fix"], ["--live"], ["--record"], ["--since", "last"], ["--fix", "--yes"]])
def test_a_bundle_is_only_looked_at(option: list[str], home: Path, tmp_path: Path) -> None:
    _, found = made(home)
    path = written(found, tmp_path)
    run = doctor(home, "--facts", str(path), *option)
    assert run.code == 2
    assert "--facts" in run.err


# ---- what would not be right is not handed out ---------------------------------------------------------------------


def test_what_would_not_replay_is_refused(home: Path) -> None:
    call = mending.call(home)
    examined = examine(call, checks.load())
    first, *others = examined.report.outcomes
    other = replace(first, state="found", findings=(Finding(first.check_id, Severity.ERROR, "was never there"),))
    wrong = replace(examined, report=Report((other, *others), examined.report.host))
    with pytest.raises(Refusal, match=first.check_id) as caught:
        bundle.make(wrong, call, checks.load())
    assert "was never there" not in str(caught.value)


def test_a_report_that_tells_a_secret_is_refused(home: Path) -> None:
    store(home, {"anthropic:a": {"type": "api_key", "provider": "anthropic", "key": CANARY}})
    call = mending.call(home)
    examined = examine(call, checks.load())
    host = {**examined.report.host, "os": CANARY}
    with pytest.raises(Refusal) as caught:
        bundle.make(replace(examined, report=replace(examined.report, host=host)), call, checks.load())
    assert CANARY not in str(caught.value)


# ---- hostile bundles -----------------------------------------------------------------------------------------------

NEST: Any = "x"
for _ in range(500):
    NEST = [NEST]


def document(**facts: Any) -> dict[str, Any]:
    run = {"user": "/home/eve", "cwd": "/", "now": homes.NOW, "name": "openclaw"}
    return {
        "format": 1, "program": {"version": "1"}, "run": run, "checks": [item.id for item in checks.load()],
        "leftOut": {}, "fingerprints": {}, "facts": facts,
    }  # fmt: skip


HOSTILE: dict[str, Any] = {
    "not a document": [],
    "another format": {**document(), "format": 99},
    "no run": {**document(), "run": None},
    "a class that is none": document(home={"$type": "os:system", "command": "true"}),
    "a module that runs": document(home={"$type": "openclaw.__main__:main"}),
    "a function": document(home={"$type": "openclaw.home:locate", "env": {}}),
    "a class from elsewhere": document(home={"$type": "openclaw.home:Path", "0": "x"}),
    "a private path": document(home={"$type": "openclaw.facts...os:x"}),
    "members that do not fit": document(home={"$type": "openclaw.home:Home", "user": "x", "nonsense": 1}),
    "a tag that is none": document(home={"$pickle": "gASVCgAAAAAAAAA="}),
    "a reference to nothing": document(home={"$ref": 7}),
    "nested": document(home=NEST),
    "a secret that is a list": document(home={"$secret": []}),
    "a map that is none": document(home={"$map": [1, 2]}),
}


@pytest.mark.parametrize("made_up", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_bundle_is_a_clear_failure(made_up: Any, home: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "facts.json", json.dumps(made_up))
    with pytest.raises(Failure):
        replay.replay(replay.load(path), checks.load())


def test_facts_of_the_wrong_kind_end_a_check_and_not_the_run(home: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "facts.json", json.dumps(document(clock="noon", config=7)))
    run = doctor(home, "--facts", str(path), "--json")
    assert run.code == 3
    assert run.document["checksCrashed"] > 0
    assert "Traceback" not in run.err


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\xff\xfe", b"{" * 100_000, b"[1]", b"null"])
def test_what_is_no_bundle_is_said_to_be_none(data: bytes, home: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "b.zip", data)
    with pytest.raises(Unreadable):
        replay.load(path)
    run = doctor(home, "--facts", str(path))
    assert run.code == 3
    assert "b.zip" in run.err
    assert "Traceback" not in run.err


def test_an_archive_that_unpacks_to_very_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/facts.json", b" " * 2_000_000)
    monkeypatch.setattr(replay, "LARGEST", 1_000_000)
    with pytest.raises(Unreadable, match="too large"):
        replay.load(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other.json", b"{}")
    with pytest.raises(Unreadable, match=r"facts\.json"):
        replay.load(path)
