"""More options: what nobody is asked for who does not ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.errors import UsageFailure
from openclaw.text import count
from wizard import chosen
from wizard.answers import ASK
from wizard.questions import Option, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.answers import Answers
    from wizard.facts import Facts

AGENT, MODEL, MONITOR, DONE = "agent", "model", "monitor", "done"
PROFILE_ID, EXPIRES = "profile_id", "expires_in"
NO_PROFILE = "It goes into an env file. Go back, and keep it in an auth profile."
RECOMMENDED = "recommended; those without a credential of their own use it, too"


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
    """The agents that it is for. After a reset there is only one."""
    if facts.reset or (answers.get("agent") is None and not wants(answers, AGENT)):
        return None
    return Question(
        "agent",
        "choice",
        "For which agents?" if len(facts.stores) > 1 else "For which agent?",
        help="What is in the env file is for all agents; a profile is for one, and main's are for those without.",
        options=tuple(Option(name, name, RECOMMENDED if name == "main" else "") for name in facts.stores),
        default=",".join(chosen.agents(answers, facts)),
        several=True,
        flag="--agent A",
    )


def monitor(answers: Answers, facts: Facts) -> Question | None:  # noqa: ARG001 - as its siblings
    """Whether to show how to be told before something expires."""
    if answers.get("monitor") is None and not wants(answers, MONITOR):
        return None
    return Question(
        "monitor",
        "confirm",
        "Show how to be told of it on this host?",
        help="`models status --check` exits 1 when a credential is missing or expired, and 2 when one expires soon.",
        default=True,
        settled=True,
        flag="--monitor",
    )


def expires(answers: Answers, facts: Facts) -> Question | None:
    """How long a token lives; only a profile records it."""
    if not (wants(answers, EXPIRES) and _dated(answers, facts)) or answers.text("place") != "profile":
        return None
    return Question(
        EXPIRES,
        "text",
        "In how long does it expire?",
        help="Such as 365d, 12h or 90m, counted from now. A setup-token lasts about a year.",
        default="365d",
        flag="--token-expires-in D",
        example="365d",
        check=_duration_problem,
    )


def expiry(text: str, now: int) -> str:
    """Milliseconds since the epoch, as text; "" for what is no duration."""
    from openclaw.credentials.duration import parse_duration

    try:
        return str(now + parse_duration(text))
    except UsageFailure:
        return ""


def _duration_problem(text: str) -> str:
    return "" if expiry(text, 0) not in ("", "0") else "Write a number with m, h or d, such as 365d."


def _dated(answers: Answers, facts: Facts) -> bool:
    return chosen.provider_id(answers) not in ("", chosen.SKIP) and chosen.kind(answers, facts) == "token"


def _options(answers: Answers, facts: Facts) -> Iterator[Option]:
    yield Option(DONE, "Back to the review", "nothing more")
    if chosen.provider_id(answers) not in ("", chosen.SKIP):
        yield Option(MODEL, "The default model")
        if len(facts.stores) > 1:
            yield Option(AGENT, "The agents that it is for", f"{count(len(facts.stores), 'agent')} here")
        shut = "" if answers.text("place") == "profile" else NO_PROFILE
        yield Option(PROFILE_ID, "The id of the profile", "", shut)
        if _dated(answers, facts):
            yield Option(EXPIRES, "When the token expires", "so that it is told beforehand", shut)
    yield Option(MONITOR, "Being told before it expires", "a timer, a line for cron")
