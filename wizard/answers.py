"""What was answered, and where each answer came from. Secrets are kept in memory only, as `Secret`."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from openclaw.frozen import frozen, replace
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | bool | Secret
Source = Literal[
    "flag", "answers", "file", "stdin", "environment", "config", "detected", "default", "journal", "person"
]
State = Literal["accepted", "rejected", "unsure", "unreached"]
HUMAN = ("person", "journal")  # what a person said, in this run or in the one before
NO_SECRET = Secret("")
ASK, TYPED = "ask_", "typed_"  # before the id of a question: that it was asked for; that its answer is to be typed
# The questions in the order of the flow. What was asked for (`ASK`) comes after all of them.
ORDER = (
    "handling", "reset_sure", "provider", "custom_id", "base_url", "api", "account_id", "gateway_id", "method", "model",
    "found", "instead", "secret", "place", "profile_id", "rival", "default_model", "service",
)  # fmt: skip
# What an answer was about: with another answer to one of these it says nothing any more.
ABOUT = {
    **dict.fromkeys(("custom_id", "base_url", "api", "account_id", "gateway_id", "method"), ("provider",)),
    "model": ("provider", "custom_id", "base_url"),
    "found": ("provider", "method"),
    "secret": ("provider", "custom_id", "base_url", "method"),
    "profile_id": ("provider", "custom_id", "method"),
    "rival": ("provider", "custom_id", "method", "secret", "place"),
    "default_model": ("provider", "custom_id"),
    "expires_in": ("provider", "method", "secret"),
}
NEVER_AGAIN = ("confirm", "options", "reset_sure", "instead")  # a yes belongs to the page that was seen
WORDS = {
    "person": "your answer",
    "journal": "your answer in the interrupted run",
    "default": "recommended",
    "detected": "detected",
    "config": "from the config",
}


@frozen
class Answer:
    """One answer. `detail` names the flag, file or variable; `earlier` is what was answered before that.

    `before`: all answers as they were before it, where taking it back is to bring those back.
    """

    value: Value
    source: Source
    detail: str = ""
    earlier: Value | None = None
    before: Mapping[str, Answer] | None = field(default=None, compare=False, repr=False)

    @property
    def human(self) -> bool:
        """Whether a person gave it, so that Back can take it away."""
        return self.source in HUMAN

    @property
    def insisted(self) -> bool:
        """The same value twice: whoever gave it knows what looked wrong about it and wants it all the same."""
        return self.earlier is not None and self.earlier == self.value

    @property
    def origin(self) -> str:
        """Where it came from, in words."""
        return WORDS.get(self.source) or self.detail or self.source


@frozen
class Suggestion:
    """An answer that Enter alone gives again, as long as those hold that it was `about`: question → answer."""

    answer: Answer
    about: Mapping[str, Value | None] = field(default_factory=dict)


@frozen
class Credential:
    """What a provider is asked about. What was learned of one is not asked again, with whatever model it was asked."""

    provider: str
    mode: str
    secret: Secret
    base_url: str = ""
    api: str = ""
    model: str = field(default="", compare=False)
    anew: bool = False  # the config is moved away: what stands in it about the provider does not count


@frozen
class Checked:
    """What the provider said about a credential.

    `state`: accepted; rejected, a clear no; unsure, an answer that proves nothing; unreached. `why` is a sentence,
    `models` are ids that the key may use, where the answer listed them.
    """

    credential: Credential
    state: State
    why: str = ""
    models: tuple[str, ...] = ()


@frozen
class Answers:
    """All answers by question id, in the order in which they were given. A value: `give` returns a new one.

    `checked` is no answer, but what was learned about one on the way; `suggested` is what Enter gives where a question
    is asked although there was an answer to it.
    """

    given: Mapping[str, Answer] = field(default_factory=dict)
    checked: tuple[Checked, ...] = ()
    suggested: Mapping[str, Suggestion] = field(default_factory=dict)

    def get(self, question: str) -> Answer | None:
        """The answer to a question, where there is one."""
        return self.given.get(question)

    def give(self, question: str, value: Value, source: Source, detail: str = "", *, sure: bool = False) -> Answers:
        """These answers and one more, which is then the last. `sure`: it counts as given twice."""
        before, former = self.given.get(question), self.suggestion(question)
        earlier = value if sure else before.value if before else None
        if before is None and former is not None and former.value == value:
            earlier = earlier or former.earlier
        return replace(self, given={**self.without(question).given, question: Answer(value, source, detail, earlier)})

    def without(self, *questions: str) -> Answers:
        """These answers without some."""
        return replace(self, given={name: answer for name, answer in self.given.items() if name not in questions})

    def suggest(self, *questions: str, about: bool = False) -> Answers:
        """These answers with some of them as suggestions only. `about`: only where it is about the same."""
        new = {name: Suggestion(self.given[name], self._about(name) if about else {}) for name in questions}
        return replace(self.without(*questions), suggested={**self.suggested, **new})

    def suggestion(self, question: str) -> Answer | None:
        """What was answered to a question before it was opened again, where that still fits."""
        found = self.suggested.get(question)
        fits = found is not None and all(self._value(name) == value for name, value in found.about.items())
        return found.answer if found and fits else None

    def back(self, question: str = "") -> Answers:
        """Without the last human answer; `question` is the one that is open.

        An answer to the open question itself (one that was refused) is dropped too, so that back always leads to
        another question. What an interrupted run knew of later questions stays. The same answers where there is nothing
        to go back to. What is dropped is suggested when it is asked again.
        """
        answer = self.given.get(question)
        left = self.without(question) if answer and answer.human else self
        last = left.last_said(question)
        if last is None:
            return self
        if (before := left.given[last].before) is not None:
            return replace(self, given=before)
        names = list(left.given)
        derived = [name for name in names[names.index(last) + 1 :] if left.given[name].source == "default"]
        again = [] if last in NEVER_AGAIN or last.startswith((ASK, TYPED)) else [last]
        return left.suggest(*again, about=True).without(last, *derived)

    def asked_again(self, question: str, asked: str) -> Answers:
        """These answers with an answered question open again, as `asked` says. Back from it changes nothing."""
        left = self.suggest(*([question] if question in self.given else []), about=True)
        left = left.without(question, asked, f"{TYPED}{question}")
        return replace(left, given={**left.given, asked: Answer(True, "person", before=self.given)})

    def last_said(self, question: str) -> str | None:
        """The human answer that Back from an open question takes; what is known of later questions stays."""
        for name in reversed(list(self.given)):
            given = self.given[name]
            later = given.source == "journal" and self._position(name) > self._position(question)
            if given.human and not later:
                return name
        return None

    def _position(self, name: str) -> int:
        """Where in the flow a question is asked."""
        question = name.removeprefix(ASK).removeprefix(TYPED).partition(":")[0]
        known = question in ORDER and f"{ASK}{question}" not in self.given
        return ORDER.index(question) if known else len(ORDER)

    def _about(self, question: str) -> dict[str, Value | None]:
        return {name: self._value(name) for name in ABOUT.get(question.partition(":")[0], ())}

    def _value(self, question: str) -> Value | None:
        answer = self.given.get(question)
        return answer.value if answer else None

    def learn(self, checked: Checked) -> Answers:
        """These answers, and what a provider said."""
        return replace(self, checked=(*self.checked, checked))

    def known(self, credential: Credential) -> Checked | None:
        """What the provider said about a credential, where it was asked."""
        return next((item for item in self.checked if item.credential == credential), None)

    def text(self, question: str) -> str:
        """The answer where it is text, else ""."""
        answer = self.given.get(question)
        return answer.value if answer and isinstance(answer.value, str) else ""

    def secret(self, question: str) -> Secret:
        """The answer where it is a secret, else an empty one."""
        answer = self.given.get(question)
        return answer.value if answer and isinstance(answer.value, Secret) else NO_SECRET
