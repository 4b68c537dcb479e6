"""live/ and host/clock on hand-made answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from checks.live import billing, clock_off, model_unavailable, rate_limited, rejected, unknown, unreachable
from doctor.engine import run
from openclaw.facts import Unavailable
from openclaw.facts.live import Live
from openclaw.finding import Severity
from openclaw.net import Answer
from openclaw.probing.run import Result
from openclaw.probing.targets import Target
from openclaw.providers.classify import Verdict
from openclaw.secret import Secret
from tests.checks.facts import API_KEY, HOST, SETUP_TOKEN, found

CHECKS = (rejected, billing, rate_limited, unreachable, unknown, model_unavailable)


def result(cls: Any, status: Any, *, secret: str = API_KEY, sure: bool = True, **members: Any) -> Result:
    target = Target(
        members.pop("provider", "anthropic"), members.pop("name", "anthropic:default"), "profile", Secret(secret),
        members.pop("mode", "api_key"), "anthropic/claude-opus-4-5", members.pop("agent", "main"),
        members.pop("used", True),
    )  # fmt: skip
    evidence = members.pop("evidence", {})
    recognised = members.pop("recognised", None)
    verdict = Verdict(cls, "What it means.", "What to do.", evidence, recognised, sure)
    return Result(target, status, verdict, Answer(401, at=1), members.pop("host", "api.anthropic.com"), **members)


OK = result("ok", "ok", recognised=True)


def outcomes(*results: Result, **members: Any) -> dict[str, str]:
    """Check → outcome, as the engine gives it."""
    facts = {"live": Live(results, **members), "host": HOST}
    return {check.id: run(check, facts).state for check in (*CHECKS, clock_off)}


def fired(*results: Result) -> list[str]:
    return [name for name, state in outcomes(*results).items() if state == "found"]


@pytest.mark.parametrize(
    ("item", "ids"),
    [
        (OK, []),
        *(
            (result(cls, "auth"), ["live/rejected"])
            for cls in ("auth_bad", "auth_expired", "auth_revoked", "scope", "org")
        ),
        (result("auth_restricted", "auth"), ["live/rejected"]),
        (result("auth_bad", "unknown", secret=SETUP_TOKEN, sure=False), ["live/unknown"]),
        (result("auth_restricted", "rate_limit", secret=SETUP_TOKEN, sure=False), ["live/rate-limited"]),
        (result("billing", "billing", recognised=True), ["live/billing"]),
        (result("rate", "rate_limit", recognised=True), ["live/rate-limited"]),
        (result("overload", "rate_limit"), ["live/rate-limited"]),
        (result("network", "timeout", evidence={"phase": "tcp"}), ["live/unreachable"]),
        (result("unknown", "unknown"), ["live/unknown"]),
        (result("config", "format"), ["live/unknown"]),
        (result("ok", "ok", recognised=True, offered=False), ["live/model-unavailable"]),
        (result("ok", "ok", recognised=True, offered=False, used=False), []),
    ],
)
def test_one_answer_one_finding(item: Result, ids: list[str]) -> None:
    assert fired(item) == ids


def test_the_refusal_outside_of_claude_code_has_the_exact_ways_out() -> None:
    item = result("auth_restricted", "auth", secret=SETUP_TOKEN, mode="token", recognised=True)
    [older] = found(rejected, Live((item,)))
    assert older.severity == Severity.ERROR
    assert older.remedy
    assert older.remedy.commands == (
        "openclaw onboard --provider anthropic --method api-key",
        "openclaw real models set claude-cli/opus",
    )
    assert older.message.startswith("anthropic:default: anthropic refuses it (Claude Code only: restricted)")
    [newer] = found(rejected, Live((item,), newer=True))
    assert newer.remedy
    assert "anthropic-cli" in newer.remedy.commands[-1]
    assert SETUP_TOKEN not in repr(newer)


def test_a_refused_token_is_made_anew_in_its_place() -> None:
    item = result("auth_revoked", "auth", mode="token", name="anthropic:work", agent="kitchen")
    [finding] = found(rejected, Live((item,)))
    assert finding.target == "kitchen/anthropic:work"
    assert finding.remedy
    paste = "openclaw models auth paste-token --provider anthropic --agent kitchen --profile-id anthropic:work"
    assert finding.remedy.commands == ("claude setup-token", paste)


def test_one_host_that_is_not_reached_is_one_finding() -> None:
    phase = {"phase": "dns"}
    several = [result("network", "unknown", evidence=phase, name=f"anthropic:{number}") for number in range(3)]
    [finding] = found(unreachable, Live(tuple(several)))
    assert (finding.target, finding.severity) == ("api.anthropic.com", Severity.WARNING)
    assert "(dns)" in finding.message


def test_a_limit_of_a_subscription_token_proves_nothing() -> None:
    [finding] = found(rate_limited, Live((result("rate", "rate_limit", secret=SETUP_TOKEN),)))
    assert finding.severity == Severity.INFO
    assert "proves nothing" in finding.message


@pytest.mark.parametrize(
    ("skew", "fires"),
    [(0, False), (60_000, False), (-60_000, False), (61_000, True), (-3_600_000, True)],
)
def test_the_clock(skew: int | None, fires: bool) -> None:
    findings = found(clock_off, Live((OK,), skew, "api.anthropic.com"), HOST)
    assert bool(findings) is fires
    if fires and skew:
        assert ("ahead of" if skew > 0 else "behind") in findings[0].message


@pytest.mark.parametrize(
    ("members", "commands"),
    [
        ({"init": "systemd"}, ("sudo timedatectl set-ntp true",)),
        ({"init": "systemd", "uid": 0}, ("timedatectl set-ntp true",)),
        ({"init": "systemd", "container": "docker"}, ()), ({"termux": True}, ()), ({"init": "openrc"}, ()),
        ({"os": "macos"}, ("sudo sntp -sS time.apple.com",)),
        ({"wsl": True, "init": "systemd"}, ("sudo hwclock --hctosys",)),
    ],
)  # fmt: skip
def test_how_the_clock_is_set_depends_on_the_host(members: dict[str, Any], commands: tuple[str, ...]) -> None:
    [finding] = found(clock_off, Live((OK,), 3_600_000, "api.anthropic.com"), replace(HOST, **members))
    assert finding.remedy
    assert finding.remedy.commands == commands
    assert finding.remedy.text


def test_what_a_limit_asks_for() -> None:
    answer = Answer(429, {"retry-after": "3600"}, at=1)
    item = replace(result("rate", "rate_limit", recognised=True), answer=answer)
    [finding] = found(rate_limited, Live((item,)))
    assert "it asks to wait 1h" in finding.message
    unproven = replace(item, verdict=replace(item.verdict, cls="auth_restricted", sure=False, recognised=None))
    [finding] = found(rate_limited, Live((unproven,)))  # a subscription token: which of both it is, nobody knows
    assert "it asks to wait 1h" in finding.message


def test_a_base_url_of_the_config_is_in_the_evidence() -> None:
    [finding] = found(rejected, Live((result("auth_bad", "auth", host="proxy.example", foreign=True),)))
    assert finding.evidence["host"] == "proxy.example"
    assert "base URL" in finding.evidence


# ---- what is not known ---------------------------------------------------------------------------------------------

LOST = result("network", "timeout", evidence={"phase": "tcp"})
UNCLEAR = result("unknown", "unknown")
NOT_ASKED = Result(OK.target, "unknown", Verdict("unknown", "Only another program may use this login.", sure=False))
THERE = replace(OK, offered=True)


def test_what_a_good_answer_shows() -> None:
    assert set(outcomes(THERE, skew=0).values()) == {"passed"}


@pytest.mark.parametrize("check", [*CHECKS, clock_off], ids=lambda check: check.id)
def test_without_any_answer_nothing_is_known(check: Any) -> None:
    for live, said in (
        (Live(), "there is no credential"),
        (Live((NOT_ASKED,)), "nobody was asked: anthropic:default: Only another program"),
        (Live((LOST,)), "api.anthropic.com was not reached (tcp)"),
    ):
        outcome = run(check, {"live": live, "host": HOST})
        speaks = {"live/unreachable": LOST, "live/unknown": NOT_ASKED}.get(check.id)
        if speaks in live.results:
            assert outcome.state == "found"
        else:
            assert (outcome.state, outcome.reason.startswith(said)) == ("unknown", True), outcome
    assert run(check, {"live": Unavailable("the time was over"), "host": HOST}).state == "unknown"


def test_one_of_two_that_is_not_reached_leaves_it_open_unless_something_is_found() -> None:
    other = result("ok", "ok", recognised=True, provider="openai", name="openai:default", host="api.openai.com")
    states = outcomes(other, LOST, skew=0)
    assert states["live/rejected"] == states["live/billing"] == states["live/rate-limited"] == "unknown"
    assert (states["live/unreachable"], states["host/clock"]) == ("found", "passed")
    assert outcomes(result("auth_bad", "auth"), LOST)["live/rejected"] == "found"


def test_what_cannot_be_asked_about_does_not_hide_what_was_answered() -> None:
    states = outcomes(THERE, NOT_ASKED, skew=0)
    assert states.pop("live/unknown") == "found"
    assert set(states.values()) == {"passed"}


def test_an_answer_that_tells_nothing_is_no_acceptance() -> None:
    states = outcomes(UNCLEAR)
    assert states["live/rejected"] == states["live/billing"] == "unknown"
    assert states["live/unreachable"] == states["live/rate-limited"] == "passed"


def test_the_clock_is_not_known_without_a_date() -> None:
    outcome = run(clock_off, {"live": Live((OK,)), "host": HOST})
    assert (outcome.state, "Date" in outcome.reason) == ("unknown", True)


# ---- the model -----------------------------------------------------------------------------------------------------


def model_finding(*models: str, wanted: str = "cust/qwen3-cder", agent: str = "main") -> Any:
    item = replace(OK, offered=False, models=models, target=replace(OK.target, model=wanted, agent=agent))
    [finding] = found(model_unavailable, Live((item,)))
    return finding


def test_the_model_that_was_probably_meant_is_named() -> None:
    finding = model_finding("llama3", "qwen3-coder")
    assert finding.remedy.commands == ("openclaw real models set cust/qwen3-coder",)
    assert finding.evidence == {"models": "qwen3-coder"}
    assert model_finding("llama3", "phi").remedy.commands == ("openclaw real models list --all",)
    assert model_finding("llama3", "phi").evidence == {"models": "llama3, phi"}
    assert model_finding().evidence == {}
    assert model_finding("qwen3-coder", agent="ops").remedy.commands == ("openclaw real models list --all",)


def test_a_model_that_is_not_there_is_not_said_twice() -> None:
    item = replace(result("config", "format"), offered=False)
    states = outcomes(item, skew=0)
    assert states == {
        "live/rejected": "passed", "live/billing": "passed", "live/rate-limited": "passed",
        "live/unreachable": "passed", "live/unknown": "passed", "live/model-unavailable": "found",
        "host/clock": "passed",
    }  # fmt: skip
