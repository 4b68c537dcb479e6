"""credentials/: what is said about one credential, and when nothing is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from checks import credentials as area
from checks import load as every_check
from checks.verdict import ORDER, verdict
from openclaw.check import Unknown
from openclaw.config.views import agents
from openclaw.facts.credentials import Held
from openclaw.facts.exposure import Emptied
from openclaw.finding import Location, Severity
from openclaw.frozen import replace
from openclaw.installation import Installation
from openclaw.secret import Secret
from tests.checks import facts as f

if TYPE_CHECKING:
    from openclaw.check import Check

ERROR, WARNING = Severity.ERROR, Severity.WARNING
TOKEN = {"type": "token", "id": "anthropic:manual"}
OAUTH: dict[str, Any] = {"type": "oauth", "provider": "openai-codex", "id": "openai-codex:default"}
ENDS: dict[str, Any] = {"type": "oauth", "provider": "minimax-portal", "refresh": "r-FAKE"}  # nothing renews it
PASTE = "openclaw models auth paste-token --provider anthropic --profile-id anthropic:manual"
PASTE_KEY = "openclaw models auth paste-api-key --provider anthropic --profile-id anthropic:default"
EDIT = "${EDITOR:-vi} +2 /h/.env"
NO_SERVICE = f.daemon()
FENCE = f"openclaw-oauth-refresh-fence:v1:{'fade' * 8}:failed:access:{'fade' * 16}"
PENDING = FENCE.replace("failed:", "")
LAN = "http://192.168.1.20:1234/v1"


def said(item: Held) -> str:
    """`slug severity` of the one finding about a credential; "" for none."""
    finding = verdict(item, f.NOW)
    return f"{finding.check_id.removeprefix('credentials/')} {finding.severity.word}" if finding else ""


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        # fine
        (f.profile(), ""),
        (f.profile(f.SETUP_TOKEN, **TOKEN), ""),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires=f.NOW + 30 * f.DAY), ""),
        (f.profile(f.OPENAI_KEY, provider="openai"), ""),
        (f.variable("ANTHROPIC_API_KEY", f.API_KEY), ""),
        (f.variable("ANTHROPIC_API_KEY", "${OTHER}"), "placeholder error"),  # nothing replaces it there, in any era
        (f.variable("ANTHROPIC_API_KEY", "$OTHER", newer=True), "placeholder error"),
        (f.profile("${OTHER}"), "placeholder error"),
        (f.profile("$OTHER", **TOKEN), "placeholder error"),
        (replace(f.profile("${OTHER}"), newer=True), ""),  # 2026.9 follows it
        (replace(f.profile("$OTHER", **TOKEN), newer=True), ""),
        (f.entry("$OTHER"), "placeholder error"),
        (replace(f.entry("$OTHER"), newer=True), ""),
        # where requests go decides what may stand there
        (replace(f.profile("dummy", provider="openai"), base_url=LAN), ""),
        (replace(f.variable("OPENAI_API_KEY", "EMPTY", "openai"), base_url=LAN), ""),
        (replace(f.profile("", provider="openai"), base_url=LAN), "local-blank warning"),
        (replace(f.profile(None, provider="openai"), base_url=LAN), "local-blank warning"),
        (replace(f.profile("ab12cd34" * 6), base_url="http://127.0.0.1:4000"), ""),
        (replace(f.profile(f.OPENROUTER_KEY, provider="openai"), base_url="https://openrouter.ai/api/v1"), ""),
        (replace(f.variable("OPENAI_API_KEY", f.OPENROUTER_KEY, "openai"), base_url="https://llm.example.org/v1"), ""),
        (replace(f.profile(f.OPENROUTER_KEY, provider="openai"), base_url="https://api.openai.com/v1"),
         "foreign-key error"),
        (replace(f.profile("YOUR_API_KEY", provider="openai"), base_url="https://llm.example.org/v1"),
         "placeholder error"),
        # logins
        (f.profile("<token>", **OAUTH, refresh="<refresh>", expires=f.NOW + f.DAY), "placeholder error"),
        (f.profile("a-FAKE", **OAUTH, refresh="<refresh>", expires=f.NOW + f.DAY), "placeholder error"),
        (f.profile("YOUR_ACCESS_TOKEN", **OAUTH, expires=f.NOW + f.DAY), "placeholder error"),
        (f.profile("https://example.org/x", **OAUTH, refresh="r-FAKE", expires=f.NOW + f.DAY), "wrong-kind error"),
        (f.profile("sk-ant-sid01-" + "FAKE" * 9, type="oauth", refresh="r-FAKE", expires=f.NOW + 9 * f.DAY),
         "wrong-kind error"),
        (f.profile('{"token":"FAKE"}', **OAUTH, refresh="r-FAKE", expires=f.NOW + f.DAY), ""),  # some are JSON
        (f.profile(f.SETUP_TOKEN, type="oauth", refresh="sk-ant-ort01-" + "FAKE" * 20, expires=f.NOW + 9 * f.DAY), ""),
        (f.profile("a-test-example-FAKE0123", **OAUTH, refresh="r-redacted-FAKE", expires=f.NOW + 9 * f.DAY), ""),
        # the marker of a refresh: of one that failed, of one that is under way
        (f.profile("a-FAKE", **OAUTH, refresh=FENCE, expires=f.NOW + f.DAY), "refresh-fence error"),
        (f.profile(FENCE, **OAUTH, refresh="r-FAKE", expires=1), "refresh-fence error"),
        (replace(f.profile(FENCE, **OAUTH, refresh=FENCE, expires=1), newer=True), "refresh-fence error"),
        (replace(f.profile(PENDING, **OAUTH, refresh=PENDING, expires=1), newer=True), "expired info"),
        (f.profile(PENDING, **OAUTH, refresh=PENDING, expires=1), "wrong-kind error"),  # nobody finishes it there
        # an expiry that is null
        (replace(f.profile(f.SETUP_TOKEN, **TOKEN, expires=None), newer=True), "expires-unit error"),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires=None), ""),  # 2026.2.x takes it for none
        (replace(f.profile(f.SETUP_TOKEN, **TOKEN), newer=True), ""),
        (replace(f.profile("a-FAKE", **OAUTH, refresh="r-FAKE", expires=None), newer=True), ""),  # refreshed at once
        (f.entry("anything-goes-here", base_url="http://192.168.1.5:8000/v1"), ""),
        (f.profile("access-FAKE", **OAUTH, refresh="r-FAKE", expires=f.NOW + f.HOUR), ""),
        # nothing, or no secret at all
        (f.profile(""), "placeholder error"),
        (f.profile(None), "placeholder error"),
        (f.profile("   "), "placeholder error"),
        (f.profile("", **OAUTH, expires=f.NOW - f.DAY), "placeholder error"),
        (f.profile("YOUR_API_KEY"), "placeholder error"),
        (f.profile("sk-ant-..."), "placeholder error"),
        (f.variable("OPENAI_API_KEY", "changeme", "openai"), "placeholder error"),
        (f.entry("", base_url="http://localhost:11434/v1"), "local-blank warning"),
        (f.profile("__OPENCLAW_REDACTED__"), "redacted error"),
        (f.variable("OPENAI_API_KEY", "***", "openai"), "redacted error"),
        (f.entry("[REDACTED]"), "redacted error"),
        (f.profile("access-FAKE", **OAUTH, refresh="__OPENCLAW_REDACTED__", expires=f.NOW + f.DAY), "redacted error"),
        (f.profile(FENCE, **OAUTH, refresh=FENCE, expires=f.NOW - f.DAY), "refresh-fence error"),
        # something at it
        (f.profile(f.API_KEY + "\n"), "whitespace warning"),
        (f.profile(f.API_KEY[:40] + " " + f.API_KEY[40:]), "whitespace error"),
        (f.profile(f'"{f.API_KEY}"'), "whitespace error"),
        (f.profile(f"Bearer {f.API_KEY}"), "whitespace error"),
        (f.profile(f"export ANTHROPIC_API_KEY={f.API_KEY}"), "whitespace error"),
        # in the wrong place
        (f.profile("ab12cd34" * 6), "gateway-token-as-key error"),
        (f.profile(f.OPENROUTER_KEY, provider="openai"), "foreign-key error"),
        (f.profile(f.OPENROUTER_KEY + "\n", provider="openai"), "foreign-key error"),
        (f.profile("gsk_" + "FAKE" * 13, provider="xai"), "foreign-key error"),
        (f.profile("sk-ant-sid01-" + "FAKE" * 20), "wrong-kind error"),
        (f.profile("sk-ant-admin01-" + "FAKE" * 20), "wrong-kind error"),
        (f.profile("https://console.anthropic.com/settings/keys"), "wrong-kind error"),
        (f.profile("FAKEcode" * 4 + "#" + "FAKEstate" * 4, **TOKEN), "wrong-kind error"),
        (f.profile(f.SETUP_TOKEN), "wrong-kind warning"),
        (f.profile(f.API_KEY, **TOKEN), "wrong-kind warning"),
        # dates
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires=f.NOW // 1000), "expires-unit error"),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires=-1), "expires-unit error"),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires="2026-01-01"), "expires-unit error"),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires=10**400), "expires-unit error"),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires=f.NOW + 4000 * f.DAY), "expires-unit error"),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires=f.NOW), "expired error"),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires=f.NOW + 1), "expiring warning"),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires=f.NOW + f.DAY), "expiring warning"),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires=f.NOW + f.DAY + 1), ""),
        (f.profile(f.API_KEY, expires=f.NOW - f.DAY), ""),
        (f.profile("a-FAKE", **OAUTH, refresh="r-FAKE", expires=f.NOW - f.DAY), "expired info"),
        (f.profile("a-FAKE", **OAUTH, expires=f.NOW - f.DAY), "no-refresh error"),
        (f.profile("a-FAKE", **OAUTH, expires=f.NOW + f.HOUR), "no-refresh warning"),
        (f.profile("a-FAKE", **OAUTH), "no-refresh error"),
        (f.profile("a-FAKE", **ENDS, expires=f.NOW - 1), "expired error"),
        (f.profile("a-FAKE", **ENDS, expires=f.NOW + 1), "expiring warning"),
        # several at once: the most severe, and of equals the first of the list
        (f.profile("YOUR_API_KEY", **TOKEN, expires=f.NOW - f.DAY), "placeholder error"),
        (f.profile(f.OPENROUTER_KEY, **TOKEN, expires=1), "foreign-key error"),
        (f.profile(f.SETUP_TOKEN + "\n", **TOKEN, expires=f.NOW - f.DAY), "expired error"),
        (f.profile(f.SETUP_TOKEN + "\n", **TOKEN, expires=f.NOW + f.HOUR), "whitespace warning"),
        (f.profile(f.API_KEY, **TOKEN, expires=f.NOW - f.DAY), "expired error"),
    ],
)  # fmt: skip
def test_one_finding_about_a_credential(item: Held, expected: str) -> None:
    assert said(item) == expected


def test_each_check_reports_what_is_its_own() -> None:
    checks: dict[str, Check] = {item.id: item for item in every_check()}
    assert set(ORDER) <= set(checks)
    items = [f.profile(), f.profile("***"), f.profile("YOUR_API_KEY"), f.profile(f.OPENROUTER_KEY, provider="openai")]
    place = Installation(f.HOME, f.config(), f.environment(), f.JSON_ERA, agents({}), f.NOW)
    given = {"held": items, "clock": f.CLOCK, "stores": f.stores(), "unread_places": (), "installation": place}
    given |= {"config": f.config(), "era": f.JSON_ERA}
    told = [
        finding for slug in ORDER for finding in f.found(checks[slug], *(given[name] for name in checks[slug].needs))
    ]
    assert sorted(item.check_id for item in told) == [
        "credentials/foreign-key", "credentials/placeholder", "credentials/redacted",
    ]  # fmt: skip


def test_the_gateways_own_token_as_a_key_and_the_reverse() -> None:
    own = Held(
        "profile", "openai:default", "openai", "api_key", Secret("hunter2-hunter2"), None, "main", is_gateway_token=True
    )
    assert said(own) == "gateway-token-as-key error"
    where = Location(str(f.HOME.config), 3, 3)
    reverse = Held("gateway", "gateway.auth.token", "anthropic", "api_key", Secret(f.API_KEY), where)
    finding = verdict(reverse, f.NOW)
    assert finding
    assert finding.check_id == "credentials/gateway-token-as-key"
    assert "gateway.auth.token" in finding.message
    masked = Held("gateway", "gateway.auth.token", "", "api_key", Secret("__OPENCLAW_REDACTED__"), where)
    assert said(masked) == "redacted error"
    password = Held("gateway", "gateway.auth.password", "", "api_key", Secret("correct horse battery staple"), where)
    assert said(password) == ""


def test_a_providers_key_that_is_also_the_gateways_token_is_told_once() -> None:
    key = Held("profile", "anthropic:default", "anthropic", "api_key", Secret(f.API_KEY), None, is_gateway_token=True)
    assert said(key) == ""  # the reverse is told at gateway.auth.token


def test_a_local_server_may_have_the_same_word_as_the_gateway() -> None:
    key = Held("profile", "box:default", "box", "api_key", Secret("let-me-in-please"), None, is_gateway_token=True)
    assert said(key) == "gateway-token-as-key error"
    assert said(replace(key, base_url=LAN)) == ""


@pytest.mark.parametrize(
    ("item", "commands"),
    [
        (f.profile("***"), (PASTE_KEY,)),
        (f.profile("***", agent="work"), (f"{PASTE_KEY} --agent work",)),
        (f.profile("***", **TOKEN), (PASTE,)),
        (
            f.profile("***", type="token", id="my profile; rm -rf ~", agent="work"),
            ("openclaw models auth paste-token --provider anthropic --profile-id 'my profile; rm -rf ~' --agent work",),
        ),
        (
            f.profile(f.OPENROUTER_KEY, provider="openai", id="openai:x"),
            (
                "openclaw onboard --provider openrouter",
                "openclaw models auth paste-api-key --provider openai --profile-id openai:x",
            ),
        ),
        (
            f.profile(f.SETUP_TOKEN),
            ("openclaw models auth paste-token --provider anthropic --profile-id anthropic:default",),
        ),
        (
            f.profile("***", provider="acme corp", id="acme:a"),
            ("openclaw models auth paste-api-key --provider 'acme corp' --profile-id acme:a",),
        ),
        (f.variable("OPENAI_API_KEY", "***", "openai"), ("unset OPENAI_API_KEY", "openclaw onboard --provider openai")),
        (f.variable("OPENAI_API_KEY", "***", "openai", "/h/.env"), (EDIT, "openclaw onboard --provider openai")),
        (f.variable("OPENAI_API_KEY", f"'{f.OPENAI_KEY}'", "openai", "/h/.env"), (EDIT,)),
        (f.entry("***"), ("${EDITOR:-vi} +7 /home/eve/.openclaw/openclaw.json",)),
        (f.profile("a-FAKE", **OAUTH, expires=f.NOW - 1), ("openclaw real onboard --auth-choice openai-codex",)),
        (
            f.profile(f.SETUP_TOKEN, **TOKEN, expires=f.NOW - 1),
            ("claude setup-token", PASTE),
        ),
    ],
)  # fmt: skip
def test_the_exact_commands(item: Held, commands: tuple[str, ...]) -> None:
    finding = verdict(item, f.NOW)
    assert finding
    assert finding.remedy
    assert finding.remedy.commands == commands


@pytest.mark.parametrize(
    ("item", "fix"),
    [
        (f.profile("***"), "manual"),  # until a backup has it
        (f.profile("YOUR_API_KEY"), "manual"),
        (f.profile(f'"{f.API_KEY}"'), "confirm"),
        (f.profile(f.OPENROUTER_KEY, provider="openai"), "confirm"),
        (f.variable("OPENAI_API_KEY", f.OPENROUTER_KEY, "openai"), "manual"),
        (f.profile(f.SETUP_TOKEN), "confirm"),
        (f.profile("sk-ant-sid01-" + "FAKE" * 20), "manual"),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires=f.NOW // 1000 + 9000), "confirm"),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires="soon"), "manual"),
        (f.profile(f.SETUP_TOKEN, **TOKEN, expires=f.NOW - 1), "manual"),
    ],
)
def test_the_fix_class(item: Held, fix: str) -> None:
    finding = verdict(item, f.NOW)
    assert finding
    assert finding.remedy
    assert finding.remedy.fix == fix


@pytest.mark.parametrize(
    "value", ["***", f.OPENROUTER_KEY, f"Bearer {f.OPENAI_KEY}", "short-secret", "hunter2 hunter2"]
)
def test_the_secret_is_in_no_part_of_a_finding(value: str) -> None:
    finding = verdict(f.profile(value, provider="openai", id="openai:default"), f.NOW)
    if finding and value != "***":
        assert value not in repr(finding)
        assert value[8:-8] not in repr(finding) or len(value) < 24


def test_another_agent_is_part_of_the_target() -> None:
    finding = verdict(f.profile("***", agent="work"), f.NOW)
    assert finding
    assert finding.target == "work/anthropic:default"


def test_truncated() -> None:
    short = f.profile("sk-ant-oat01-" + "F4kE" * 5, **TOKEN)
    wide = f.profile(("sk-ant-oat01-" + "F4kE" * 30)[:80], **TOKEN)
    expiring = f.profile("sk-ant-oat01-" + "F4kE" * 5, **TOKEN, expires=f.NOW + f.HOUR)
    labelled = f.profile("sk-ant-oat01-" + "F4kE" * 5)
    masked = f.profile("***", **TOKEN)
    good = f.profile(f.SETUP_TOKEN, **TOKEN)
    assert len(f.found(area.truncated, [short, wide, expiring, labelled, masked, good], f.stores(), f.CLOCK, ())) == 4


# ---- nothing there -------------------------------------------------------------------------------------------------


def test_none_is_about_absence_only() -> None:
    [finding] = f.found(area.none, f.routes(credentials=False), NO_SERVICE, (), f.NO_ERA)
    assert finding.severity == ERROR
    assert finding.remedy
    assert finding.remedy.commands == ("openclaw onboard",)
    assert f.found(area.none, f.routes(credentials=True), NO_SERVICE, (), f.NO_ERA) == []
    [finding] = f.found(area.none, f.routes(credentials=False, blocked=("OPENAI_API_KEY",)), NO_SERVICE, (), f.NO_ERA)
    assert "OPENAI_API_KEY" in finding.message


def test_none_names_the_backup_of_a_store_that_was_emptied() -> None:
    lost = (Emptied("/home/eve/a b.json", "/home/eve/a b.json.bak", 2),)
    [finding] = f.found(area.none, f.routes(credentials=False), NO_SERVICE, lost, f.JSON_ERA)
    assert finding.remedy
    assert "a b.json.bak (2 profiles)" in finding.remedy.text
    assert finding.remedy.commands == ("cp -p '/home/eve/a b.json.bak' '/home/eve/a b.json'",)
    # 2026.6 and later would be blocked by that file: there it is only named.
    [finding] = f.found(area.none, f.routes(credentials=False), NO_SERVICE, lost, f.SQLITE_ERA)
    assert finding.remedy
    assert "a b.json.bak (2 profiles)" in finding.remedy.text
    assert finding.remedy.commands == ("openclaw onboard",)


def test_none_is_unknown_while_something_could_not_be_read() -> None:
    closed = ("the store x cannot be read",)
    with pytest.raises(Unknown, match="store x"):
        f.found(area.none, f.routes(credentials=False, unread=closed), NO_SERVICE, (), f.NO_ERA)
    assert f.found(area.none, f.routes(credentials=True, unread=closed), NO_SERVICE, (), f.NO_ERA) == []


def missing(*found: Any, stores: Any = None, daemon: Any = None, **members: Any) -> list[Any]:
    return f.found(area.missing, f.routes(*found, **members), stores or f.stores(), f.JSON_ERA, daemon or NO_SERVICE)


def test_a_key_that_only_the_service_has_is_not_missing() -> None:
    service = f.daemon({"OPENAI_API_KEY": "sk-FAKE0123456789abcdef"})
    assert missing(f.route("openai"), daemon=service) == []
    assert missing(f.route("openai"), daemon=service, credentials=False) == []
    assert f.found(area.none, f.routes(credentials=False), service, (), f.NO_ERA) == []
    [finding] = missing(f.route("groq"), daemon=service)
    assert finding.target == "main/groq"


def test_missing() -> None:
    [finding] = missing(f.route("openai"))
    assert (finding.severity, finding.target) == (ERROR, "main/openai")
    assert finding.remedy.commands == ("openclaw onboard --provider openai",)
    [finding] = missing(f.route("groq", role="fallback"))
    assert finding.severity == WARNING
    assert missing(f.route("anthropic", f.candidate("env", "ANTHROPIC_API_KEY"))) == []
    assert missing(f.route("openai"), credentials=False) == []


def test_missing_names_agent_built_in_default_and_empty_variable() -> None:
    empty = f.candidate("env", "ANTHROPIC_API_KEY", "", usable=False)
    good = f.route("openai", f.candidate("env", "OPENAI_API_KEY"), agent="main")
    [finding] = missing(good, f.route("anthropic", empty, agent="work", explicit=False))
    assert "for agent work" in finding.message
    assert "built-in default" in finding.message
    assert "ANTHROPIC_API_KEY is set, but empty" in finding.message
    assert finding.remedy.commands == (
        "openclaw onboard --provider anthropic --agent work",
        "openclaw models auth paste-token --provider anthropic --agent work",
    )


def test_missing_is_silent_where_something_bad_is_there() -> None:
    blank = f.profile("")
    assert (
        missing(f.route("anthropic", f.candidate("profile", "anthropic:default", "", usable=False, held=blank))) == []
    )
    expired = f.profile(f.SETUP_TOKEN, **TOKEN, expires=1)
    assert missing(f.route("anthropic", f.candidate("profile", "anthropic:manual", usable=False, held=expired))) == []
    dropped = f.stores(f.store({"anthropic:default": {"provider": "anthropic"}}))
    assert missing(f.route("anthropic"), stores=dropped) == []


def test_missing_is_unknown_while_the_config_or_a_source_could_not_be_read() -> None:
    with pytest.raises(Unknown, match="config"):
        missing(f.route("anthropic", f.candidate("env", "X")), guessed="the config could not be read")
    with pytest.raises(Unknown, match="env file"):
        missing(f.route("anthropic"), unread=("the env file x",))
    assert missing(f.route("anthropic", f.candidate("env", "X")), unread=("the env file x",)) == []


@pytest.mark.parametrize(
    ("provider", "start"),
    [
        ("openai-codex", "openclaw real onboard --auth-choice openai-codex"),
        ("github-copilot", "openclaw real models auth login-github-copilot"),
        ("google-vertex", "gcloud auth application-default login"),
        ("acme", "openclaw models auth paste-token --provider acme"),
        ("deepseek", "openclaw onboard --provider deepseek"),
    ],
)
def test_the_remedy_fits_the_provider(provider: str, start: str) -> None:
    [finding] = missing(f.route(provider))
    assert finding.remedy.commands == (start,)
