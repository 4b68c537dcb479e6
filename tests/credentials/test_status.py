"""`models status` as data: members, order and values of auth-spec §13, exit codes of §13.2 and of newer OpenClaw."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from openclaw.config import views
from openclaw.credentials.resolve import Sources
from openclaw.credentials.status import StatusInput, exit_code, status
from openclaw.credentials.stores import from_document
from openclaw.environment.layers import Layer, combine
from openclaw.home import Home

NOW = 1_770_000_000_000
HOUR = 3_600_000
STATE = Path("/h/.openclaw")
AGENT_DIR = STATE / "agents" / "main" / "agent"
STORE = AGENT_DIR / "auth-profiles.json"
LONG = "sk-ant-FAKE-0123456789-EXAMPLE"  # long enough to be shown in part
MASKED = "sk-ant-F...-EXAMPLE"


def key(provider: str = "anthropic", value: Any = LONG, **members: Any) -> dict[str, Any]:
    return {"type": "api_key", "provider": provider, "key": value, **members}


def token(provider: str = "anthropic", **members: Any) -> dict[str, Any]:
    return {"type": "token", "provider": provider, "token": LONG, **members}


def login(provider: str = "anthropic", **members: Any) -> dict[str, Any]:
    return {"type": "oauth", "provider": provider, "access": "acc-FAKE", **members}


def model(primary: str, *fallbacks: str, **defaults: Any) -> dict[str, Any]:
    return {"agents": {"defaults": {"model": {"primary": primary, "fallbacks": list(fallbacks)}, **defaults}}}


def run(
    profiles: dict[str, Any] | None = None,
    *,
    config: dict[str, Any] | None = None,
    env: dict[str, str] | None = None,
    agent: str | None = None,
    newer: bool = False,
    **store: Any,
) -> dict[str, Any]:
    kind: Any = "sqlite" if newer else "json"
    config = config or {}
    environment = combine([Layer("process", env or {})])
    effective = from_document({"profiles": profiles or {}, **store}, STORE, "main", kind=kind)
    home = Home(user=Path("/h"), cwd=Path("/h"), state=STATE, config=STATE / "openclaw.json")
    given = StatusInput(
        home=home,
        sources=Sources(config, effective, environment, NOW, newer),
        models=views.models(config, None, views.DEFAULT_MODEL, views.anthropic_auth_mode(config, env or {})),
        agent=agent,
        agent_dir=AGENT_DIR,
        store_path=STORE,
        main_store_path=STORE,
    )
    return status(given)


def row(document: dict[str, Any], provider: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in document["auth"]["providers"] if item["provider"] == provider)
    return found


def labels(profiles: dict[str, Any], provider: str = "anthropic", **more: Any) -> list[str]:
    found: list[str] = row(run(profiles, **more), provider)["profiles"]["labels"]
    return found


# ---- §13.1 ---------------------------------------------------------------------------------------------------------

TOP = [
    "configPath", "agentDir", "defaultModel", "resolvedDefault", "fallbacks", "imageModel", "imageFallbacks",
    "aliases", "allowed", "auth",
]  # fmt: skip
AUTH = [
    "storePath", "shellEnvFallback", "providersWithOAuth", "missingProvidersInUse", "providers", "unusableProfiles",
    "oauth",
]  # fmt: skip


def test_members_in_the_reference_s_order() -> None:
    document = run({"p": key()})
    assert list(document) == TOP
    assert list(document["auth"]) == [*AUTH, "check", "resolution"]
    assert list(document["auth"]["oauth"]) == ["warnAfterMs", "profiles", "providers"]
    assert list(row(document, "anthropic")) == ["provider", "effective", "profiles"]


def test_two_more_members_for_an_agent() -> None:
    document = run(agent="work")
    assert list(document) == [TOP[0], "agentId", *TOP[1:7], "modelConfig", *TOP[7:]]
    assert document["modelConfig"] == {"defaultSource": "defaults", "fallbacksSource": "defaults"}


def test_an_empty_home() -> None:
    document = run()
    assert document["configPath"] == "/h/.openclaw/openclaw.json"
    assert document["resolvedDefault"] == "anthropic/claude-opus-4-5"
    auth = document["auth"]
    assert auth["storePath"] == str(STORE)
    assert auth["missingProvidersInUse"] == ["anthropic"]
    assert (auth["providers"], auth["unusableProfiles"], auth["providersWithOAuth"]) == ([], [], [])
    assert auth["oauth"] == {
        "warnAfterMs": 24 * HOUR,
        "profiles": [],
        "providers": [{"provider": "anthropic", "status": "missing", "profiles": []}],
    }


def test_a_row_of_every_source() -> None:
    config = {"models": {"providers": {"anthropic": {"apiKey": f" {LONG} "}}}}
    document = run({"p": key()}, config=config, env={"ANTHROPIC_API_KEY": LONG})
    assert row(document, "anthropic") == {
        "provider": "anthropic",
        "effective": {"kind": "profiles", "detail": "~/.openclaw/agents/main/agent/auth-profiles.json"},
        "profiles": {"count": 1, "oauth": 0, "token": 0, "apiKey": 1, "labels": [f"p={MASKED}"]},
        "env": {"value": MASKED, "source": "env: ANTHROPIC_API_KEY"},
        "modelsJson": {"value": MASKED, "source": "models.json: ~/.openclaw/agents/main/agent/models.json"},
    }


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"env": {"OPENAI_API_KEY": LONG}}, {"kind": "env", "detail": MASKED}),
        (
            {"config": {"models": {"providers": {"openai": {"apiKey": LONG}}}}},
            {"kind": "models.json", "detail": MASKED},
        ),
    ],
)
def test_effective_without_profiles(more: dict[str, Any], expected: dict[str, str]) -> None:
    assert row(run(**more), "openai")["effective"] == expected


def test_a_row_needs_something() -> None:
    document = run(config={"models": {"providers": {"custom": {"baseUrl": "x"}}}}, env={"MOONSHOT_API_KEY": LONG})
    assert document["auth"]["providers"] == []  # moonshot's variable is only asked for where the provider is used
    assert [item["provider"] for item in document["auth"]["oauth"]["providers"]] == ["anthropic", "custom"]


def test_spellings_of_a_provider_are_rows_with_the_same_content() -> None:
    document = run({"a": token("z.ai"), "b": token("zai")})
    assert [item["provider"] for item in document["auth"]["providers"]] == ["z.ai", "zai"]
    assert row(document, "z.ai")["profiles"] == row(document, "zai")["profiles"]
    assert document["auth"]["providersWithOAuth"] == ["z.ai (2)", "zai (2)"]
    health = {item["provider"]: len(item["profiles"]) for item in document["auth"]["oauth"]["providers"]}
    assert health == {"anthropic": 0, "z.ai": 1, "zai": 1}


def test_rows_are_in_icu_order() -> None:
    names = ["zai", "Z.AI", "z.ai", "Z-AI", "z-ai", "a1", "_x"]
    document = run({f"p{n}": key(name) for n, name in enumerate(names)})
    assert [item["provider"] for item in document["auth"]["providers"]] == [
        "_x", "a1", "z-ai", "Z-AI", "z.ai", "Z.AI", "zai",
    ]  # fmt: skip


LABELS: list[tuple[dict[str, Any], str]] = [
    (key(), MASKED),
    (key(value=f" {LONG}\n"), MASKED),
    (key(value="k-123"), "short"),  # the reference prints it whole
    (key(value="x" * 23), "short"),
    (key(value=" "), "missing"),
    (key(value=None), "missing"),
    (key(value=5), "missing"),
    (key(value=None, keyRef={"source": "env", "id": "X"}), "ref(env:X)"),
    (token(), f"token:{MASKED}"),
    ({"type": "token", "provider": "anthropic"}, "token:missing"),
    (login(), "OAuth"),
    (login(email=" e@x "), "OAuth (e@x)"),
]


@pytest.mark.parametrize(("raw", "expected"), LABELS)
def test_labels(raw: dict[str, Any], expected: str) -> None:
    assert labels({"p": raw}) == [f"p={expected}"]


def test_the_config_s_email_beats_the_stored_one() -> None:
    config = {"auth": {"profiles": {"p": {"provider": "anthropic", "mode": "oauth", "email": "new@x"}}}}
    document = run({"p": login(email="old@x")}, config=config)
    assert row(document, "anthropic")["profiles"]["labels"] == ["p=OAuth (new@x)"]
    assert document["auth"]["oauth"]["profiles"][0]["label"] == "p (new@x)"


HOLDS: list[tuple[dict[str, Any], str]] = [
    ({"cooldownUntil": NOW + 100_000}, " [cooldown 2m]"),
    ({"disabledUntil": NOW + 5 * HOUR, "disabledReason": "billing"}, " [disabled:billing 5h]"),
    ({"disabledUntil": NOW + 49 * HOUR}, " [disabled 2d]"),
    ({"disabledUntil": NOW - 1, "disabledReason": "billing", "cooldownUntil": NOW + 1}, " [cooldown 1m]"),
    ({"cooldownUntil": NOW}, ""),
    ({"cooldownUntil": "x", "disabledUntil": True}, ""),
]


@pytest.mark.parametrize(("stats", "expected"), HOLDS)
def test_what_holds_a_profile_back(stats: dict[str, Any], expected: str) -> None:
    assert labels({"p": key()}, usageStats={"p": stats}) == [f"p={MASKED}{expected}"]


def test_unusable_profiles_soonest_first_those_without_a_profile_too() -> None:
    usage = {
        "gone": {"disabledUntil": NOW + 9, "cooldownUntil": NOW + 10, "disabledReason": "billing"},
        "p": {"cooldownUntil": NOW + 5.0, "disabledReason": "stale"},
        "fine": {"cooldownUntil": NOW},
        "odd": 3,
    }
    assert run({"p": key()}, usageStats=usage)["auth"]["unusableProfiles"] == [
        {"profileId": "p", "provider": "anthropic", "kind": "cooldown", "reason": "stale", "until": NOW + 5,
         "remainingMs": 5},
        {"profileId": "gone", "kind": "disabled", "reason": "billing", "until": NOW + 10, "remainingMs": 10},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"ANTHROPIC_OAUTH_TOKEN": "t-FAKE"}, ["anthropic (1)"]),
        ({"ANTHROPIC_API_KEY": LONG}, []),
    ],
)
def test_a_login_in_the_environment_counts(env: dict[str, str], expected: list[str]) -> None:
    document = run(env=env)
    assert document["auth"]["providersWithOAuth"] == expected
    assert row(document, "anthropic")["env"]["value"] == ("OAuth (env)" if expected else MASKED)


def test_logins_and_tokens_are_counted_and_keys_are_not() -> None:
    document = run({"a": key(), "b": token(), "c": login()}, env={"ANTHROPIC_OAUTH_TOKEN": "t-FAKE"})
    assert document["auth"]["providersWithOAuth"] == ["anthropic (3)"]


# ---- what is no secret ---------------------------------------------------------------------------------------------


def test_credentials_of_gcloud_are_shown_by_name(tmp_path: Path) -> None:
    file = tmp_path / "adc.json"
    file.touch()
    env = {"GOOGLE_APPLICATION_CREDENTIALS": str(file), "GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "l"}
    assert row(run(env=env), "google-vertex")["env"] == {"value": "<authenticated>", "source": "gcloud adc"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("OPENAI_API_KEY", "OPENAI_API_KEY"),  # OpenClaw sends the name as it stands: worth seeing
        ("MY_OWN_VARIABLE", "MY_OWN_VARIABLE"),
        ("${UNRESOLVED}", "${UNRESOLVED}"),
        ("$${ESCAPED}", "$${ESCAPED}"),
        ("HUNTER_2", "short"),
        ("!get-my-key", "short"),
        (LONG, MASKED),
    ],
)
def test_a_name_of_a_variable_is_no_secret(value: str, shown: str) -> None:
    config = {"models": {"providers": {"openai": {"apiKey": value}}}}
    document = run(config={**config, **model("openai/gpt-5.2")}, env={"MY_OWN_VARIABLE": "1"})
    assert row(document, "openai")["modelsJson"]["value"] == shown
    candidate = document["auth"]["resolution"][0]["chain"][0]
    assert (shown in candidate["fingerprint"]) is (shown not in ("short", MASKED)) or shown == "short"


def test_no_secret_is_in_the_document() -> None:
    canary = "CANARY-0123456789-0123456789-0123456789"
    document = run(
        {"a": key(value=canary), "b": {**token(), "token": canary}, "c": login(access=canary, refresh=canary)},
        env={"OPENAI_API_KEY": canary, "ANTHROPIC_OAUTH_TOKEN": canary},
        config={"models": {"providers": {"groq": {"apiKey": canary}}}},
    )
    assert canary not in json.dumps(document)


# ---- the models ----------------------------------------------------------------------------------------------------


def test_models_of_the_config() -> None:
    config = model(
        "opus", "openai/gpt-5.2", "bad/", models={"anthropic/claude-opus-4-5": {}, "groq/x": {"alias": "g"}},
        imageModel={"primary": "google/gemini-3-pro", "fallbacks": ["xai/y"]},
    )  # fmt: skip
    document = run(config=config)
    assert document["defaultModel"] == "opus"
    assert document["resolvedDefault"] == "anthropic/claude-opus-4-5"
    assert document["fallbacks"] == ["openai/gpt-5.2", "bad/"]
    assert (document["imageModel"], document["imageFallbacks"]) == ("google/gemini-3-pro", ["xai/y"])
    assert document["aliases"] == {"opus": "anthropic/claude-opus-4-5", "g": "groq/x"}
    assert document["allowed"] == ["anthropic/claude-opus-4-5", "groq/x"]
    assert document["auth"]["missingProvidersInUse"] == ["anthropic", "google", "openai", "xai"]  # sorted


def test_an_alias_counts_as_what_it_stands_for() -> None:
    """Difference on purpose: the reference takes an alias without a slash for anthropic and reports it missing."""
    config = model("gpt", models={"openai/gpt-5.2": {"alias": "gpt"}})
    document = run(config=config, env={"OPENAI_API_KEY": LONG})
    assert document["auth"]["missingProvidersInUse"] == []
    assert exit_code(document) == 0


def test_bedrock_with_aws_variables_is_not_missing() -> None:
    """Difference on purpose: the reference does not look at AWS variables here."""
    config = model("amazon-bedrock/claude")
    assert exit_code(run(config=config, env={"AWS_PROFILE": "x"})) == 0
    document = run(config=config)
    assert document["auth"]["missingProvidersInUse"] == ["amazon-bedrock"]
    assert document["auth"]["check"]["causes"] == ["amazon-bedrock is in use and has no credential"]


# ---- §13.2: exit codes ---------------------------------------------------------------------------------------------

EXITS: list[tuple[str, dict[str, Any], int]] = [
    # wizard-doctor-spec §7.4, each of them seen in the reference
    ("nothing", {}, 1),
    ("a key", {"a": key()}, 0),
    ("an empty key", {"a": key(value="")}, 0),
    ("a token without expiry", {"a": token()}, 0),
    ("a token, 5 hours left", {"a": token(expires=NOW + 5 * HOUR)}, 2),
    ("a token, 24 hours left", {"a": token(expires=NOW + 24 * HOUR)}, 2),
    ("a token, 24 hours and a moment left", {"a": token(expires=NOW + 24 * HOUR + 1)}, 0),
    ("a token, 25 hours left", {"a": token(expires=NOW + 25 * HOUR)}, 0),
    ("an expired token", {"a": token(expires=NOW - HOUR)}, 1),
    ("an unknown type", {"a": {"type": "cert", "provider": "anthropic"}}, 1),
    ("a login that renews itself, expired", {"a": login(refresh="r", expires=NOW - HOUR)}, 0),
    ("a login that renews itself, 1 hour left", {"a": login(refresh="r", expires=NOW + HOUR)}, 0),
    ("a login, expired", {"a": login(expires=NOW - HOUR)}, 1),
    ("a login, 1 hour left", {"a": login(expires=NOW + HOUR)}, 2),
    ("a login without an expiry", {"a": login(refresh="r")}, 1),
    ("an expired token that nobody uses", {"a": key(), "b": token("openai", expires=NOW - HOUR)}, 1),
    ("an expired token beside a good key", {"a": key(), "b": token(expires=NOW - HOUR)}, 1),
    ("expired beats expiring", {"a": token(expires=NOW - 1), "b": token(expires=NOW + 1)}, 1),
    # the reference crashes with exit 1
    ("a token without a token", {"a": {"type": "token", "provider": "anthropic"}}, 1),
    ("a token without a token that nobody uses", {"a": key(), "b": {"type": "token", "provider": "x"}}, 1),
]


@pytest.mark.parametrize(("profiles", "expected"), [r[1:] for r in EXITS], ids=[r[0] for r in EXITS])
def test_exit_codes(profiles: dict[str, Any], expected: int) -> None:
    document = run(profiles)
    assert exit_code(document) == expected
    assert bool(document["auth"]["check"]["causes"]) == bool(expected)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"env": {"ANTHROPIC_API_KEY": LONG}}, 0),
        ({"profiles": {"a": key()}, "usageStats": {"a": {"cooldownUntil": NOW + HOUR}}}, 0),
        ({"profiles": {"a": key()}, "usageStats": {"a": {"disabledUntil": NOW + HOUR}}}, 0),
        ({"profiles": {"a": key()}, "config": model("anthropic/x", "openai/y")}, 1),
        ({"profiles": {"a": key()}, "config": {"auth": {"order": {"anthropic": []}}}}, 0),
        ({"profiles": {"a": token(expires=NOW + 1)}, "config": model("openai/y")}, 1),
    ],
)
def test_more_exit_codes(more: dict[str, Any], expected: int) -> None:
    assert exit_code(run(**more)) == expected


NEWER: list[tuple[str, dict[str, Any], int, str]] = [
    # what 2026.9.6 itself answered: only the credential that is used counts
    ("a key", {"profiles": {"a": key()}}, 0, ""),
    ("expired and not used", {"profiles": {"a": key(), "b": token("openai", expires=1)}}, 0, ""),
    ("expired beside a good key", {"profiles": {"a": key(), "b": token(expires=1)}}, 0, ""),
    ("expiring and second in the order",
     {"profiles": {"a": key(), "b": token(expires=NOW + HOUR)}, "order": {"anthropic": ["a", "b"]}}, 0, ""),
    ("expiring and first", {"profiles": {"a": key(), "b": token(expires=NOW + HOUR)}}, 2, "b expires in 1h"),
    ("a login that renews itself", {"profiles": {"a": login(refresh="r", expires=NOW + HOUR)}}, 2, "a expires in 1h"),
    ("the same, expired", {"profiles": {"a": login(refresh="r", expires=NOW - HOUR)}}, 1, "a expired 1h ago"),
    ("an empty key", {"profiles": {"a": key(value="")}}, 1, "a: the value is blank"),
    ("in cooldown", {"profiles": {"a": key()}, "usageStats": {"a": {"cooldownUntil": NOW + 1}}}, 1, "cooldown"),
    ("blocked", {"profiles": {"a": key()}, "usageStats": {"a": {"blockedUntil": NOW + 1}}}, 1, "cooldown"),
    ("one of two in cooldown",
     {"profiles": {"a": key(), "b": key()}, "usageStats": {"a": {"cooldownUntil": NOW + 1}}}, 0, ""),
    ("an empty order", {"profiles": {"a": key()}, "config": {"auth": {"order": {"anthropic": []}}}}, 1,
     "a: the order of the config (auth.order) is empty: it allows no profile"),
    ("another mode",
     {"profiles": {"a": key()}, "config": {"auth": {"profiles": {"a": {"provider": "anthropic", "mode": "token"}}}}}, 1,
     "the config says mode token, the store has type api_key"),
    ("a variable behind a blank key", {"profiles": {"a": key(value="")}, "env": {"ANTHROPIC_API_KEY": LONG}}, 0, ""),
    ("a variable behind a cooldown", {"profiles": {"a": key()}, "env": {"ANTHROPIC_API_KEY": LONG},
                                      "usageStats": {"a": {"cooldownUntil": NOW + 1}}}, 1, "cooldown"),
    ("an empty variable", {"env": {"ANTHROPIC_API_KEY": ""}}, 1, "ANTHROPIC_API_KEY: set but empty"),
    ("nothing", {}, 1, "claude-opus-4-5, because the config names none) and has no credential"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "expected", "cause"), [r[1:] for r in NEWER], ids=[r[0] for r in NEWER])
def test_exit_codes_of_newer_openclaw_with_the_cause(more: dict[str, Any], expected: int, cause: str) -> None:
    document = run(**more, newer=True)
    assert exit_code(document) == expected
    causes = document["auth"]["check"]["causes"]
    assert bool(causes) == bool(expected)
    assert cause in " ".join(causes)


# ---- ours ----------------------------------------------------------------------------------------------------------


def test_the_resolution_says_where_it_came_from() -> None:
    found = run({"p": key()}, env={"ANTHROPIC_API_KEY": LONG})["auth"]["resolution"]
    assert [item["provider"] for item in found] == ["anthropic"]
    assert found[0]["winner"] == "profile:p"
    assert [(item["source"], item["name"], item["used"]) for item in found[0]["chain"]] == [
        ("profile", "p", True),
        ("env", "ANTHROPIC_API_KEY", False),
    ]
    assert found[0]["chain"][1]["where"] == "process environment"
    assert found[0]["chain"][0]["fingerprint"].startswith("30 characters, ends in MPLE, sha256 ")


def test_numbers_are_printed_as_javascript_prints_them() -> None:
    health = run({"p": token(expires=1.8e12)})["auth"]["oauth"]["profiles"][0]
    assert json.dumps([health["expiresAt"], health["remainingMs"]]) == "[1800000000000, 30000000000]"


@pytest.mark.parametrize("spread", [True, False])
def test_ten_thousand_profiles_take_no_time(spread: bool) -> None:
    profiles = {f"p{n}": token(f"prov{n}" if spread else "anthropic", expires=NOW + 1) for n in range(10_000)}
    declared = {name: {"provider": raw["provider"], "mode": "token"} for name, raw in profiles.items()}
    started = time.monotonic()
    document = run(profiles, config={"auth": {"profiles": declared}}, usageStats={n: {"lastUsed": 1} for n in profiles})
    assert len(document["auth"]["oauth"]["profiles"]) == 10_000
    assert time.monotonic() - started < 5


# ---- found by comparing random homes with the real programs ---------------------------------------------------------


@pytest.mark.parametrize("expires", [0, -5, True, None, "soon"])
def test_an_expiry_that_is_none_is_printed_as_it_stands(expires: Any) -> None:
    oauth = run({"a": login(expires=expires)})["auth"]["oauth"]
    assert oauth["profiles"][0]["expiresAt"] is expires or oauth["profiles"][0]["expiresAt"] == expires
    assert "remainingMs" not in oauth["profiles"][0]
    number = type(expires) is int
    assert ("expiresAt" in oauth["providers"][0]) is number  # zero and below are numbers
    if number:
        assert oauth["providers"][0]["remainingMs"] == expires - NOW


def test_an_empty_reason_is_a_reason() -> None:
    held = run({"a": key()}, usageStats={"a": {"disabledUntil": NOW + HOUR, "disabledReason": ""}})
    assert held["auth"]["unusableProfiles"][0]["reason"] == ""


def test_missing_providers_are_sorted() -> None:
    found = run(config=model("qwen/coder", "minimax/M2", "openai/gpt-5.2"))["auth"]["missingProvidersInUse"]
    assert found == ["minimax", "openai", "qwen-portal"]


def test_newer_lists_no_held_back_ids_without_a_profile() -> None:
    usage = {"ghost": {"cooldownUntil": NOW + HOUR}, "a": {"cooldownUntil": NOW + HOUR}}
    found = run({"a": key("Anthropic")}, usageStats=usage, newer=True)["auth"]["unusableProfiles"]
    assert [(item["profileId"], item["provider"]) for item in found] == [("a", "anthropic")]
    older = run({"a": key("Anthropic")}, usageStats=usage)["auth"]["unusableProfiles"]
    assert [item["profileId"] for item in older] == ["ghost", "a"]


def test_newer_an_order_of_another_providers_ids_allows_none() -> None:
    """The ids are stored, so 2026.9 does not fall back to all, and none of them is of the provider."""
    profiles = {"a": key(), "o": key("openai")}
    assert run(profiles, order={"anthropic": ["o"]}, newer=True)["auth"]["resolution"][0]["winner"] is None
    assert run(profiles, order={"anthropic": ["x"]}, newer=True)["auth"]["resolution"][0]["winner"] == "profile:a"


def test_newer_minds_an_expiry_of_null() -> None:
    found = run({"a": token(expires=None)}, newer=True)["auth"]
    assert (found["oauth"]["profiles"][0]["reasonCode"], found["resolution"][0]["winner"]) == ("invalid_expires", None)
    assert run({"a": token()}, newer=True)["auth"]["resolution"][0]["winner"] == "profile:a"
