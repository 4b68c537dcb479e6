"""Homes of OpenClaw 2026.9.6 in every state that `models status --check` can tell apart, and what both programs say.

The rows are those of openclaw-new §10 that concern that command. `real` is the exit code of the real program, seen when
it was run; `ours` is the same unless docs/compat.md gives a reason. `says` must all stand in what ours prints.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = "sk-ant-api03-" + "EXAMPLEnotAkey0" * 5  # made up
TOKEN = "sk-ant-oat01-" + "EXAMPLEnotAtoken" * 6  # made up
OPENAI_KEY = "sk-proj-" + "EXAMPLEnotAkey0" * 4  # made up
HOUR = 3_600_000
DEFAULT = "anthropic:default"
API_KEY = {"type": "api_key", "provider": "anthropic", "key": KEY}
FENCE = "openclaw-oauth-refresh-fence:v1:" + "0" * 32 + ":failed:{}:" + "1" * 64

CONFIG: dict[str, Any] = {
    "agents": {
        "defaults": {"model": {"primary": "anthropic/claude-opus-5"}, "models": {"anthropic/claude-opus-5": {}}},
        "entries": {"main": {"name": "main"}},
    },
    "auth": {"profiles": {DEFAULT: {"provider": "anthropic", "mode": "api_key"}}},
    "gateway": {"mode": "local", "auth": {"mode": "token", "token": "FAKE-gateway-token-0123456789"}},
    "meta": {"lastTouchedVersion": "2026.9.6", "migrations": {"modelPolicyAllowlist": True}},
}
STATE_TABLE = "CREATE TABLE config_machine_state (state_key TEXT PRIMARY KEY, value_json TEXT, updated_at_ms INTEGER)"
AGENT_TABLES = (
    "CREATE TABLE auth_profile_store (store_key TEXT PRIMARY KEY, store_json TEXT, updated_at INTEGER)",
    "CREATE TABLE auth_profile_state (state_key TEXT PRIMARY KEY, state_json TEXT, updated_at INTEGER)",
)


@dataclass(frozen=True)
class State:
    """One home. `config` is laid over `CONFIG`, None deletes; `profiles` and `state` are the two cells.

    `files`: contents by the path below the home. `then` is done last. Times count from the moment of writing.
    """

    row: int  # of openclaw-new §10; 0: not there
    real: int | None  # None: it cannot be run like that
    says: tuple[str, ...] = ()
    ours: int | None = None
    config: Any = field(default_factory=dict)
    profiles: Any = field(default_factory=lambda: {DEFAULT: API_KEY})
    state: Any = None
    files: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    args: tuple[str, ...] = ()
    then: Callable[[Path], None] | None = None
    own: Any = None  # the profiles of main's own database
    members: list[str] = field(default_factory=list)  # of the real program's JSON that differ here

    @property
    def expected(self) -> int | None:
        """The exit code of ours."""
        return self.real if self.ours is None else self.ours


def token(expires: Any = None, **members: Any) -> dict[str, Any]:
    """A token profile; `expires` in hours from now, or as it is where it is no number of hours."""
    return {"type": "token", "provider": "anthropic", "token": TOKEN, "expires": expires, **members}


def hours(count: float) -> Any:
    """Epoch milliseconds so many hours after the writing of the home."""
    return {"$hours": count}


def login(**members: Any) -> dict[str, Any]:
    """An OAuth login."""
    return {
        "type": "oauth",
        "provider": "anthropic",
        "access": TOKEN,
        "refresh": TOKEN,
        "expires": hours(90),
        **members,
    }


def one(profile: Any, mode: str = "api_key") -> dict[str, Any]:
    """This profile alone, declared in the config with that mode."""
    return {"profiles": {DEFAULT: profile}, "config": {"auth": {"profiles": {DEFAULT: {"mode": mode}}}}}


def keyed(value: str) -> dict[str, Any]:
    """An API key with this text."""
    return {"profiles": {DEFAULT: {**API_KEY, "key": value}}}


def model(primary: str | None) -> dict[str, Any]:
    """Another default model."""
    chosen: dict[str, Any] = {"model": {"primary": primary}, "models": {primary: {}}}
    return {"agents": {"defaults": chosen if primary else {"model": None, "models": None}}}


UNDECLARED: dict[str, Any] = {"auth": None}
NOTHING: dict[str, Any] = {"profiles": {}, "config": UNDECLARED}
REF = {"source": "env", "provider": "default", "id": "NO_SUCH_VARIABLE"}
BY_FILE = {"type": "api_key", "provider": "anthropic", "keyRef": {"source": "file", "provider": "f", "id": "value"}}
FILE_PROVIDER = {"secrets": {"providers": {"f": {"source": "file", "path": "$HOME/secret", "mode": "singleValue"}}}}
TWO_AGENTS = {
    "agents": {
        "ownership": "explicit",
        "entries": {"ops": {"name": "ops"}},
        "defaults": {"systemAgent": {"agentId": "main"}},
    }
}
OLD_STORE = ".openclaw/agents/main/agent/auth-profiles.json"


def database(home: Path) -> Path:
    """The shared database."""
    return home / ".openclaw" / "state" / "openclaw.sqlite"


def agent_database(home: Path, agent: str = "main") -> Path:
    """An agent's own database."""
    return home / ".openclaw" / "agents" / agent / "agent" / "openclaw-agent.sqlite"


