"""A key that nobody named: the environment's, then the stored profile's (wizard-doctor-spec §2.12)."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.wizard.inside import Inside

if TYPE_CHECKING:
    from tests.wizard.conftest import House

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
CONFIG = {"gateway": {"mode": "local", "auth": {"mode": "token", "token": "FAKE-t"}}}
STORED = {"type": "api_key", "provider": "anthropic", "key": KEY}
CALLS = [("--auth-choice", "apiKey"), ("--provider", "anthropic"), ("--provider", "anthropic", "--method", "api-key")]


@pytest.fixture
def inside(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    """The program on an installation with a stored key."""
    house.write(house.config, json.dumps(CONFIG))
    house.profiles(anthropic__mine=STORED)
    return Inside(house, monkeypatch, capsys)


def profiles(house: House) -> Any:
    """What is stored."""
    return json.loads(house.store.read_text())["profiles"]


@pytest.mark.parametrize("call", CALLS)
def test_the_stored_profile_is_used(call: tuple[str, ...], inside: Inside) -> None:
    house = inside.house
    store = house.store.read_bytes()
    result = inside.onboard("--json", "--no-verify", *call)
    assert (result.code, result.document.get("profileId")) == (0, "anthropic:mine"), result.err
    assert "the stored profile anthropic:mine" in result.err
    assert house.store.read_bytes() == store
    assert not house.env_file.exists()
    before = house.snapshot()
    assert inside.onboard("--json", "--no-verify", *call).document["changed"] is False
    assert house.snapshot() == before


def test_a_flag_then_the_environment_come_first(inside: Inside) -> None:
    house = inside.house
    more = ("--json", "--no-verify", "--auth-choice", "apiKey")
    shell = inside.onboard(*more, env={"ANTHROPIC_API_KEY": OTHER})
    assert (shell.code, "set in this shell" in shell.err) == (0, True), shell.err
    assert profiles(house)["anthropic:mine"]["key"] == OTHER
    house.profiles(anthropic__mine=STORED)
    flag = inside.onboard("--json", "--no-verify", "--anthropic-api-key", OTHER, "--existing", "replace")
    assert (flag.code, profiles(house)["anthropic:mine"]["key"]) == (0, OTHER)


@pytest.mark.parametrize(
    "stored",
    [
        {"type": "token", "provider": "anthropic", "token": SETUP},
        {"type": "api_key", "provider": "openai", "key": "sk-proj-FAKE0123456789abcdefghij0123456789"},
        {"type": "api_key", "provider": "anthropic", "key": ""},
        {"type": "api_key", "provider": "anthropic", "keyRef": {"source": "env", "provider": "default", "id": "NOPE"}},
    ],
)
def test_what_is_none_is_missing(stored: dict[str, Any], inside: Inside) -> None:
    inside.house.profiles(anthropic__mine=stored)
    before = inside.house.snapshot()
    result = inside.onboard("--json", "--auth-choice", "apiKey")
    assert (result.code, "missing: Anthropic API key" in result.document["error"]["message"]) == (2, True)
    assert inside.house.snapshot() == before


def test_into_the_env_file_where_that_is_asked_for(inside: Inside) -> None:
    result = inside.onboard("--json", "--no-verify", "--provider", "anthropic", "--store", "env")
    assert (result.code, inside.house.env_file.read_text()) == (0, f"ANTHROPIC_API_KEY={KEY}\n"), result.err


def test_a_profile_that_is_named_and_is_not_there_is_not_made_of_another(inside: Inside) -> None:
    result = inside.onboard("--json", "--provider", "anthropic", "--profile-id", "anthropic:work")
    assert (result.code, "missing: Anthropic API key" in result.document["error"]["message"]) == (2, True)
    named = inside.onboard("--json", "--no-verify", "--provider", "anthropic", "--profile-id", "anthropic:mine")
    assert (named.code, named.document["profileId"]) == (0, "anthropic:mine")


def test_an_answers_file_of_it_names_no_key(inside: Inside) -> None:
    house = inside.house
    text = inside.onboard("--non-interactive", "--print-answers", "--provider", "anthropic").out
    assert "key" not in tomllib.loads(text)
    house.write(house.path / "a.toml", text)
    result = inside.onboard("--json", "--no-verify", "--answers", "a.toml")
    assert (result.code, result.document["profileId"]) == (0, "anthropic:mine"), result.err
