"""What the logs say: files of the state directory, the journal, our part of the host's log; bounded and redacted."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from doctor.collect import collect
from openclaw.facts import Unavailable, builtin, logfiles, logs
from openclaw.facts.logs import Refused
from openclaw.invocation import Invocation
from openclaw.service.base import GatewayService
from tests.doctor import homes
from tests.doctor.homes import NOW, state, write

RESTRICTED = "This credential is only authorized for use with Claude Code and cannot be used for other API requests."
REFUSED = {"type": "error", "error": {"type": "invalid_request_error", "message": RESTRICTED}}
KEY = "sk-ant-api03-" + "FAKE" * 23 + "abc"
ODD = "FAKE-odd-key-of-no-known-shape-0123456789"
UNIT = "openclaw-gateway.service"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    (tmp_path / "host").mkdir()
    monkeypatch.setattr(logfiles, "HOST_LOGS", str(tmp_path / "host"))
    return homes.healthy(folder)


def refused(home: Path, *, gateway: GatewayService | None = None, **env: str) -> Refused:
    call = Invocation({"HOME": str(home), "PATH": "/nowhere", **env}, home, home, NOW)
    found = collect(["refused"], {"call": call, "gateway": gateway}, builtin)["refused"]
    assert not isinstance(found, Unavailable), found
    assert isinstance(found, Refused)
    return found


def at(milliseconds_ago: int) -> str:
    moment = datetime.fromtimestamp((NOW - milliseconds_ago) / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def log(home: Path, *lines: str, name: str = "gateway.log", age: int = 3600) -> Path:
    """A log of the state directory that was last written `age` seconds ago."""
    path = write(state(home) / "logs" / name, "\n".join(lines) + "\n")
    os.utime(path, (NOW / 1000 - age, NOW / 1000 - age))
    return path


def said(found: Refused) -> list[tuple[str, str, int]]:
    return [(item.provider, item.cls, item.count) for item in found.found]


MINUTE, DAY = 60_000, 86_400_000


def test_no_logs(home: Path) -> None:
    assert refused(home) == Refused()


def test_kinds_counts_times_and_places(home: Path) -> None:
    path = log(
        home,
        f"{at(3 * DAY)} [gateway] listening",
        f"{at(2 * DAY)} [agent] error: 400 {json.dumps(REFUSED)}",
        f"{at(DAY)} [agent] error: 401 Incorrect API key provided: sk-proj-{'FAKE' * 9}.",
        f"{at(MINUTE)} [agent] LLM request rejected: {RESTRICTED}",
        f"{at(0)} [agent] done",
    )
    restricted, bad = refused(home).found
    assert (restricted.provider, restricted.cls, restricted.count) == ("anthropic", "auth_restricted", 2)
    assert (restricted.first, restricted.last) == (NOW - 2 * DAY, NOW - MINUTE)
    assert restricted.place
    assert (restricted.place.path, restricted.place.line) == (str(path), 4)
    assert (restricted.source, restricted.phrase) == ("log", "only authorized for use with claude code")
    assert (bad.cls, bad.count) == ("auth_bad", 1)
    assert "FAKEFAKE" not in repr(bad)


def test_several_lines_about_one_failure_count_once(home: Path) -> None:
    run = "337faa53-d287-4145-98e2-6eace757ab18"
    raw = '401: {"error":{"message":"invalid x-api-key","type":"authentication_error"},"type":"error"}'
    structured = {"runId": run, "provider": "anthropic", "rawErrorPreview": raw, "httpCode": "401"}
    lines = [
        json.dumps({"1": structured, "2": "embedded run agent end", "time": at(5000)}),
        f"{at(1000)} [agent/embedded] decision: runId={run} provider=anthropic rawError={raw}",
        json.dumps({"0": "anthropic/claude-opus-4-5 request failed. Re-authenticate the provider.", "time": at(900)}),
        f"{at(DAY)} [agent/embedded] runId=00000000-other provider=anthropic rawError={raw}",
    ]
    assert said(refused(home)) == []
    log(home, *lines)
    log(home, *lines, name="copy.log")
    assert said(refused(home)) == [("anthropic", "auth_bad", 2)]


GOOGLE = '400 {"error":{"code":400,"status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}'
XAI = '400 {"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***12."}'
NOBODYS = '401 {"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}'


@pytest.mark.parametrize(
    ("text", "provider"), [(GOOGLE, "google"), (XAI, "xai"), (f"google: {NOBODYS}", "google"), (NOBODYS, "")]
)
def test_whose_words_they_are(home: Path, text: str, provider: str) -> None:
    structured = {"0": '{"subsystem":"agent/embedded"}', "1": f"embedded run agent end: error={text}", "time": at(0)}
    log(home, json.dumps(structured))
    log(home, f"{at(DAY)} [agent/embedded] {text}", name="other.log")
    [found] = refused(home).found
    assert (found.provider, found.cls, found.count, found.of_model) == (provider, "auth_bad", 2, True)


def test_what_a_channel_or_a_tool_says_is_not_about_a_model(home: Path) -> None:
    log(home, f"{at(0)} [channels/slack] 401 invalid token", f"{at(0)} [tools] search: {NOBODYS}")
    assert {(item.provider, item.of_model) for item in refused(home).found} == {("", False)}


@pytest.mark.parametrize("name", ["gateway.log.1", "sub/gateway.log"])
def test_logs_that_were_rotated_count(home: Path, name: str) -> None:
    log(home, f"{at(DAY)} {RESTRICTED}", name=name)
    assert said(refused(home)) == [("anthropic", "auth_restricted", 1)]


@pytest.mark.parametrize("name", ["gateway.log.1.gz", "config-audit.jsonl", "notes.txt"])
def test_what_is_no_log_of_the_gateway_does_not_count(home: Path, name: str) -> None:
    log(home, f"{at(DAY)} {RESTRICTED}", name=name)
    assert refused(home) == Refused()


def test_what_is_older_than_a_week_does_not_count(home: Path) -> None:
    log(home, f"{at(8 * DAY)} {RESTRICTED}", f"{at(0)} fine")
    assert refused(home).found == ()
    log(home, RESTRICTED, age=8 * 86400)
    assert refused(home).found == ()
    log(home, RESTRICTED)  # without times the file's own counts
    [found] = refused(home).found
    assert (found.first, found.last, found.count) == (None, None, 1)


@pytest.mark.parametrize(
    "line",
    [
        "listening on 401", "GET /healthz 401", "user asked: what does 429 mean?", "telegram: 401 Unauthorized",
        "[ws] closed before connect code=1008 reason=connect failed", "token usage: 402 tokens",
        "auth ok for 400 clients",
    ],
)  # fmt: skip
def test_ordinary_lines_are_no_refusals(home: Path, line: str) -> None:
    log(home, f"{at(0)} {line}")
    assert refused(home).found == ()


def test_a_large_log_is_read_from_its_end(home: Path) -> None:
    early, late = f"{at(DAY)} 401 invalid x-api-key", f"{at(0)} {RESTRICTED}"
    filler = [f"{at(0)} [gateway] nothing to see here, number {number}" for number in range(60_000)]
    started = time.monotonic()
    log(home, early, *filler, late)
    [found] = refused(home).found
    assert time.monotonic() - started < 3
    assert found.cls == "auth_restricted"
    assert found.place
    assert found.place.line == 60_002


def test_the_work_is_bounded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        log(home, f"{at(0)} {RESTRICTED}", name=f"{number}.log", age=number)
    assert refused(home).found[0].count == 1  # all at the same time
    monkeypatch.setattr(logs, "SECONDS", -1.0)
    found = refused(home)
    assert found.found == ()
    assert "no time left" in found.unread[0]


def test_known_secrets_are_taken_out_of_the_excerpt(home: Path) -> None:
    homes.store(home, {"my-proxy:default": {"type": "api_key", "provider": "my-proxy", "key": ODD}})
    log(home, f"{at(0)} 401 Incorrect API key provided: {ODD} for provider openai")
    [found] = refused(home).found
    assert found.provider == "openai"
    assert "no-known-shape" not in found.excerpt


def test_a_log_that_the_config_names(home: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "elsewhere.log", f"{at(0)} {RESTRICTED}\n")
    write(state(home) / "openclaw.json", json.dumps({"logging": {"file": str(path)}}))
    assert said(refused(home)) == [("anthropic", "auth_restricted", 1)]


@pytest.mark.parametrize("kind", ["pipe", "directory", "loop", "bytes", "empty"])
def test_odd_files_are_no_trouble(home: Path, kind: str) -> None:
    path = log(home, "x")
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "directory":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    else:
        path.write_bytes(b"" if kind == "empty" else bytes(range(256)) * 50)
    assert refused(home).found == ()


# ---- the log that all homes of a host share ------------------------------------------------------------------------


def shared(home: Path, *texts: str) -> None:
    lines = [json.dumps({"0": text, "_meta": {"name": "openclaw"}, "time": at(MINUTE)}) for text in texts]
    path = Path(logfiles.HOST_LOGS) / "openclaw-2026-02-02.log"
    path.write_text("\n".join(lines) + "\n")
    os.utime(path, (NOW / 1000, NOW / 1000))


def test_of_the_shared_log_only_what_is_ours(home: Path) -> None:
    shared(home, RESTRICTED)
    assert refused(home).found == ()
    shared(home, RESTRICTED, "canvas host mounted (root /home/somebody/.openclaw/canvas)")
    assert refused(home).found == ()
    shared(home, RESTRICTED, f"canvas host mounted (root {state(home)}/canvas)")
    [found] = refused(home).found
    assert (found.source, found.cls) == ("host log", "auth_restricted")
    shared(home, RESTRICTED, f"in {state(home)}/canvas", "in /home/somebody/.openclaw/canvas")
    assert refused(home).found == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away, and reads them all the same")
def test_a_log_of_another_user_is_not_believed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared(home, RESTRICTED, f"in {state(home)}/canvas")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert logfiles.of_host(0, 8) == []


# ---- the journal ---------------------------------------------------------------------------------------------------


def unit(home: Path, **members: Any) -> GatewayService:
    path = home / ".config" / "systemd" / "user" / UNIT
    return GatewayService(UNIT, restart="", definition=path, **{"installed": True, **members})


def journalctl(home: Path, script: str) -> dict[str, str]:
    write(home / "bin" / "journalctl", f"#!/bin/sh\n{script}\n", 0o755)
    return {"PATH": f"{home / 'bin'}:/usr/bin:/bin"}


def test_the_journal_of_an_installed_unit(home: Path) -> None:
    entry = {"MESSAGE": f"[agent] error: 400 {json.dumps(REFUSED)}", "__REALTIME_TIMESTAMP": str((NOW - MINUTE) * 1000)}
    env = journalctl(home, f'echo "$@" > {home}/asked\ncat <<"EOF"\n{json.dumps(entry)}\nEOF')
    [found] = refused(home, gateway=unit(home), **env).found
    assert (found.source, found.unit, found.place, found.last) == ("journal", UNIT, None, NOW - MINUTE)
    asked = (home / "asked").read_text().split()
    assert asked[:5] == ["--user", "-u", UNIT, "--since", f"@{(NOW - 7 * DAY) // 1000}"]
    assert refused(home, gateway=unit(home, installed=False), **env).found == ()
    assert refused(home, gateway=None, **env).found == ()


def test_a_journal_that_does_not_answer_is_said_and_costs_its_own_time_only(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "JOURNAL_SECONDS", 0.3)
    log(home, f"{at(0)} {RESTRICTED}")
    found = refused(home, gateway=unit(home), **journalctl(home, "sleep 20"))
    assert said(found) == [("anthropic", "auth_restricted", 1)]
    assert found.unread[0].startswith(f"the journal of {UNIT}: journalctl gave no answer")
    failed = refused(home, gateway=unit(home), **journalctl(home, "echo no journal files >&2; exit 1"))
    assert failed.unread == (f"the journal of {UNIT}: no journal files",)


def test_a_host_without_a_journal_has_none(home: Path) -> None:
    assert refused(home, gateway=unit(home)) == Refused()
