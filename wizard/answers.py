"""What was answered, and where each answer came from. Secrets are kept in memory only, as `Secret`."""

from __future__ import annotations

from dataclasses import field
from itertools import takewhile
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
class Credential:
    """What a provider is asked about. What was learned of one is not asked again, with whatever model it was asked."""

    provider: str
    mode: str
    secret: Secret
    base_url: str = ""
    api: str = ""
    model: str = field(default="", compare=False)


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

    `checked` is no answer, but what was learned about one on the way.
    """

    given: Mapping[str, Answer] = field(default_factory=dict)
    checked: tuple[Checked, ...] = ()

    def get(self, question: str) -> Answer | None:
        """The answer to a question, where there is one."""
        return self.given.get(question)

    def give(self, question: str, value: Value, source: Source, detail: str = "", *, sure: bool = False) -> Answers:
        """These answers and one more, which is then the last. `sure`: it counts as given twice."""
        before = self.given.get(question)
        earlier = value if sure else before.value if before else None
        return replace(self, given={**self.without(question).given, question: Answer(value, source, detail, earlier)})

    def without(self, *questions: str) -> Answers:
        """These answers without some."""
        return replace(self, given={name: answer for name, answer in self.given.items() if name not in questions})

    def back(self, question: str = "") -> Answers:
        """Without the last human answer, and what came after it; `question` is the one that is open.

        An answer to the open question itself (one that was refused) is dropped too, so that back always leads to
        another question. The same answers where there is nothing to go back to.
        """
        answer = self.given.get(question)
        left = self.without(question) if answer and answer.human else self
        last = next((name for name in reversed(list(left.given)) if left.given[name].human), None)
        if last is None:
            return self
        kept = dict(takewhile(lambda item: item[0] != last, left.given.items()))
        before = left.given[last].before
        return replace(self, given=kept if before is None else before)

    def asked_again(self, question: str, asked: str) -> Answers:
        """These answers with an answered question open again, as `asked` says. Back from it changes nothing."""
        left = self.without(question, asked, f"typed_{question}")
        return replace(left, given={**left.given, asked: Answer(True, "person", before=self.given)})

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
