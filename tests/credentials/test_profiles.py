"""Reading one profile, its expiry and its health."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.credentials.profiles import REFRESH_FENCE, WARN_WINDOW, Profile, positive, read_profile

NOW = 1_770_000_000_000
HOUR = 3_600_000


def token(**members: Any) -> dict[str, Any]:
    return {"type": "token", "provider": "anthropic", "token": "tok-FAKE", **members}


def login(**members: Any) -> dict[str, Any]:
    return {"type": "oauth", "provider": "anthropic", "access": "acc-FAKE", **members}


def profile(raw: dict[str, Any], *, newer: bool = False) -> Profile:
    found = read_profile("p", raw, newer=newer)
    assert isinstance(found, Profile), found
    return found


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (None, "is not an object"),
        ("text", "is not an object"),
        ([], "is not an object"),
        ({}, "has no type"),
        ({"type": None, "provider": "x"}, "has no type"),
        ({"type": [], "provider": "x"}, "has no type"),
        ({"type": {}, "provider": "x"}, "has no type"),
        ({"type": 1, "provider": "x"}, "has no type"),
        ({"type": "cert", "provider": "x"}, "has the unknown type 'cert'"),
        ({"type": "api_key"}, "has no provider"),
        ({"type": "api_key", "provider": ""}, "has no provider"),
        ({"type": "api_key", "provider": 5}, "has no provider"),
        ({"mode": "api_key", "provider": "x"}, "has no type"),
        ({"type": "apiKey", "provider": "x"}, "has the unknown type 'apiKey'"),
    ],
)
def test_entries_that_are_no_profile(raw: Any, why: str) -> None:
    assert read_profile("p", raw) == why


@pytest.mark.parametrize(
    "raw",
    [
        {"mode": "api_key", "provider": "x", "key": "k-FAKE"},
        {"type": "apiKey", "provider": "x", "key": "k-FAKE"},
        {"type": "api_key", "provider": "x", "apiKey": "k-FAKE"},
    ],
)
def test_aliases_are_taken_by_newer_openclaw_only(raw: dict[str, Any]) -> None:
    found = profile(raw, newer=True)
    assert (found.type, found.secret and found.secret.reveal()) == ("api_key", "k-FAKE")
    older = read_profile("p", raw)
    assert isinstance(older, str) or older.secret is None


@pytest.mark.parametrize(
    ("raw", "newer", "expected"),
    [
        ({"type": "api_key", "provider": "x", "keyRef": {"source": "env", "id": "K"}}, False, True),
        ({"type": "api_key", "provider": "x", "key": {"source": "file", "id": "K"}}, False, True),
        ({"type": "token", "provider": "x", "tokenRef": {"source": "env", "id": "K"}}, True, True),
        ({"type": "token", "provider": "x", "keyRef": {"source": "env", "id": "K"}}, True, False),
        ({"type": "api_key", "provider": "x", "key": "${NAME}"}, True, True),
        ({"type": "api_key", "provider": "x", "key": "$NAME"}, True, True),
        ({"type": "api_key", "provider": "x", "key": "${NAME}"}, False, False),  # 2026.2.x sends it as it stands
        ({"type": "api_key", "provider": "x", "key": "$not-a-name"}, True, False),
        ({"type": "api_key", "provider": "x", "keyRef": "K"}, True, False),
    ],
)
def test_references(raw: dict[str, Any], newer: bool, expected: bool) -> None:
    assert profile(raw, newer=newer).reference is expected


def test_a_secret_of_another_type_is_no_secret() -> None:
    assert profile({"type": "api_key", "provider": "x", "key": 12}).secret is None
    assert profile(token(token=None)).secret is None


def test_nothing_shows_the_secret() -> None:
    found = profile(login(access="acc-FAKE-SECRET", refresh="ref-FAKE-SECRET"))
    assert "FAKE" not in repr(found)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, None),
        ("1770000000000", None),
        (0, None),
        (-5, None),
        (math.inf, None),
        (math.nan, None),
        ([1], None),
        (1770000000000, 1770000000000),
        (1.77e12, 1770000000000),
        (1.5, 1.5),
    ],
)
def test_only_positive_numbers_count(value: Any, expected: float | None) -> None:
    found = positive(value)
    assert found == expected
    assert type(found) is type(expected)  # 1.77e12 is printed without `.0`, as JavaScript does


HEALTH: list[tuple[dict[str, Any], str, str]] = [
    # profile, health for 2026.2.x, health for 2026.6 and later
    ({"type": "api_key", "provider": "x", "key": "k"}, "static", "static"),
    ({"type": "api_key", "provider": "x", "key": " "}, "static", "missing"),
    ({"type": "api_key", "provider": "x"}, "static", "missing"),
    ({"type": "api_key", "provider": "x", "keyRef": {"source": "env"}}, "static", "static"),
    ({"type": "api_key", "provider": "x", "key": "k", "expires": 1}, "static", "static"),
    (token(), "static", "static"),
    (token(token=""), "static", "missing"),
    ({"type": "token", "provider": "x"}, "missing", "missing"),  # the reference crashes
    ({"type": "token", "provider": "x", "tokenRef": {"source": "env"}}, "static", "static"),
    (token(expires="soon"), "static", "missing"),
    (token(expires=0), "static", "missing"),
    (token(expires=NOW - 1), "expired", "expired"),
    (token(expires=NOW), "expired", "expired"),
    (token(expires=NOW + 1), "expiring", "expiring"),
    (token(expires=NOW + WARN_WINDOW), "expiring", "expiring"),
    (token(expires=NOW + WARN_WINDOW + 1), "ok", "ok"),
    (login(), "missing", "missing"),
    (login(expires="x", refresh="r"), "missing", "missing"),
    (login(expires=NOW - 1), "expired", "expired"),
    (login(expires=NOW - 1, refresh=""), "expired", "expired"),
    (login(expires=NOW - 1, refresh="r"), "ok", "expired"),
    (login(expires=NOW + HOUR, refresh="r"), "ok", "expiring"),
    (login(expires=NOW + HOUR), "expiring", "expiring"),
    (login(expires=NOW + WARN_WINDOW + 1), "ok", "ok"),
]


@pytest.mark.parametrize(("raw", "older", "newer"), HEALTH)
def test_health(raw: dict[str, Any], older: str, newer: str) -> None:
    assert profile(raw).health(NOW) == older
    assert profile(raw, newer=True).health(NOW, newer=True) == newer


def test_blank_means_nothing_that_could_be_sent() -> None:
    assert profile(token(token="\ufeff \n")).blank
    assert not profile(token(token=" x ")).blank
    assert profile(token(token=" x ")).sent == profile(token(token="x")).secret


def test_the_fence_of_a_failed_refresh() -> None:
    assert profile(login(access=f"{REFRESH_FENCE}v1:0:access:0", expires=1)).fenced
    assert not profile(login()).fenced
    assert not profile(token(token=f"{REFRESH_FENCE}v1")).fenced


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (None, ""),
        (NOW + HOUR, ""),
        ("x", "not a number"),
        (math.nan, "not a number"),
        (True, "not a number"),
        (0, "not positive"),
        (NOW // 1000, "too small"),
        (NOW * 1000, "ten years"),
    ],
)
def test_what_is_odd_about_an_expiry(value: Any, part: str) -> None:
    trouble = profile(token(expires=value)).expires_trouble(NOW)
    assert part in trouble
    assert bool(trouble) == bool(part)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = st.sampled_from(
    ["type", "mode", "provider", "key", "token", "access", "refresh", "expires", "email", "keyRef", "tokenRef"]
)
LIKELY = st.sampled_from(["api_key", "token", "oauth", "anthropic", "apiKey", NOW, NOW + HOUR, "", " "])


@given(raw=st.dictionaries(MEMBERS, LIKELY | JSON) | JSON, newer=st.booleans())
def test_whatever_stands_there_is_read_without_a_traceback(raw: Any, newer: bool) -> None:
    found = read_profile("p", raw, newer=newer)
    if isinstance(found, str):
        assert found
        return
    assert found.health(NOW, newer=newer) in ("ok", "expiring", "expired", "missing", "static")
    assert isinstance(found.expires_trouble(NOW), str)
    assert isinstance(found.blank, bool)
