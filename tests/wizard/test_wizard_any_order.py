"""Answers, Back, leaving and going on in any order: the plan is that of answering straight.

What was said is kept here, by the test, beside the wizard: a question that was answered is not asked again, Back takes
exactly the last answer away, going on brings everything back but the secret. At the end somebody else, who heard only
what was said, answers from the first question to the last, on the same host; both plans are the same.
"""

from __future__ import annotations

import io
import json
import random
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from dataclasses import replace as changed
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import hypothesis
import pytest
from hypothesis import strategies as st

from openclaw.credentials import storing
from openclaw.errors import UsageFailure
from openclaw.frozen import replace
from openclaw.invocation import Invocation
from openclaw.secret import Secret
from openclaw.service.base import GatewayService, Manager
from wizard import journal as journals
from wizard.answers import Answer, Answers, Checked
from wizard.decision import plan_of
from wizard.facts import Facts, look
from wizard.flow import Ask, Review, next_step, settled
from wizard.page import Page
from wizard.questions import Back
from wizard.run import Manner, _resumed
from wizard.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.change.plan import Plan
    from wizard.answers import Credential, Value
    from wizard.decision import Decision
    from wizard.questions import Question

NOW = 1_770_000_000_000
KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
GROQ = "gsk_FAKE0123456789abcdef0123456789abcdef"
OPENAI = "sk-proj-FAKE0123456789abcdef0123456789abcdef"
CHUTES = "cpk_FAKE0123456789abcdef0123456789abcdef"
REFUSED = "sk-ant-api03-FAKE-REFUSED" + "aB3_" * 20
UNREACHED = "sk-ant-api03-FAKE-UNREACHED" + "aB3_" * 20
ODD = "FAKE-of-a-shape-that-nobody-knows-0123456789"
USUAL = {"anthropic": [KEY, OTHER_KEY, UNREACHED], "groq": [GROQ], "openai": [OPENAI], "chutes": [CHUTES]}
SECRETS = [KEY, OTHER_KEY, SETUP, GROQ, REFUSED, ODD, UNREACHED, OPENAI, "sk-ant-sid01-FAKE0123456789abcdef0123456789"]
TEXTS = {
    "custom_id": ["mine", "proxy", "two words", "groq"],
    "base_url": ["https://llm.example.com/v1", "http://127.0.0.1:8080/v1", "llm.example.com"],
    "model": ["model-1", "claude-opus-4-5", "two words"],
    "profile_id": ["anthropic:other", "groq:other", "anthropic:default", "openai:other", "chutes:other", ""],
    "expires_in": ["30d", "12 moons", "8h"],
}
PROVIDERS = [
    "anthropic",
    "custom",
    "anthropic",
    "groq",
    "anthropic",
    "chutes",
    "anthropic",
    "cloudflare-ai-gateway",
    "openai",
]
FLAGS: tuple[dict[str, Value], ...] = (
    {},
    {"place": "env"},
    {"place": "profile"},
    {"place": "env", "rival": "keep"},
    {"rival": "replace", "place": "env"},
    {"provider": "anthropic"},
    {"secret": Secret(KEY)},
    {"method": "setup-token"},
    {"secret": Secret(OTHER_KEY), "place": "env"},
    {"place": "profile", "profile_id": "anthropic:default"},
    {"model": "anthropic/claude-opus-4-5"},
    {"provider": "anthropic", "secret": Secret(REFUSED)},
    {"service": "later"},
    {"handling": "modify"},
    {"monitor": True},
    {"provider": "anthropic", "method": "setup-token", "place": "profile"},
    {"agent": "main,work"},
)
PAGES = {"reset_sure", "confirm", "options", "instead"}  # whose answers belong to a page that was seen
IN_TURN = [
    "handling", "reset_sure", "provider", "custom_id", "base_url", "api", "account_id", "gateway_id", "method", "model",
    "found", "secret", "place", "profile_id", "rival", "default_model", "service",
]  # fmt: skip
OPTIONS = ("agent", "model", "monitor", "profile_id", "expires_in")
ABOUT_A_PROVIDER = (
    "custom_id", "base_url", "api", "account_id", "gateway_id", "method", "model", "ask_model", "typed_model", "found",
)  # fmt: skip
EVERY = {
    "handling", "reset_sure", "provider", "custom_id", "base_url", "api", "account_id", "gateway_id", "method", "model",
    "found", "instead", "secret", "place", "rival", "rival:work", "default_model", "service", "agent", "monitor",
    "options", "confirm", "profile_id", "expires_in",
}  # fmt: skip


