"""Every recorded answer once over the wire: served on loopback, fetched as a probe fetches it, and classified."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openclaw.net import Request, ask, retry_after
from openclaw.net.values import Answer
from openclaw.providers.classify import WORDS, classify
from openclaw.secret import Secret
from tests.providers.servers import reply, server
from tests.providers.test_classify import ENTRIES, body_of, kind_of

SECRET = Secret("sk-proj-" + "FAKE" * 20)
NEWER_CODES = {"credit_balance_exhausted": "billing", "slow_down": "rate", "server_is_overloaded": "overload"}


def over_the_wire(entry: dict[str, Any], body: Any) -> tuple[Any, Answer]:
    """The verdict about an entry that a server sends; texts of programs come with 400, as from a gateway in between."""
    kind = "text/html" if "<html" in f"{body}" else "application/json"
    with server(reply(entry["status"] or 400, body, Content_Type=kind)) as found:
        request = Request("GET", found.url + "/v1/models", {"Authorization": f"Bearer {SECRET.reveal()}"})
        [answer] = ask([request], seconds=5, env={})
    [received] = found.received
    assert len(received.raw) < 1024
    assert SECRET.reveal() not in received.target
    assert "claude" not in received.headers["user-agent"]
    verdict = classify(
        answer.status, answer.body, provider=entry["provider"], credential_kind=kind_of(entry), headers=answer.headers,
        known=[SECRET],
    )  # fmt: skip
    return verdict, answer


@pytest.mark.parametrize("number", range(len(ENTRIES)))
def test_every_entry(number: int) -> None:
    entry = ENTRIES[number]
    if "|" in entry["class"]:
        for code, cls in NEWER_CODES.items():
            body: Any = {"error": {"message": "x", "type": "insufficient_quota", "code": code}}
            assert over_the_wire(entry, body)[0].cls == cls
        return
    verdict, answer = over_the_wire(entry, body_of(entry))
    assert verdict.cls == entry["class"]
    assert verdict.meaning
    assert verdict.remedy
    assert SECRET.reveal() not in json.dumps(dict(verdict.evidence))
    assert answer.phase == "done"


def test_there_are_as_many_as_there_should_be() -> None:
    assert len(ENTRIES) == 71
    assert {item["class"] for item in ENTRIES if "|" not in item["class"]} | {"ok", "unknown"} == set(WORDS)


def test_a_wait_of_an_hour_is_told_and_not_waited_for() -> None:
    import time

    with server(reply(429, {"error": {"code": "rate_limit_exceeded", "message": "x"}}, Retry_After="3600")) as found:
        started = time.monotonic()
        [answer] = ask([Request("GET", found.url)], seconds=2, env={})
        assert time.monotonic() - started < 1
    assert len(found.received) == 1
    assert retry_after(answer) == 3600


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("0", 0), ("120", 120), (" 7 ", 7), ("", None), ("soon", None), ("-3", None), ("1.5", None), ("9" * 30, None),
        ("Tue, 03 Feb 2026 04:06:06 GMT", 60), ("Mon, 02 Feb 2026 04:06:06 GMT", 0),
        ("Wed, 21 Oct 2099 07:28:00 GMT", None),
    ],
)  # fmt: skip
def test_how_long_to_wait(value: str, wanted: int | None) -> None:
    """A date is meant by the server's own clock, which may differ from ours."""
    headers = {"date": "Tue, 03 Feb 2026 04:05:06 GMT", "retry-after": value}
    assert retry_after(Answer(429, headers, at=1_770_091_506_000 + 5_000_000)) == wanted
