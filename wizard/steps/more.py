"""More options: what nobody is asked for who does not ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.text import count
from wizard import chosen
from wizard.questions import Option, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.answers import Answers
    from wizard.facts import Facts

AGENT, MODEL, MONITOR, DONE = "agent", "model", "monitor", "done"
ASK = "ask_"  # before the id of a question that was asked for


def wants(answers: Answers, question: str) -> bool:
    """Whether somebody asked to be asked."""
    return answers.get(f"{ASK}{question}") is not None


def options(answers: Answers, facts: Facts) -> Question | None:
    """Which of them."""
    if answers.text("confirm") != "options":
        return None
    return Question("options", "choice", "Which one?", options=tuple(_options(answers, facts)), default=DONE)


def taken(answers: Answers, choice: str) -> Answers:
    """The answers after a choice from that list: its question is open again, and so is the last one."""
    left = answers.without("options", "confirm")
    if choice == DONE:
        return left
    return left.asked_again(choice, f"{ASK}{choice}")


def agent(answers: Answers, facts: Facts) -> Question | None:
    """The agent that it is for."""
    if answers.get("agent") is None and not wants(answers, AGENT):
        return None
    return Question(
        "agent",
        "choice",
        "For which agent?",
        help="What is in the env file is for all agents; a profile is for one, and main's are for those without.",
        options=tuple(Option(name, name) for name in facts.stores),
        default=facts.found.agents.default,
        flag="--agent A",
    )


def monitor(answers: Answers, facts: Facts) -> Question | None:  # noqa: ARG001 - as its siblings
    """Whether to show how to be told before something expires."""
    if answers.get("monitor") is None and not wants(answers, MONITOR):
        return None
    return Question(
        "monitor",
        "confirm",
        "Show a crontab line that tells of it?",
        help="`models status --check` exits 1 when a credential is missing or expired, and 2 when one expires soon.",
        default=True,
        settled=True,
        flag="--monitor",
    )


def _options(answers: Answers, facts: Facts) -> Iterator[Option]:
    yield Option(DONE, "Back to the review", "nothing more")
    if chosen.provider_id(answers) not in ("", chosen.SKIP):
        yield Option(MODEL, "The default model")
        if len(facts.stores) > 1:
            yield Option(AGENT, "The agent that it is for", f"{count(len(facts.stores), 'agent')} here")
    yield Option(MONITOR, "Being told before it expires", "a line for cron")
