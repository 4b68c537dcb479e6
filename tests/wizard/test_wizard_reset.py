"""Beginning anew, more than once, and with what the old config said out of the way."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from tests.providers.servers import reply, server

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wizard.conftest import House
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
RESET = ("--json", "--reset", "--yes", "--provider", "anthropic", "--key-env", "MINE")
REFUSED = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}


def test_two_resets_within_one_second(house: House) -> None:
    """The clock of these tests stands still."""
    first = house.onboard(*RESET, "--no-verify", env={"MINE": KEY})
    assert first.code == 0, first.err
    house.write(house.config, "{}")
    second = house.onboard(*RESET, "--no-verify", env={"MINE": KEY})
    third = house.onboard(*RESET, "--no-verify", env={"MINE": OTHER_KEY})
    assert (second.code, third.code) == (0, 0), third.err
    kept = sorted(path.parent.name[-2:] for path in house.path.rglob("reset-*/.env"))
    assert kept == ["-2", "0Z"], list(house.path.rglob("reset-*"))
    assert house.env_file.read_text() == f"ANTHROPIC_API_KEY={OTHER_KEY}\n"


def test_the_old_address_is_not_asked_about_the_new_key(house: House) -> None:
    with server(reply(401, REFUSED)) as found:
        entry = {"baseUrl": found.url, "models": []}
        config = {"gateway": {"mode": "local"}, "models": {"providers": {"anthropic": entry}}}
        house.write(house.config, json.dumps(config))
        result = house.onboard(*RESET, env={"MINE": KEY})
        assert (result.code, result.document["verified"]) == (0, "unreached"), result.err
        assert found.received == []
        house.write(house.config, json.dumps(config))
        refused = house.onboard(*(word for word in RESET if word not in ("--reset", "--yes")), env={"MINE": OTHER_KEY})
        deadline = time.monotonic() + 5
        while not found.received and time.monotonic() < deadline:
            time.sleep(0.1)
        assert (refused.code, len(found.received)) == (2, 1), refused.err


def test_the_question_says_what_would_be_moved(house: House, facts_of: Callable[..., Facts]) -> None:
    from wizard.answers import Answers
    from wizard.steps.handling import reset_sure

    house.write(house.config, "{}")
    question = reset_sure(Answers().give("handling", "reset", "person"), facts_of(house))
    assert question is not None
    assert question.help.startswith("These would be moved: ~/.openclaw/openclaw.json.")
