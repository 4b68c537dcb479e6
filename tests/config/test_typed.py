"""What OpenClaw's schema refuses, as 2026.2.3 and 2026.9.6 were seen to: each of these was given to both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.config import reading
from openclaw.config.known import strangers
from openclaw.config.rejected import rejections
from openclaw.config.typed import troubles
from openclaw.era import Era

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = "2026.2", "2026.9"


def provider(**members: Any) -> dict[str, Any]:
    return {"models": {"providers": {"x": members}}}


def declared(**members: Any) -> dict[str, Any]:
    return {"auth": {"profiles": {"a:b": members}}}


@pytest.mark.parametrize(
    ("config", "place", "versions"),
    [
        ({"auth": []}, "auth", (OLD, NEW)),
        ({"auth": {"ordre": {}}}, "auth.ordre", (OLD, NEW)),
        ({"auth": {"cooldowns": {"billingMaxHours": 3}}}, "auth.cooldowns", (NEW,)),
        ({"auth": {"order": {"openai": "a"}}}, "auth.order.openai", (OLD, NEW)),
        (declared(provider="openai", mode="apikey"), "auth.profiles.a:b.mode", (OLD, NEW)),
        (declared(provider="openai", mode="aws-sdk"), "auth.profiles.a:b.mode", (OLD,)),
        (declared(provider="openai"), "auth.profiles.a:b", (OLD, NEW)),
        (declared(provider="openai", mode="token", x=1), "auth.profiles.a:b.x", (OLD, NEW)),
        (declared(provider="openai", mode="token", displayName="x"), "auth.profiles.a:b.displayName", (OLD,)),
        ({"agents": {"defaults": {"model": {"primary": 5}}}}, "agents.defaults.model.primary", (OLD, NEW)),
        ({"agents": {"defaults": {"models": []}}}, "agents.defaults.models", (OLD, NEW)),
        ({"agents": {"defaults": {"models": {"a/b": {"alias": 5}}}}}, "agents.defaults.models.a/b.alias", (OLD, NEW)),
        ({"agents": {"list": {}}}, "agents.list", (OLD,)),
        ({"agents": {"list": [{"name": "x"}]}}, "agents.list[0]", (OLD,)),
        ({"agents": {"list": [{"id": 5}]}}, "agents.list[0].id", (OLD,)),
        ({"agents": {"entries": []}}, "agents.entries", (OLD, NEW)),
        ({"models": {"providers": []}}, "models.providers", (OLD, NEW)),
        (provider(baseUrl="http://a"), "models.providers.x", (OLD,)),
        (provider(baseUrl="http://a", models=[], apiKey=5), "models.providers.x.apiKey", (OLD, NEW)),
        (provider(baseUrl="http://a", models=[], apiKey={"id": "X"}), "models.providers.x.apiKey", (OLD,)),
        (provider(baseUrl="http://a", models=[], region="x"), "models.providers.x.region", (OLD,)),
        ({"env": []}, "env", (OLD, NEW)),
        ({"env": {"vars": {"X": 5}}}, "env.vars.X", (OLD, NEW)),
        ({"env": {"shellEnv": {"enabled": "yes"}}}, "env.shellEnv.enabled", (OLD, NEW)),
        ({"gateway": {"mode": "lokal"}}, "gateway.mode", (OLD, NEW)),
        ({"gateway": {"port": "x"}}, "gateway.port", (OLD, NEW)),
        ({"gateway": {"port": 0}}, "gateway.port", (OLD, NEW)),
        ({"gateway": {"auth": {"mode": "tok"}}}, "gateway.auth.mode", (OLD, NEW)),
        ({"gateway": {"auth": {"mode": "none"}}}, "gateway.auth.mode", (OLD,)),
        ({"gateway": {"auth": {"token": 5}}}, "gateway.auth.token", (OLD, NEW)),
        ({"gateway": {"token": "x"}}, "gateway.token", (OLD, NEW)),
        ({"gateway": {"prot": 1}}, "gateway.prot", (OLD, NEW)),
        ({"gateway": {"auth": {"tokn": "x"}}}, "gateway.auth.tokn", (OLD, NEW)),
        ({"gateway": {"tailscale": {"resetOnExit": True}}}, "gateway.tailscale.resetOnExit", (NEW,)),
        ({"gateway": {"bind": "everywhere"}}, "gateway.bind", (OLD, NEW)),
        ({"agent": {}}, "agent", (OLD, NEW)),
        ({"foo": 1}, "foo", (OLD, NEW)),
        ({"$schema": "x"}, "$schema", (OLD,)),
        ({"audio": {}}, "audio", (NEW,)),
        ({"agents": {"defualts": {}}}, "agents.defualts", (OLD, NEW)),
        ({"agents": {"defaults": {"modle": {}}}}, "agents.defaults.modle", (OLD, NEW)),
        ({"agents": {"defaults": {"memorySearch": {}}}}, "agents.defaults.memorySearch", (NEW,)),
        ({"agents": {"defaults": {"utilityModel": "a/b"}}}, "agents.defaults.utilityModel", (OLD,)),
        ({"agents": {"defaults": {"contextTokens": 5}}}, "", ()),  # 2026.9 takes it out by itself
        ({"agents": {"defaults": {"model": {"primry": "a/b"}}}}, "agents.defaults.model.primry", (OLD, NEW)),
        ({"agents": {"defaults": {"models": {"a/b": {"alais": "b"}}}}}, "agents.defaults.models.a/b.alais", (OLD, NEW)),
        ({"agents": {"list": [{"id": "main", "modle": "x"}]}}, "agents.list[0].modle", (OLD, NEW)),
        ({"agents": {"list": [{"id": "main", "model": {"primry": "x"}}]}}, "agents.list[0].model.primry", (OLD, NEW)),
        ({"agents": {"list": [{"id": "main", "default": "yes"}]}}, "agents.list[0].default", (OLD, NEW)),
        (provider(baseUrl="http://a", models=[], api_key="x"), "models.providers.x.api_key", (OLD, NEW)),
        (provider(baseUrl="http://a", models=[], auth="key"), "models.providers.x.auth", (OLD, NEW)),
        (provider(baseUrl="http://a", models=[{"nmae": "m"}]), "models.providers.x.models[0].nmae", (OLD, NEW)),
        ({"models": {"mode": "add"}}, "models.mode", (OLD, NEW)),
        ({"env": {"ACME_KEY": "x"}}, "env.ACME_KEY", (NEW,)),
        ({"env": {"var": {}}}, "env.var", (OLD, NEW)),
        ({"env": {"shellEnv": {"enable": True}}}, "env.shellEnv.enable", (OLD, NEW)),
        ({"wizard": {"lastRun": "x"}}, "wizard.lastRun", (OLD, NEW)),
        ({"plugins": {"x": 1}, "memory": {"y": 1}, "channels": {"z": {}}, "tools": {"t": {}}, "hooks": {}}, "", ()),
        (provider(baseUrl="http://a", models=[], headers={"X-Any": "1"}), "", ()),
        ({"gateway": {"mode": "${MODE}"}}, "", ()),
        ({"agents": {"defaults": {"model": {"primary": "a/b", "fallbacks": ["c/d"]}}}}, "", ()),
        ({"agents": {"list": [{"id": "work", "model": "a/b"}]}}, "", ()),
        (provider(baseUrl="http://a", models=[], apiKey="x", headers={}, api="openai-completions"), "", ()),
    ],
)  # fmt: skip
def test_what_each_version_refuses(config: dict[str, Any], place: str, versions: tuple[str, ...]) -> None:
    for version in (OLD, NEW):
        found = [reading.dotted(keys) for keys, _ in (*troubles(config, version), *strangers(config, version))]
        assert found == ([place] if version in versions else []), version


def test_agents_of_2026_9() -> None:
    config = {"agents": {"entries": {"work": {"modle": "x", "model": {"primry": "a/b"}}}}}
    found = [reading.dotted(keys) for keys, _ in strangers(config, NEW)]
    assert found == ["agents.entries.work.modle", "agents.entries.work.model.primry"]
    assert [reading.dotted(keys) for keys, _ in strangers(config, OLD)] == ["agents.entries"]


@pytest.mark.parametrize(
    ("era", "refused"),
    [
        (Era("json", "2026.2.3"), ["secrets", "gateway.mode"]),
        (Era("json"), ["secrets", "gateway.mode"]),  # the stricter holds
        (Era("json", "2026.4.1"), ["gateway.mode"]),  # whether it knows that key is not known
        (Era("sqlite", "2026.9.6"), ["gateway.mode"]),
        (Era("sqlite", "2026.6.5"), ["gateway.mode"]),  # what both known versions refuse
        (Era("sqlite"), ["gateway.mode"]),
        (Era("unknown"), ["gateway.mode"]),
    ],
)
def test_by_the_version_that_is_used(tmp_path: Path, era: Era, refused: list[str]) -> None:
    path = tmp_path / "openclaw.json"
    path.write_text(json.dumps({"secrets": {}, "gateway": {"mode": "lokal"}}, indent=2), "utf-8")
    found = rejections(reading.read(path), era)
    assert sorted(reading.dotted(item.keys) for item in found) == sorted(refused)
    assert all(item.line for item in found)
