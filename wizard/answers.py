"""What was answered, and where each answer came from. Secrets are kept in memory only, as `Secret`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | bool | Secret
Source = Literal["flag", "file", "stdin", "environment", "config", "detected", "default", "person"]
NO_SECRET = Secret("")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `detail` names the flag, file or variable; `earlier` is what was answered before that."""

    value: Value
    source: Source
    detail: str = ""
    earlier: Value | None = None

    @property
    def insisted(self) -> bool:
        """The same value twice: whoever gave it knows what looked wrong about it and wants it all the same."""
        return self.earlier is not None and self.earlier == self.value

    @property
    def origin(self) -> str:
        """Where it came from, in words."""
        words = {"person": "your answer", "default": "recommended", "detected": "detected", "config": "from the config"}
        return words.get(self.source) or self.detail or self.source


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers by question id, in the order in which they were given. A value: `give` returns a new one."""

    given: Mapping[str, Answer] = field(default_factory=dict)

    def get(self, question: str) -> Answer | None:
        """The answer to a question, where there is one."""
        return self.given.get(question)

    def give(self, question: str, value: Value, source: Source, detail: str = "", *, sure: bool = False) -> Answers:
        """These answers and one more. `sure`: it counts as given twice."""
        before = self.given.get(question)
        earlier = value if sure else before.value if before else None
        return Answers({**self.given, question: Answer(value, source, detail, earlier)})

    def text(self, question: str) -> str:
        """The answer where it is text, else ""."""
        answer = self.given.get(question)
        return answer.value if answer and isinstance(answer.value, str) else ""

    def secret(self, question: str) -> Secret:
        """The answer where it is a secret, else an empty one."""
        answer = self.given.get(question)
        return answer.value if answer and isinstance(answer.value, Secret) else NO_SECRET
