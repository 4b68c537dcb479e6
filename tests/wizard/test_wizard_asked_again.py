"""`interactive` in an answers file: those questions are really asked, with what the file says as what Enter gives."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.frozen import replace
from openclaw.secret import Secret
from openclaw.service.base import GatewayService, Manager
from wizard import facts as collecting
from wizard.answers import Checked
from wizard.answersfile import filled
from wizard.answersmembers import QUESTIONS
from wizard.front.flags import complete
from wizard.gathering import Known
from wizard.options import Options
from wizard.page import Page
from wizard.prefilling import prefill
from wizard.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.wizard.conftest import House
    from wizard.answers import Answers, Credential
    from wizard.decision import Decision
    from wizard.facts import Facts
    from wizard.questions import Question

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER = "sk-ant-api03-FAKE" + "zY9-" * 22
STORED = {"type": "api_key", "provider": "anthropic", "key": OTHER}
CONFIG = {
    "gateway": {"mode": "local", "auth": {"mode": "token", "token": "FAKE-t"}},
    "agents": {"list": [{"id": "main"}, {"id": "work"}]},
}
# What a file says of each question, and what a person may say in its stead.
SAID: dict[str, tuple[str, Any, Any]] = {
    "provider": ("provider", "anthropic", "openai"),
    "method": ("method", "api-key", "setup-token"),
    "key": ("key", "env:MINE", OTHER),
    "store": ("store", "profile", "env"),
    "profile": ("profile", "anthropic:ci", "anthropic:mine"),
    "agent": ("agent", "work", "main"),
    "model": ("model", "claude-sonnet-4-5", "claude-opus-4-5"),
    "existing": ("existing", "keep", "replace"),
    "handling": ("handling", "modify", "keep"),
    "service": ("service", "later", "restart"),
    "base_url": ("base_url", "https://llm.example.com/v1", "https://other.example.com/v1"),
    "api": ("api", "anthropic-messages", "openai-completions"),
    "account_id": ("account_id", "acc", "acc-2"),
    "gateway_id": ("gateway_id", "gw", "gw-2"),
}
CUSTOM = {"provider": "mine", "base_url": "https://llm.example.com/v1", "api": "anthropic-messages", "model": "m",
          "key": "env:PLAIN"}  # fmt: skip
CLOUDFLARE = {"provider": "cloudflare-ai-gateway", "account_id": "acc", "gateway_id": "gw", "key": "env:PLAIN"}
BASE = {"provider": "anthropic", "key": "env:MINE", "store": "profile"}
OF = {"base_url": CUSTOM, "api": CUSTOM, "account_id": CLOUDFLARE, "gateway_id": CLOUDFLARE,
      "existing": {**BASE, "store": "env"}}  # fmt: skip
ENV = {"MINE": KEY, "PLAIN": "FAKE0123456789abcdef0123456789abcdef"}
SYSTEMD = Manager("systemd", True, "this is a test", expected=True)


@dataclass
class Person:
    """Says what is given for a question, else what Enter gives. `asked` are the questions that came."""

    said: Mapping[str, str | bool]
    asked: list[Question] = field(default_factory=list)
    keys: str = ""

    def answer(self, question: Question, *, back: bool = True) -> str | bool:
        """An answer as a front gives it."""
        self.asked.append(question)
        assert len(self.asked) < 12, [item.id for item in self.asked]
        default = "" if isinstance(question.default, Secret) else question.default
        value = self.said.get(question.id, default)
        assert value is not None, question.id
        return value


@dataclass(frozen=True)
class Talk:
    """How a conversation went."""

    asked: dict[str, Question]
    answers: Answers
    decision: Decision
    shown: str


def accepted(credential: Credential) -> Checked:
    """A provider that takes every key."""
    return Checked(credential, "accepted", "", ("claude-a", "claude-b"))


def host(house: House, *, stored: bool = False) -> Facts:
    """A host with two agents and a service."""
    house.write(house.config, json.dumps(CONFIG))
    if stored:
        house.profiles(anthropic__default=STORED)
    service = GatewayService("openclaw-gateway.service", True, "systemctl --user restart openclaw-gateway")
    facts = collecting.look(house.call(ENV))
    return replace(facts, manager=SYSTEMD, service=service, services=object(), verify=True)


def talk(
    document: Mapping[str, Any],
    house: House,
    facts: Facts,
    said: Mapping[str, str | bool],
    flags: Options | None = None,
) -> Talk:
    """A run with an answers file, as `wizard.run` does it."""
    house.write(house.path / "a.json", json.dumps(document))
    options = filled(flags or Options(), "a.json", house.call(ENV))
    assert options.wrong == ()
    given = prefill(options, facts, house.call(ENV))
    assert given.troubles == ()
    complete(given.answers, replace(facts, verify=False), asked=options.only or frozenset())
    person, stream = Person(said), io.StringIO()
    session = Session(person, Page(stream, columns=200), given.answers, accepted, only=options.only)
    done, _ = session.run(Known(facts))
    return Talk({item.id: item for item in person.asked}, session.answers, done.decision, stream.getvalue())


def file_of(name: str) -> dict[str, Any]:
    """A file that answers everything and has one question asked all the same."""
    member, value, _ = SAID[name]
    return {**OF.get(name, BASE), member: value, "interactive": [name]}


NAMES = sorted(set(QUESTIONS) - {"confirm"})


@pytest.mark.parametrize("name", NAMES)
def test_it_is_asked_and_enter_gives_what_the_file_says(name: str, house: House) -> None:
    facts = host(house, stored=name == "existing")
    plain = {key: value for key, value in file_of(name).items() if key != "interactive"}
    went = talk(file_of(name), house, facts, {})
    assert QUESTIONS[name] in went.asked
    straight = talk({**plain, "interactive": []}, house, facts, {})
    assert straight.asked == {}
    assert replace(went.decision, settings=()) == replace(straight.decision, settings=())
    assert KEY not in went.shown


@pytest.mark.parametrize("name", NAMES)
def test_another_answer_counts(name: str, house: House) -> None:
    facts = host(house, stored=name in ("existing", "handling"))
    said = {QUESTIONS[name]: SAID[name][2], "secret": OTHER if name == "key" else "sk-ant-oat01-FAKE" + "aB3_" * 22}
    said |= {"secret": "sk-proj-FAKE0123456789abcdefghij0123456789"} if name == "provider" else {}
    went = talk(file_of(name), house, facts, said)
    answer = went.answers.get(QUESTIONS[name])
    assert answer is not None
    assert answer.source == "person"
    wanted = SAID[name][2]
    assert answer.value == (Secret(wanted) if name == "key" else wanted)


@pytest.mark.parametrize("name", ["model", "agent", "profile", "handling"])
def test_an_optional_question_is_asked_without_a_value_in_the_file(name: str, house: House) -> None:
    facts = host(house)
    went = talk({**BASE, "interactive": [name]}, house, facts, {"handling": "modify"})
    assert QUESTIONS[name] in went.asked
    assert went.decision.provider == "anthropic"


def test_a_flag_counts_more_than_the_file_and_its_questions(house: House) -> None:
    facts = host(house)
    went = talk({**BASE, "model": "a", "interactive": ["model", "store"]}, house, facts, {}, Options(model="flagged"))
    assert (set(went.asked), went.decision.model) == ({"place"}, "anthropic/flagged")


def test_back_leads_to_the_question_before_with_its_suggestion(house: House) -> None:
    from wizard.front.script import GO_BACK, Script

    facts = host(house)
    house.write(house.path / "a.json", json.dumps({**BASE, "interactive": ["method", "store"], "method": "api-key"}))
    options = filled(Options(), "a.json", house.call(ENV))
    given = prefill(options, facts, house.call(ENV))
    front = Script(["api-key", GO_BACK, "api-key", "profile"])
    session = Session(front, Page(io.StringIO(), columns=200), given.answers, accepted, only=options.only)
    session.run(Known(facts))
    assert front.asked == ["method", "place", "method", "place"]


def test_what_the_file_says_wrong_cannot_be_chosen(house: House) -> None:
    """A value that there is no longer is left out; the usual one is what Enter gives."""
    facts = replace(host(house), services=None)
    went = talk({**BASE, "existing": "new-first", "interactive": ["existing", "service"]}, house, facts, {})
    assert went.asked == {}
    odd = talk({**BASE, "model": "not listed", "interactive": ["model"]}, house, facts, {"model": "claude-a"})
    assert "not listed" not in [option.value for option in odd.asked["model"].options]


def test_without_a_terminal_it_is_an_error(house: House) -> None:
    house.write(house.path / "a.json", json.dumps({**BASE, "interactive": ["model"]}))
    before = house.snapshot()
    result = house.onboard("--answers", "a.json", "--no-verify", env=ENV)
    assert (result.code, "not a terminal" in result.err) == (2, True)
    assert house.snapshot() == before
