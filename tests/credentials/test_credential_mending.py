"""Entries with other member names: only names move, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.credentials.mending import ALIASES, entry_of, mended
from openclaw.credentials.profiles import Profile, read_profile

KEY = "sk-proj-FAKE-" + "k" * 60
OAT = "sk-ant-oat01-" + "FAKE" * 23


@pytest.mark.parametrize(
    ("profile_id", "entry", "expected"),
    [
        ("openai", KEY, {"type": "api_key", "provider": "openai", "key": KEY}),
        ("work", KEY, {"type": "api_key", "provider": "openai", "key": KEY}),
        ("openai:a", {"apiKey": KEY, "x": 1}, {"type": "api_key", "provider": "openai", "key": KEY, "x": 1}),
        ("a", {"type": "apiKey", "provider": "acme", "key": "k"}, {"type": "api_key", "provider": "acme", "key": "k"}),
        ("a", {"mode": "token", "provider": "x", "token": "t"}, {"type": "token", "provider": "x", "token": "t"}),
        ("a", {"type": "token", "provider": "x", "key": "t"}, {"type": "token", "provider": "x", "token": "t"}),
        ("a", {"type": "oauth", "provider": "x", "token": OAT}, {"type": "token", "provider": "x", "token": OAT}),
        (
            "a",
            {"type": "oauth", "provider": "x", "accessToken": "t", "refreshToken": "r", "expiresAt": 5},
            {"type": "oauth", "provider": "x", "access": "t", "refresh": "r", "expires": 5},
        ),
        ("a", {"access": "t", "refresh": "r", "provider": "x"},
         {"type": "oauth", "provider": "x", "access": "t", "refresh": "r"}),
        ("a", {"type": "api_key", "provider": "x", "key": None, "apiKey": "k"},
         {"type": "api_key", "provider": "x", "key": "k"}),
        ("a", {"type": "api_key", "mode": "api_key", "provider": "x", "apiKey": "k"},
         {"type": "api_key", "mode": "api_key", "provider": "x", "key": "k"}),
    ],
)  # fmt: skip
def test_names_that_can_only_mean_one_thing(profile_id: str, entry: Any, expected: dict[str, Any]) -> None:
    assert mended(profile_id, entry) == expected


@pytest.mark.parametrize(
    ("profile_id", "entry"),
    [
        ("work", "a text of nobody"),
        ("work", {"apiKey": "of nobody"}),
        ("a", {"type": "password", "provider": "x", "key": "k"}),
        ("a", {"type": 5, "provider": "x", "key": "k"}),
        ("a", {"type": "api_key", "provider": 5, "key": "k"}),
        ("a", {"type": "api_key", "provider": "x", "apiKey": "k", "secret": "l"}),
        ("a", {"provider": "x", "key": "k", "token": "t"}),
        ("a", {"type": "api_key", "provider": "x"}),
        ("a", {"type": "api_key", "provider": "x", "apiKey": "  "}),
        ("openai", ["k"]),
        ("openai", None),
        ("openai", ""),
    ],
)
def test_nothing_is_guessed(profile_id: str, entry: Any) -> None:
    assert mended(profile_id, entry) is None


NAMES = sorted({name for kinds in ALIASES.values() for names in kinds.values() for name in names} | {"x", "provider"})


@given(
    entry=st.dictionaries(st.sampled_from([*NAMES, "type", "mode", "key", "access", "refresh"]), st.text(max_size=9)),
    kind=st.sampled_from(["", "api_key", "token", "oauth", "apiKey"]),
)
def test_no_value_is_lost_or_changed(entry: dict[str, Any], kind: str) -> None:
    given_entry = {**entry, "type": kind} if kind else entry
    found = mended("openai:default", given_entry)
    if found is None:
        return
    assert isinstance(read_profile("openai:default", found), Profile)
    values = [value for name, value in given_entry.items() if name not in ("type", "mode", "provider")]
    assert sorted(values) == sorted(value for name, value in found.items() if name not in ("type", "mode", "provider"))
    assert mended("openai:default", found) == found


@pytest.mark.parametrize(
    ("text", "profile_id", "expected"),
    [
        ('{"profiles": {"a": 1}}', "a", 1),
        ('{"profiles": [5, 6]}', "1", 6),
        ('{"profiles": [5]}', "1", None),
        ('{"profiles": [5]}', "x", None),
        ("[]", "a", None),
        ("{", "a", None),
        ("", "a", None),
    ],
)
def test_the_entry_as_it_stands(text: str, profile_id: str, expected: Any) -> None:
    assert entry_of(text, profile_id) == expected