def _pages(home: Path) -> None:
    database(home).write_bytes(b"this is not a database" * 200)


def _header(home: Path) -> None:
    path = database(home)
    path.write_bytes(b"x" * 32 + path.read_bytes()[32:])


def _emptied(home: Path) -> None:
    database(home).write_bytes(b"")


def _deleted(home: Path) -> None:
    database(home).unlink()


def _newer_schema(home: Path) -> None:
    _sql(database(home), "PRAGMA user_version = 99")


def _cell(name: str, text: str) -> Callable[[Path], None]:
    def change(home: Path) -> None:
        _sql(database(home), "INSERT OR REPLACE INTO config_machine_state VALUES (?, ?, 1)", (name, text))

    return change


def _directory(name: str) -> Callable[[Path], None]:
    return lambda home: (home / name).mkdir()


def _agent_corrupt(home: Path) -> None:
    path = agent_database(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"this is not a database" * 200)


def _mode(name: str, mode: int) -> Callable[[Path], None]:
    return lambda home: (home / name).chmod(mode)


def _linked(home: Path) -> None:
    (home / "elsewhere").write_text(KEY)
    (home / "elsewhere").chmod(0o600)
    (home / "secret").symlink_to(home / "elsewhere")


STATES: dict[str, State] = {
    "healthy": State(0, 0),
    "invalid json5": State(1, 1, ("openclaw.json:1:11",), config="{ auth: [ }\n"),
    "empty config": State(2, 1, ("openclaw.json",), config=""),
    "unknown key": State(3, 1, ("gateway.prot",), config={"gateway": {"prot": 1}}),
    "key of 2026.2.x": State(
        3, 1, ("meta.lastTouchedAt",), config={"meta": {"lastTouchedAt": "2026-02-03T00:00:00.000Z"}}
    ),
    "another key of 2026.2.x": State(
        3, 1, ("gateway.tailscale.resetOnExit",), config={"gateway": {"tailscale": {"resetOnExit": False}}}
    ),
    "variables as in 2026.2.x": State(3, 1, ("env.vars.FOO",), config={"env": {"FOO": "x"}}),
    "agents as in 2026.2.x": State(3, 0, config={"agents": {"list": [{"id": "main"}], "entries": None}}),
    "no gateway mode": State(4, 0, config={"gateway": {"mode": None}}),
    "gateway token undefined": State(5, 0, config={"gateway": {"auth": {"token": "undefined"}}}),
    "model of another provider": State(6, 1, ("openai", "default model"), config=model("openai/gpt-6-astra")),
    "no model, implicit default": State(6, 1, ("openai", "default model"), config=model(None)),
    "model name typo": State(7, 0, config=model("anthropic/claude-opsu-5")),
    "unknown provider": State(8, 1, ("antropic",), config=model("antropic/claude-opus-5")),
    "pages corrupt": State(9, 1, ("not a database", "openclaw.sqlite"), then=_pages),
    "header corrupt": State(9, 1, ("not a", "openclaw.sqlite"), then=_header),
    "zero bytes": State(10, 1, ("openclaw.sqlite", "0 bytes"), then=_emptied),
    "database deleted": State(10, 1, ("anthropic:default",), then=_deleted),
    "newer schema": State(11, 1, ("schema 99",), then=_newer_schema),
    "cell is no json": State(13, 1, ("authProfiles.store",), then=_cell("authProfiles.store", "{oops")),
    "cell of wrong shape": State(13, 1, ("authProfiles.store",), then=_cell("authProfiles.store", "[]")),
    "cell is null": State(13, 1, ("authProfiles.store",), then=_cell("authProfiles.store", "null")),
    "cell with a list of profiles": State(
        13, 1, ("authProfiles.store",), then=_cell("authProfiles.store", '{"version":1,"profiles":[]}')
    ),
    "chain of AWS, nothing known of it": State(0, 0, config=model("amazon-bedrock/large"), profiles={}),
    "variable of Together alone": State(
        0, 0, config=model("together/large"), profiles={}, env={"TOGETHER_API_KEY": "FAKE-EXAMPLE-0123456789abcdef"}
    ),
    "variable of Vertex alone": State(
        0,
        0,
        config=model("google-vertex/large"),
        profiles={},
        env={"GOOGLE_CLOUD_API_KEY": "FAKE-EXAMPLE-0123456789abcdef"},
    ),
    "unknown type": State(14, 1, ("unknown type 'apikey'",), profiles={DEFAULT: {**API_KEY, "type": "apikey"}}),
    "no provider": State(14, 1, ("no provider",), profiles={DEFAULT: {"type": "api_key", "key": KEY}}),
    "provider typo": State(15, 1, ("antropic",), profiles={DEFAULT: {**API_KEY, "provider": "antropic"}}),
    "state cell is no json": State(16, 0, then=_cell("authProfiles.state", "{oops")),
    "old store corrupt": State(17, 1, (OLD_STORE, "doctor --fix"), files={OLD_STORE: "{oops"}),
    "old store with another key": State(
        18,
        1,
        (OLD_STORE, "doctor --fix"),
        files={OLD_STORE: json.dumps({"version": 1, "profiles": {DEFAULT: {**API_KEY, "key": KEY[:-3] + "abc"}}})},
    ),
    "old store, empty database": State(
        18, 1, (OLD_STORE,), profiles={}, files={OLD_STORE: json.dumps({"version": 1, "profiles": {DEFAULT: API_KEY}})}
    ),
    "config readable by all": State(19, 0, then=_mode(".openclaw/openclaw.json", 0o644)),
    "database readable by all": State(20, 0, then=_mode(".openclaw/state/openclaw.sqlite", 0o644)),
    "token expired": State(23, 1, ("it is expired", "paste-token"), **one(token(hours(-2)), "token")),
    "token expires in 2 h": State(24, 2, ("expires in",), **one(token(hours(2)), "token")),
    "token expires in 3 d": State(25, 0, **one(token(hours(72)), "token")),
    "seconds for milliseconds": State(26, 1, ("seconds", "milliseconds"), **one(token({"$seconds": 720}), "token")),
    "expires as text": State(27, 1, ("expir", "number"), **one(token("2027-01-01"), "token")),
    "setup token as api key": State(28, 0, **keyed(TOKEN)),
    "api key as token": State(29, 0, **one({"type": "token", "provider": "anthropic", "token": KEY}, "token")),
    "config mode differs": State(
        30, 1, ("mode token", "api_key"), config={"auth": {"profiles": {DEFAULT: {"mode": "token"}}}}
    ),
    "declared, store empty": State(31, 1, (DEFAULT, "not stored"), profiles={}),
    "good one not declared": State(
        32,
        1,
        ("anthropic:other", "declare", "expired"),
        profiles={DEFAULT: token(hours(-2)), "anthropic:other": API_KEY},
        config={"auth": {"profiles": {DEFAULT: {"mode": "token"}}}},
    ),
    "key with a newline at its end": State(33, 0, **keyed(KEY + "\r\n")),
    "key with a newline in it": State(33, 0, **keyed(KEY[:20] + "\n" + KEY[20:])),
    "key with Bearer": State(34, 0, **keyed(f"Bearer {KEY}")),
    "key in quotes": State(34, 0, **keyed(f'"{KEY}"')),
    "placeholder key": State(35, 0, **keyed("YOUR_API_KEY")),
    "key is ${VAR}, unset": State(36, 1, ("ANTHROPIC_API_KEY",), **keyed("${ANTHROPIC_API_KEY}")),
    "key is ${VAR}, set": State(36, 0, **keyed("${MY_KEY}"), env={"MY_KEY": KEY}),
    "key is a variable's name": State(36, 1, ("ANTHROPIC_API_KEY",), **keyed("ANTHROPIC_API_KEY")),
    "key is a command": State(
        36, 1, ("command",), **keyed("openclaw onboard --auth-choice apiKey --anthropic-api-key x")
    ),
    "key is empty": State(37, 1, ("blank",), **keyed("")),
    "key is blanks": State(37, 1, ("blank",), **keyed("   ")),
    "two keys": State(38, 0, files={".openclaw/.env": f"ANTHROPIC_API_KEY={KEY[:-3]}abc\n"}),
    "key in .env": State(0, 0, **NOTHING, files={".openclaw/.env": f"ANTHROPIC_API_KEY={KEY}\n"}),
    "empty variable masks .env": State(
        39,
        1,
        ("ANTHROPIC_API_KEY", "set but empty", ".openclaw/.env:1", "unset ANTHROPIC_API_KEY"),
        **NOTHING,
        files={".openclaw/.env": f"ANTHROPIC_API_KEY={KEY}\n"},
        env={"ANTHROPIC_API_KEY": ""},
    ),
    "empty variable only": State(
        40, 1, ("ANTHROPIC_API_KEY", "set but empty"), **NOTHING, env={"ANTHROPIC_API_KEY": ""}
    ),
    "setup token in ANTHROPIC_API_KEY": State(41, 0, **NOTHING, env={"ANTHROPIC_API_KEY": TOKEN}),
    "only CLAUDE_CODE_OAUTH_TOKEN": State(
        42, 1, ("CLAUDE_CODE_OAUTH_TOKEN",), **NOTHING, env={"CLAUDE_CODE_OAUTH_TOKEN": TOKEN}
    ),
    "key in ./.env": State(
        43, 1, (".env:1", "ANTHROPIC_API_KEY"), **NOTHING, files={".env": f"ANTHROPIC_API_KEY={KEY}\n"}
    ),
    "unclosed quote in .env": State(44, 0, **NOTHING, files={".openclaw/.env": f'ANTHROPIC_API_KEY="{KEY}\n'}),
    ".env is a directory": State(45, 0, then=_directory(".openclaw/.env")),
    "empty order in the config": State(46, 1, ("auth.order", "empty"), config={"auth": {"order": {"anthropic": []}}}),
    "empty order in the store": State(46, 0, state={"order": {"anthropic": []}}),
    "order of unknown ids": State(47, 0, config={"auth": {"order": {"anthropic": ["x", "y"]}}}),
    "cooldown": State(
        48, 1, ("cooldown",), state={"usageStats": {DEFAULT: {"cooldownUntil": hours(1), "cooldownReason": "auth"}}}
    ),
    "disabled for billing": State(
        48, 1, ("billing",), state={"usageStats": {DEFAULT: {"disabledUntil": hours(3), "disabledReason": "billing"}}}
    ),
    "blocked": State(
        48,
        1,
        ("held back",),
        state={"usageStats": {DEFAULT: {"blockedUntil": hours(3), "blockedReason": "rate_limit"}}},
    ),
    "keyRef to an unset variable": State(
        49, 1, ("NO_SUCH_VARIABLE",), profiles={DEFAULT: {"type": "api_key", "provider": "anthropic", "keyRef": REF}}
    ),
    "keyRef to a set variable": State(
        49,
        0,
        profiles={DEFAULT: {"type": "api_key", "provider": "anthropic", "keyRef": REF}},
        env={"NO_SUCH_VARIABLE": KEY},
    ),
    "keyRef, file missing": State(49, 1, ("secret",), profiles={DEFAULT: BY_FILE}, config=FILE_PROVIDER),
    "keyRef, file empty": State(
        49,
        1,
        ("secret", "empty"),
        profiles={DEFAULT: BY_FILE},
        config=FILE_PROVIDER,
        files={"secret": ""},
        then=_mode("secret", 0o600),
    ),
    "keyRef, file readable by all": State(
        49,
        1,
        ("secret", "644"),
        profiles={DEFAULT: BY_FILE},
        config=FILE_PROVIDER,
        files={"secret": KEY},
        then=_mode("secret", 0o644),
    ),
    "keyRef, file is a link": State(
        49, 1, ("secret", "link"), profiles={DEFAULT: BY_FILE}, config=FILE_PROVIDER, then=_linked
    ),
    "keyRef, no such source": State(49, 1, ("secrets.providers.f",), profiles={DEFAULT: BY_FILE}),
    "keyRef, store entry missing": State(
        49,
        1,
        ("NO_SUCH",),
        profiles={
            DEFAULT: {**API_KEY, "key": None, "keyRef": {"source": "store", "provider": "default", "id": "NO_SUCH"}}
        },
    ),
    "keyRef, file works": State(
        50,
        1,
        ours=0,
        profiles={DEFAULT: BY_FILE},
        config=FILE_PROVIDER,
        files={"secret": KEY},
        then=_mode("secret", 0o600),
    ),
    "agent database corrupt": State(53, 1, ("openclaw-agent.sqlite", "not a"), then=_agent_corrupt),
    "refresh fence": State(
        59,
        1,
        ("log in again",),
        **one(login(access=FENCE.format("access"), refresh=FENCE.format("refresh"), expires=1), "oauth"),
    ),
    "login": State(0, 0, **one(login(), "oauth")),
    "login expired, refreshable": State(0, 1, **one(login(expires=hours(-2)), "oauth")),
    "login expires in 2 h": State(0, 2, **one(login(expires=hours(2)), "oauth")),
    "provider in the config differs": State(
        0, 1, ("provider",), config={"auth": {"profiles": {DEFAULT: {"provider": "openai"}}}}
    ),
    "nothing at all": State(0, 1, ("anthropic",), **NOTHING),
    "fallback without a credential": State(
        0, 1, ("openai",), config={"agents": {"defaults": {"model": {"fallbacks": ["openai/gpt-6-astra"]}}}}
    ),
    "image model without a credential": State(
        0, 1, ("openai",), config={"agents": {"defaults": {"imageModel": {"primary": "openai/gpt-6-astra"}}}}
    ),
    "key in models.providers": State(
        0,
        0,
        profiles={},
        config={
            "auth": None,
            **model("acme/big"),
            "models": {
                "providers": {
                    "acme": {
                        "baseUrl": "http://127.0.0.1:9/v1",
                        "api": "openai-completions",
                        "apiKey": OPENAI_KEY,
                        "models": [{"id": "big", "name": "big"}],
                    }
                }
            },
        },
    ),
    "unknown agent": State(0, 1, ("nobody",), args=("--agent", "nobody")),
    "old state file only": State(18, 0, files={OLD_STORE.replace("profiles", "state"): "{}"}),
    "auth.json": State(18, 1, ("auth.json", "doctor --fix"), files={OLD_STORE.replace("auth-profiles", "auth"): "{}"}),
    "credentials/oauth.json": State(
        18, 1, ("oauth.json", "doctor --fix"), files={".openclaw/credentials/oauth.json": "{}"}
    ),
    "old store, main has its own profiles": State(
        18,
        0,
        files={OLD_STORE: json.dumps({"version": 1, "profiles": {DEFAULT: API_KEY}})},
        own={DEFAULT: API_KEY},
    ),
    "old store of another agent": State(
        18,
        0,
        files={OLD_STORE.replace("main", "ops"): json.dumps({"version": 1, "profiles": {DEFAULT: API_KEY}})},
        config=TWO_AGENTS,
    ),
    "old store of this agent": State(
        18,
        1,
        (OLD_STORE.replace("main", "ops"), "doctor --fix"),
        args=("--agent", "ops"),
        config=TWO_AGENTS,
        files={OLD_STORE.replace("main", "ops"): json.dumps({"version": 1, "profiles": {DEFAULT: API_KEY}})},
    ),
    "old store of main, another agent asked": State(
        18,
        0,
        args=("--agent", "ops"),
        config=TWO_AGENTS,
        files={OLD_STORE: json.dumps({"version": 1, "profiles": {DEFAULT: API_KEY}})},
    ),
    "own profile of main wins over a shared one": State(
        0,
        1,
        (DEFAULT, "expired"),
        config={"auth": {"profiles": {DEFAULT: {"mode": "token"}}}},
        profiles={DEFAULT: token(hours(90))},
        own={DEFAULT: token(1000)},
    ),
    "own profile of main beside a shared one": State(
        0,
        0,
        config=UNDECLARED,
        profiles={"anthropic:shared": API_KEY},
        own={"anthropic:own": API_KEY},
    ),
    "legacy-main owns, the shared cell is not live": State(
        0,
        1,
        (DEFAULT,),
        then=_cell("auth.sharedStore", json.dumps({"location": "legacy-main"})),
    ),
    "legacy-main owns, main has a profile": State(
        0,
        0,
        profiles={},
        own={DEFAULT: API_KEY},
        then=_cell("auth.sharedStore", json.dumps({"location": "legacy-main"})),
    ),
    "unknown owner": State(
        0, 1, ("auth.sharedStore",), then=_cell("auth.sharedStore", json.dumps({"location": "moon"}))
    ),
    "alias x-ai": State(
        0, 0, config={"auth": None, **model("xai/grok-4")}, profiles={"x:default": {**API_KEY, "provider": "x-ai"}}
    ),
    "alias z.ai": State(
        0, 1, config={"auth": None, **model("zai/glm-5")}, profiles={"z:default": {**API_KEY, "provider": "z.ai"}}
    ),
    "alias minimax-cn": State(
        0,
        0,
        config={"auth": None, **model("minimax-cn/m2")},
        profiles={"m:default": {**API_KEY, "provider": "minimax"}},
    ),
    "alias z.ai in the model": State(
        0, 1, config={"auth": None, **model("z.ai/glm-5")}, profiles={"z:default": {**API_KEY, "provider": "zai"}}
    ),
    "alias qwen": State(
        0,
        1,
        config={"auth": None, **model("qwen-portal/coder")},
        profiles={"q:default": {**API_KEY, "provider": "qwen"}},
    ),
    "capitals in a provider": State(
        0, 0, config=UNDECLARED, profiles={"q:default": {**API_KEY, "provider": "Anthropic"}}
    ),
    "utility model of another provider": State(
        0, 1, ("openai", "utility model"), config={"agents": {"defaults": {"utilityModel": "openai/gpt-5.6-luna"}}}
    ),
    "utility model off": State(0, 0, config={"agents": {"defaults": {"utilityModel": ""}}}),
    "allowed by a policy": State(
        0, 0, config={"agents": {"defaults": {"modelPolicy": {"allow": ["anthropic/claude-opus-5", "openai/gpt-5.4"]}}}}
    ),
    "allowed as before": State(
        0,
        0,
        config={
            "meta": {"migrations": None},
            "agents": {"defaults": {"models": {"openai/gpt-5.4": {"alias": "mine"}}}},
        },
    ),
    "all default aliases": State(
        0,
        0,
        config={
            "agents": {
                "defaults": {
                    "models": {
                        "openai/gpt-5.4": {},
                        "openai/gpt-5.4-mini": {},
                        "google/gemini-3.1-pro-preview": {"alias": "g"},
                        "anthropic/claude-sonnet-5": {"alias": ""},
                    }
                }
            }
        },
    ),
    "cooldown of another model": State(
        0,
        0,
        state={
            "usageStats": {
                DEFAULT: {"cooldownUntil": hours(1), "cooldownReason": "rate_limit", "cooldownModel": "claude-sonnet-5"}
            }
        },
    ),
    "one of two held back": State(
        0,
        0,
        config=UNDECLARED,
        profiles={"anthropic:a": API_KEY, "anthropic:b": API_KEY},
        state={"usageStats": {"anthropic:a": {"cooldownUntil": hours(1), "cooldownReason": "rate_limit"}}},
    ),
    "expired beside a good key": State(
        0, 0, config=UNDECLARED, profiles={"anthropic:a": token(hours(-2)), "anthropic:b": API_KEY}
    ),
    "expiring beside a good key": State(
        0, 2, config=UNDECLARED, profiles={"anthropic:a": token(hours(2)), "anthropic:b": API_KEY}
    ),
    "unresolved reference, key in .env": State(
        49,
        1,
        ("NO_SUCH_VARIABLE",),
        profiles={DEFAULT: {"type": "api_key", "provider": "anthropic", "keyRef": REF}},
        files={".openclaw/.env": f"ANTHROPIC_API_KEY={KEY}\n"},
    ),
    "variable's name as key, variable set": State(36, 0, **keyed("ANTHROPIC_API_KEY"), env={"ANTHROPIC_API_KEY": KEY}),
    "variable's name as key, key in another profile": State(
        36,
        0,
        config=UNDECLARED,
        profiles={"anthropic:a": {**API_KEY, "key": "ANTHROPIC_API_KEY"}, "anthropic:b": API_KEY},
    ),
    "unresolved reference beside a good key": State(
        49,
        0,
        config=UNDECLARED,
        profiles={"anthropic:a": {"type": "api_key", "provider": "anthropic", "keyRef": REF}, "anthropic:b": API_KEY},
    ),
    "stale login beside a good key": State(
        0,
        0,
        config=UNDECLARED,
        profiles={"anthropic:a": login(expires=hours(-2)), "anthropic:b": API_KEY},
    ),
    "unset ${VAR} in an include": State(
        0,
        0,
        ("more.json:3", "NO_SUCH_VARIABLE"),
        config={"gateway": {"auth": None, "$include": "./more.json"}},
        files={".openclaw/more.json": '{\n  "auth": {\n    "token": "${NO_SUCH_VARIABLE}" } }\n'},
    ),
    "key in models.providers is a reference": State(
        49,
        1,
        ("NO_SUCH_VARIABLE",),
        profiles={},
        config={
            "auth": None,
            "models": {"providers": {"anthropic": {"baseUrl": "http://127.0.0.1:9/v1", "apiKey": REF, "models": []}}},
        },
    ),
    "agent directory moved": State(0, 0, env={"OPENCLAW_AGENT_DIR": "/tmp/agent-dir-that-is-not-there"}),
    "agent directory moved, main asked": State(
        0, 0, env={"OPENCLAW_AGENT_DIR": "/tmp/agent-dir-that-is-not-there"}, args=("--agent", "main")
    ),
    "agent directory moved and configured": State(
        0,
        0,
        env={"OPENCLAW_AGENT_DIR": "/tmp/agent-dir-that-is-not-there"},
        config={"agents": {"entries": {"main": {"agentDir": "$HOME/.openclaw/agents/main/agent"}}}},
    ),
    "login expires in 3 min": State(0, 1, **one(login(expires=hours(0.05)), "oauth")),
    "login without refresh, expired": State(0, 1, **one(login(expires=hours(-2), refresh=None), "oauth")),
    "token under mode oauth": State(0, 0, **one(token(hours(90)), "oauth")),
    "two agents, no default": State(
        3, 1, ("ownership",), config={"agents": {"entries": {"main": None, "ops": {}, "dev": {}}}}
    ),
}


