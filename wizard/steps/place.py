"""Where the credential goes: the env file that a daemon reads, or an auth profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.text import joined
from wizard import chosen, rivals
from wizard.questions import Option, Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.answers import Answers
    from wizard.facts import Facts

ENV, PROFILE = "env", "profile"


def place(answers: Answers, facts: Facts) -> Question | None:
    """`<state>/.env` or a profile."""
    if not answers.secret("secret"):
        return None
    variable = chosen.variable(answers, facts)
    env_file = facts.found.home.short(facts.found.home.env_file)
    unread = "" if variable else f"OpenClaw reads no variable for {chosen.label(answers, facts)}."
    shut = (
        ""
        if facts.profiles_writable
        else "This OpenClaw keeps its credentials in a database, which only OpenClaw itself writes, and OpenClaw "
        "was not found on PATH."
    )
    agents = chosen.agents(answers, facts)
    had = [rivals.stored(*one) for one in rivals.each(answers, facts)]
    there = had[0] if all(had) else None
    best, why = (PROFILE, f"{there.id} has it already") if there else recommended(facts)
    shut = "" if there else shut
    if not there and (unread or shut):
        best, why = (PROFILE, "") if unread else (ENV, "")
    return Question(
        "place",
        "choice",
        "Where should it be kept?",
        help=f"Recommended: {_name(best, env_file)}, because {why}." if why else "",
        options=(
            Option(ENV, env_file, f"as {variable}, which a daemon reads", unread),
            Option(PROFILE, "auth profile", f"in OpenClaw's own store, of {named(agents)}", shut),
        ),
        default=best,
        settled=True,
        flag=" or ".join(f"--store {name}" for name, why_not in ((ENV, unread), (PROFILE, shut)) if not why_not),
    )


def recommended(facts: Facts) -> tuple[str, str]:
    """The better place on this host, and why: every OpenClaw and every daemon reads the env file."""
    if facts.manager.kind != "none":
        return ENV, f"a daemon under {facts.manager.kind} reads it and does not see your shell"
    if facts.found.era.name == "json":
        return PROFILE, "there is no service manager here, and this OpenClaw keeps its credentials so"
    return ENV, "every version of OpenClaw reads it"


def named(agents: Sequence[str]) -> str:
    """Agents in words."""
    return f"agent {agents[0]}" if len(agents) == 1 else f"agents {joined(list(agents))}"


def _name(place: str, env_file: str) -> str:
    return env_file if place == ENV else "an auth profile"
