"""openclaw.json that OpenClaw refuses as a whole: unknown keys, wrong types, two agents in one directory.

Each of these was given to the real 2026.2.3 and 2026.9.6 (`config validate`, `models status --check`): exit 1.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.checks import installations as i
from tests.corpus.world import LOCAL, NEWER, OLDER, A, Cases, model

if TYPE_CHECKING:
    from tests.corpus.world import World

CASES = Cases()
of = CASES.of

ENTRY = {"provider": "anthropic", "mode": "api_key"}
OPENAI = {"baseUrl": "https://api.openai.com/v1", "models": []}
DEFAULTS: dict[str, Any] = model()["agents"]["defaults"]
# What both versions refuse, wherever it stands.
MISTYPED: dict[str, tuple[str, dict[str, Any]]] = {
    "top": ("gatewya", {"gatewya": {}}),
    "auth": ("auth.ordr", {"auth": {"ordr": {}}}),
    "profile": (f"auth.profiles.{A}.key", {"auth": {"profiles": {A: {**ENTRY, "key": "x"}}}}),
    "provider": ("models.providers.openai.api_key", {"models": {"providers": {"openai": {**OPENAI, "api_key": "x"}}}}),
    "agents": ("agents.defualts", {"agents": {"defaults": DEFAULTS, "defualts": {}}}),
    "defaults": ("agents.defaults.modle", {"agents": {"defaults": {**DEFAULTS, "modle": {}}}}),
    "model": (
        "agents.defaults.model.primry",
        {"agents": {"defaults": {"model": {"primary": "anthropic/claude-opus-4-5", "primry": "x"}}}},
    ),
    "gateway": ("gateway.prot", {"gateway": {**LOCAL, "prot": 1}}),
    "gateway_auth": (
        "gateway.auth.tokn",
        {"gateway": {"mode": "local", "auth": {"token": "gateway-FAKE-EXAMPLE-token-0001", "tokn": "x"}}},
    ),
    "shell": ("env.shellEnv.enable", {"env": {"shellEnv": {"enable": True}}}),
    "wrong_type": ("auth.order.anthropic", {"auth": {"order": {"anthropic": "x"}}}),
    "port_as_text": ("gateway.port", {"gateway": {**LOCAL, "port": "18789"}}),
}
for name, (place, value) in MISTYPED.items():

    def on_older(w: World, value: dict[str, Any] = value) -> None:
        w.config({**model(), **value, "meta": OLDER})
        w.store({A: i.key()})

    def on_newer(w: World, value: dict[str, Any] = value) -> None:
        w.newer({A: i.key()}, {**model(), **value})

    CASES.add(f"{name}_on_2026_2", "§10 row 3", on_older, f"error config/rejected {place}")
    CASES.add(f"{name}_on_2026_9", "§10 row 3", on_newer, f"error config/rejected {place}")


@of("§10 row 3: an agent of 2026.2", "error config/rejected agents.list.1.modle")
def mistyped_key_of_an_agent(w: World) -> None:
    w.config({**model(), "agents": {"defaults": DEFAULTS, "list": [{"id": "main"}, {"id": "ops", "modle": "x"}]},
              "meta": OLDER})  # fmt: skip
    w.store({A: i.key()})


@of("§10 row 3: an agent of 2026.9", "error config/rejected agents.entries.main.modle")
def mistyped_key_of_an_entry(w: World) -> None:
    entries = {"main": {"default": True, "modle": "x"}}
    w.newer({A: i.key()}, {**model(), "agents": {"defaults": DEFAULTS, "entries": entries}})


@of("a version between those whose keys are known", "error config/rejected gateway.port",
    "error config/rejected auth.order.anthropic")  # fmt: skip
def wrong_types_on_2026_6(w: World) -> None:
    w.newer({A: i.key()})
    w.config({**model(), "gateway": {**LOCAL, "port": "18789"}, "auth": {"order": {"anthropic": "x"}},
              "meta": {"lastTouchedVersion": "2026.6.5"}})  # fmt: skip


@of("a key that such a version may well have")
def stranger_on_2026_6(w: World) -> None:
    w.newer({A: i.key()})
    w.config({**model(), "gateway": {**LOCAL, "frobnicate": True}, "meta": {"lastTouchedVersion": "2026.6.5"}})


@of("a key that a later version may well have")
def stranger_on_a_later_version(w: World) -> None:
    w.newer({A: i.key()})
    w.config({**model(), "gateway": {**LOCAL, "frobnicate": True}, "meta": {"lastTouchedVersion": "2026.10.1"}})


@of("what 2026.9 takes of an older version")
def agents_as_a_list_on_2026_9(w: World) -> None:
    listed = [{"id": "main", "default": True}, {"id": "work", "name": "Work"}]
    defaults = {**DEFAULTS, "contextTokens": 100_000}
    w.newer({A: i.key()}, {**model(), "agents": {"defaults": defaults, "list": listed}})


@of("what plugins and channels have is not judged")
def keys_of_plugins_and_channels(w: World) -> None:
    w.newer({A: i.key()}, {**model(), "plugins": {"entries": {"x": {"y": 1}}}, "channels": {"z": {"w": True}},
                           "tools": {"q": 1}, "memory": {"r": 2}})  # fmt: skip


def two_in_one(w: World, **agents: Any) -> dict[str, Any]:
    return {**model(), "agents": {"defaults": DEFAULTS, **agents}}


@of("auth-spec §1.5: the real one exits 1", "error config/rejected agents.list.1.agentDir")
def two_agents_with_one_directory(w: World) -> None:
    listed = [{"id": "main", "default": True}, {"id": "ops", "agentDir": "~/.openclaw/agents/main/agent"}]
    w.config({**two_in_one(w, list=listed), "meta": OLDER})
    w.store({A: i.key()})


@of("the same on 2026.9", "error config/rejected agents.entries.ops.agentDir")
def two_agents_with_one_directory_on_2026_9(w: World) -> None:
    entries = {"main": {"default": True}, "ops": {"agentDir": str(w.path("agents/main/agent"))}}
    w.newer({A: i.key()}, two_in_one(w, entries=entries))


@of("an agent in main's directory, and no agent main")
def one_agent_in_mains_directory(w: World) -> None:
    w.config({**two_in_one(w, list=[{"id": "ops", "agentDir": "~/.openclaw/agents/main/agent"}]), "meta": OLDER})
    w.store({A: i.key()})


# ---- a refused key hides nothing else ------------------------------------------------------------------------------


@of("what is not known of the version", "info config/unknown-auth-key auth.profiles.openai:default.label",
    "error credentials/missing main/anthropic")  # fmt: skip
def unknown_key_and_a_missing_credential(w: World) -> None:
    entry = {"provider": "openai", "mode": "api_key", "label": "x"}
    w.config({**model(), "auth": {"profiles": {"openai:default": entry}}})
    w.store({"openai:default": i.key(i.OPENAI, "openai")})


@of("the version is known", "error config/rejected auth.profiles.openai:default.label",
    "error credentials/missing main/anthropic")  # fmt: skip
def refused_key_and_a_missing_credential(w: World) -> None:
    entry = {"provider": "openai", "mode": "api_key", "label": "x"}
    w.config({**model(), "auth": {"profiles": {"openai:default": entry}}, "meta": OLDER})
    w.store({"openai:default": i.key(i.OPENAI, "openai")})


@of("what was meant decides the model", "error config/rejected agents.defaults.modle")
def mistyped_model_and_another_provider(w: World) -> None:
    w.config({"gateway": LOCAL, "agents": {"defaults": {"modle": {"primary": "openai/gpt-5"}}}, "meta": OLDER})
    w.store({"openai:default": i.key(i.OPENAI, "openai")})


@of("§10 row 3: in a file that is included", "error config/rejected gateway.prot")
def mistyped_key_in_an_included_file(w: World) -> None:
    w.config(json.dumps({**model(), "gateway": {"$include": "./gateway.json5"}, "meta": OLDER}))
    w.file("gateway.json5", json.dumps({**LOCAL, "prot": 1}, indent=2))
    w.store({A: i.key()})


@of("older keys in the sqlite era, no version", "warning config/legacy-key telegram")
def older_key_beside_a_database(w: World) -> None:
    w.newer({A: i.key()})
    w.config({**model(), "telegram": {"botToken": "x"}})


@of("the same, with the version", "error config/rejected telegram")
def older_key_on_2026_9(w: World) -> None:
    w.newer({A: i.key()})
    w.config({**model(), "telegram": {"botToken": "x"}, "meta": NEWER})