# --- hosts ----------------------------------------------------------------------------------------------------------


class Services:
    """A service manager that is only looked at."""

    def steps(self, *_: Any) -> tuple[()]:
        """Nothing to do."""
        return ()


@dataclass(frozen=True)
class Host:
    """What is known at first, and what is known once everybody has answered. `agents`: whom there is to ask for."""

    early: Facts
    late: Facts


def _facts(home: Path, files: Mapping[str, Any], env: Mapping[str, str] | None = None) -> Facts:
    home.mkdir()
    for name, content in files.items():
        path = home / ".openclaw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    call = Invocation({"HOME": str(home), "PATH": "/nonexistent", **(env or {})}, home, home, NOW)
    return replace(look(call), verify=True, manager=Manager("none", False, "this is a test"))


def _served(facts: Facts, *, installed: bool = False) -> Facts:
    era = replace(facts.found.era, program=Path("/bin/true"))
    service = GatewayService("openclaw-gateway.service", installed=installed, restart="systemctl --user restart it")
    return replace(
        facts,
        manager=Manager("systemd", True, "this is a test", expected=True),
        services=cast("Any", Services()),
        service=service,
        found=replace(facts.found, era=era),
    )


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Host]:
    """Homes of every kind."""
    base = tmp_path_factory.mktemp("hosts")
    profile = {"type": "api_key", "provider": "anthropic", "key": OTHER_KEY}
    token = {"type": "token", "provider": "anthropic", "token": SETUP}
    store, two = "agents/main/agent/auth-profiles.json", {"agents": {"list": [{"id": "main"}, {"id": "work"}]}}
    one, of_work = {"version": 1, "profiles": {"anthropic:w": profile}}, "agents/work/agent/auth-profiles.json"
    rival = _facts(base / "rival", {store: {"version": 1, "profiles": {"anthropic:default": profile}}})
    agents = _facts(
        base / "agents",
        {
            "openclaw.json": two,
            store: {"version": 1, "profiles": {"anthropic:manual": token, "anthropic:b": profile}},
            of_work: one,
        },
    )
    newer: dict[str, Any] = {"meta": {"lastTouchedVersion": "2026.9.1"}, "gateway": {"mode": "local"}}
    newer["agents"] = {"entries": {"main": {"default": True}, "work": {}}}
    config = {"gateway": {"mode": "local"}, "agents": {"defaults": {"model": {"primary": "openai/gpt-5"}}}}
    fresh = _facts(base / "fresh", {})
    there = _facts(base / "there", {"openclaw.json": config, ".env": f"ANTHROPIC_OAUTH_TOKEN={SETUP}\nOTHER=1\n"})
    shell = _facts(base / "shell", {}, {"ANTHROPIC_API_KEY": KEY})
    sqlite = _facts(base / "sqlite", {"openclaw.json": newer})
    waiting = replace(fresh, manager=Manager("systemd", False, "it has not answered yet", expected=True))
    return {
        "fresh": Host(fresh, fresh),
        "served": Host(_served(fresh), _served(fresh)),
        "late": Host(waiting, _served(fresh)),
        "rival": Host(rival, rival),
        "rival, served late": Host(rival, _served(rival, installed=True)),
        "agents": Host(agents, _served(agents, installed=True)),
        "sqlite": Host(sqlite, sqlite),
        "sqlite, served": Host(_served(sqlite), _served(sqlite)),
        "there": Host(there, there),
        "shell": Host(shell, _served(shell)),
    }


@dataclass
class Known:
    """Facts of which the rest comes in at the `after`-th look, or when somebody waits for it."""

    host: Host
    after: int = 0
    looks: int = 0

    def now(self, seconds: float = 0.0) -> Facts:
        """The facts as they are known."""
        self.looks += 1
        return self.host.late if seconds or self.looks > self.after else self.host.early


def verified(credential: Credential) -> Checked:
    """A provider that refuses one key, cannot be reached for another, and lists its models for the rest."""
    text = credential.secret.reveal()
    if "REFUSED" in text:
        return Checked(credential, "rejected", "It says no.")
    if "UNREACHED" in text:
        return Checked(credential, "unreached", "Nobody answered.")
    return Checked(credential, "accepted", "It says so.", ("claude-a", "claude-b"))


