"""Which credential is used, and why not the others: auth-spec §7 as tables."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openclaw.credentials.profiles import REFRESH_FENCE
from openclaw.credentials.resolve import Resolution, Sources, ineligible, profile_order, resolve
from openclaw.credentials.stores import from_document
from openclaw.environment.layers import Layer, combine

NOW = 1_770_000_000_000
LATER, EARLIER = NOW + 1000, NOW - 1000


def key(value: str = "key-FAKE", provider: str = "fake", **members: Any) -> dict[str, Any]:
    return {"type": "api_key", "provider": provider, "key": value, **members}


def token(value: str = "tok-FAKE", provider: str = "fake", **members: Any) -> dict[str, Any]:
    return {"type": "token", "provider": provider, "token": value, **members}


def login(value: str = "acc-FAKE", provider: str = "fake", **members: Any) -> dict[str, Any]:
    return {"type": "oauth", "provider": provider, "access": value, "expires": LATER, **members}


def sources(
    profiles: dict[str, Any] | None = None,
    *,
    config: dict[str, Any] | None = None,
    env: dict[str, str] | None = None,
    newer: bool = False,
    **store: Any,
) -> Sources:
    document = {"profiles": profiles or {}, **store}
    kind: Any = "sqlite" if newer else "json"
    environment = combine([Layer("process", env or {})])
    return Sources(config or {}, from_document(document, Path("/s"), "main", kind=kind), environment, NOW, newer)


def declare(**entries: tuple[str, str]) -> dict[str, Any]:
    return {"auth": {"profiles": {name: {"provider": p, "mode": mode} for name, (p, mode) in entries.items()}}}


def order(provider: str, *ids: str) -> dict[str, Any]:
    return {"auth": {"order": {provider: list(ids)}}}


def won(found: Resolution) -> str | None:
    return found.winner.name if found.winner else None


def why(found: Resolution, name: str) -> str:
    return next(item.why for item in found.chain if item.name == name)


def tried(given: Sources, provider: str = "fake") -> list[str]:
    return [item.id for item in profile_order(provider, given)[0]]


# ---- §7.1: which profiles, in which order --------------------------------------------------------------------------

ORDERS: list[tuple[str, Sources, list[str]]] = [
    ("file order among equals", sources({"b": key(), "a": key()}), ["b", "a"]),
    ("numbers first, as JavaScript lists them", sources({"b": key(), "2": key(), "1": key()}), ["1", "2", "b"]),
    ("oauth, token, key", sources({"k": key(), "t": token(), "o": login()}), ["o", "t", "k"]),
    ("nothing of another provider", sources({"a": key(provider="z.ai")}), []),
    (
        "least recently used first, never used before all",
        sources(
            {"a": key(), "b": key(), "c": key(), "d": key()},
            usageStats={"a": {"lastUsed": 9}, "b": {"lastUsed": 3}, "d": {"lastUsed": "x"}},
        ),
        ["c", "d", "b", "a"],
    ),
    (
        "the type decides before the last use",
        sources({"k": key(), "t": token()}, usageStats={"t": {"lastUsed": 9}}),
        ["t", "k"],
    ),
    ("lastGood plays no part", sources({"a": key(), "b": key()}, lastGood={"fake": "b"}), ["a", "b"]),
    ("the store's order", sources({"a": key(), "b": key()}, order={"fake": ["b", "a"]}), ["b", "a"]),
    ("an order is not sorted by type", sources({"k": key(), "t": token()}, order={"fake": ["k", "t"]}), ["k", "t"]),
    ("an order leaves out", sources({"a": key(), "b": key()}, order={"FAKE ": ["b"]}), ["b"]),
    ("ids in an order count once", sources({"a": key(), "b": key()}, order={"fake": ["b", "a", "b"]}), ["b", "a"]),
    ("unknown ids in an order", sources({"a": key()}, order={"fake": ["x"]}), []),
    ("the config's order", sources({"a": key(), "b": key()}, config=order("fake", "b", "a")), ["b", "a"]),
    (
        "the store's order beats the config's",
        sources({"a": key(), "b": key()}, config=order("fake", "b"), order={"fake": ["a"]}),
        ["a"],
    ),
    ("an empty order in the config switches all off", sources({"a": key()}, config=order("fake")), []),
    ("an empty order in the store is none", sources({"a": key()}, order={"fake": []}), ["a"]),
    (
        "declared ones hide the others",
        sources({"a": key(), "b": key()}, config=declare(b=("fake", "api_key"))),
        ["b"],
    ),
    (
        "declared for another provider hides nothing",
        sources({"a": key()}, config=declare(x=("other", "api_key"))),
        ["a"],
    ),
    (
        "an order beats what is declared",
        sources({"a": key(), "b": key()}, config={"auth": {**declare(b=("fake", "api_key"))["auth"],
                                                           **order("fake", "a")["auth"]}}),
        ["a"],
    ),
    (
        "declared ones are sorted by type",
        sources({"k": key(), "t": token()}, config=declare(k=("fake", "api_key"), t=("fake", "token"))),
        ["t", "k"],
    ),
    (
        "in cooldown last, soonest first, also in an order",
        sources(
            {name: key() for name in "abcd"},
            order={"fake": ["a", "b", "c", "d"]},
            usageStats={
                "a": {"cooldownUntil": NOW + 900},
                "b": {"disabledUntil": NOW + 300},
                "c": {"cooldownUntil": NOW, "disabledUntil": "x"},
            },
        ),
        ["c", "d", "b", "a"],
    ),
    (
        "the later of cooldown and disable counts",
        sources(
            {"a": key(), "b": key()},
            usageStats={"a": {"cooldownUntil": NOW + 1, "disabledUntil": NOW + 900}, "b": {"cooldownUntil": NOW + 5}},
        ),
        ["b", "a"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given_sources", "expected"), [row[1:] for row in ORDERS], ids=[row[0] for row in ORDERS])
def test_order(given_sources: Sources, expected: list[str]) -> None:
    assert tried(given_sources) == expected


def test_spellings_of_a_provider_are_one() -> None:
    given = sources({"a": key(provider="z.ai"), "b": key(provider="ZAI")}, order={"Z-AI": ["b", "a"]})
    assert tried(given, "zai") == ["b", "a"]


INELIGIBLE: list[tuple[dict[str, Any], tuple[str, str] | None, str]] = [
    (key(), None, ""),
    (key(" "), None, "blank"),
    ({"type": "api_key", "provider": "fake"}, None, "blank"),
    (key("", keyRef={"source": "env", "id": "X"}), None, ""),
    (key(), ("FAKE", "api_key"), ""),
    (key(), ("other", "api_key"), "provider other"),
    (key(), ("fake", "token"), "mode token"),
    (key(), ("fake", "oauth"), "mode oauth"),
    (key(), ("fake", ""), "mode (none)"),
    (token(), ("fake", "oauth"), ""),
    (token(), ("fake", "api_key"), "mode api_key"),
    (token("\ufeff"), None, "blank"),
    (token(expires=LATER), None, ""),
    (token(expires=NOW), None, "expired"),
    (token(expires=0), None, ""),
    (token(expires="1"), None, ""),
    (login(), ("fake", "token"), "mode token"),
    (login("", refresh=" "), None, "blank"),
    (login("", refresh="r"), None, ""),
    (login(expires=1), None, ""),
]


@pytest.mark.parametrize(("raw", "entry", "part"), INELIGIBLE)
def test_eligibility(raw: dict[str, Any], entry: tuple[str, str] | None, part: str) -> None:
    given = sources({"p": raw}, config=declare(p=entry) if entry else {})
    reason = ineligible(given.store.profiles["p"], given.declared.get("p"), NOW)
    assert part in reason
    assert bool(reason) == bool(part)
    assert tried(given) == ([] if part else ["p"])
    if part:
        assert why(resolve("fake", given), "p") == reason


# ---- §7.2 to §7.4: the winner --------------------------------------------------------------------------------------

ENV = {"OPENAI_API_KEY": " env-FAKE "}
CONFIG = {"models": {"providers": {"OpenAI": {"apiKey": " config-FAKE "}}}}
WINNERS: list[tuple[str, str, Sources, str | None]] = [
    ("nothing", "openai", sources(), None),
    ("a variable", "openai", sources(env=ENV), "OPENAI_API_KEY"),
    ("a blank variable is none", "openai", sources(env={"OPENAI_API_KEY": " \n"}), None),
    ("the config", "openai", sources(config=CONFIG), "models.providers.OpenAI.apiKey"),
    ("a variable beats the config", "openai", sources(env=ENV, config=CONFIG), "OPENAI_API_KEY"),
    ("a profile beats both", "openai", sources({"p": key(provider="openai")}, env=ENV, config=CONFIG), "p"),
    (
        "one in cooldown still blocks both",
        "openai",
        sources({"p": key(provider="openai")}, env=ENV, config=CONFIG, usageStats={"p": {"cooldownUntil": LATER}}),
        None,
    ),
    (
        "an ineligible profile blocks nothing",
        "openai",
        sources({"p": key(" ", provider="openai")}, env=ENV),
        "OPENAI_API_KEY",
    ),
    (
        "an empty order blocks nothing",
        "openai",
        sources({"p": key(provider="openai")}, env=ENV, config=order("openai")),
        "OPENAI_API_KEY",
    ),
    (
        "an alias in the config never resolves",
        "zai",
        sources({"p": key(provider="zai")}, config=declare(p=("z.ai", "api_key")), env={"ZAI_API_KEY": "x"}),
        None,
    ),
    ("an expired login without refresh", "fake", sources({"p": login(expires=EARLIER)}), None),
    ("an expired login that is renewed", "anthropic",
     sources({"p": login(provider="anthropic", expires=EARLIER, refresh="r")}), "p"),
    ("an expired login that nobody renews", "fake", sources({"p": login(expires=EARLIER, refresh="r")}), None),
    ("the newer one may have a plugin for it", "fake",
     sources({"p": login(expires=EARLIER, refresh="r")}, newer=True), "p"),
    ("a login without an expiry is renewed", "qwen-portal",
     sources({"p": login(provider="qwen", expires=None, refresh="r")}), "p"),
    ("a login that is not due and has no access token", "anthropic",
     sources({"p": login("", provider="anthropic", refresh="r")}), None),
    ("the next profile where the first cannot be resolved", "fake",
     sources({"o": login(expires=EARLIER), "k": key()}), "k"),
    ("a fence of a failed refresh", "anthropic",
     sources({"p": login(f"{REFRESH_FENCE}v1:x", provider="anthropic", refresh="r", expires=1)}, newer=True), None),
    ("a reference to a secret elsewhere", "fake",
     sources({"p": {"type": "api_key", "provider": "fake", "keyRef": {"source": "env", "id": "X"}}}, env={"X": "x"},
             newer=True), "p"),
    ("a reference that leads nowhere", "fake",
     sources({"p": {"type": "api_key", "provider": "fake", "keyRef": {"source": "env", "id": "X"}}}, newer=True), None),
    ("AWS where the config says so, before variables", "openai",
     sources(env={**ENV, "AWS_PROFILE": "x"}, config={"models": {"providers": {"openai": {"auth": "aws-sdk"}}}}),
     "AWS_PROFILE"),
    ("Bedrock by itself", "amazon-bedrock",
     sources(env={"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}),
     "AWS_ACCESS_KEY_ID + AWS_SECRET_ACCESS_KEY"),
    ("half of a pair of AWS variables", "amazon-bedrock",
     sources(env={"AWS_ACCESS_KEY_ID": "x"}), "aws-sdk default chain"),
    ("a bearer token first", "amazon-bedrock",
     sources(env={"AWS_PROFILE": "x", "AWS_BEARER_TOKEN_BEDROCK": "y"}), "AWS_BEARER_TOKEN_BEDROCK"),
    ("Bedrock with another setting", "amazon-bedrock",
     sources(env={"AWS_PROFILE": "x"}, config={"models": {"providers": {"amazon-bedrock": {"auth": "api-key"}}}}),
     None),
    ("first of two variables", "anthropic",
     sources(env={"ANTHROPIC_API_KEY": "k", "ANTHROPIC_OAUTH_TOKEN": "t"}), "ANTHROPIC_OAUTH_TOKEN"),
    ("a provider that reads no variable", "openai-codex", sources(env=ENV), None),
    ("GOOGLE_API_KEY is not read", "google", sources(env={"GOOGLE_API_KEY": "x"}), None),
    ("but by newer OpenClaw", "google", sources(env={"GOOGLE_API_KEY": "x"}, newer=True), "GOOGLE_API_KEY"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("provider", "given_sources", "expected"), [r[1:] for r in WINNERS], ids=[r[0] for r in WINNERS]
)
def test_winner(provider: str, given_sources: Sources, expected: str | None) -> None:
    assert won(resolve(provider, given_sources)) == expected


def test_google_credentials_are_asked_before_the_config(tmp_path: Path) -> None:
    file = tmp_path / "adc.json"
    env = {"GOOGLE_APPLICATION_CREDENTIALS": str(file), "GCLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "l"}
    given = sources(env=env, config={"models": {"providers": {"google-vertex": {"apiKey": "x"}}}})
    assert won(resolve("google-vertex", given)) == "models.providers.google-vertex.apiKey"
    file.touch()
    assert won(resolve("google-vertex", given)) == "gcloud application default credentials"


NEWER: list[tuple[str, Sources, str | None]] = [
    # What 2026.9.6 itself made of these (run with `models status --check`): all with one stored key.
    ("the store's order of unknown ids falls back", sources({"d": key()}, order={"fake": ["x"]}, newer=True), "d"),
    ("declared unknown ids fall back", sources({"d": key()}, config=declare(x=("fake", "api_key")), newer=True), "d"),
    ("the config's order of unknown ids alone does not", sources({"d": key()}, config=order("fake", "x"), newer=True),
     None),
    ("an empty order", sources({"d": key()}, config=order("fake"), newer=True), None),
    ("another mode", sources({"d": key()}, config=declare(d=("fake", "token")), newer=True), None),
    ("a declared sibling that is blank", sources({"d": key(""), "e": key()}, config=declare(d=("fake", "api_key")),
                                                  newer=True), None),
    ("blocked", sources({"d": key()}, usageStats={"d": {"blockedUntil": LATER}}, newer=True), None),
    ("`expires` as text", sources({"d": token(expires="x")}, newer=True), None),
    ("one of two in cooldown", sources({"d": key(), "e": key()}, usageStats={"d": {"cooldownUntil": LATER}},
                                       newer=True), "e"),
]  # fmt: skip


@pytest.mark.parametrize(("given_sources", "expected"), [row[1:] for row in NEWER], ids=[row[0] for row in NEWER])
def test_newer_openclaw(given_sources: Sources, expected: str | None) -> None:
    assert won(resolve("fake", given_sources)) == expected


# ---- the chain -----------------------------------------------------------------------------------------------------


def test_the_chain_names_every_candidate_in_order_with_its_reason() -> None:
    given = sources(
        {
            "cold": key(provider="openai"),
            "used": key(" sent-FAKE\n", provider="openai"),
            "next": key(provider="openai"),
            "blank": key("", provider="openai"),
            "hidden": key(provider="openai"),
        },
        config={**CONFIG, **declare(**dict.fromkeys(("cold", "used", "next", "blank", "gone"), ("openai", "api_key")))},
        env=ENV,
        usageStats={"cold": {"cooldownUntil": LATER}, "next": {"lastUsed": 5}},
    )
    found = resolve("openai", given, "main")
    assert [(item.name, item.why) for item in found.chain] == [
        ("used", "used"),
        ("next", "profile used comes first"),
        ("cold", "held back by a cooldown"),
        ("OPENAI_API_KEY", "a stored profile comes first"),
        ("models.providers.OpenAI.apiKey", "a stored profile comes first"),
        ("blank", "the value is blank"),
        ("hidden", "the config declares other profiles of this provider"),
        ("gone", "declared in the config, but not stored"),
    ]
    assert found.winner is found.chain[0]
    assert found.winner is not None
    assert found.winner.secret is not None
    assert found.winner.secret.reveal() == "sent-FAKE"
    assert [item.name for item in found.chain if item.expected] == ["used", "next", "cold"]


def test_an_order_explains_whom_it_leaves_out_and_whom_it_does_not_find() -> None:
    given = sources({"a": key(), "b": key(), "c": key(provider="x")}, order={"fake": ["a", "c", "d"]})
    found = resolve("fake", given)
    assert why(found, "b") == "not in the order of the store"
    assert why(found, "c") == "in the order of the store, but of provider x"
    assert why(found, "d") == "in the order of the store, but not stored"


def test_an_empty_variable_is_in_the_chain() -> None:
    found = resolve("openai", sources(env={"OPENAI_API_KEY": ""}))
    assert [(item.name, item.why) for item in found.chain] == [("OPENAI_API_KEY", "set but empty")]
    assert not found.present


@pytest.mark.parametrize(
    ("given_sources", "present"),
    [
        (sources(), False),
        (sources({"p": key()}, config=order("fake")), True),
        (sources({"p": key("")}), False),
        (sources({"p": token(expires=1)}), True),
    ],
)
def test_present_is_not_the_same_as_usable(given_sources: Sources, present: bool) -> None:
    found = resolve("fake", given_sources)
    assert found.winner is None
    assert found.present is present


def test_nothing_of_it_shows_a_secret() -> None:
    found = resolve("openai", sources({"p": key("CANARY", provider="openai")}, env={"OPENAI_API_KEY": "CANARY"}))
    assert "CANARY" not in repr(found)


# ---- properties ----------------------------------------------------------------------------------------------------

IDS = st.sampled_from(["a", "b", "c", "1", "zz"])
PROVIDERS = st.sampled_from(["zai", "z.ai", "anthropic", "fake"])
TIMES = st.sampled_from([None, 0, 1, EARLIER, NOW, LATER, "x"])
SECRETS = st.sampled_from(["", " ", "s-FAKE"])
PROFILES = st.dictionaries(
    IDS,
    st.fixed_dictionaries(
        {"type": st.sampled_from(["api_key", "token", "oauth"]), "provider": PROVIDERS},
        optional={"key": SECRETS, "token": SECRETS, "access": SECRETS, "refresh": SECRETS, "expires": TIMES},
    ),
)
CONFIGS = st.fixed_dictionaries(
    {},
    optional={
        "profiles": st.dictionaries(
            IDS,
            st.fixed_dictionaries({"provider": PROVIDERS, "mode": st.sampled_from(["api_key", "token", "oauth"])}),
        ),
        "order": st.dictionaries(PROVIDERS, st.lists(IDS)),
    },
)


@settings(max_examples=300, deadline=None)
@given(
    profiles=PROFILES,
    auth=CONFIGS,
    own_order=st.dictionaries(PROVIDERS, st.lists(IDS)),
    usage=st.dictionaries(IDS, st.dictionaries(st.sampled_from(["cooldownUntil", "disabledUntil", "lastUsed"]), TIMES)),
    env=st.dictionaries(st.sampled_from(["ZAI_API_KEY", "ANTHROPIC_API_KEY"]), SECRETS),
    provider=PROVIDERS,
    newer=st.booleans(),
)
def test_the_winner_is_usable_and_everything_is_explained(
    profiles: Any, auth: Any, own_order: Any, usage: Any, env: Any, provider: str, newer: bool
) -> None:
    given_sources = sources(profiles, config={"auth": auth}, env=env, newer=newer, order=own_order, usageStats=usage)
    found = resolve(provider, given_sources)
    assert [item for item in found.chain if item.usable] == ([found.winner] if found.winner else [])
    assert all(item.why for item in found.chain)
    names = [item.name for item in found.chain]
    assert len(names) == len(set(names))
    assert set(names) >= {item.id for item in given_sources.store.of(provider)}
    if found.winner is not None:
        to_come = found.winner.profile is not None and found.winner.profile.refreshable
        assert to_come or (found.winner.secret and found.winner.secret.reveal().strip())
        if found.winner.profile:
            assert given_sources.store.unusable_until(found.winner.name) <= NOW
        else:
            assert not any(item.expected for item in found.chain)


def test_thousands_of_profiles_take_no_time() -> None:
    profiles = {f"p{number}": key() for number in range(10_000)}
    given = sources(
        profiles, config=declare(**dict.fromkeys(profiles, ("fake", "api_key"))), order={"fake": [*profiles]}
    )
    started = time.monotonic()
    assert won(resolve("fake", given)) == "p0"
    assert time.monotonic() - started < 2
