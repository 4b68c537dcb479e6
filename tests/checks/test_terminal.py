"""terminal/"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from checks import terminal
from doctor.engine import run
from openclaw.facts import Unavailable
from openclaw.facts.host import Terminal
from openclaw.finding import Finding, Severity
from tests.checks import facts as f

if TYPE_CHECKING:
    from openclaw.check import Check
    from openclaw.facts.credentials import Held, Routes
    from openclaw.facts.service import Daemon

INFO, WARNING = Severity.INFO, Severity.WARNING
KEY = f.routes(f.route("anthropic", f.candidate("env", "ANTHROPIC_API_KEY")))
EXPIRED = f.profile(f.SETUP_TOKEN, type="token", id="anthropic:manual", expires=1)
COOLING = f.profile(f.API_KEY)
IN_UNIT = f.daemon({"OPENAI_API_KEY": f.OPENAI_KEY})


def no_tty(tty: dict[str, bool], routes: Routes, daemon: Daemon | None = None, *held: Held) -> list[Finding]:
    here = f.terminal(**tty)
    return f.found(terminal.no_tty, here, routes, f.stores(), f.JSON_ERA, daemon or f.daemon(), [*held], f.CLOCK)


def unusable(held: Held) -> Routes:
    """The only profile of the default model's provider cannot be used just now."""
    return f.routes(f.route("anthropic", f.candidate("profile", "a", usable=False, held=held)))


@pytest.mark.parametrize(
    ("tty", "routes", "severity"),
    [
        ({}, f.routes(f.route("openai")), None),
        ({"stdin": False}, KEY, INFO),
        ({"stdout": False}, KEY, INFO),
        ({"stdin": False}, f.routes(f.route("openai")), WARNING),
        ({"stdin": False}, f.routes(f.route("openai"), credentials=False), WARNING),
        ({"stdin": False}, f.routes(credentials=False), WARNING),
        ({"stdin": False}, f.routes(f.route("openai"), unread=("a store",)), INFO),
        ({"stdin": False}, f.routes(f.route("openai"), guessed="the config could not be read"), INFO),
        ({"stdin": False}, unusable(EXPIRED), WARNING),
        ({"stdin": False}, unusable(COOLING), INFO),
    ],
)  # fmt: skip
def test_no_tty(tty: dict[str, bool], routes: Any, severity: Severity | None) -> None:
    assert [item.severity for item in no_tty(tty, routes)] == ([severity] if severity else [])


@pytest.mark.parametrize("credentials", [True, False])
def test_a_key_that_only_the_unit_of_the_gateway_has_calls_for_nothing(credentials: bool) -> None:
    routes = f.routes(f.route("openai"), credentials=credentials)
    assert [item.severity for item in no_tty({"stdin": False}, routes, IN_UNIT)] == [INFO]
    expired = f.routes(f.route("anthropic", f.candidate("profile", "a", usable=False, held=EXPIRED)))
    seen = f.daemon({"ANTHROPIC_API_KEY": f.API_KEY})
    assert [item.severity for item in no_tty({"stdin": False}, expired, seen)] == [INFO]


@pytest.mark.parametrize(
    ("provider", "command"),
    [
        ("openai", "openclaw onboard --non-interactive --provider openai --key-env OPENAI_API_KEY"),
        ("anthropic", "openclaw onboard --non-interactive --provider anthropic --key-env ANTHROPIC_API_KEY"),
        ("openai-codex", "openclaw real onboard --auth-choice openai-codex"),
    ],
)
def test_no_tty_has_the_form_that_asks_nothing(provider: str, command: str) -> None:
    [finding] = no_tty({"stdin": False}, f.routes(f.route(provider)))
    assert finding.remedy
    assert finding.remedy.commands == (command,)


NEW = "openclaw onboard --non-interactive --provider {} --key-env {}"
PIPED = "printf '%s\\n' \"${}\" | openclaw models auth {}"


@pytest.mark.parametrize(
    ("held", "command"),
    [
        (
            f.profile("YOUR_API_KEY"),
            PIPED.format("ANTHROPIC_API_KEY", "paste-api-key --provider anthropic --profile-id anthropic:default"),
        ),
        (
            f.profile(f.SETUP_TOKEN, type="token", id="anthropic:me", expires=1_600_000_000_000),
            PIPED.format("ANTHROPIC_OAUTH_TOKEN", "paste-token --provider anthropic --profile-id anthropic:me"),
        ),
        (f.variable("ANTHROPIC_API_KEY", "YOUR_API_KEY"), NEW.format("anthropic", "ANTHROPIC_API_KEY")),
        (
            f.profile("a\nb", id="cust-x:a", provider="cust-x"),
            PIPED.format("CUST_X_API_KEY", "paste-api-key --provider cust-x --profile-id cust-x:a"),
        ),
    ],
)
def test_a_credential_that_has_to_be_replaced_calls_for_a_step_that_asks(held: Held, command: str) -> None:
    [finding] = no_tty({"stdin": False}, KEY, None, held)
    assert (finding.severity, finding.remedy and finding.remedy.commands) == (WARNING, (command,))
    assert no_tty({}, KEY, None, held) == []


@pytest.mark.parametrize(
    "held",
    [
        COOLING,
        f.profile(f"{f.API_KEY}\n"),  # cleaned without asking
        f.profile(
            "FAKE-access-0123456789",
            type="oauth",
            id="openai-codex:a",
            provider="openai-codex",
            refresh="FAKE-refresh-0123456789",
            expires=f.NOW - f.HOUR,
        ),
    ],
)
def test_what_needs_no_new_secret_calls_for_nothing(held: Held) -> None:
    assert [item.severity for item in no_tty({"stdin": False}, KEY, None, held)] == [INFO]


@pytest.mark.parametrize("check", [terminal.no_tty, terminal.dumb], ids=lambda item: item.id)
def test_without_its_facts_it_is_not_known(check: Check) -> None:
    facts = {need: Unavailable(f"{need} could not be collected in time") for need in check.needs}
    outcome = run(check, facts)
    assert (outcome.state, outcome.reason) == ("unknown", "terminal could not be collected in time")


def test_credentials_that_could_not_be_looked_at_leave_it_open_what_they_call_for() -> None:
    facts = dict.fromkeys(terminal.no_tty.needs, Unavailable("the stores could not be collected in time"))
    outcome = run(terminal.no_tty, {**facts, "terminal": f.terminal(stdin=False)})
    assert (outcome.state, outcome.reason) == ("unknown", "the stores could not be collected in time")


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (Terminal(True, True, "xterm", 80), ""),
        (Terminal(True, True, "xterm", 0), ""),
        (Terminal(True, True, "xterm", 40), ""),
        (Terminal(True, True, "xterm", 39), "The terminal has 39 columns"),
        (Terminal(True, True, "dumb", 80), "TERM is dumb"),
        (Terminal(True, True, "", 80), "TERM is not set"),
        (Terminal(False, False, "", 0), ""),
        (Terminal(True, False, "dumb", 0), ""),
    ],
)
def test_dumb(found: Terminal, message: str) -> None:
    findings = f.found(terminal.dumb, found)
    assert [(item.severity, item.message.partition(":")[0]) for item in findings] == (
        [(INFO, message)] if message else []
    )


def test_it_is_the_width_at_which_the_wizard_changes() -> None:
    from wizard.front.plain import NARROW, wanted

    assert terminal.NARROW == NARROW
    for columns in (39, 40):
        for term in ("", "dumb", "xterm"):
            found = bool(f.found(terminal.dumb, Terminal(True, True, term, columns)))
            assert found is wanted({"TERM": term}, columns)