# --- what was said ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What flags and files gave, and after that what the person said, in this order. Knows nothing of the wizard's own.

    `gone`: what was given beforehand, and taken back or said anew. `undo`: what stood there before "more options".
    `old`: what was said before somebody left.
    """

    given: Mapping[str, Value]
    person: Mapping[str, Value] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    undo: Mapping[str, Said] = field(default_factory=dict)
    old: frozenset[str] = frozenset()

    @property
    def all(self) -> dict[str, Value]:
        """Everything that holds now."""
        return {**{name: value for name, value in self.given.items() if name not in self.gone}, **self.person}

    def says(self, question: str, value: Value) -> Said:
        """One more."""
        if question == "instead":
            return self._instead(str(value))
        if (question, value) == ("reset_sure", False):
            return self._without("reset_sure", "handling")
        if (question, value) == ("model", "other"):
            return self._without("model")._with("typed_model", True)
        if question == "options":
            return self._option(str(value))
        return self._with(question, value)

    def back(self, asked: str) -> Said:
        """Without the last thing that was said, and without a refused answer to the question that is open."""
        left = self._without(asked) if asked in self.person else self
        last = left.before(asked)[-1]
        return left.undo.get(last) or left._without(last)

    def before(self, asked: str) -> list[str]:
        """What Back can take: not what was said before somebody left, to questions that come after this one."""
        said = [name for name in self.person if name != asked]
        return [name for name in said if name not in self.old or self._turn(name) <= self._turn(asked)]

    def _turn(self, name: str) -> int:
        question = name.removeprefix("ask_").removeprefix("typed_").partition(":")[0]
        asked_for = f"ask_{question}" in self.person or question not in IN_TURN
        return len(IN_TURN) if asked_for else IN_TURN.index(question)

    def goes_on(self) -> Said:
        """After leaving: without secrets, and without what belongs to a page that was seen. Flags are given again."""
        lost = {name for name, value in self.person.items() if isinstance(value, Secret)}
        lost |= {"confirm", "options", "reset_sure", *self.given}
        left = {name: value for name, value in self.person.items() if name not in lost}
        return Said(self.given, left, old=frozenset(left))

    def _with(self, question: str, value: Value) -> Said:
        left = self._without(question)
        return changed(left, person={**left.person, question: value}, old=left.old - {question})

    def _without(self, *names: str) -> Said:
        left = {name: value for name, value in self.person.items() if name not in names}
        return changed(self, person=left, gone=self.gone | {name for name in names if name in self.given})

    def _instead(self, choice: str) -> Said:
        secret = self.all["secret"]
        if choice == "again":
            return self._without("secret")
        if choice == "keep":
            return self._with("secret", secret)
        # As if the right answers had been given. What a flag says holds for whatever provider it turns out to be.
        choice = "fetch:anthropic setup-token" if choice == "fetch" else choice
        left = self._without("secret", "provider", *(name for name in ABOUT_A_PROVIDER if name in self.person))
        provider, _, method = choice.partition(":")[2].partition(" ")
        left = left._with("provider", provider)
        left = left._with("method", method) if provider == "anthropic" else left
        return left._with("secret", secret) if choice.startswith("switch") else left

    def _option(self, choice: str) -> Said:
        before = self._without("options", "confirm")
        if choice == "done":
            return before
        marker = f"ask_{choice}"
        asked = before._without(choice, marker, f"typed_{choice}")._with(marker, True)
        return changed(asked, undo={**before.undo, marker: before})


def place_of(option: str) -> str:
    """`Set it up as Groq API key` as the provider and method that it means."""
    provider = {"Anthropic": "anthropic", "Groq": "groq", "OpenAI": "openai"}[option.split()[4]]
    return f"switch:{provider} {'setup-token' if option.endswith('setup-token') else 'api-key'}"


# --- the person ------------------------------------------------------------------------------------------------------


@dataclass
class Person:
    """A front, with somebody who acts on whims, one number each. Without any left, it goes straight to the end."""

    said: Said
    whims: list[int]
    counts: Counter[str]
    stream: io.StringIO
    keys: str = ""
    turned: tuple[str, str] = ("", "")  # the question that Back was pressed at
    taken: Mapping[str, Value] = field(default_factory=dict)  # what Back took since the last answer
    way: list[str] = field(default_factory=list)  # for who reads a failure
    steps: int = 0

    def answer(self, question: Question, *, back: bool = True) -> str | bool:
        """Looks whether this question may come at all, then acts."""
        self._look(question, back=back)
        whim = self.whims.pop(0) if self.whims else 0
        act, pick = whim % 10, whim // 10
        if act == 7 and back:
            self.counts["back"] += 1
            self.counts[f"back from {question.id}"] += 1
            left = self.said.back(question.id)
            lost = {name: value for name, value in self.said.person.items() if name not in left.person}
            lost.pop(question.id, None)  # it was refused
            self.taken = {**lost, **self.taken}
            self.said, self.turned = left, (question.id, question.kind)
            self.way.append(f"{question.id}: back")
            raise Back
        if act == 8:
            self.counts["resume"] += 1
            self.counts[f"resume at {question.id}"] += 1
            self.said, self.turned, self.taken = self.said.goes_on(), ("", ""), {}
            self.way.append(f"{question.id}: left")
            raise KeyboardInterrupt
        value = self._value(question, act, pick, last=not self.whims)
        self._note(question, value)
        return value.reveal() if isinstance(value, Secret) else value

    def _look(self, question: Question, *, back: bool) -> None:
        self.steps += 1
        assert self.steps < 250, f"it does not come to an end: {self.way}"
        told = self.stream.getvalue()
        self.stream.seek(0)
        self.stream.truncate()
        refused = "\x1b[31m" in told
        self.counts[question.id] += 1
        self.counts["refused"] += refused
        known = self.said.all.get(question.id)
        assert known is None or refused, f"{question.id} was answered already: {known}; {self.way}"
        before = self.said.before(question.id)
        assert back == bool(before), f"Back from {question.id}: {back}, {before}; {self.way}"
        # From the name of a model to their list.
        assert (question.id, question.kind) != self.turned, f"Back from {self.turned}; {self.way}"
        if (self.turned[0] or not refused) and question.id in self.taken and question.id not in PAGES:
            assert question.default == self.taken[question.id], f"{question.id} forgot its answer; {self.way}"
            self.counts["suggested"] += 1
        self.turned = ("", "")

    def _note(self, question: Question, value: Value) -> None:
        self.way.append(f"{question.id}: {value!r}")
        if question.kind == "text" and question.problem(Answer(value, "person")):
            return  # a text that is refused is not kept
        if self.taken.get(question.id) != value:
            self.taken = {}
        if question.id == "instead" and value == "switch":
            label = next(option.label for option in question.options if option.value == "switch")
            self.said = self.said.says("instead", place_of(label))
        else:
            self.said = self.said.says(question.id, value)

    def _value(self, question: Question, act: int, pick: int, *, last: bool) -> Value:
        known = self.said.all.get(question.id)
        if known is not None and act == 9:
            return known  # the same again: somebody insists
        if question.kind == "confirm":
            return not (act == 6 and pick % 2)
        if question.kind == "secret":
            return Secret(self._secret(act, pick))
        if question.kind == "text":
            usual = TEXTS.get(question.id, ["id-1"])
            good = question.default or next(item for item in usual if not question.check(item))
            return usual[pick % len(usual)] if act == 6 else str(good)
        return self._choice(question, act, pick, last=last)

    def _secret(self, act: int, pick: int) -> str:
        if act == 6:
            return SECRETS[pick % len(SECRETS)]
        held = self.said.all
        if held.get("provider") == "anthropic" and held.get("method") == "setup-token":
            return SETUP
        usual = USUAL.get(str(held.get("provider")), [ODD])
        return usual[pick % len(usual)]

    def _choice(self, question: Question, act: int, pick: int, *, last: bool) -> str:
        if question.id == "provider":
            return PROVIDERS[pick % len(PROVIDERS)]
        if question.id == "confirm":
            return "write" if last or act > 3 else "options"
        if question.id == "handling":  # nothing is asked of somebody who keeps what is there
            return "reset" if act == 5 else "keep" if act == 6 and pick == 19 else "modify"
        shown = [option.value for option in question.options if not option.blocked]
        if question.several:
            return [*shown, ",".join(shown)][pick % (len(shown) + 1)]
        if question.id == "options":
            return shown[1 + pick % (len(shown) - 1)] if act else "done"
        return shown[pick % len(shown)] if pick else str(question.default)


@dataclass
class Straight:
    """A front, with somebody who gives the same answers one after the other."""

    said: dict[str, Value]
    flags: tuple[str, ...] = ()
    keys: str = ""
    done: list[str] = field(default_factory=list)
    steps: int = 0

    def answer(self, question: Question, *, back: bool = True) -> str | bool:
        """The answer that holds in the end; where it was never asked for, what it came to."""
        self.steps += 1
        assert self.steps < 80, f"it does not come to an end: {self.done[-30:]} {self.said}"
        self.done.append(question.id)
        value = self._value(question)
        return value.reveal() if isinstance(value, Secret) else value

    def _value(self, question: Question) -> Value:
        if question.id == "confirm":
            return "options" if self._more() else "write"
        if question.id == "options":
            wanted = next((name for name in self._more() if name in question.values), "done")
            self.done += self._more() if wanted == "done" else []
            return wanted
        if question.id == "instead":
            return "keep"
        never = {"handling": "modify", "found": "other", "default_model": "stays"}
        value = self.said.get(question.id, never.get(question.id))
        if question.id == "model" and question.kind == "choice" and value not in question.values:
            return "other"
        assert value is not None, f"nobody answered {question.id}"
        return value

    def _more(self) -> list[str]:
        return [name for name in OPTIONS if name in self.said and name not in (*self.done, *self.flags)]


# --- a walk ----------------------------------------------------------------------------------------------------------


def page() -> tuple[Page, io.StringIO]:
    """A page on which problems are red, and what was written on it."""
    stream = io.StringIO()
    return Page(stream, colour=True, columns=200), stream


def end_of(decision: Decision, answers: Answers, facts: Facts) -> tuple[Decision, Plan]:
    """What it came to."""
    return decision, plan_of(decision, settled(answers, facts)[1])


def walk(
    host: Host, given: Mapping[str, Value], source: str, whims: list[int], counts: Counter[str], after: int = 0
) -> None:
    """One person's way to the end, then the straight one."""
    shown, stream = page()
    person = Person(Said(given), list(whims), counts, stream)
    first = Answers()
    for name, value in given.items():
        first = first.give(name, value, cast("Any", source), f"--{name}")
    known, answers = Known(host, after), first
    while True:
        session = Session(person, shown, answers, verified)
        try:
            done, facts = session.run(known)
            break
        except UsageFailure:  # a flag that is wrong on this host ends the run before anything is written
            counts["wrong flag"] += 1
            return
        except KeyboardInterrupt:
            answers = later(session.answers, first, shown)
    ended = end_of(done.decision, session.answers, facts)
    counts["review"] += 1
    # After a reset nobody is asked for agents; of the service where there is none.
    beforehand = {name for name in given if name not in person.said.person}
    unasked = tuple(beforehand.intersection(("agent", "service", "profile_id")))
    wrong = differences(ended, straight_end(host, person.said, unasked))
    if wrong and "rival" in given:  # `--existing` says more than the question
        wrong = differences(ended, straight_end(host, person.said, (*unasked, "rival")))
    if "secret" in given:  # whether the provider was asked depends on who insisted
        wrong = [text for text in wrong if not text.startswith(("verified", "notices"))]
    assert wrong == [], f"{wrong}; {person.said}; {person.way}"


