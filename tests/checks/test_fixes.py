"""Every fix: found, planned without a secret in sight, applied, not found again, and undone to the byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from openclaw.finding import Severity
from tests.checks import mending
from tests.doctor.homes import CONFIG, NOW, SETUP_TOKEN, state, store, store_path, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openclaw.finding import Finding

OPENAI_KEY = "sk-proj-" + "CANARY" * 12
OTHER_KEY = "sk-proj-" + "YRANAC" * 12
ROUTER_KEY = "sk-or-v1-" + "0cabba9e" * 8
API_KEY = "sk-ant-api03-" + "CANARY" * 15 + "abcde"
CANARIES = (OPENAI_KEY, OTHER_KEY, ROUTER_KEY, API_KEY, SETUP_TOKEN, "CANARY", "YRANAC", "0cabba9e")
GOOD = {"type": "api_key", "provider": "openai", "key": OPENAI_KEY}
SECONDS = NOW // 1000 + 90 * 86400


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    write(state(folder) / "openclaw.json", CONFIG)
    return folder


class Case(NamedTuple):
    """A broken home, what its fix leaves there, and which findings come to light only then."""

    check_id: str
    build: Callable[[Path], object]
    after: Callable[[Path], object]
    expected: object
    number: int = 1
    then: tuple[str, ...] = ()  # findings that the mended one stood before


def profiles(**found: Any) -> Callable[[Path], object]:
    """A store with these profiles; `__` in a name stands for the colon."""
    return lambda home: store(home, {name.replace("__", ":"): value for name, value in found.items()})


def stored(*keys: str, agent: str = "main") -> Callable[[Path], object]:
    """What stands in the store at a key path."""

    def read(home: Path) -> object:
        value = json.loads(store_path(home, agent).read_text())
        for key in keys:
            value = value.get(key)
        return value

    return read


def file(name: str, text: str, mode: int = 0o600) -> Callable[[Path], object]:
    return lambda home: write(state(home) / name, text, mode)


def text_of(name: str) -> Callable[[Path], object]:
    return lambda home: (state(home) / name).read_bytes().decode()


def both(*builders: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda home: [build(home) for build in builders]


def mode_of(name: str) -> Callable[[Path], object]:
    return lambda home: (state(home) / name).stat().st_mode & 0o7777


def config(text: str) -> Callable[[Path], object]:
    return file("openclaw.json", text)


def with_provider(name: str, entry: str) -> str:
    return CONFIG.replace("agents:", f"models: {{ providers: {{ {name}: {entry} }} }}, // mine\n  agents:", 1)


def backup(home: Path, text: str, name: str = "auth-profiles.json.bak") -> Path:
    return write(store_path(home).with_name(name), text)


def as_store(**members: Any) -> str:
    return json.dumps({"version": 1, **members}, indent=2)


ACCESS, REFRESH = "CANARY-access-0123456789", "CANARY-refresh-0123456789"
OTHER_VARS = f"env: {{ vars: {{ // x\n OPENAI_API_KEY: '\"{OPENAI_KEY}\"' }} }}, agents:"
VARS = f'env: {{ vars: {{ // x\n OPENAI_API_KEY: "{OPENAI_KEY}" }} }}, agents:'
LOGIN = {"type": "oauth", "provider": "chutes", "expires": NOW * 1.1}
ORDERED = 'auth: { order: { openai: [\n "openai:gone", // old\n "openai:default", // good\n ] } },\n agents:'
ROUTED = {"openai:default": GOOD, "openai:work": {**GOOD, "key": ROUTER_KEY, "metadata": {"note": "mine"}}}
ROUTER = {"type": "api_key", "provider": "openrouter", "key": ROUTER_KEY, "metadata": {"note": "mine"}}
SETUP = {"type": "token", "provider": "anthropic", "token": SETUP_TOKEN}
DECLARED = CONFIG.replace(
    "agents:", 'auth: { profiles: { // both\n "anthropic:a": { provider: "anthropic", mode: "api_key" } } },\n  agents:'
)
OLLAMA = '{ baseUrl: "http://127.0.0.1:11434/v1", apiKey: "", models: [] }'
MASKED = with_provider("acme", '{ baseUrl: "https://acme.example/v1", apiKey: "__OPENCLAW_REDACTED__", models: [] }')
WHOLE = MASKED.replace("__OPENCLAW_REDACTED__", OTHER_KEY)

CASES = {
    "quotes in a store": Case(
        "credentials/whitespace",
        profiles(openai__default={**GOOD, "key": f'"{OPENAI_KEY}"'}),
        stored("profiles", "openai:default"),
        GOOD,
    ),
    "three dirty keys": Case(
        "credentials/whitespace",
        profiles(
            openai__a={**GOOD, "key": f"Bearer {OPENAI_KEY}"},
            openai__b={**GOOD, "key": f"{OTHER_KEY}\n"},
            openai__c={**GOOD, "key": f"OPENAI_API_KEY={OPENAI_KEY}"},
        ),
        stored("profiles"),
        {"openai:a": GOOD, "openai:b": {**GOOD, "key": OTHER_KEY}, "openai:c": GOOD},
        3,
    ),
    "a broken line": Case(
        "credentials/whitespace",
        profiles(anthropic__a={**SETUP, "token": f"{SETUP_TOKEN[:80]}\n{SETUP_TOKEN[80:]}"}, openai__default=GOOD),
        stored("profiles", "anthropic:a"),
        SETUP,
    ),
    "an env file": Case(
        "credentials/whitespace",
        file(".env", f"# mine\r\nA=1\r\nOPENAI_API_KEY='Bearer {OPENAI_KEY}'\r\nB=2\r\n"),
        text_of(".env"),
        f"# mine\r\nA=1\r\nOPENAI_API_KEY={OPENAI_KEY}\r\nB=2\r\n",
    ),
    "the config's env block": Case(
        "credentials/whitespace",
        config(CONFIG.replace("agents:", OTHER_VARS)),
        text_of("openclaw.json"),
        CONFIG.replace("agents:", VARS),
    ),
    "a provider of the config": Case(
        "credentials/whitespace",
        both(config(WHOLE.replace(OTHER_KEY, f"{OTHER_KEY} ")), profiles(openai__default=GOOD)),
        text_of("openclaw.json"),
        WHOLE,
    ),
    "a mask in a store": Case(
        "credentials/redacted",
        both(
            profiles(openai__default={**GOOD, "key": "__OPENCLAW_REDACTED__"}),
            lambda home: backup(home, as_store(profiles={"openai:default": {**GOOD, "key": "***"}})),
            lambda home: backup(home, as_store(profiles={"openai:default": GOOD}), "auth-profiles.json.bak.1"),
        ),
        stored("profiles"),
        {"openai:default": GOOD},
    ),
    "a masked login": Case(
        "credentials/redacted",
        both(
            profiles(
                openai__default=GOOD,
                chutes__a={**LOGIN, "access": "[REDACTED]", "refresh": "[REDACTED]"},
            ),
            lambda home: backup(home, as_store(profiles={"chutes:a": {**LOGIN, "access": ACCESS, "refresh": REFRESH}})),
        ),
        stored("profiles", "chutes:a", "refresh"),
        REFRESH,
    ),
    "a mask in an env file": Case(
        "credentials/redacted",
        both(file(".env", "OPENAI_API_KEY=***\nA=1\n"), file(".env.bak", f"OPENAI_API_KEY={OPENAI_KEY}\n")),
        text_of(".env"),
        f"OPENAI_API_KEY={OPENAI_KEY}\nA=1\n",
    ),
    "a mask in the config": Case(
        "credentials/redacted",
        both(config(MASKED), file("openclaw.json.bak", WHOLE), profiles(openai__default=GOOD)),
        text_of("openclaw.json"),
        WHOLE,
    ),
    "the gateway's masked token": Case(
        "credentials/redacted",
        both(
            config(CONFIG.replace("FAKE-gateway-token", "***")),
            file("openclaw.json.bak.2", CONFIG),
            profiles(openai__default=GOOD),
        ),
        text_of("openclaw.json"),
        CONFIG,
    ),
    "a blank key of a local server": Case(
        "credentials/local-blank",
        both(config(with_provider("ollama", OLLAMA)), profiles(openai__default=GOOD)),
        text_of("openclaw.json"),
        with_provider("ollama", OLLAMA.replace('""', '"ollama-local"')),
    ),
    "a local profile without a key": Case(
        "credentials/local-blank",
        profiles(openai__default=GOOD, lmstudio__default={"type": "api_key", "provider": "lmstudio"}),
        stored("profiles", "lmstudio:default", "key"),
        "lmstudio-local",
    ),
    "an expiry in seconds": Case(
        "credentials/expires-unit",
        profiles(openai__default=GOOD, anthropic__a={**SETUP, "expires": SECONDS}),
        stored("profiles", "anthropic:a"),
        {**SETUP, "expires": SECONDS * 1000},
    ),
    "a token saved as a key": Case(
        "credentials/wrong-kind",
        both(
            config(DECLARED),
            profiles(
                openai__default=GOOD,
                anthropic__a={"type": "api_key", "provider": "anthropic", "key": SETUP_TOKEN, "email": "e@example.org"},
            ),
        ),
        both(stored("profiles", "anthropic:a"), text_of("openclaw.json")),
        [{**SETUP, "email": "e@example.org"}, DECLARED.replace('"api_key"', '"token"')],
    ),
    "a key saved as a token": Case(
        "credentials/wrong-kind",
        profiles(openai__default=GOOD, anthropic__a={**SETUP, "token": API_KEY}),
        stored("profiles", "anthropic:a"),
        {"type": "api_key", "provider": "anthropic", "key": API_KEY},
    ),
    "another provider's key": Case(
        "credentials/foreign-key",
        lambda home: store(
            home,
            ROUTED,
            order={"openai": ["openai:work", "openai:default"], "openrouter": ["openrouter:x"]},
            lastGood={"openai": "openai:work"},
            usageStats={"openai:work": {"errorCount": 3}, "openai:default": {"lastUsed": 1}},
        ),
        stored(),
        {
            "version": 1,
            "profiles": {"openai:default": GOOD, "openrouter:work": ROUTER},
            "order": {"openai": ["openai:default"], "openrouter": ["openrouter:x", "openrouter:work"]},
            "lastGood": {},
            "usageStats": {"openai:default": {"lastUsed": 1}},
        },
    ),
    "a foreign key in an env file": Case(
        "credentials/foreign-key",
        both(file(".env", f"OPENAI_API_KEY={OPENAI_KEY}\n# router\nGROQ_API_KEY={ROUTER_KEY}\nA=1\n")),
        text_of(".env"),
        f"OPENAI_API_KEY={OPENAI_KEY}\n# router\nA=1\nOPENROUTER_API_KEY={ROUTER_KEY}\n",
    ),
    "other names in a store": Case(
        "credentials/bad-fields",
        profiles(
            openai__default={"mode": "api_key", "provider": "openai", "apiKey": OPENAI_KEY, "note": "mine"},
            anthropic__a={"type": "oauth", "provider": "anthropic", "token": SETUP_TOKEN},
            openrouter={"apiKey": ROUTER_KEY},
            openai__flat=OTHER_KEY,
            openai__named={"type": "api_key", "provider": "openai", "apiKey": OTHER_KEY},
        ),
        stored("profiles"),
        {
            "openai:default": {"provider": "openai", "note": "mine", "type": "api_key", "key": OPENAI_KEY},
            "anthropic:a": SETUP,
            "openrouter": {"type": "api_key", "provider": "openrouter", "key": ROUTER_KEY},
            "openai:flat": {**GOOD, "key": OTHER_KEY},
            "openai:named": {**GOOD, "key": OTHER_KEY},
        },
        5,
    ),
    "strangers in an order": Case(
        "credentials/order-unknown",
        lambda home: store(
            home, {"openai:default": GOOD}, order={"openai": ["openai:gone", "openai:default", "x"], "groq": ["groq:y"]}
        ),
        stored("order"),
        {"openai": ["openai:default"]},
        3,
    ),
    "a stranger in the config's order": Case(
        "credentials/order-unknown",
        both(profiles(openai__default=GOOD), config(CONFIG.replace("agents:", ORDERED))),
        text_of("openclaw.json"),
        CONFIG.replace("agents:", ORDERED.replace(' "openai:gone", // old\n', "")),
    ),
    "a corrupt store": Case(
        "credentials/store-corrupt",
        both(
            lambda home: write(store_path(home), as_store(profiles={"openai:default": GOOD})[:90]),
            lambda home: backup(home, as_store(profiles={"openai:default": GOOD})),
        ),
        stored("profiles"),
        {"openai:default": GOOD},
    ),
    "a broken config with a backup": Case(
        "config/unparsable",
        both(config(CONFIG[:70]), file("openclaw.json.bak.1", CONFIG), profiles(openai__default=GOOD)),
        text_of("openclaw.json"),
        CONFIG,
    ),
    "a broken config without one": Case(
        "config/unparsable",
        both(config(f"{{ env: {{ OPENAI_API_KEY: '{OPENAI_KEY}' "), profiles(openai__default=GOOD)),
        lambda home: (state(home) / "openclaw.json").exists(),
        False,
        then=("config/missing", "credentials/missing", "config/implicit-default", "terminal/no-tty"),
    ),
    "no gateway mode": Case(
        "config/gateway-mode",
        both(config(CONFIG.replace('mode: "local", ', "/* no mode */ ")), profiles(openai__default=GOOD)),
        lambda home: (
            'mode: "local"' in str(text_of("openclaw.json")(home))
            and "/* no mode */" in str(text_of("openclaw.json")(home))
        ),
        True,
    ),
    "readable by others": Case(
        "security/readable-by-others",
        both(
            profiles(openai__default=GOOD),
            file(".env", "A_KEY=CANARY\n", 0o644),
            file("openclaw.json", CONFIG, 0o664),
            lambda home: state(home).chmod(0o777),
        ),
        both(mode_of(".env"), mode_of("openclaw.json"), mode_of(".")),
        [0o600, 0o600, 0o755],
        3,
    ),
}


def told(found: list[Finding]) -> set[tuple[str, str]]:
    return {(item.check_id, item.target) for item in found if item.severity > Severity.INFO}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_found_fixed_and_undone(case: Case, home: Path) -> None:
    case.build(home)
    before, original = mending.findings(home), mending.contents(home)
    found = [item for item in before if item.check_id == case.check_id]
    assert len(found) == case.number
    assert {item.remedy.fix for item in found if item.remedy} <= {"auto", "confirm"}
    plan = mending.plan_for(home, found)
    preview = mending.shown(home, plan)
    assert not [canary for canary in CANARIES if canary in preview]
    assert mending.contents(home) == original
    journal = mending.applied(home, plan)
    assert case.after(home) == case.expected
    after = mending.findings(home)
    new = {name for name, _ in told(after) - told(before)}
    assert case.check_id not in {item.check_id for item in after}
    assert new <= set(case.then)
    mending.undone(journal)
    assert mending.contents(home) == original
