"""Back shows what was answered as what Enter gives: Enter all the way again leads to the same plan."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from openclaw.credentials import storing
from openclaw.frozen import replace
from openclaw.secret import Secret
from wizard.answers import ORDER, Answers
from wizard.decision import plan_of
from wizard.flow import CREDENTIAL, FIRST, REST, Ask, Review, next_step, take
from wizard.gathering import Known
from wizard.page import Page
from wizard.questions import Back
from wizard.session import Session
from wizard.suggesting import suggested

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openclaw.change.plan import Plan
    from tests.wizard.conftest import House
    from wizard.answers import Value
    from wizard.facts import Facts
    from wizard.questions import Question

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
TOKEN = "sk-ant-oat01-FAKE" + "aB3_" * 22
ODD = "FAKE-odd-key-0123456789abcdef"
SAID: dict[str, list[tuple[str, str | bool]]] = {
    "a profile": [("provider", "xai"), ("secret", "xai-FAKE0123456789abcdef0123456789abcdef0123456789"),
                  ("place", "profile")],
    "a custom service": [("provider", "custom"), ("custom_id", "my-proxy"), ("base_url", "https://llm.example.com/v1"),
                         ("api", "anthropic-messages"), ("model", "m-1"), ("secret", ODD), ("place", "profile")],
    "a setup-token": [("provider", "anthropic"), ("method", "setup-token"), ("secret", TOKEN), ("place", "profile")],
    "an account": [("provider", "cloudflare-ai-gateway"), ("account_id", "acc"), ("gateway_id", "gw"), ("secret", ODD),
                   ("place", "profile")],
    "more options": [("provider", "anthropic"), ("method", "api-key"), ("secret", KEY), ("place", "profile"),
                     ("confirm", "options"), ("options", "profile_id"), ("profile_id", "anthropic:mine"),
                     ("confirm", "options"), ("options", "agent"), ("agent", "work"),
                     ("confirm", "options"), ("options", "monitor"), ("monitor", False)],
}  # fmt: skip
TWO = {"gateway": {"mode": "local"}, "agents": {"list": [{"id": "main"}, {"id": "work"}]}}


@dataclass
class Person:
    """Gives these answers, then goes back so many times, then presses Enter only, until the review page."""

    said: list[tuple[str, str | bool]]
    backs: int
    keys: str = ""
    asked: list[str] = field(default_factory=list)
    reviews: int = 0

    def answer(self, question: Question, *, back: bool = True) -> str | bool:
        self.asked.append(question.id)
        if self.said:
            name, value = self.said.pop(0)
            assert name == question.id
            return value
        self.reviews += question.id == "confirm"
        if self.reviews and self.backs and back:
            self.backs -= 1
            raise Back
        if question.id == "confirm" and not self.backs:
            return "write"
        default = question.default
        if isinstance(default, Secret):
            return ""
        assert default is not None, f"{question.id} has nothing that Enter gives"
        return default


def ended(said: Sequence[tuple[str, str | bool]], backs: int, facts: Facts) -> tuple[Plan, str]:
    stream = io.StringIO()
    page = Page(stream, colour=False, columns=200)
    session = Session(Person(list(said), backs), page, Answers().give("handling", "modify", "flag", "--handling"))
    done, facts = session.run(Known(facts))
    return plan_of(done.decision, facts), stream.getvalue()


@pytest.fixture(autouse=True)
def same_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "gateway_secret", lambda: Secret("FAKE" * 12))


@pytest.mark.parametrize("backs", [1, 2, 3, 4, 5, 6, 20])
@pytest.mark.parametrize("case", list(SAID))
def test_back_and_enter_changes_nothing(case: str, backs: int, house: House, facts_of: Callable[..., Facts]) -> None:
    if case == "more options":
        backs = min(backs, 3)  # further back, they are no longer asked for
        house.write(house.config, json.dumps(TWO))
    facts = replace(facts_of(house), verify=False)
    straight, _ = ended(SAID[case], 0, facts)
    again, shown = ended(SAID[case], backs, facts)
    assert again == straight
    assert not [text for _, text in SAID[case] if isinstance(text, str) and len(text) > 20 and "://" not in text
                and text in shown]  # fmt: skip


def human(*given: tuple[str, Value]) -> Answers:
    answers = Answers()
    for question, value in given:
        answers = answers.give(question, value, "person")
    return answers


def question_of(answers: Answers, facts: Facts) -> Question:
    step = next_step(answers, facts)
    assert isinstance(step, Ask)
    return suggested(step.question, answers)


def test_a_secret_is_kept_by_enter_and_never_shown(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = replace(facts_of(house), verify=False)
    answers = human(("provider", "anthropic"), ("method", "api-key"), ("secret", Secret(KEY))).back("place")
    question = question_of(answers, facts)
    assert question.default == Secret(KEY)
    assert "Enter alone keeps the one that you gave: 105 characters, ends in aB3_." in question.help
    assert KEY not in repr(question)


def test_a_secret_is_not_offered_to_another_provider(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = replace(facts_of(house), verify=False)
    answers = human(("provider", "openai"), ("secret", Secret(ODD))).back("place").back("secret")
    other = take(answers, facts, "provider", "groq")
    assert question_of(other, facts).default is None
    same = take(answers, facts, "provider", "openai")
    assert question_of(same, facts).default == Secret(ODD)
    custom = human(("provider", "custom"), ("custom_id", "mine"), ("base_url", "https://a.example.com/v1"),
                   ("api", "openai-completions"), ("model", "m"), ("secret", Secret(ODD)))  # fmt: skip
    for name in ("place", "secret", "model", "api"):
        custom = custom.back(name)
    custom = take(custom, facts, "base_url", "https://b.example.com/v1")
    for name, value in (("api", "openai-completions"), ("model", "m")):
        assert question_of(custom, facts).id == name
        custom = take(custom, facts, name, value)
    assert question_of(custom, facts).default is None


def test_a_refused_secret_is_not_offered_again(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = replace(facts_of(house), verify=False)
    answers = human(("provider", "anthropic"), ("method", "api-key"), ("secret", Secret("xxx"))).back("secret")
    assert question_of(answers, facts).id == "method"
    assert question_of(take(answers, facts, "method", "api-key"), facts).default is None


def test_a_second_yes_is_never_what_enter_gives(house: House, facts_of: Callable[..., Facts]) -> None:
    house.write(house.config, json.dumps(TWO))
    facts = replace(facts_of(house), verify=False)
    answers = human(("handling", "reset"), ("reset_sure", True)).back("provider")
    question = question_of(answers, facts)
    assert (question.id, question.default) == ("reset_sure", False)
    assert question_of(answers.back("reset_sure"), facts).default == "reset"


def test_the_order_of_questions_is_that_of_the_flow() -> None:
    steps = [step.__name__ for step in (*FIRST, *CREDENTIAL, *REST)]
    assert [name for name in steps if name in ORDER] == [name for name in ORDER if name in steps]
    assert set(ORDER) <= set(steps)
    assert set(steps) - set(ORDER) == {"other_rivals", "agent", "expires", "monitor"}  # asked for, or after a colon


# --- more options ---------------------------------------------------------------------------------------------------


def test_more_options_have_the_profile_id_and_the_expiry(house: House, facts_of: Callable[..., Facts]) -> None:
    facts = replace(facts_of(house), verify=False)
    answers = human(("provider", "anthropic"), ("method", "setup-token"), ("secret", Secret(TOKEN)), ("place", "env"))
    listed = {item.value: item for item in question_of(take(answers, facts, "confirm", "options"), facts).options}
    assert "env file" in listed["expires_in"].blocked
    assert "env file" in listed["profile_id"].blocked
    answers = answers.give("place", "profile", "person")
    asked = take(take(answers, facts, "confirm", "options"), facts, "options", "expires_in")
    question = question_of(asked, facts)
    assert (question.id, question.default) == ("expires_in", "365d")
    for wrong in ("soon", "", "0", "-1d", "9" * 30):
        assert question.check(wrong)
    dated = take(asked, facts, "expires_in", "2h")
    step = next_step(dated, facts)
    assert isinstance(step, Review)
    assert step.decision.expires == facts.found.now + 7_200_000
    named = take(take(take(dated, facts, "confirm", "options"), facts, "options", "profile_id"), facts, "profile_id",
                 "anthropic:ci")  # fmt: skip
    step = next_step(named, facts)
    assert isinstance(step, Review)
    assert (step.decision.profile_id, step.decision.expires) == ("anthropic:ci", facts.found.now + 7_200_000)
    key = human(("provider", "openai"), ("secret", Secret(ODD)), ("place", "profile"), ("confirm", "options"))
    assert "expires_in" not in [item.value for item in question_of(key, facts).options]
