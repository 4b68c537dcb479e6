"""What OpenClaw's schema refuses, as 2026.2.3 and 2026.9.6 were seen to: each of these was given to both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.config import reading
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
        ({"auth": {"ordre": {}}}, "auth.ordre", (OLD,)),
        ({"auth": {"order": {"openai": "a"}}}, "auth.order.openai", (OLD, NEW)),
        (declared(provider="openai", mode="apikey"), "auth.profiles.a:b.mode", (OLD, NEW)),
        (declared(provider="openai", mode="aws-sdk"), "auth.profiles.a:b.mode", (OLD,)),
        (declared(provider="openai"), "auth.profiles.a:b", (OLD, NEW)),
        (declared(provider="openai", mode="token", x=1), "auth.profiles.a:b.x", (OLD,)),
        ({"agents": {"defaults": {"model": {"primary": 5}}}}, "agents.defaults.model.primary", (OLD, NEW)),
        ({"agents": {"defaults": {"models": []}}}, "agents.defaults.models", (OLD, NEW)),
        ({"agents": {"defaults": {"models": {"a/b": {"alias": 5}}}}}, "agents.defaults.models.a/b.alias", (OLD, NEW)),
        ({"agents": {"list": {}}}, "agents.list", (OLD,)),
        ({"agents": {"list": [{"name": "x"}]}}, "agents.list[0]", (OLD,)),
        ({"agents": {"list": [{"id": 5}]}}, "agents.list[0].id", (OLD,)),
        ({"agents": {"entries": []}}, "agents.entries", (NEW,)),
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
        ({"gateway": {"token": "x"}}, "gateway.token", (OLD,)),  # 2026.9: by config/rejected's list of near names
        ({"agent": {}}, "agent", (OLD,)),
        ({"foo": 1}, "foo", (OLD,)),
        ({"web": {}, "audio": {}, "media": {}, "canvasHost": {}, "plugins": {}, "memory": {}}, "", ()),
        ({"gateway": {"mode": "${MODE}"}}, "", ()),
        ({"agents": {"defaults": {"model": {"primary": "a/b", "fallbacks": ["c/d"]}}}}, "", ()),
        ({"agents": {"list": [{"id": "work", "model": "a/b"}]}}, "", ()),
        (provider(baseUrl="http://a", models=[], apiKey="x", headers={}, api="openai-completions"), "", ()),
    ],
)  # fmt: skip
def test_what_each_version_refuses(config: dict[str, Any], place: str, versions: tuple[str, ...]) -> None:
    for version in (OLD, NEW):
        found = [reading.dotted(keys) for keys, _ in troubles(config, version)]
        assert found == ([place] if version in versions else []), version


@pytest.mark.parametrize(
    ("era", "refused"),
    [
        (Era("json", "2026.2.3"), ["secrets", "gateway.mode"]),
        (Era("json"), ["secrets", "gateway.mode"]),  # the stricter holds
        (Era("json", "2026.4.1"), ["gateway.mode"]),  # whether it knows that key is not known
        (Era("sqlite", "2026.9.6"), ["gateway.mode"]),
        (Era("unknown"), []),
    ],
)
def test_by_the_version_that_is_used(tmp_path: Path, era: Era, refused: list[str]) -> None:
    path = tmp_path / "openclaw.json"
    path.write_text(json.dumps({"secrets": {}, "gateway": {"mode": "lokal"}}, indent=2), "utf-8")
    found = rejections(reading.read(path), era)
    assert sorted(reading.dotted(item.keys) for item in found) == sorted(refused)
    assert all(item.line for item in found)