def straight_end(host: Host, said: Said, given: tuple[str, ...]) -> tuple[Decision, Plan]:
    """What the same answers come to, from the first question to the last. `given`: what is no question by itself."""
    begun = Answers()
    for name, value in said.all.items():
        # A secret of a flag is doubted less than one of a person.
        if name in given or (name == "secret" and name not in said.person):
            begun = begun.give(name, value, "flag", f"--{name}")
    session = Session(Straight(said.all, given), page()[0], begun, verified)
    done, facts = session.run(Known(Host(host.late, host.late)))
    return end_of(done.decision, session.answers, facts)


def differences(one: tuple[Decision, Plan], other: tuple[Decision, Plan]) -> list[str]:
    """Where two ends differ, in words."""
    from dataclasses import fields

    names = [item.name for item in fields(cast("Any", one[0]))]
    found = [
        f"{name}: {getattr(one[0], name)!r} and {getattr(other[0], name)!r}"
        for name in names
        if getattr(one[0], name) != getattr(other[0], name)
    ]
    return found + ([] if one[1] == other[1] else [f"plan: {one[1]!r} and {other[1]!r}"])


def later(answers: Answers, first: Answers, shown: Page) -> Answers:
    """What the next run with `--resume` begins with, by way of the file."""
    with tempfile.TemporaryDirectory() as folder:
        kept = journals.Journal(Path(folder) / "onboarding.json")
        kept.keep(answers, NOW)
        text = kept.path.read_text() if kept.path.exists() else ""
        assert not [secret for secret in SECRETS if secret in text]
        return _resumed(shown, first, Manner(resume=True), kept)


