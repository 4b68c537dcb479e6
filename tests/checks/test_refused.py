"""credentials/claude-code-only and gateway/log-auth-errors on hand-made facts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from checks.refused import claude_code_only_token, log_auth_errors
from openclaw.api import Unknown
from openclaw.facts.logs import Refusal, Refused
from openclaw.finding import Location, Severity
from openclaw.providers.advice import THREE_WAYS
from openclaw.record import Last, key_of
from openclaw.secret import Secret
from tests.checks import facts as f

if TYPE_CHECKING:
    from openclaw.facts.credentials import Routes
    from openclaw.finding import Finding

NOTHING = Refused()
TOKEN = f.routes(f.route("anthropic", f.candidate("profile", "anthropic:manual", f.SETUP_TOKEN)))
KEY = f.routes(f.route("anthropic", f.candidate("env", "ANTHROPIC_API_KEY")))
WHERE = Location("/home/eve/.openclaw/logs/gateway.log", 7)


def refusal(cls: str = "auth_restricted", provider: str = "anthropic", **members: Any) -> Refusal:
    found = Refusal(
        provider, cls, 3, f.NOW - f.HOUR, f.NOW - f.DAY, "log", "what it said", WHERE, meaning="It is so.",
        remedy="Do something.",
    )  # fmt: skip
    return replace(found, **members)


def asked(
    accepted: bool | None, cls: str, at: int, *, provider: str = "anthropic", name: str = "anthropic:manual",
    value: str = f.SETUP_TOKEN,
) -> dict[str, Last]:  # fmt: skip
    return {key_of(provider, name, Secret(value)): Last(accepted, cls, at, "models status --probe")}


def only(
    routes: Routes, refused: Refused = NOTHING, answers: dict[str, Last] | None = None, *, era: Any = f.JSON_ERA,
    stores: Any = None, config: Any = None,
) -> list[Finding]:  # fmt: skip
    found = (routes, f.config(config), stores or f.stores(), refused, answers or {}, f.CLOCK, era)
    return f.found(claude_code_only_token, *found)


def test_a_subscription_token_is_worth_knowing() -> None:
    [finding] = only(TOKEN)
    assert finding.severity == Severity.INFO
    assert finding.remedy
    assert THREE_WAYS in finding.remedy.text


@pytest.mark.parametrize("answers", [{}, asked(True, "ok", f.NOW - f.DAY)])
def test_a_log_shows_the_refusal(answers: dict[str, Last]) -> None:
    [finding] = only(TOKEN, Refused((refusal("auth_bad"), refusal())), answers)
    assert (finding.severity, finding.where) == (Severity.ERROR, WHERE)
    assert finding.evidence["said"] == "what it said"
    assert finding.evidence["count"] == "3"
    assert finding.evidence["last"].endswith("UTC (1h ago)")
    assert finding.remedy
    assert finding.remedy.text == THREE_WAYS
    assert finding.remedy.commands == (
        "openclaw onboard --provider anthropic --method api-key",
        "openclaw real models set claude-cli/opus",
    )
    assert f.SETUP_TOKEN not in repr(finding)


def test_the_journal_and_an_unknown_provider_show_it_too() -> None:
    logged = refusal(provider="", source="journal", place=None, unit="openclaw-gateway.service")
    [finding] = only(TOKEN, Refused((logged,)))
    assert finding.severity == Severity.ERROR
    assert finding.evidence["seen in"] == "journalctl --user -u openclaw-gateway.service"


def test_our_own_question_shows_it() -> None:
    [finding] = only(TOKEN, answers=asked(False, "auth_restricted", f.NOW - f.HOUR), era=f.SQLITE_ERA)
    assert finding.severity == Severity.ERROR
    assert "models status --probe" in finding.evidence["seen in"]
    assert finding.remedy
    assert finding.remedy.commands[1] == "openclaw real onboard --auth-choice anthropic-cli"


def test_the_profiles_usage_stats_show_it() -> None:
    stats = {
        "anthropic:manual": {"errorCount": 1, "disabledReason": f"400: is {'only authorized for use with Claude Code'}"}
    }
    token = {"anthropic:manual": {"type": "token", "provider": "anthropic", "token": f.SETUP_TOKEN}}
    [finding] = only(TOKEN, stores=f.stores(f.store(token, usageStats=stats)))
    assert finding.severity == Severity.ERROR
    assert finding.evidence["seen in"] == "usage stats of the profile"


@pytest.mark.parametrize(
    "answers",
    [
        asked(True, "ok", f.NOW),  # accepted since
        asked(None, "rate", f.NOW),  # proves nothing, and neither does the log below
    ],
)
def test_what_is_no_evidence(answers: dict[str, Last]) -> None:
    old = Refused((refusal(),)) if next(iter(answers.values())).accepted else Refused((refusal(sure=False),))
    [finding] = only(TOKEN, old, answers)
    assert finding.severity == Severity.INFO


def test_another_credential_is_sent_now() -> None:
    assert only(KEY) == []
    assert only(KEY, Refused((refusal(),))) == []  # the old refusal is history
    assert only(f.routes(f.route("anthropic"), f.route("openai", f.candidate("env", "OPENAI_API_KEY")))) == []


@pytest.mark.parametrize(
    "defaults",
    [
        {"agentRuntime": {"id": "claude-cli"}},
        {"models": {"anthropic/model": {"agentRuntime": {"id": "claude-cli"}}}},
    ],
)
def test_models_that_run_through_the_claude_cli_send_no_token(defaults: dict[str, Any]) -> None:
    """The second way out is one: nothing is left to report."""
    assert only(TOKEN, Refused((refusal(),)), config={"agents": {"defaults": defaults}}) == []
    other = {"models": {"anthropic/other": {"agentRuntime": {"id": "claude-cli"}}, "anthropic/model": 7}}
    assert len(only(TOKEN, config={"agents": {"defaults": other}})) == 1
    assert only(f.routes(f.route("claude-cli")), Refused((refusal(),))) == []


def test_one_token_is_one_finding_and_another_agents_has_its_command() -> None:
    same = f.candidate("profile", "anthropic:manual", f.SETUP_TOKEN)
    several = f.routes(f.route("anthropic", same), f.route("anthropic", same, role="fallback"))
    assert len(only(several)) == 1
    other = f.routes(f.route("anthropic", same, agent="kitchen"))
    [finding] = only(other, Refused((refusal(),)))
    assert finding.remedy
    assert finding.remedy.commands[0].endswith("--method api-key --agent kitchen")


# ---- gateway/log-auth-errors ---------------------------------------------------------------------------------------


def logged(*found: Refusal, answers: dict[str, Last] | None = None, unread: tuple[str, ...] = ()) -> list[Finding]:
    routes = f.routes(f.route("openai", f.candidate("env", "OPENAI_API_KEY", f.OPENAI_KEY)), *TOKEN.routes)
    refused = Refused(found, unread)
    return f.found(log_auth_errors, refused, routes, f.stores(), answers or {}, f.CLOCK, f.JSON_ERA)


def test_a_refusal_in_the_logs() -> None:
    [finding] = logged(refusal("auth_bad", "openai"))
    assert (finding.severity, finding.target, finding.where) == (Severity.WARNING, "openai/auth_bad", WHERE)
    for words in ("openai", "3 times", "1h ago", "not valid"):
        assert words in finding.message
    assert finding.remedy
    assert finding.remedy.commands == (
        "openclaw models status --probe --probe-provider openai", "openclaw onboard --provider openai",
    )  # fmt: skip


def test_a_stored_token_is_replaced_in_its_place() -> None:
    held = f.profile(f.SETUP_TOKEN, id="anthropic:work", type="token")
    route = f.route("anthropic", f.candidate("profile", "anthropic:work", f.SETUP_TOKEN, held=held))
    refused = Refused((refusal("auth_revoked"),))
    [finding] = f.found(log_auth_errors, refused, f.routes(route), f.stores(), {}, f.CLOCK, f.JSON_ERA)
    assert finding.remedy
    paste = "openclaw models auth paste-token --provider anthropic --profile-id anthropic:work"
    assert finding.remedy.commands[1:] == ("claude setup-token", paste)


@pytest.mark.parametrize(
    "item",
    [
        refusal(),  # credentials/claude-code-only says it
        refusal("auth_bad", ""),  # whose?
        refusal("scope", sure=False), refusal("rate"), refusal("overload"), refusal("config"), refusal("network"),
        refusal("billing"),
    ],
)  # fmt: skip
def test_what_is_no_refusal_of_a_credential(item: Refusal) -> None:
    assert logged(item) == []


def test_a_key_that_was_accepted_since_then() -> None:
    def answers(at: int) -> dict[str, Last]:
        return asked(True, "ok", at, provider="openai", name="OPENAI_API_KEY", value=f.OPENAI_KEY)

    bad = refusal("auth_bad", "openai")
    assert logged(bad, answers=answers(f.NOW)) == []
    assert len(logged(bad, answers=answers(f.NOW - 2 * f.HOUR))) == 1
    assert len(logged(bad, answers=asked(True, "ok", f.NOW))) == 1  # about another credential


def test_a_log_that_was_not_read_is_unknown_and_not_fine() -> None:
    with pytest.raises(Unknown, match="no answer"):
        logged(unread=("the journal: no answer",))
    assert len(logged(refusal("auth_bad", "openai"), unread=("the journal: no answer",))) == 1
    assert logged() == []


def of_log(*refusals: Refusal, routes: Routes = KEY) -> list[Finding]:
    return f.found(log_auth_errors, Refused(refusals), routes, f.stores(), {}, f.CLOCK, f.JSON_ERA)


def test_a_refused_request_to_a_model_is_of_the_only_provider_in_use() -> None:
    nameless = refusal("auth_bad", "", of_model=True)
    [finding] = of_log(nameless)
    assert (finding.target, finding.severity) == ("anthropic/auth_bad", Severity.WARNING)
    assert of_log(replace(nameless, of_model=False)) == []  # a bot of a channel fails with the same words
    two = f.routes(f.route("anthropic", f.candidate("env", "A")), f.route("openai", f.candidate("env", "B")))
    assert of_log(nameless, routes=two) == []
    assert of_log(nameless, routes=f.routes()) == []
    assert [item.target for item in of_log(nameless, refusal("auth_bad"))] == ["anthropic/auth_bad"]  # said once