def write(state: State, home: Path, now: int, templates: tuple[Path, Path] | None = None) -> None:
    """The home on disk. `templates`: a shared and an agent's database that the real program made; else bare ones."""
    config = home / ".openclaw" / "openclaw.json"
    database(home).parent.mkdir(parents=True)
    text = state.config if isinstance(state.config, str) else json.dumps(patched(CONFIG, state.config), indent=2)
    config.write_text(text.replace("$HOME", str(home)))
    if templates:
        database(home).write_bytes(templates[0].read_bytes())
    else:
        _sql(database(home), STATE_TABLE)
    cells = {
        "auth.sharedStore": {"location": "state-db"},
        "authProfiles.store": {"version": 1, "profiles": state.profiles},
    }
    if state.state is not None:
        cells["authProfiles.state"] = {"version": 1, **state.state}
    for name, value in cells.items():
        _cell(name, json.dumps(_dated(value, now)))(home)
    for private in (config, database(home)):
        private.chmod(0o600)
    for name, content in state.files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(content)
    if state.own is not None:
        own_store(home, state.own, templates and templates[1])
    if state.then:
        state.then(home)


def own_store(home: Path, profiles: dict[str, Any], template: Path | None = None) -> None:
    """Main's own database with these profiles."""
    path = agent_database(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    if template:
        path.write_bytes(template.read_bytes())
    else:
        for statement in AGENT_TABLES:
            _sql(path, statement)
    document = json.dumps({"version": 1, "profiles": profiles})
    _sql(path, "INSERT OR REPLACE INTO auth_profile_store VALUES ('primary', ?, 1)", (document,))


def patched(value: Any, patch: Any) -> Any:
    """A merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(value) if isinstance(value, dict) else {}
    for key, item in patch.items():
        if item is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), item)
    return result


def _dated(value: Any, now: int) -> Any:
    if isinstance(value, list):
        return [_dated(item, now) for item in value]
    if not isinstance(value, dict):
        return value
    if "$hours" in value:
        return now + int(value["$hours"] * HOUR)
    if "$seconds" in value:
        return now // 1000 + value["$seconds"] * 3600
    return {key: _dated(item, now) for key, item in value.items() if item is not None}


def _sql(path: Path, statement: str, values: tuple[Any, ...] = ()) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement, values)
