"""What is printed after a provider's answer is run, for every class of answer, provider and place of the credential."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openclaw.handover import our_name, runnable
from openclaw.providers.advice import REPLACED, Place, commands
from tests.checks import installations as i
from tests.corpus import running
from tests.corpus.world import findings, model, world

if TYPE_CHECKING:
    from pathlib import Path

    from tests.corpus.world import World

CLASSES = (*sorted(REPLACED), "network", "billing", "rate_limit", "model", "unknown")
MASK = "FAKE-key-that-was-refused-0123456789"
PLACES = {
    "key": ("anthropic", Place(profile="anthropic:work")),
    "key of an agent": ("openai", Place("work", "openai:work")),
    "token": ("anthropic", Place(profile="anthropic:work", mode="token")),
    "token of an agent": ("acme", Place("work", "acme:work", "token")),
    "variable": ("openrouter", Place()),
    "of a custom provider": ("acme", Place(profile="acme:work")),
    "login": ("openai-codex", Place(profile="openai-codex:work", mode="oauth")),
    "login of github-copilot": ("github-copilot", Place(profile="github-copilot:github", mode="oauth")),
    "of a cloud": ("google-vertex", Place()),
    "of 2026.9": ("anthropic", Place(profile="anthropic:work", newer=True)),
    "a token of 2026.9": ("anthropic", Place(profile="anthropic:work", mode="token", newer=True)),
    "login of 2026.9": ("openai-codex", Place(profile="openai-codex:work", mode="oauth", newer=True)),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_command_after_an_answer(place: str, tmp_path: Path) -> None:
    provider, found = PLACES[place]
    printed = {commands(cls, provider, found): cls for cls in CLASSES}
    assert len(printed) > 1
    for number, (lines, cls) in enumerate(printed.items()):
        (tmp_path / str(number)).mkdir()
        with world(tmp_path / str(number)) as made:
            _build(made, provider, found)
            for line in lines:
                command = runnable(line, our_name(made.env))
                if running.reason_not_to(command):
                    continue
                ran = running.run(made, command, our_name(made.env))
                assert ran.code == 0, (cls, command, ran.said)
            if found.profile and cls in REPLACED - {"auth_restricted"} and "models auth paste" in lines[-1]:
                assert MASK not in _stored(made)
                assert not any(item.check_id == "credentials/undeclared" for item in findings(made.examined()))


def _build(made: World, provider: str, place: Place) -> None:
    made.config(model("openai/gpt-5.2"), agents=("work",) if place.agent else ())
    entry = {
        "api_key": i.key(MASK, provider), "token": i.token(MASK, provider), "oauth": i.login(provider=provider),
    }[place.mode]  # fmt: skip
    profiles = {place.profile: entry} if place.profile else {}
    if place.newer:
        made.newer(profiles, model("openai/gpt-5.2"))
    else:
        made.store({"openai:default": i.key(i.OPENAI, "openai")})
        made.store({"openai:default": i.key(i.OPENAI, "openai"), **profiles}, place.agent or "main")


def _stored(made: World) -> str:
    paths = [*made.state.rglob("auth-profiles.json"), *made.state.rglob("*.sqlite")]
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in paths)
