"""live/ and host/clock on hand-made answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from checks.live import billing, clock_off, model_unavailable, rate_limited, rejected, unknown, unreachable
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


def fired(*results: Result, **members: Any) -> list[str]:
    live = Live(results, **members)
    return [check.id for check in CHECKS if found(check, live)]


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
    [(None, False), (0, False), (60_000, False), (-60_000, False), (61_000, True), (-3_600_000, True)],
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
