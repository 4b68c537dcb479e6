"""One credential with one fault, in every place where a credential can stand. One cause, one finding."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.checks import installations as i
from tests.corpus.world import DAY, GATEWAY, HOUR, A, Cases, model
from tests.doctor.homes import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.corpus.world import World

CASES = Cases()
of = CASES.of
KEY, TOKEN = i.KEY, i.TOKEN
OPENAI_CODEX = "openai-codex:default"
PROFILE, VARIABLE, ENTRY = A, "ANTHROPIC_API_KEY", "models.providers.acme.apiKey"
CODE = "fakeFAKEfakeFAKEfakeFAKEcode#stateFAKEstateFAKEstateFAKE"
MASKS = ("__OPENCLAW_REDACTED__", "***", "[REDACTED]", "<redacted>", "••••••••")
STAND_INS = ("YOUR_API_KEY", "xxx", "changeme", "<your key>", "sk-ant-...", "sk-ant-api03-xxxxxxxx", "undefined", "   ")


def in_a_profile(value: str, w: World) -> None:
    w.has(i.key(value))


def in_a_token_profile(value: str, w: World) -> None:
    w.has(i.token(value))


def in_this_shell(value: str, w: World) -> None:
    w.config()
    w.env[VARIABLE] = value


def in_the_config(value: str, w: World) -> None:
    entry = {"baseUrl": "https://llm.example.org/v1", "apiKey": value, "models": [{"id": "large"}]}
    w.config(model("acme/large", models={"providers": {"acme": entry}}))


# What is wrong whatever provider it is for: the same wherever it stands.
ANYWHERE: tuple[tuple[str, str, str], ...] = (
    *((f"mask_{number}", value, "error credentials/redacted") for number, value in enumerate(MASKS)),
    *((f"stand_in_{number}", value, "error credentials/placeholder") for number, value in enumerate(STAND_INS[:-1])),
    ("web_address", "https://console.anthropic.com/settings/keys?FAKE=0123456789", "error credentials/wrong-kind"),
    ("json", '{"apiKey": "sk-FAKE-inside-of-json-0123456789"}', "error credentials/wrong-kind"),
    ("command", "openclaw onboard --auth-choice apiKey --anthropic-api-key FAKE", "error credentials/wrong-kind"),
    ("inner_blank", KEY[:40] + " " + KEY[40:], "error credentials/whitespace"),
    ("inner_line_break", KEY[:40] + "\n" + KEY[40:], "error credentials/whitespace"),
    ("zero_width", KEY[:40] + "\u200b" + KEY[40:], "error credentials/whitespace"),
    ("mark_inside", KEY[:40] + "\ufeff" + KEY[40:], "error credentials/whitespace"),
    ("quotes", f'"{KEY}"', "error credentials/whitespace"),
    ("typographic_quotes", f"\u201c{KEY}\u201d", "error credentials/whitespace"),
    ("bearer", f"Bearer {KEY}", "error credentials/whitespace"),
    ("assignment", f"ANTHROPIC_API_KEY={KEY}", "error credentials/whitespace"),
    ("export", f"export ANTHROPIC_API_KEY={KEY}", "error credentials/whitespace"),
    ("line_end", KEY + "\n", "warning credentials/whitespace"),
    ("windows_line_end", KEY + "\r\n", "warning credentials/whitespace"),
    ("blanks_around", f"  {KEY} ", "warning credentials/whitespace"),
)
for name, value, expected in ANYWHERE:
    source = "FM 3, 4, 12; §10 rows 33-35"
    CASES.add(f"{name}_in_a_profile", source, partial(in_a_profile, value), f"{expected} {PROFILE}")
    CASES.add(f"{name}_in_the_shell", source, partial(in_this_shell, value), f"{expected} {VARIABLE}")
    if name not in ("line_end", "windows_line_end", "blanks_around"):
        CASES.add(f"{name}_in_the_config", source, partial(in_the_config, value), f"{expected} {ENTRY}")
for name, value, expected in ANYWHERE:
    if name.startswith(("inner", "zero", "line", "mask_0")):
        pasted = value.replace(KEY[:20], TOKEN[:20])
        source = "FM 3: a token pasted over two lines"
        CASES.add(f"{name}_in_a_token", source, partial(in_a_token_profile, pasted), f"{expected} {PROFILE}")
CASES.add("blank", "§10 row 37", partial(in_a_profile, "   "), f"error credentials/placeholder {A}")
CASES.add("nothing", "§10 row 37", partial(in_a_profile, ""), f"error credentials/placeholder {A}")
CASES.add(
    "no_value",
    "§10 row 37",
    lambda w: w.has({"type": "api_key", "provider": "anthropic"}),
    f"error credentials/placeholder {A}",
)

# What is wrong for Anthropic.
for name, value, expected in (
    ("code_and_state", CODE, "error credentials/wrong-kind"),
    ("web_session", "sk-ant-sid01-" + "FAKE" * 23, "error credentials/wrong-kind"),
    ("administration_key", "sk-ant-admin01-" + "FAKE" * 23, "error credentials/wrong-kind"),
    ("own_gateways_token", GATEWAY, "error credentials/gateway-token-as-key"),
    ("some_gateways_token", "fade" * 12, "error credentials/gateway-token-as-key"),
    ("openrouters_key", "sk-or-v1-" + "fade" * 16, "error credentials/foreign-key"),
    ("openais_key", i.OPENAI, "error credentials/foreign-key"),
):
    CASES.add(f"{name}_in_a_profile", "FM 4, 21, 55", partial(in_a_profile, value), f"{expected} {A}")
    CASES.add(f"{name}_in_the_shell", "FM 4, 21, 55", partial(in_this_shell, value), f"{expected} {VARIABLE}")
CASES.add("code_as_token", "FM 4", partial(in_a_token_profile, CODE), f"error credentials/wrong-kind {A}")


def for_provider(provider: str, value: str, w: World) -> None:
    w.has(i.key(value, provider), f"{provider}:default", of=f"{provider}/some-model")


for provider, value in (
    ("openai", "sk-or-v1-" + "fade" * 16),
    ("openai", KEY),
    ("xai", "gsk_" + "FAKE" * 13),
    ("groq", "xai-" + "FAKE" * 20),
    ("google", i.OPENAI),
    ("openrouter", i.OPENAI),
):
    expected = f"error credentials/foreign-key {provider}:default"
    CASES.add(
        f"key_of_{value[:6].strip('-_')}_under_{provider}", "FM 21", partial(for_provider, provider, value), expected
    )


# ---- type and value ------------------------------------------------------------------------------------------------

CASES.add("token_as_api_key", "§10 row 28", partial(in_a_profile, TOKEN), f"warning credentials/wrong-kind {A}")
CASES.add("api_key_as_token", "§10 row 29", partial(in_a_token_profile, KEY), f"warning credentials/wrong-kind {A}")
for length in (70, 79, 80):
    short = (TOKEN + "FAKE" * 10)[:length]
    expected = f"warning credentials/truncated {A}"
    CASES.add(f"token_of_{length}_characters", "FM 3", partial(in_a_token_profile, short), expected)


def login(more: dict[str, Any], w: World) -> None:
    w.has(i.login(**more), OPENAI_CODEX, of="openai-codex/gpt-5.2")


def token(more: dict[str, Any], w: World) -> None:
    w.has(i.token(**more))


DATED: tuple[tuple[str, Callable[[dict[str, Any], World], None], dict[str, Any], str], ...] = (
    ("expired_token", token, {"expires": NOW - DAY}, f"error credentials/expired {A}"),
    ("token_of_two_hours", token, {"expires": NOW + 2 * HOUR}, f"warning credentials/expiring {A}"),
    ("token_of_three_days", token, {"expires": NOW + 3 * DAY}, ""),
    ("expires_in_seconds", token, {"expires": (NOW + 30 * DAY) // 1000}, f"error credentials/expires-unit {A}"),
    ("expires_is_a_duration", token, {"expires": 31_536_000}, f"error credentials/expires-unit {A}"),
    ("expires_as_text", token, {"expires": "2027-01-01"}, f"error credentials/expires-unit {A}"),
    ("expires_is_zero", token, {"expires": 0}, f"error credentials/expires-unit {A}"),
    ("expires_is_negative", token, {"expires": -1}, f"error credentials/expires-unit {A}"),
    ("expires_in_microseconds", token, {"expires": NOW * 1000}, f"error credentials/expires-unit {A}"),
    ("login_without_refresh", login, {"refresh": None}, f"warning credentials/no-refresh {OPENAI_CODEX}"),
    (
        "login_without_refresh_and_over",
        login,
        {"refresh": "", "expires": NOW - HOUR},
        f"error credentials/no-refresh {OPENAI_CODEX}",
    ),
    ("login_with_seconds", login, {"expires": (NOW + HOUR) // 1000}, f"error credentials/expires-unit {OPENAI_CODEX}"),
    (
        "login_with_masks",
        login,
        {"access": "__OPENCLAW_REDACTED__", "refresh": "__OPENCLAW_REDACTED__"},
        f"error credentials/redacted {OPENAI_CODEX}",
    ),
    ("blank_login", login, {"access": "", "refresh": ""}, f"error credentials/placeholder {OPENAI_CODEX}"),
)
for name, build, more, expected in DATED:
    CASES.add(name, "FM 7, 13, 60, R4; §10 rows 23-27", partial(build, more), *filter(None, [expected]))


@of("FM 64: nothing of 2026.2.x refreshes this provider", "error credentials/expired minimax-portal:default")
def login_that_nobody_refreshes(w: World) -> None:
    w.config({**model("minimax-portal/MiniMax-M2.1"), "meta": {"lastTouchedVersion": "2026.2.3"}})
    w.store({"minimax-portal:default": i.login(provider="minimax-portal", expires=NOW - HOUR)})


@of("FM 7: a login's access token saved as a token", f"warning credentials/no-refresh {A}")
def access_token_of_the_claude_cli(w: World) -> None:
    w.has(i.token())
    own = '{"claudeAiOauth": {"accessToken": "%s", "refreshToken": "r-FAKE-of-claude-cli", "expiresAt": %d}}'
    w.file(w.home / ".claude/.credentials.json", own % (TOKEN, NOW + HOUR))


@of("FM 4: a template in .env", "error credentials/placeholder ANTHROPIC_API_KEY")
def template_in_env_file(w: World) -> None:
    w.config()
    w.dotenv("ANTHROPIC_API_KEY=your-api-key-here\n")


@of("§10 row 36: the name of the variable as the key", f"error credentials/placeholder {A}")
def name_of_the_variable(w: World) -> None:
    w.has(i.key("ANTHROPIC_API_KEY"))


@of("§10 row 41: a setup-token in ANTHROPIC_API_KEY works", "warning credentials/wrong-kind ANTHROPIC_API_KEY")
def setup_token_in_the_keys_variable(w: World) -> None:
    w.config()
    w.dotenv(f"ANTHROPIC_API_KEY={TOKEN}\n")


@of("FM 55: the reverse", "error credentials/gateway-token-as-key gateway.auth.token")
def a_providers_key_as_gateway_token(w: World) -> None:
    w.config({**model(), "gateway": {"mode": "local", "auth": {"token": i.OTHER_KEY}}})
    w.store({A: i.key()})


@of("FM 12 in the config", "error credentials/redacted gateway.auth.token")
def mask_as_gateway_token(w: World) -> None:
    w.config({**model(), "gateway": {"mode": "local", "auth": {"token": "__OPENCLAW_REDACTED__"}}})
    w.store({A: i.key()})


@of("FM 12: a backup has the value", f"error credentials/redacted {A}")
def mask_with_a_backup(w: World) -> None:
    w.has(i.key())
    path = w.path("agents/main/agent/auth-profiles.json")
    w.file(path.with_name(f"{path.name}.bak"), path.read_text())
    w.has(i.key("__OPENCLAW_REDACTED__"))


def local(base_url: str, w: World) -> None:
    entry = {"baseUrl": base_url, "apiKey": "", "models": [{"id": "llama3"}]}
    w.config(model("homelab/llama3", models={"providers": {"homelab": entry}}))


for number, url in enumerate(("http://127.0.0.1:11434/v1", "http://localhost:1234/v1", "http://192.168.1.20:8000/v1")):
    CASES.add(f"local_server_without_text_{number}", "FM 45", partial(local, url), "warning credentials/local-blank")
CASES.add(
    "blank_key_of_a_server_elsewhere",
    "FM 45",
    partial(local, "https://llm.example.org/v1"),
    "error credentials/placeholder",
)


@of("FM 45: Ollama as a profile", "warning credentials/local-blank ollama:default")
def ollama_without_text(w: World) -> None:
    w.has(i.key("", "ollama"), "ollama:default", of="ollama/llama3")


# ---- the form of an entry ------------------------------------------------------------------------------------------

for name, entry in (
    ("apiKey_for_key", {"type": "api_key", "provider": "anthropic", "apiKey": KEY}),
    ("mode_for_type", {"mode": "api_key", "provider": "anthropic", "key": KEY}),
    ("token_under_oauth", {"type": "oauth", "provider": "anthropic", "token": TOKEN}),
    ("key_under_token", {"type": "token", "provider": "anthropic", "key": TOKEN}),
    ("unknown_type", {"type": "secret", "provider": "anthropic", "key": KEY}),
    ("no_type", {"provider": "anthropic", "key": KEY}),
    ("no_provider", {"type": "api_key", "key": KEY}),
    ("text_for_an_entry", KEY),
):
    CASES.add(name, "FM 19; §10 row 14", lambda w, entry=entry: w.has(entry), f"error credentials/bad-fields {A}")  # type: ignore[misc]


@of("FM 19: a flat map of providers", "error credentials/bad-fields anthropic")
def flat_map(w: World) -> None:
    w.config()
    w.file("agents/main/agent/auth-profiles.json", json.dumps({"anthropic": {"apiKey": KEY}}))


@of("FM 19: profiles that are a flat map", "error credentials/bad-fields anthropic")
def flat_map_of_profiles(w: World) -> None:
    w.config()
    w.store({"anthropic": {"apiKey": KEY}})


# ---- use -----------------------------------------------------------------------------------------------------------

COOLING = {
    "cooldownUntil": NOW + HOUR,
    "errorCount": 2,
    "failureCounts": {"rate_limit": 2},
    "lastFailureAt": NOW - 1000,
}
DISABLED = {"disabledUntil": NOW + 5 * HOUR, "disabledReason": "billing", "errorCount": 1, "lastFailureAt": NOW - 1000}


@of("FM 15; §10 row 48", f"warning credentials/cooldown {A}", "error credentials/all-unusable main/anthropic")
def in_cooldown(w: World) -> None:
    w.has(i.key(), usageStats={A: COOLING})


@of("FM 15; §10 row 48", f"error credentials/disabled {A}", "error credentials/all-unusable main/anthropic")
def disabled_over_billing(w: World) -> None:
    w.has(i.key(), usageStats={A: DISABLED})


@of("FM 15: another profile is there", f"warning credentials/cooldown {A}")
def one_of_two_in_cooldown(w: World) -> None:
    w.config()
    w.store({A: i.key(), "anthropic:b": i.key(i.OTHER_KEY)}, usageStats={A: COOLING})


@of("FM 15: a variable does not help while a profile is eligible", f"warning credentials/cooldown {A}",
    "error credentials/all-unusable main/anthropic", "warning credentials/shadowed")  # fmt: skip
def in_cooldown_beside_a_variable(w: World) -> None:
    w.has(i.key(), usageStats={A: COOLING})
    w.dotenv(f"ANTHROPIC_API_KEY={i.OTHER_KEY}\n")


@of("FM 15: fields of the past", f"info credentials/stale-cooldown {A}")
def cooldown_that_is_over(w: World) -> None:
    over = {"cooldownUntil": NOW - HOUR, "errorCount": 4, "failureCounts": {"auth": 4}, "lastFailureAt": NOW - 2 * HOUR}
    w.has(i.key(), usageStats={A: over})


# ---- where it stands, and what stands there by another name --------------------------------------------------------


@of("auth-spec §7.2: a reference in a store of 2026.2.x", f"error credentials/placeholder {A}")
def reference_that_nothing_replaces(w: World) -> None:
    w.has(i.key("${REAL_KEY}"))
    w.env["REAL_KEY"] = KEY


@of("auth-spec §6.3: a reference in the value of a variable", "error credentials/placeholder ANTHROPIC_API_KEY")
def reference_in_a_variable(w: World) -> None:
    w.config()
    w.env |= {"REAL_KEY": KEY, "ANTHROPIC_API_KEY": "${REAL_KEY}"}


@of("FM 4: template text in the variable that the config refers to", "error credentials/placeholder ACME_KEY")
def placeholder_behind_a_reference(w: World) -> None:
    entry = {"baseUrl": "https://llm.example.org/v1", "apiKey": "${ACME_KEY}", "models": [{"id": "m", "name": "m"}]}
    w.config(model("acme/m", models={"providers": {"acme": entry}}))
    w.dotenv("ACME_KEY=YOUR_API_KEY\n")


@of("FM 12: a mask in the place of a channel's token", "error credentials/redacted channels.telegram.botToken")
def mask_of_a_channel(w: World) -> None:
    w.config(model(channels={"telegram": {"botToken": "__OPENCLAW_REDACTED__"}}))
    w.store({A: i.key()})


@of("FM 19: a login with the names of another program", "error credentials/bad-fields openai-codex:default")
def login_with_other_names(w: World) -> None:
    entry = i.login()
    renamed = {"accessToken": "access", "refreshToken": "refresh", "expiresAt": "expires"}
    kept = {name: entry[name] for name in ("type", "provider")}
    w.has({**kept, **{name: entry[own] for name, own in renamed.items()}}, "openai-codex:default", "openai-codex/gpt-5")


@of("FM 19: a flat map of providers to keys", "error credentials/bad-fields anthropic")
def flat_map_of_keys(w: World) -> None:
    w.config()
    w.file("agents/main/agent/auth-profiles.json", json.dumps({"anthropic": KEY}))


@of("FM 4: a login of template text", "error credentials/placeholder openai-codex:default")
def login_of_template_text(w: World) -> None:
    w.has(i.login("<refresh>", access="<token>"), "openai-codex:default", "openai-codex/gpt-5")
