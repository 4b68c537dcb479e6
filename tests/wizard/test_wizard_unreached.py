"""A provider that is not reached costs its own time and nothing else: the key is saved, and that is a success."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING

import pytest

from openclaw.secret import Secret
from tests.providers.servers import Server, drip, server, stall
from wizard import verifying
from wizard.answers import Credential
from wizard.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket

    from tests.providers.servers import Received
    from tests.wizard.conftest import House
    from wizard.facts import Facts

    Handler = Callable[[socket, Received], None]

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
DEADLINE = 0.6  # seconds, in place of the usual patience
MARGIN = 2.0  # seconds; a busy machine
FLAGS = ("--json", "--provider", "anthropic", "--method", "api-key", "--store", "env", "--key-stdin")


def ask(facts: Facts, house: House, found: Server) -> tuple[str, float]:
    """What comes of asking that server about a key, and the seconds that it took."""
    asker = verifying.Asker(house.call(), facts.found, Page(io.StringIO()))
    begun = time.monotonic()
    checked = asker.ask(Credential("mine", "api_key", Secret(KEY), found.url, "openai-completions", "model-1"))
    return checked.state, time.monotonic() - begun


@pytest.mark.parametrize("handler", [stall, drip])
def test_a_server_that_does_not_answer_costs_the_deadline(
    handler: Handler, house: House, facts_of: Callable[..., Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "SECONDS", DEADLINE)
    facts = facts_of(house)
    with server(handler) as found:
        state, seconds = ask(facts, house, found)
    assert state == "unreached"
    assert DEADLINE * 0.8 <= seconds <= DEADLINE + MARGIN


def test_a_server_that_is_not_there_costs_nothing(house: House, facts_of: Callable[..., Facts]) -> None:
    state, seconds = ask(facts_of(house), house, Server("http://127.0.0.1:9", 9))
    assert state == "unreached"
    assert seconds < MARGIN < verifying.SECONDS


def test_a_whole_run_takes_the_time_of_one_probe_longer(house: House) -> None:
    """Saved, not verified, exit 0; the doctor on the last page does not wait for the network again."""
    with server(stall) as found:
        entry = {"baseUrl": found.url, "models": []}
        config = {"gateway": {"mode": "local"}, "models": {"providers": {"anthropic": entry}}}
        house.write(house.config, json.dumps(config))
        began = time.monotonic()
        without = house.onboard(*FLAGS, "--no-verify", stdin=KEY.encode())
        usual = time.monotonic() - began
        house.env_file.unlink()
        began = time.monotonic()
        done = house.onboard(*FLAGS, stdin=KEY.encode())
        seconds = time.monotonic() - began
    assert (without.code, done.code) == (0, 0), done.err
    assert (done.document["verified"], done.document["proven"]) == ("unreached", True)
    assert "Saved, not verified" in done.err
    assert house.env_file.read_text() == f"ANTHROPIC_API_KEY={KEY}\n"
    assert len(found.received) == 1
    assert verifying.SECONDS * 0.8 <= seconds <= usual + verifying.SECONDS + MARGIN
