"""credentials/: a value is judged by where it stands, where it is sent and what refers to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.finding import Severity
from tests.checks import installations as i
from tests.checks import mending
from tests.doctor.homes import NOW, write

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.finding import Finding

A = "anthropic:default"
ROUTER = "sk-or-v1-" + "fade" * 16
ROUTER_2 = "sk-or-v1-" + "beef" * 16
GATEWAY = {"mode": "local", "auth": {"token": "let-me-in-FAKE-please"}}
NEWER = {"lastTouchedVersion": "2026.9.6"}
OLDER = {"lastTouchedVersion": "2026.2.3"}
LAN = "http://192.168.1.20:1234/v1"
REDACTED = "__OPENCLAW_REDACTED__"


def using(model: str, **more: Any) -> dict[str, Any]:
    """A config that uses this model."""
    agents = {"defaults": {"model": {"primary": model}}}
    return {"gateway": GATEWAY, "agents": agents, "meta": OLDER, **more}


def at(url: str, name: str = "openai", **entry: Any) -> dict[str, Any]:
    """`models` with one provider there."""
    return {"providers": {name: {"baseUrl": url, "models": [{"id": "m", "name": "m"}], **entry}}}


def dotenv(home: Path, text: str) -> Path:
    return write(home / ".openclaw" / ".env", text)


def told(home: Path, **env: str) -> list[str]:
    """`slug target` of the errors and warnings of this area."""
    return sorted(f"{slug(item)} {item.target}" for item in of_area(home, **env) if item.severity > Severity.INFO)


def of_area(home: Path, **env: str) -> list[Finding]:
    return [item for item in mending.findings(home, **env) if item.check_id.startswith("credentials/")]


def slug(finding: Finding) -> str:
    return finding.check_id.removeprefix("credentials/")


# ---- where requests go ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["dummy", "none", "xxx", "EMPTY", "not-needed", "let-me-in-FAKE-please", ROUTER])
@pytest.mark.parametrize("url", [LAN, "http://localhost:8000/v1", "http://[::1]:8080", "http://vllm:8000/v1"])
def test_any_word_is_a_key_of_a_server_in_the_house(value: str, url: str, tmp_path: Path) -> None:
    i.config(tmp_path, using("openai/m", models=at(url)))
    dotenv(tmp_path, f"OPENAI_API_KEY={value}\n")
    assert told(tmp_path) == []
    dotenv(tmp_path, "")
    i.store(tmp_path, {"openai:default": i.key(value, "openai")})
    assert told(tmp_path) == []


@pytest.mark.parametrize("url", ["https://openrouter.ai/api/v1", "https://llm.example.org/v1"])
def test_a_key_of_whoever_is_asked_instead(url: str, tmp_path: Path) -> None:
    i.config(tmp_path, using("anthropic/m", models=at(url, "anthropic")))
    assert told(tmp_path, ANTHROPIC_API_KEY=ROUTER) == []
    i.store(tmp_path, {A: i.key(ROUTER)})
    assert told(tmp_path) == []


def test_a_key_for_the_provider_itself_is_judged_as_one(tmp_path: Path) -> None:
    i.config(tmp_path, using("openai/m", models=at("https://api.openai.com/v1")))
    assert told(tmp_path, OPENAI_API_KEY=ROUTER) == ["foreign-key OPENAI_API_KEY"]
    i.config(tmp_path, using("openai/m", models=at(LAN, "other")))
    assert told(tmp_path, OPENAI_API_KEY="dummy") == ["placeholder OPENAI_API_KEY"]


def test_a_variable_that_an_entry_of_another_name_refers_to(tmp_path: Path) -> None:
    models = at(LAN, "box", apiKey="${OPENAI_API_KEY}")
    i.config(tmp_path, using("box/m", models=models))
    assert told(tmp_path, OPENAI_API_KEY="EMPTY") == []
    i.config(tmp_path, using("openai/m", models=models))  # and OpenAI itself gets it
    assert told(tmp_path, OPENAI_API_KEY="EMPTY") == ["placeholder OPENAI_API_KEY"]


def test_a_blank_profile_of_a_server_in_the_house_is_mended_with_a_word(tmp_path: Path) -> None:
    home = tmp_path / "home"
    i.config(home, using("openai/m", models=at(LAN)))
    i.store(home, {"openai:default": i.key("", "openai")})
    assert i.word(i.only(home, "local-blank")) == "warning confirm"
    i.mended(home, "local-blank")


# ---- references ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["${ANTHROPIC_API_KEY}", "$MY_KEY"])
def test_2026_2_sends_a_reference_in_its_store_as_it_stands(value: str, tmp_path: Path) -> None:
    i.config(tmp_path, using("anthropic/m"))
    i.store(tmp_path, {A: i.key(value)})
    assert told(tmp_path, MY_KEY=i.KEY) == [f"placeholder {A}"]


@pytest.mark.parametrize("value", ["${ANTHROPIC_API_KEY}", "$ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY"])
def test_2026_9_follows_it(value: str, tmp_path: Path) -> None:
    i.config(tmp_path, using("anthropic/m", meta=NEWER))
    i.database(tmp_path, {A: i.key(value)})
    assert told(tmp_path, ANTHROPIC_API_KEY=i.KEY) == []
    assert told(tmp_path, ANTHROPIC_API_KEY="YOUR_API_KEY") == ["placeholder ANTHROPIC_API_KEY"]


@pytest.mark.parametrize("meta", [OLDER, NEWER])
def test_no_version_follows_one_in_the_value_of_a_variable(meta: dict[str, str], tmp_path: Path) -> None:
    i.config(tmp_path, using("anthropic/m", meta=meta))
    assert told(tmp_path, REAL_KEY=i.KEY, ANTHROPIC_API_KEY="${REAL_KEY}") == ["placeholder ANTHROPIC_API_KEY"]
    dotenv(tmp_path, "ANTHROPIC_API_KEY='$REAL_KEY'\n")
    assert told(tmp_path, REAL_KEY=i.KEY) == ["placeholder ANTHROPIC_API_KEY"]


def test_one_that_other_readers_follow_is_told_once(tmp_path: Path) -> None:
    i.config(tmp_path, using("anthropic/m"))
    dotenv(tmp_path, "ANTHROPIC_API_KEY=${REAL_KEY}\n")
    assert told(tmp_path) == []
    assert "env/dotenv-syntax" in i.ids(tmp_path)


def test_the_env_block_of_the_config_is_exported_as_it_stands(tmp_path: Path) -> None:
    i.config(tmp_path, using("anthropic/m", env={"vars": {"ANTHROPIC_API_KEY": "${REAL_KEY}"}}))
    assert told(tmp_path, REAL_KEY=i.KEY) == ["placeholder ANTHROPIC_API_KEY"]


def test_2026_9_replaces_it_there(tmp_path: Path) -> None:
    i.config(tmp_path, using("anthropic/m", meta=NEWER, env={"vars": {"ANTHROPIC_API_KEY": "${REAL_KEY}"}}))
    assert told(tmp_path, REAL_KEY=i.KEY) == []
    assert told(tmp_path, REAL_KEY="YOUR_API_KEY") == ["placeholder ANTHROPIC_API_KEY"]
    i.config(tmp_path, using("anthropic/m", meta=NEWER, env={"vars": {"ANTHROPIC_API_KEY": "$REAL_KEY"}}))
    assert told(tmp_path, REAL_KEY=i.KEY) == ["placeholder ANTHROPIC_API_KEY"]


@pytest.mark.parametrize(
    ("written", "value", "expected"),
    [
        ("${ACME_KEY}", "acme-FAKE-0123456789", []),
        ("$ACME_KEY", "acme-FAKE-0123456789", []),
        ("$ACME_KEY", "YOUR_API_KEY", ["placeholder ACME_KEY"]),
        ("$GONE_KEY", "acme-FAKE-0123456789", ["secret-ref-unresolved models.providers.acme.apiKey"]),
        ("$${ACME_KEY}", "acme-FAKE-0123456789", ["placeholder models.providers.acme.apiKey"]),
        ("OPENAI_API_KEY", "acme-FAKE-0123456789", []),  # the bare name of a variable that it knows
        ("GROQ_API_KEY", "acme-FAKE-0123456789", ["placeholder models.providers.acme.apiKey"]),  # it is not set
        ("$odd-key-FAKE", "", []),
    ],
)
def test_what_2026_9_follows_in_the_config(written: str, value: str, expected: list[str], tmp_path: Path) -> None:
    i.config(tmp_path, using("acme/m", meta=NEWER, models=at("https://x.example/v1", "acme", apiKey=written)))
    i.database(tmp_path, {})
    assert told(tmp_path, ACME_KEY=value, OPENAI_API_KEY=i.OPENAI) == expected


def test_in_the_config_only_braces_are_replaced(tmp_path: Path) -> None:
    url = "https://api.groq.com/openai/v1"
    i.config(tmp_path, using("groq/m", models=at(url, "groq", apiKey="$MY_KEY")))
    assert told(tmp_path, MY_KEY="gsk_" + "FAKE" * 13) == ["placeholder models.providers.groq.apiKey"]
    i.config(tmp_path, using("groq/m", models=at(url, "groq", apiKey="${MY_KEY}")))
    assert told(tmp_path, MY_KEY="gsk_" + "FAKE" * 13) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("odd", []),
        ("acme_live_test_example_FAKE0123456789", []),
        ("YOUR_API_KEY", ["placeholder ACME_KEY"]),
        ("***", ["redacted ACME_KEY"]),
        ("'Bearer acme-live-FAKE0123'", ["whitespace ACME_KEY"]),
    ],
)
def test_the_variable_behind_a_reference_is_judged_where_it_stands(
    value: str, expected: list[str], tmp_path: Path
) -> None:
    i.config(tmp_path, using("acme/m", models=at("https://llm.example.org/v1", "acme", apiKey="${ACME_KEY}")))
    path = dotenv(tmp_path, f"ACME_KEY={value}\n")
    assert told(tmp_path) == expected
    assert [item.where.path for item in of_area(tmp_path) if item.where] == [str(path)] * len(expected)


def test_a_reference_with_something_at_it_stays_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    i.config(home, using("acme/m", models=at("https://llm.example.org/v1", "acme", apiKey="Bearer ${ACME_KEY}")))
    dotenv(home, "ACME_KEY=acme-live-FAKE0123456789\n")
    finding = i.only(home, "whitespace")
    assert (finding.target, i.word(finding)) == ("models.providers.acme.apiKey", "error confirm")
    i.mended(home, "whitespace")
    mending.applied(home, mending.plan_for(home, [finding]))
    text = (home / ".openclaw" / "openclaw.json").read_text()
    assert '"${ACME_KEY}"' in text
    assert "acme-live" not in text
    assert told(home) == []


@pytest.mark.parametrize("source", ["env", "file"])
def test_what_a_profile_of_2026_9_refers_to_is_judged(source: str, tmp_path: Path) -> None:
    path = write(tmp_path / "keys.json", json.dumps({"a": "YOUR_API_KEY"}))
    providers = {"disk": {"source": "file", "path": str(path), "mode": "json"}}
    refs = {
        "env": {"source": "env", "provider": "default", "id": "MY_KEY"},
        "file": {"source": "file", "provider": "disk", "id": "/a"},
    }
    i.config(tmp_path, using("anthropic/m", meta=NEWER, secrets={"providers": providers}))
    i.database(tmp_path, {A: {"type": "api_key", "provider": "anthropic", "keyRef": refs[source]}})
    dotenv(tmp_path, "MY_KEY=YOUR_API_KEY\n")
    [finding] = [item for item in of_area(tmp_path) if slug(item) == "placeholder"]
    assert (finding.target, i.word(finding)) == ("MY_KEY" if source == "env" else A, "error manual")
    write(path, json.dumps({"a": i.KEY}))
    dotenv(tmp_path, f"MY_KEY={i.KEY}\n")
    assert told(tmp_path) == []


def reference(name: str) -> dict[str, str]:
    return {"source": "env", "provider": "default", "id": name}


@pytest.mark.parametrize(
    ("target", "more"),
    [
        ("channels.telegram.botToken", {"channels": {"telegram": {"botToken": reference("GONE")}}}),
        ("channels.x.accounts.a.token", {"channels": {"x": {"accounts": {"a": {"token": reference("GONE")}}}}}),
        ("gateway.remote.password", {"gateway": {**GATEWAY, "remote": {"password": reference("GONE")}}}),
        ("skills.entries.s.apiKey", {"skills": {"entries": {"s": {"apiKey": reference("GONE")}}}}),
        (
            "models.providers.acme.headers.Authorization",
            {
                "models": at(
                    "https://llm.example.org", "acme", apiKey="k-FAKE", headers={"Authorization": reference("GONE")}
                )
            },
        ),
        ("", {"channels": {"telegram": {"enabled": False, "botToken": reference("GONE")}}}),
        ("", {"channels": {"telegram": {"botToken": reference("ANTHROPIC_API_KEY")}}}),
        ("", {"channels": {"x": {"route": {"source": "env", "id": "a", "to": "b"}}}}),  # no reference, by its members
        ("", {"plugins": {"entries": {"p": {"config": {"from": reference("GONE")}}}}}),  # what a plugin makes of it
    ],
)
def test_references_in_the_places_that_2026_9_has_for_them(target: str, more: dict[str, Any], tmp_path: Path) -> None:
    i.config(tmp_path, using("anthropic/m", **{"meta": NEWER, **more}))
    i.database(tmp_path, {A: i.key()})
    expected = [f"secret-ref-unresolved {target}"] if target else []
    assert told(tmp_path, ANTHROPIC_API_KEY=i.KEY) == expected


# ---- masks in the place of other secrets ---------------------------------------------------------------------------

MASKED: dict[str, dict[str, Any]] = {
    "gateway.remote.password": {"gateway": {**GATEWAY, "remote": {"url": "ws://x", "password": REDACTED}}},
    "channels.telegram.botToken": {"channels": {"telegram": {"botToken": REDACTED}}},
    "channels.x.accounts.0.token": {"channels": {"x": {"accounts": [{"token": "[REDACTED]"}]}}},
    "tools.web.search.apiKey": {"tools": {"web": {"search": {"apiKey": "***"}}}},
    "models.providers.acme.headers.Authorization": {
        "models": at("https://x.example", "acme", apiKey="k-FAKE", headers={"Authorization": f"Bearer {REDACTED}"})
    },
    "BRAVE_API_KEY": {"env": {"vars": {"BRAVE_API_KEY": "***"}}},
}


@pytest.mark.parametrize("target", MASKED)
def test_a_mask_anywhere_in_the_config_is_restored_from_a_backup(target: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = i.config(home, using("anthropic/m", **MASKED[target]))
    i.store(home, {A: i.key()})
    assert told(home) == [f"redacted {target}"]
    assert i.word(i.only(home, "redacted")) == "error manual"
    text = path.read_text()
    for mask in (REDACTED, "[REDACTED]", "***"):
        text = text.replace(mask, "123456:FAKE-EXAMPLE")
    write(path.with_name("openclaw.json.bak"), text)
    i.mended(home, "redacted")


def test_a_mask_in_the_env_file_too(tmp_path: Path) -> None:
    home = tmp_path / "home"
    i.config(home, using("anthropic/m"))
    i.store(home, {A: i.key()})
    dotenv(home, "TELEGRAM_BOT_TOKEN=***\nGREETING=***\nRULER='.........'\n")
    write(home / ".openclaw" / ".env.bak", "TELEGRAM_BOT_TOKEN=123456:FAKE-EXAMPLE\n")
    assert told(home) == ["redacted TELEGRAM_BOT_TOKEN"]
    i.mended(home, "redacted")
    assert "redacted OPENCLAW_GATEWAY_PASSWORD" in told(home, OPENCLAW_GATEWAY_PASSWORD=REDACTED)


def test_a_mask_in_a_log_is_what_it_is_for(tmp_path: Path) -> None:
    i.config(tmp_path, using("anthropic/m", **MASKED["channels.telegram.botToken"]))
    i.store(tmp_path, {A: i.key()})
    write(tmp_path / ".openclaw" / "logs" / "gateway.log", f"config channels.telegram.botToken {REDACTED} loaded\n")
    assert "security/secret-in-log" not in i.ids(tmp_path)


@pytest.mark.parametrize(
    "more",
    [
        {"messages": {"responsePrefix": "***", "ackReaction": "…"}},
        {"channels": {"telegram": {"botToken": "123456:FAKE-redacted-by-chance-0123456789"}}},
        {"ui": {"assistant": {"name": "masked"}}},
    ],
)
def test_stars_elsewhere_are_decoration(more: dict[str, Any], tmp_path: Path) -> None:
    i.config(tmp_path, using("anthropic/m", **more))
    i.store(tmp_path, {A: i.key()})
    assert told(tmp_path) == []


# ---- the gateway's own secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_PASSWORD", "CLAWDBOT_GATEWAY_TOKEN"])
def test_the_gateways_secret_as_a_key(name: str, tmp_path: Path) -> None:
    i.config(tmp_path, using("mistral/m"))
    i.store(tmp_path, {"mistral:default": i.key("FAKE-gateway-secret-0123\n", "mistral")})
    expected = ["gateway-token-as-key mistral:default"]
    assert told(tmp_path, **{name: "FAKE-gateway-secret-0123"}) == expected
    assert told(tmp_path, **{name: "FAKE-another-secret-0123"}) == ["whitespace mistral:default"]


def test_2026_9_does_not_read_the_former_names(tmp_path: Path) -> None:
    i.config(tmp_path, using("mistral/m", meta=NEWER))
    i.database(tmp_path, {"mistral:default": i.key("FAKE-gateway-secret-0123", "mistral")})
    assert told(tmp_path, CLAWDBOT_GATEWAY_TOKEN="FAKE-gateway-secret-0123") == []


def test_the_secret_for_a_gateway_elsewhere_as_a_key(tmp_path: Path) -> None:
    remote = {"url": "ws://gateway.example.org", "password": "FAKE-remote-secret-0123"}
    i.config(tmp_path, using("mistral/m", gateway={**GATEWAY, "remote": remote}))
    i.store(tmp_path, {"mistral:default": i.key("FAKE-remote-secret-0123", "mistral")})
    assert told(tmp_path) == ["gateway-token-as-key mistral:default"]


# ---- a key that could move, and has no place to move to ------------------------------------------------------------


def test_a_foreign_key_is_moved_only_where_its_place_is_free(tmp_path: Path) -> None:
    home = tmp_path / "home"
    i.config(home, using("openai/m"))
    dotenv(home, f"OPENAI_API_KEY={ROUTER}\n")
    assert i.word(i.only(home, "foreign-key")) == "error confirm"
    i.mended(home, "foreign-key", reveals="missing")
    dotenv(home, f"OPENAI_API_KEY={ROUTER}\nOPENROUTER_API_KEY={ROUTER_2}\n")
    assert i.word(i.only(home, "foreign-key")) == "error manual"
    dotenv(home, "")
    i.store(home, {"openai:default": i.key(ROUTER, "openai"), "openrouter:default": i.key(ROUTER_2, "openrouter")})
    assert i.word(i.only(home, "foreign-key")) == "error manual"


# ---- names of members ----------------------------------------------------------------------------------------------

LOGIN = i.login(expires=NOW + 30 * 24 * i.HOUR)
MISNAMED: dict[str, dict[str, Any]] = {
    "the refresh token and the expiry of a login": {
        **{name: LOGIN[name] for name in ("type", "provider", "access")},
        "refreshToken": LOGIN["refresh"],
        "expiresAt": LOGIN["expires"],
    },
    "a key under oauth": {"type": "oauth", "provider": "openai-codex", "key": i.OPENAI},
    "a key under oauth, by another name": {"type": "oauth", "provider": "openai-codex", "apiKey": i.OPENAI},
    "the expiry of a token": {**i.token(provider="groq"), "expiresAt": LOGIN["expires"]},
}


@pytest.mark.parametrize("entry", MISNAMED.values(), ids=MISNAMED)
def test_members_get_their_names(entry: dict[str, Any], tmp_path: Path) -> None:
    home = tmp_path / "home"
    i.config(home, using("anthropic/m"))
    i.store(home, {A: i.key(), "other:default": {**entry, "provider": "acme"}})
    assert told(home) == ["bad-fields other:default"]
    i.mended(home, "bad-fields")


def test_a_date_in_words_is_not_renamed(tmp_path: Path) -> None:
    i.store(tmp_path, {"acme:a": i.token(provider="acme", expiresAt="2027-01-01T00:00:00Z")})
    assert i.word(i.only(tmp_path, "bad-fields")) == "error manual"


def test_a_flat_map_of_texts_becomes_a_store(tmp_path: Path) -> None:
    home = tmp_path / "home"
    i.config(home, using("anthropic/m"))
    write(i.folder(home) / "auth-profiles.json", json.dumps({"anthropic": i.KEY, "openai": i.OPENAI}))
    assert told(home) == ["bad-fields anthropic", "bad-fields openai"]
    i.mended(home, "bad-fields")


@pytest.mark.parametrize(
    "more", [{"comment": "made up"}, {"updatedBy": "openai"}, {"lastRefresh": "2026-01-01"}, {"providers": ["openai"]}]
)
def test_other_members_of_a_store_are_no_entries(more: dict[str, Any], tmp_path: Path) -> None:
    i.config(tmp_path, using("anthropic/m"))
    i.store(tmp_path, {A: i.key(), "chutes:a": {**i.login(provider="chutes"), "expiresAt": "x", "note": 1}}, **more)
    assert told(tmp_path) == []