@pytest.fixture(scope="module", autouse=True)
def same_token() -> Iterator[None]:
    """The generated token of the gateway is the same each time, so that plans can be compared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storing, "gateway_secret", lambda: Secret("FAKE" * 12))
        yield


NAMES = (
    "fresh", "rival", "agents", "late", "there", "shell", "rival, served late", "served", "rival", "agents", "sqlite",
    "sqlite, served",
)  # fmt: skip
whims = st.lists(st.integers(0, 199), max_size=40)


@hypothesis.settings(max_examples=150, deadline=None)
@hypothesis.given(
    st.sampled_from(NAMES), st.sampled_from(FLAGS), st.sampled_from(["flag", "answers"]), whims, st.integers(0, 12)
)
def test_any_order_gives_the_plan_of_the_straight_way(
    hosts: dict[str, Host], name: str, given: dict[str, Value], source: str, whims: list[int], after: int
) -> None:
    counts: Counter[str] = Counter()
    walk(hosts[name], given, source, whims, counts, after)
    for event in counts:
        hypothesis.event(event)


def test_many_walks_reach_every_question_and_give_the_plan_of_the_straight_way(hosts: dict[str, Host]) -> None:
    """Seeds that stay the same; the counts show that the walks do not all end at the first questions."""
    counts: Counter[str] = Counter()
    for seed in range(480):
        chance = random.Random(seed)
        host = hosts[NAMES[seed % len(NAMES)]]
        given = FLAGS[chance.randrange(len(FLAGS))] if chance.random() < 0.6 else {}
        given = FLAGS[-1] if NAMES[seed % len(NAMES)] == "agents" and chance.random() < 0.5 else given
        acts = [chance.randrange(200) for _ in range(chance.randrange(35))]
        walk(host, given, chance.choice(["flag", "answers"]), acts, counts, chance.randrange(12))
    assert {name for name in EVERY if counts[name] < 5} == set(), counts
    assert min(counts[name] for name in ("rival", "service", "agent", "model", "found", "instead")) >= 10, counts
    assert counts["review"] >= 300
    assert min(counts["back"], counts["resume"]) >= 200
    assert counts["suggested"] >= 100


# --- one by one -----------------------------------------------------------------------------------------------------


def test_back_leads_to_another_question_after_going_on(hosts: dict[str, Host]) -> None:
    """The secret is asked again after the place is known: Back from it must lead to the method, not to itself."""
    answers = Answers().give("provider", "anthropic", "journal").give("method", "api-key", "journal")
    answers = answers.give("place", "env", "journal")
    step = next_step(answers, hosts["fresh"].late)
    assert isinstance(step, Ask)
    assert step.question.id == "secret"
    before = next_step(answers.back("secret"), hosts["fresh"].late)
    assert isinstance(before, Ask)
    assert before.question.id == "method"


def test_an_answer_about_a_rival_of_another_key_has_no_effect(hosts: dict[str, Host]) -> None:
    """`next_step` says that answers to questions that are not asked are ignored."""
    facts = hosts["rival"].late
    said: list[tuple[str, Value]] = [
        ("handling", "modify"), ("provider", "anthropic"), ("method", "api-key"), ("place", "env"),
        ("secret", Secret(OTHER_KEY)),
    ]  # fmt: skip
    answers = Answers()
    for name, value in said:
        answers = answers.give(name, value, "person")
    facts = replace(facts, verify=False)
    step, other = next_step(answers, facts), next_step(answers.give("rival", "new-first", "journal"), facts)
    assert isinstance(step, Review)
    assert isinstance(other, Review)
    assert differences((step.decision, ()), (other.decision, ())) == []
