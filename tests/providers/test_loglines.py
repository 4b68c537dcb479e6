"""Lines of logs: their text and time, and which of a host's shared log are ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.providers.loglines import journal, moment, ours, parse, stamp
from openclaw.providers.pasted import recognise

STATE = "/home/eve/.openclaw"
RAW = (
    '400: {"type":"error","error":{"type":"invalid_request_error",'
    '"message":"This credential is only authorized for use with Claude Code"}}'
)
TIME = "2026-02-03T04:05:06.789Z"
AT = 1_770_091_506_789


def line(*args: Any, **more: Any) -> str:
    """One line as OpenClaw writes it: arguments under their numbers."""
    numbered = {str(number): item for number, item in enumerate(args)}
    return json.dumps(
        {**numbered, "_meta": {"name": "openclaw", "path": {"filePath": "/x/dist/entry.js"}}, "time": TIME, **more}
    )


def mine(*raw: str) -> list[str]:
    return [item.text for item in ours(parse(raw), STATE, "~/.openclaw")]


def test_a_line_of_2026_9() -> None:
    run = "a93ecb78-bd0e-4977-8129-207433cba7b2"
    raw = line(
        '{"subsystem":"agent/embedded"}',
        {"event": "embedded_run_agent_end", "runId": run, "provider": "anthropic", "rawErrorPreview": RAW},
        "embedded run agent end", message="embedded run agent end", traceId="993b75acfc12dc1a2e723cc774acd6f3",
    )  # fmt: skip
    [found] = parse([raw])
    assert (found.at, found.number) == (AT, 1)
    assert found.links == {run, "993b75acfc12dc1a2e723cc774acd6f3"}
    assert "entry.js" not in found.text
    recognised = recognise(found.text)
    assert recognised
    assert (recognised[0].cls, recognised[1]) == ("auth_restricted", "anthropic")


def test_a_line_of_2026_2_and_a_line_of_text() -> None:
    old, text, after = parse(
        [line("HTTP 401 authentication_error: invalid x-api-key"), f"{TIME} [x] runId=0123abcd-4 failed", "  at main"],
        7,
    )
    assert old.text.startswith("HTTP 401 authentication_error: invalid x-api-key")
    assert (text.at, sorted(text.links), text.number) == (AT, ["0123abcd-4"], 8)
    assert (after.at, after.number) == (AT, 9)  # a line without a time belongs to the one before


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (TIME, AT), ("2026-02-03 05:05:06,789+01:00", AT), ("2026-02-03T04:05:06", AT - 789),
        ("2026-13-03T04:05:06", None), ("", None),
    ],
)  # fmt: skip
def test_times(text: str, wanted: int | None) -> None:
    assert moment(text) == wanted


def test_a_stamp() -> None:
    assert stamp(AT) == "2026-02-03 04:05 UTC"


BAD = line("HTTP 401 authentication_error: invalid x-api-key")
OWN = line(f"canvas host mounted (root {STATE}/canvas)")
OTHER = line("canvas host mounted (root /home/bob/.openclaw/canvas)")


def test_a_shared_log_that_names_nobody_is_nobodys() -> None:
    assert mine(BAD, line("Config: ~/.openclaw/openclaw.json")) == []


def test_a_shared_log_that_names_only_us_is_ours() -> None:
    assert len(mine(OWN, BAD)) == 2
    assert len(mine(BAD, OWN, line("Updated ~/.openclaw/openclaw.json"))) == 3


@pytest.mark.parametrize(
    "other",
    [
        OTHER, line("Invalid config at /srv/oc/openclaw.json"),
        line("store /data/x/agents/main/agent/auth-profiles.json"),
        line("Config: ~/.openclaw-dev/openclaw.json"), line(f"file {STATE}-dev/openclaw.json"),
        line("open /var/lib/oc/state/openclaw.sqlite failed"), line("in /home/eve/.clawdbot/logs"),
    ],
)  # fmt: skip
def test_in_the_log_of_several_homes_only_what_names_us_counts(other: str) -> None:
    assert mine(OWN, other, BAD) == [parse([OWN])[0].text]
    assert mine(other, BAD) == []


def test_what_has_a_run_in_common_with_us_counts_too() -> None:
    named = line({"runId": "11111111-aaaa", "file": f"{STATE}/agents/main/sessions/x.jsonl"})
    failed = line({"runId": "11111111-aaaa", "error": "invalid x-api-key"})
    others = line({"runId": "22222222-bbbb", "error": "invalid x-api-key"})
    assert mine(named, OTHER, failed, others) == [parse([named])[0].text, parse([failed])[0].text]
    both = line({"runId": "33333333-cccc", "from": f"{STATE}/x", "to": "/home/bob/.openclaw/x"})
    assert mine(both, failed) == []


def test_paths_of_the_program_are_nobodys_home() -> None:
    frame = line("at x (file:///root/.cache/openclaw/node_modules/openclaw/dist/a.mjs:1:2) https://docs.openclaw.ai/x")
    assert len(mine(OWN, frame, BAD)) == 3


def test_the_journal() -> None:
    entries = [
        {"MESSAGE": f"[agent] error {RAW}", "__REALTIME_TIMESTAMP": str(AT * 1000)},
        {"MESSAGE": list(b"raw \xff bytes"), "__REALTIME_TIMESTAMP": str(AT * 1000)},
        {"MESSAGE": None, "__REALTIME_TIMESTAMP": "1"}, {"MESSAGE": "x"}, [],
    ]  # fmt: skip
    first, second = journal("\n".join(["not json", *map(json.dumps, entries)]))
    assert (first.at, first.number) == (AT, None)
    assert second.text == "raw � bytes"


@given(
    st.lists(
        st.text(max_size=80) | st.sampled_from([BAD, OWN, OTHER, "{", '{"0": {}}', '{"time": 3}', "[]"]), max_size=8
    )
)
def test_nothing_raises_and_nothing_is_ours_without_our_path(raw: list[str]) -> None:
    found = ours(parse(raw), STATE, "~/.openclaw")
    assert len(found) <= len(raw)
    assert not found or any(STATE in text for text in raw)


def test_deep_lines_are_lines_too() -> None:
    assert parse(['{"a":' * 5000, '{"0":' + "[" * 5000])[0].at is None
