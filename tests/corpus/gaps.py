"""Failure modes that had few installations, or one kind of them; each with one that is nearly the same and fine.

What only an answer of a provider shows is in ANSWERED: those installations are examined with the answer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from openclaw.facts.live import Live
from openclaw.net import Answer
from openclaw.probing.run import Result
from openclaw.probing.targets import Target
from openclaw.providers.classify import Verdict
from openclaw.secret import Secret
from tests.checks import installations as i
from tests.corpus.newer import OPUS, cell
from tests.corpus.world import DAY, GATEWAY, HOUR, LOCAL, OLDER, A, Cases, model
from tests.doctor.homes import NOW

if TYPE_CHECKING:
    from tests.corpus.world import World

CASES = Cases()
of = CASES.of
ANSWERED = Cases()
KEY, TOKEN = i.KEY, i.TOKEN
OPENAI, CODEX = "openai:default", "openai-codex:default"
GROQ, XAI, OPENROUTER = "gsk_" + "FAKE" * 13, "xai-" + "FAKE" * 20, "sk-or-v1-" + "fade" * 16
SENTINEL = "__OPENCLAW_REDACTED__"
STORE = "agents/main/agent/auth-profiles.json"


def openai(w: World, *, newer: bool = False, **more: Any) -> None:
    """An installation with a good key of OpenAI."""
    if newer:
        w.newer({OPENAI: i.key(i.OPENAI, "openai")}, model("openai/gpt-6-astra", **more))
    else:
        w.config({**model("openai/gpt-5.2", **more), "meta": OLDER})
        w.store({OPENAI: i.key(i.OPENAI, "openai")})


def gateway_runs(w: World, more: str = "", **env: str) -> None:
    """The service runs, with these variables in its process."""
    w.systemd(more, MainPID=str(w.process("openclaw-gateway", HOME=str(w.home), PATH=str(w.bin), **env)))


def later(path: Any) -> None:
    """A file that was written an hour after all else."""
    os.utime(path, (time.time() + 3600,) * 2)


# ---- FM 12: masks where no provider's key stands -------------------------------------------------------------------

for name, place, value in (
    ("sentinel_of_discord", "channels.discord.token", SENTINEL),
    ("dots_of_slack", "channels.slack.signingSecret", "••••••••"),
    ("word_of_a_hook", "hooks.token", "[REDACTED]"),
    ("stars_of_a_search", "tools.web.search.apiKey", "***"),
    ("sentinel_of_an_account", "channels.telegram.accounts.work.botToken", SENTINEL),
    ("remote_token", "gateway.remote.token", SENTINEL),
    ("password", "gateway.auth.password", "***"),
):

    def masked(w: World, place: str = place, value: str = value, *, newer: bool = False) -> None:
        more: dict[str, Any] = {"gateway": json.loads(json.dumps(LOCAL))}
        at = more
        *folders, last = place.split(".")
        for key in folders:
            at = at.setdefault(key, {})
        at[last] = value
        openai(w, newer=newer, **more)

    CASES.add(f"mask_{name}_on_2026_2", "FM 12", masked, f"error credentials/redacted {place}")
    CASES.add(f"mask_{name}_on_2026_9", "FM 12",
              lambda w, build=masked: build(w, newer=True), f"error credentials/redacted {place}")  # type: ignore[misc]  # fmt: skip


@of("FM 12: a backup has the value", "error credentials/redacted channels.discord.token")
def mask_of_a_channel_with_a_backup(w: World) -> None:
    openai(w, channels={"discord": {"token": "discord-FAKE-token-0123456789"}})
    w.file("openclaw.json.bak", w.path("openclaw.json").read_text())
    openai(w, channels={"discord": {"token": SENTINEL}})


@of("FM 12: in .env, for a channel", "error credentials/redacted DISCORD_BOT_TOKEN")
def mask_of_a_channel_in_the_env_file(w: World) -> None:
    openai(w)
    w.dotenv("DISCORD_BOT_TOKEN=[REDACTED]\n")


@of("FM 12: in the config's variables", "error credentials/redacted SLACK_BOT_TOKEN")
def mask_in_the_variables_of_the_config(w: World) -> None:
    openai(w, newer=True, env={"vars": {"SLACK_BOT_TOKEN": SENTINEL}})


@of("FM 12: in a login's refresh token only", f"error credentials/redacted {CODEX}")
def mask_of_a_refresh_token(w: World) -> None:
    w.has(i.login(SENTINEL), CODEX, of="openai-codex/gpt-5.2")


@of("FM 12: it hit a number", "error credentials/redacted gateway.port", "error config/rejected gateway.port")
def mask_of_a_number(w: World) -> None:
    openai(w, gateway={**LOCAL, "port": SENTINEL})


@of("FM 12: it hit a number of a store", f"error credentials/expires-unit {A}")
def mask_of_an_expiry(w: World) -> None:
    w.has(i.token(expires=SENTINEL))


@of("near: stars and dots that are no secret's")
def stars_that_are_meant(w: World) -> None:
    openai(
        w,
        messages={"responsePrefix": "...", "ackReaction": "•••"},
        logging={"redactPatterns": ["\\*\\*\\*", "[REDACTED]"]},
        channels={"telegram": {"botToken": "123456:FAKE-a-real-one", "allowFrom": ["***"], "label": "redacted"}},
    )


@of("near: a mask in an example beside the config")
def mask_in_an_example(w: World) -> None:
    openai(w, newer=True)
    w.file("workspace/openclaw.example.json", json.dumps({"channels": {"discord": {"token": SENTINEL}}}), 0o644)


# ---- FM 14: the gateway does not see what was saved ----------------------------------------------------------------


@of("FM 14: the config's variables", "warning env/daemon-stale openclaw-gateway.service")
def variables_of_the_config_changed(w: World) -> None:
    openai(w, newer=True, env={"vars": {"GROQ_API_KEY": GROQ}})
    gateway_runs(w)
    later(w.path("openclaw.json"))


@of("FM 14: the unit's own file", "warning env/daemon-stale openclaw-gateway.service")
def environment_file_of_the_unit_changed(w: World) -> None:
    openai(w)
    mine = w.file(w.home / "secrets/gateway.env", f"XAI_API_KEY={XAI}\n")
    gateway_runs(w, f"EnvironmentFile={mine}", XAI_API_KEY=XAI)
    later(mine)


@of("FM 14: .env, another provider, 2026.9", "warning env/daemon-stale openclaw-gateway.service")
def env_file_of_2026_9_changed(w: World) -> None:
    w.newer({}, model("groq/llama-3.3-70b-versatile"))
    path = w.dotenv(f"GROQ_API_KEY={GROQ}\n")
    gateway_runs(w)
    later(path)


@of("FM 14: systemd has not read the unit again", "warning env/daemon-stale openclaw-gateway.service")
def unit_not_read_again(w: World) -> None:
    openai(w)
    w.systemd(NeedDaemonReload="yes", MainPID=str(w.process("openclaw-gateway", HOME=str(w.home), PATH=str(w.bin))))


@of("near: the gateway writes its own notes into the store while it works")
def store_written_while_it_runs(w: World) -> None:
    openai(w)
    gateway_runs(w)
    later(w.path(STORE))


@of("near: it reads its config again by itself")
def config_written_while_it_runs(w: World) -> None:
    openai(w, newer=True)
    gateway_runs(w)
    later(w.path("openclaw.json"))


# ---- FM 21: keys of other providers, elsewhere than in a profile -----------------------------------------------------

for name, variable, value, used in (
    ("groqs_key_for_grok", "XAI_API_KEY", GROQ, "xai/grok-4"),
    ("groks_key_for_groq", "GROQ_API_KEY", XAI, "groq/llama-3.3-70b-versatile"),
    ("openrouters_key_for_openai", "OPENAI_API_KEY", OPENROUTER, "openai/gpt-5.2"),
    ("anthropics_key_for_openrouter", "OPENROUTER_API_KEY", KEY, "openrouter/auto"),
    ("openais_key_for_google", "GEMINI_API_KEY", i.OPENAI, "google/gemini-3-pro-preview"),
):

    def in_the_env_file(w: World, variable: str = variable, value: str = value, used: str = used) -> None:
        w.config(model(used))
        w.dotenv(f"{variable}={value}\n")

    def in_the_database(w: World, value: str = value, used: str = used) -> None:
        provider = used.partition("/")[0]
        w.newer({f"{provider}:default": i.key(value, provider)}, model(used))

    CASES.add(f"{name}_in_the_env_file", "FM 21", in_the_env_file, f"error credentials/foreign-key {variable}")
    CASES.add(f"{name}_in_the_database", "FM 21; §10 row 35", in_the_database,
              f"error credentials/foreign-key {used.partition('/')[0]}:default")  # fmt: skip


def entry(w: World, name: str, url: str, value: str) -> None:
    """A provider of the config with this key."""
    listed = {"baseUrl": url, "apiKey": value, "models": [{"id": "m", "name": "m"}]}
    w.config(model(f"{name}/m", models={"providers": {name: listed}}))


@of("FM 21: in the config, at the provider's own address",
    "error credentials/foreign-key models.providers.openai.apiKey")  # fmt: skip
def openrouters_key_in_the_entry_of_openai(w: World) -> None:
    entry(w, "openai", "https://api.openai.com/v1", OPENROUTER)


@of("FM 21: of an agent", "error credentials/foreign-key work/xai:default")
def groqs_key_of_an_agent(w: World) -> None:
    w.config(agents=("work",))
    w.store({A: i.key()})
    w.store({"xai:default": i.key(GROQ, "xai")}, "work")


@of("near: requests go to whoever issued the key")
def openrouters_key_in_the_entry_of_openrouter(w: World) -> None:
    entry(w, "openai", "https://openrouter.ai/api/v1", OPENROUTER)


for provider, value in (
    ("deepseek", "sk-" + "fade" * 8),
    ("moonshot", "sk-" + "FAKE" * 12),
    ("zai", "fade" * 8 + ".FAKE"),
    ("minimax", "eyJFAKE." + "FAKE" * 20 + ".FAKE"),
):

    def of_a_region(w: World, provider: str = provider, value: str = value) -> None:
        w.has(i.key(value, provider), f"{provider}:default", of=f"{provider}/some-model")

    CASES.add(f"key_of_{provider}", "near: of which region it is, its form does not tell", of_a_region)


# ---- FM 22: an upgrade lost the profiles ---------------------------------------------------------------------------


@of("FM 22: the backup has what the store has lost", "error credentials/none")
def empty_store_beside_a_full_backup(w: World) -> None:
    w.config()
    w.file(f"{STORE}.bak", w.store({A: i.key()}).read_text())
    w.store({})


@of("FM 22: another provider, a numbered backup", "error credentials/none")
def empty_store_beside_a_numbered_backup(w: World) -> None:
    w.config(model("openai/gpt-5.2"))
    w.file(f"{STORE}.bak.1", w.store({OPENAI: i.key(i.OPENAI, "openai")}).read_text())
    w.store({})


@of("FM 22: imported, and the database has none", "error credentials/none")
def empty_database_beside_an_archive(w: World) -> None:
    w.newer({}, model("openai/gpt-6-astra"))
    archived = json.dumps({"version": 1, "profiles": {OPENAI: i.key(i.OPENAI, "openai")}})
    w.file(f"{STORE}.migrated-2026-09-12T02-19-34.151Z-4a37fbe4", archived)


@of("near: the store is empty since the key went to .env, and so is the backup")
def empty_store_beside_an_empty_backup(w: World) -> None:
    w.config(model("openai/gpt-5.2"))
    w.file(f"{STORE}.bak", w.store({}).read_text())
    w.dotenv(f"OPENAI_API_KEY={i.OPENAI}\n")


# ---- FM 33: the keychain of macOS ----------------------------------------------------------------------------------


def through_claude(runtime: str = "claude-cli", used: str = OPUS) -> dict[str, Any]:
    value = model(used)
    value["agents"]["defaults"]["models"] = {used: {"agentRuntime": {"id": runtime}}}
    return value


@of("FM 33: the login may be in the keychain, which nobody asks: unknown is not absent")
def keychain_may_have_the_login(w: World) -> None:
    w.newer({A: i.key()}, through_claude())
    w.host["os"] = "macos"


@of("FM 33: a file that was wiped is one all the same", "warning claude/login-blank")
def wiped_login_on_macos(w: World) -> None:
    w.newer({A: i.key()}, through_claude())
    w.host["os"] = "macos"
    blank = {"claudeAiOauth": {"accessToken": "", "refreshToken": "", "expiresAt": 0}}
    w.file(w.home / ".claude/.credentials.json", json.dumps(blank))


@of("FM 33: what the keychain's other item holds is no login", "warning claude/login-blank")
def login_file_with_another_record(w: World) -> None:
    w.newer({A: i.key()}, through_claude())
    w.file(w.home / ".claude/.credentials.json", json.dumps({"mcpOauth": {"x": {"accessToken": "FAKE"}}}))


# ---- FM 37, 39; §10 row 55: what was refused, by the logs ----------------------------------------------------------


def logged(w: World, provider: str, status: int, answer: dict[str, Any] | str) -> None:
    """One request that failed an hour ago."""
    body = answer if isinstance(answer, str) else json.dumps(answer)
    line = {"time": NOW - HOUR, "level": "error", "msg": f"{provider}: {status} {body}"}
    os.utime(w.file("logs/gateway.log", json.dumps(line) + "\n"), (NOW / 1000 - 3600,) * 2)


def of_anthropic(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}}


SCOPE = "OAuth token does not meet scope requirement"


@of("FM 37: no right to use models", "warning gateway/log-auth-errors anthropic/scope")
def scope_of_a_login(w: World) -> None:
    w.has(i.token(expires=NOW + 200 * DAY))
    logged(w, "anthropic", 403, of_anthropic("permission_error", f"{SCOPE} user:inference"))


@of("FM 37: a restricted key, 2026.9", "warning gateway/log-auth-errors openai/scope")
def scope_of_a_restricted_key(w: World) -> None:
    openai(w, newer=True)
    said = "You have insufficient permissions for this operation. Missing scopes: model.request."
    logged(w, "openai", 401, {"error": {"message": said, "type": "invalid_request_error", "code": None}})


@of("near: usage cannot be read with a setup-token, which is right")
def scope_of_usage(w: World) -> None:
    w.has(i.token(expires=NOW + 200 * DAY))
    logged(w, "anthropic", 403, of_anthropic("permission_error", f"{SCOPE} user:profile"))


NO_CREDIT = {
    "anthropic": (400, of_anthropic("invalid_request_error", "Your credit balance is too low to access the API.")),
    "openai": (429, {"error": {"message": "You exceeded your current quota.", "type": "insufficient_quota",
                               "code": "insufficient_quota"}}),
    "openrouter": (402, {"error": {"code": 402, "message": "Insufficient credits"}}),
    "deepseek": (402, {"error": {"message": "Insufficient Balance", "type": "unknown_error"}}),
}  # fmt: skip
KEYS = {"anthropic": KEY, "openai": i.OPENAI, "openrouter": OPENROUTER, "deepseek": "sk-" + "fade" * 8}
for provider, (status, answer) in NO_CREDIT.items():

    def unpaid(w: World, provider: str = provider, status: int = status, answer: Any = answer) -> None:
        w.has(i.key(KEYS[provider], provider), f"{provider}:default", of=f"{provider}/auto")
        logged(w, provider, status, answer)

    CASES.add(f"no_credit_at_{provider}", "FM 39, near: no money is no refused key", unpaid)

BILLED = {"disabledUntil": NOW + 5 * HOUR, "disabledReason": "billing", "errorCount": 1, "lastFailureAt": NOW - HOUR}
AFTER_401 = {"cooldownUntil": NOW + 30_000, "cooldownReason": "auth", "errorCount": 1, "lastFailureAt": NOW - HOUR}


@of("FM 39: the way out is the billing page", f"error credentials/disabled {OPENAI}",
    "error credentials/all-unusable main/openai")  # fmt: skip
def no_credit_and_disabled(w: World) -> None:
    w.has(i.key(i.OPENAI, "openai"), OPENAI, of="openai/gpt-5.2", usageStats={OPENAI: BILLED})
    logged(w, "openai", *NO_CREDIT["openai"])


@of("FM 39: 2026.9", f"error credentials/disabled {A}", "error credentials/all-unusable main/anthropic")
def no_credit_and_disabled_on_2026_9(w: World) -> None:
    w.newer({A: i.key()}, usageStats={A: BILLED})
    logged(w, "anthropic", *NO_CREDIT["anthropic"])


@of("FM 39: after the pool ran dry an empty key is sent: the 401 is no reason to blame a key that is there",
    "warning gateway/log-auth-errors openai/auth_bad")  # fmt: skip
def no_key_was_sent(w: World) -> None:
    openai(w)
    said = "Incorrect API key provided: sk-proj-********. You can find your API key at https://platform.openai.com."
    logged(w, "openai", 401, {"error": {"message": said, "type": "invalid_request_error", "code": "invalid_api_key"}})


@of("FM 39, near: a server's own trouble, by a number that often means something else")
def trouble_of_a_server(w: World) -> None:
    openai(w)
    logged(w, "openai", 403, {"error": {"message": "The server had an error", "type": "server_error", "code": None}})


@of("§10 row 55: 401, and the cooldown after it", f"warning credentials/cooldown {A}",
    "error credentials/all-unusable main/anthropic", "warning gateway/log-auth-errors anthropic/auth_bad")  # fmt: skip
def refused_with_401(w: World) -> None:
    w.newer({A: i.key()}, usageStats={A: AFTER_401})
    logged(w, "anthropic", 401, of_anthropic("authentication_error", "invalid x-api-key"))


@of("§10 row 55: 403, of an organisation", "warning gateway/log-auth-errors anthropic/org")
def refused_for_the_organisation(w: World) -> None:
    w.has(i.key())
    logged(w, "anthropic", 400, of_anthropic("invalid_request_error", "This organization has been disabled."))


@of("§10 row 55: another provider", "warning gateway/log-auth-errors xai/auth_bad")
def refused_by_xai(w: World) -> None:
    w.has(i.key(XAI, "xai"), "xai:default", of="xai/grok-4")
    said = {"code": "Client specified an invalid argument", "error": "Incorrect API key provided: xa***AK."}
    logged(w, "xai", 400, said)


@of("§10 row 55, near: so long ago that nobody knows whether it is still so")
def refused_weeks_ago(w: World) -> None:
    w.has(i.key())
    line = {"time": NOW - 20 * DAY, "level": "error", "msg": "anthropic: 401 invalid x-api-key"}
    w.file("logs/gateway.log", json.dumps(line) + "\n")


# ---- FM 51: files of Windows ---------------------------------------------------------------------------------------

MARK = b"\xef\xbb\xbf"
TEXT = json.dumps({"version": 1, "profiles": {A: i.key()}}, indent=2)
for name, data in (
    ("with_a_mark", MARK + TEXT.encode()),
    ("utf16", TEXT.encode("utf-16")),
    ("utf16_without_a_mark", TEXT.encode("utf-16-le")),
):

    def store_of_windows(w: World, data: bytes = data, *, agent: str = "main") -> None:
        w.config(agents=("work",) if agent == "work" else ())
        if agent == "work":
            w.store({A: i.key()})
        w.file(f"agents/{agent}/agent/auth-profiles.json", data)

    CASES.add(f"store_{name}", "FM 51", store_of_windows, "error credentials/store-corrupt main")
    CASES.add(f"store_of_an_agent_{name}", "FM 51",
              lambda w, build=store_of_windows: build(w, agent="work"), "error credentials/store-corrupt work")  # type: ignore[misc]  # fmt: skip


@of("FM 51: a backup is whole", "error credentials/store-corrupt main")
def store_utf16_with_a_backup(w: World) -> None:
    w.config()
    w.file(STORE, TEXT.encode("utf-16"))
    w.file(f"{STORE}.bak", TEXT)


for name, newer in (("2026_2", False), ("2026_9", True)):

    def config_of_windows(w: World, newer: bool = newer) -> None:
        openai(w, newer=newer)
        if not newer:  # moved aside, it is the built-in model that counts
            w.has(i.key())
        w.file("openclaw.json", w.path("openclaw.json").read_text().encode("utf-16"))

    CASES.add(f"config_utf16_on_{name}", "FM 51", config_of_windows, "error config/unparsable")

    def config_with_a_mark(w: World, newer: bool = newer) -> None:
        openai(w, newer=newer)
        w.file("openclaw.json", MARK + w.path("openclaw.json").read_text().replace("\n", "\r\n").encode())

    CASES.add(f"config_with_a_mark_on_{name}", "FM 51, near: white space in JSON5", config_with_a_mark)


@of("FM 51: an env file, of which nobody knows what is in it", "error env/dotenv-syntax")
def env_file_utf16(w: World) -> None:
    w.config(model("openai/gpt-5.2"))
    w.dotenv(f"OPENAI_API_KEY={i.OPENAI}\r\n".encode("utf-16"))


@of("FM 51: Node reads past the mark, systemd and a shell do not", "error env/dotenv-syntax")
def env_file_whose_first_line_has_a_mark(w: World) -> None:
    w.newer({}, model("openai/gpt-6-astra"))
    w.dotenv(MARK + f"OPENAI_API_KEY={i.OPENAI}\n".encode())


@of("near: letters beyond ASCII")
def files_with_other_letters(w: World) -> None:
    w.config({**model("openai/gpt-5.2"), "ui": {"assistant": {"name": "Mädchen 名"}}, "meta": OLDER})
    w.store({"openai:größe": i.key(i.OPENAI, "openai", email="eve@münchen.example")})
    w.dotenv("# für später\nNAME='Zoë 名'\n")


# ---- FM 58: retired profile ids, and what is left of them ----------------------------------------------------------

RETIRED, RETIRED_CODEX = "anthropic:claude-cli", "openai-codex:codex-cli"


@of("FM 58: an order names it", f"error credentials/order-unknown anthropic/{RETIRED}")
def retired_id_in_an_order(w: World) -> None:
    w.has(i.key(), order={"anthropic": [RETIRED, A]})


@of("FM 58: 2026.9, the order of the config", f"error credentials/order-unknown openai-codex/{RETIRED_CODEX}")
def retired_id_in_the_order_of_the_config(w: World) -> None:
    order = {"openai-codex": [RETIRED_CODEX, CODEX]}
    w.newer({CODEX: i.login()}, {**model("openai-codex/gpt-5.2"), "auth": {"order": order}})


@of("FM 58: the last good one", "info credentials/last-good-dangling main")
def retired_id_as_the_last_good_one(w: World) -> None:
    w.has(i.key(), lastGood={"anthropic": RETIRED}, usageStats={RETIRED: {"lastUsed": NOW - DAY}})


@of("FM 58: it is over, and comes first", f"error credentials/no-refresh {RETIRED}")
def retired_profile_that_is_over(w: World) -> None:
    w.config()
    over = i.login(None, provider="anthropic", expires=NOW - DAY)  # type: ignore[arg-type]
    w.store({RETIRED: over, A: i.key()})


@of(
    "FM 58, 6: it is the login of the program that it is called after",
    f"error credentials/shared-refresh {RETIRED_CODEX}",
)
def retired_profile_of_the_codex_program(w: World) -> None:
    w.has(i.login("r-FAKE-refresh-of-codex"), RETIRED_CODEX, of="openai-codex/gpt-5.2")
    tokens = {"access_token": "a-FAKE-of-codex-cli", "refresh_token": "r-FAKE-refresh-of-codex", "account_id": "x"}
    w.file(w.home / ".codex/auth.json", json.dumps({"tokens": tokens}))


@of("FM 58: declared, and hides the good one on 2026.2.x", f"error credentials/undeclared {A}")
def retired_id_in_the_config(w: World) -> None:
    w.config({**model(), "meta": OLDER}, profiles={RETIRED: {"provider": "anthropic", "mode": "oauth"}})
    w.store({A: i.key()})


@of("near: a login of that name which still renews itself", f"info credentials/expired {RETIRED_CODEX}")
def retired_profile_that_renews_itself(w: World) -> None:
    w.has(i.login(expires=NOW - HOUR), RETIRED_CODEX, of="openai-codex/gpt-5.2")


# ---- FM 59: a key took the place of a login ------------------------------------------------------------------------


@of("FM 59: the config still says that it is a login", f"error credentials/config-mismatch {A}")
def key_in_the_place_of_a_login(w: World) -> None:
    w.config(profiles={A: {"provider": "anthropic", "mode": "oauth"}})
    w.store({A: i.key()})


@of("FM 59: another provider, 2026.9", f"error credentials/config-mismatch {OPENAI}")
def key_in_the_place_of_a_login_on_2026_9(w: World) -> None:
    declared = {"profiles": {OPENAI: {"provider": "openai", "mode": "oauth"}}}
    w.newer({OPENAI: i.key(i.OPENAI, "openai")}, {**model("openai/gpt-6-astra"), "auth": declared})


@of("FM 59: the backup has the login", f"error credentials/config-mismatch {CODEX}")
def key_in_the_place_of_a_login_with_a_backup(w: World) -> None:
    w.config(model("openai-codex/gpt-5.2"), profiles={CODEX: {"provider": "openai-codex", "mode": "oauth"}})
    w.file(f"{STORE}.bak", w.store({CODEX: i.login()}).read_text())
    w.store({CODEX: i.key(i.OPENAI, "openai-codex")})


@of("near: a key beside a login, each under an id of its own")
def key_beside_a_login(w: World) -> None:
    login = {"provider": "anthropic", "mode": "oauth"}
    w.config(profiles={A: {"provider": "anthropic", "mode": "api_key"}, "anthropic:eve": login})
    w.store({A: i.key(), "anthropic:eve": i.login(provider="anthropic")})


# ---- FM 61, §10 row 7: only an answer tells ------------------------------------------------------------------------


@of("FM 61: by this clock the last use is to come, and nothing is made of it")
def clock_that_is_behind(w: World) -> None:
    used = {A: {"lastUsed": NOW + 3 * DAY, "lastFailureAt": NOW + 2 * DAY, "errorCount": 0}}
    w.has(i.key(), usageStats=used, lastGood={"anthropic": A})


@of("§10 row 7: which models there are, only the provider knows")
def name_of_a_model_mistyped(w: World) -> None:
    w.newer({A: i.key()}, model("anthropic/claude-opsu-5"))


@of("§10 row 7: another provider, 2026.2")
def name_of_a_model_mistyped_on_2026_2(w: World) -> None:
    w.config({**model("openai/gtp-5.2"), "meta": OLDER})
    w.store({OPENAI: i.key(i.OPENAI, "openai")})


def answered(w: World, provider: str, value: str, used: str, *, offered: bool | None = True, skew: int = 0) -> None:
    """The provider took this installation's key: whether it has the model, and how far ahead our clock is (ms)."""
    profile = f"{provider}:default"
    target = Target(provider, profile, "profile", Secret(value), "api_key", used, "main", True)
    verdict = Verdict("ok", "It is accepted.", "", {}, True, True)
    result = Result(target, "ok", verdict, Answer(200, at=1), f"api.{provider}.com", offered=offered)
    w.given["live"] = w.given["asked"] = Live((result,), skew, f"api.{provider}.com")
    w.has(i.key(value, provider), profile, of=used)


for name, provider, value, used, members, expected in (
    ("clock_an_hour_ahead", "anthropic", KEY, "anthropic/claude-opus-4-5", {"skew": HOUR}, "warning host/clock"),
    ("clock_two_minutes_behind", "openai", i.OPENAI, "openai/gpt-5.2", {"skew": -120_000}, "warning host/clock"),
    ("clock_some_seconds_off", "openai", i.OPENAI, "openai/gpt-5.2", {"skew": 5000}, ""),
    ("model_that_is_not_offered", "anthropic", KEY, "anthropic/claude-opsu-4-5", {"offered": False},
     "warning live/model-unavailable anthropic/claude-opsu-4-5"),
    ("model_of_openai_that_is_not_offered", "openai", i.OPENAI, "openai/gtp-5.2", {"offered": False},
     "warning live/model-unavailable openai/gtp-5.2"),
    ("model_that_is_offered", "xai", XAI, "xai/grok-4", {"offered": True}, ""),
):  # fmt: skip

    def with_an_answer(w: World, given: tuple[str, str, str] = (provider, value, used), members: Any = members) -> None:
        answered(w, *given, **members)

    ANSWERED.add(name, "FM 61; §10 row 7", with_an_answer, *filter(None, [expected]))


# ---- §10 row 12: a database that somebody holds --------------------------------------------------------------------

HOLD = """
import sqlite3, sys, time
path, how = sys.argv[1:]
held = sqlite3.connect(path, isolation_level=None)
if how == "exclusive log":
    held.execute("PRAGMA journal_mode=WAL")
    held.execute("CREATE TABLE IF NOT EXISTS held (x)")
    held.execute("PRAGMA locking_mode=EXCLUSIVE")
    held.execute("INSERT INTO held VALUES (1)")
elif how == "writing to a log":
    held.execute("PRAGMA journal_mode=WAL")
    held.execute("CREATE TABLE IF NOT EXISTS held (x)")
    held.execute("BEGIN IMMEDIATE")
    held.execute("INSERT INTO held VALUES (1)")
else:
    held.execute("PRAGMA cache_size=1")
    held.execute("PRAGMA cache_spill=1")
    held.execute("BEGIN EXCLUSIVE")
    held.execute("CREATE TABLE held (x)")
    held.execute("INSERT INTO held VALUES (randomblob(400000))")
print("held", flush=True)
time.sleep(60)
"""


def held(w: World, path: Any, how: str) -> None:
    """Another process has the database so."""
    argv = [sys.executable, "-c", HOLD, str(path), how]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE)
    w.processes.append(process)
    assert process.stdout
    with process.stdout:
        assert process.stdout.readline() == b"held\n"
    for file in path.parent.glob(f"{path.name}*"):
        file.chmod(0o600)


@of("§10 row 12", "error credentials/sqlite-unreadable main")
def database_held_exclusively(w: World) -> None:
    held(w, w.newer({A: i.key()}), "exclusive log")


@of("§10 row 12: in a transaction with a journal", "error credentials/sqlite-unreadable main")
def database_in_a_transaction(w: World) -> None:
    held(w, w.newer({OPENAI: i.key(i.OPENAI, "openai")}, model("openai/gpt-6-astra")), "transaction")


@of("§10 row 12: an agent's", "error credentials/sqlite-unreadable work")
def database_of_an_agent_held(w: World) -> None:
    value = model(OPUS)
    value["agents"]["entries"] = {"main": {"default": True}, "work": {}}
    w.newer({A: i.key()}, value)
    held(w, i.agent_database(w.home, {"anthropic:work": i.key(i.OTHER_KEY)}, "work"), "exclusive log")


@of("near: the gateway writes, and others may read")
def database_that_is_written(w: World) -> None:
    held(w, w.newer({A: i.key()}), "writing to a log")


# ---- §10 row 16: the cell of cooldowns -----------------------------------------------------------------------------

for name, text in (("cut_off", '{"version":1,"usageStats":{'), ("empty", ""), ("text", "not JSON")):

    def broken_state(w: World, text: str = text) -> None:
        w.newer({A: i.key()})
        cell(w, "authProfiles.state", text)

    CASES.add(f"state_that_is_{name}", "§10 row 16", broken_state, "error credentials/bad-fields authProfiles.state")


@of("§10 row 16: an agent's", "error credentials/bad-fields work/state_json")
def state_of_an_agent_broken(w: World) -> None:
    import sqlite3
    from contextlib import closing

    value = model("openai/gpt-6-astra")
    value["agents"]["entries"] = {"main": {"default": True}, "work": {}}
    w.newer({OPENAI: i.key(i.OPENAI, "openai")}, value)
    path = i.agent_database(w.home, {}, "work")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE auth_profile_state SET state_json = '{\"order\":'")


@of("near: no state at all")
def no_state(w: World) -> None:
    import sqlite3
    from contextlib import closing

    path = w.newer({A: i.key()})
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM config_machine_state WHERE state_key = 'authProfiles.state'")


# ---- §10 rows 35, 57; FM 3: doubled, glued, cut off ----------------------------------------------------------------

for name, value, provider in (
    ("anthropics_key_doubled", KEY + KEY, "anthropic"),
    ("openais_key_doubled", i.OPENAI + i.OPENAI, "openai"),
    ("openrouters_key_doubled", OPENROUTER + OPENROUTER, "openrouter"),
    ("groqs_two_keys_glued", GROQ + GROQ.replace("FAKE", "EKAF"), "groq"),
):

    def glued(w: World, value: str = value, provider: str = provider) -> None:
        w.has(i.key(value, provider), f"{provider}:default", of=f"{provider}/some-model")

    def glued_in_a_variable(w: World, value: str = value, provider: str = provider) -> None:
        w.newer({}, model(f"{provider}/some-model"))
        w.dotenv(f"{provider.upper()}_API_KEY={value}\n")

    CASES.add(name, "§10 row 35", glued, f"error credentials/wrong-kind {provider}:default")
    CASES.add(f"{name}_in_the_env_file", "§10 row 35", glued_in_a_variable,
              f"error credentials/wrong-kind {provider.upper()}_API_KEY")  # fmt: skip


@of("§10 row 57: `paste-token` was fed two tokens", f"error credentials/wrong-kind {A}")
def two_tokens_glued(w: World) -> None:
    w.newer({A: i.token(TOKEN + TOKEN.replace("FAKE", "EKAF"))})


@of("§10 row 57: a token, and a key", f"error credentials/wrong-kind {A}")
def token_and_key_glued(w: World) -> None:
    w.has(i.token(TOKEN + KEY))


@of("§10 row 57: what `claude setup-token` says after it was glued on, its blanks kept",
    f"error credentials/whitespace {A}")  # fmt: skip
def token_and_prose(w: World) -> None:
    w.has(i.token(f"{TOKEN} Store this token securely. You won't be able to see it again."))


@of("§10 row 35: cut off", f"warning credentials/truncated {A}")
def token_cut_off(w: World) -> None:
    w.newer({A: i.token(TOKEN[:50])})


@of("§10 row 35: the beginning alone", f"error credentials/placeholder {A}")
def beginning_of_a_key(w: World) -> None:
    w.newer({A: i.key("sk-ant-api03-")})


@of("§10 row 35, near: how long a key is, is its provider's business (FM 3: no hard rules)")
def short_key(w: World) -> None:
    w.has(i.key("sk-proj-FAKEshort0123456789", "openai"), OPENAI, of="openai/gpt-5.2")


@of("§10 rows 35, 57, near: a long key with another's beginning somewhere inside")
def beginning_inside_of_a_key(w: World) -> None:
    w.has(i.key("sk-proj-" + "FAKE" * 10 + "gsk_xai-" + "FAKE" * 20, "openai"), OPENAI, of="openai/gpt-5.2")


@of("§10 rows 35, 57, near: a proxy that wants its tenant in front of the key")
def key_behind_a_tenant(w: World) -> None:
    entry(w, "acme", "https://llm.example.org/v1", f"tenant7:{i.OPENAI}")


# ---- §10 row 52: models through a program with a login of its own --------------------------------------------------


@of("§10 row 52: logged out, and there is nothing else", "error credentials/none")
def claude_logged_out_and_nothing_else(w: World) -> None:
    w.newer({}, model("claude-cli/claude-opus-5"))


@of("§10 row 52: logged out, beside another provider's key", "error credentials/missing main/codex-cli")
def codex_logged_out(w: World) -> None:
    w.newer({A: i.key()}, model("codex-cli/gpt-5.2"))


@of("§10 row 52: logged in")
def codex_logged_in(w: World) -> None:
    w.newer({}, model("codex-cli/gpt-5.2"))
    tokens = {"access_token": "a-FAKE-of-codex-cli", "refresh_token": "r-FAKE-of-codex-cli", "account_id": "x"}
    w.file(w.home / ".codex/auth.json", json.dumps({"tokens": tokens}))


@of("§10 row 52: logged in by the runtime of a model")
def claude_logged_in(w: World) -> None:
    w.newer({A: i.key()}, through_claude())
    login = {"accessToken": TOKEN, "refreshToken": "r-FAKE-of-claude-0123456789", "expiresAt": NOW + DAY}
    w.file(w.home / ".claude/.credentials.json", json.dumps({"claudeAiOauth": login}))


# ---- §10 row 5: secrets of the gateway that are none ---------------------------------------------------------------

for name, auth in (
    ("null", {"token": "null"}),
    ("template", {"token": "YOUR_TOKEN"}),
    ("published", {"token": "change-me-to-a-long-random-token"}),
    ("password_undefined", {"mode": "password", "password": "undefined"}),
    ("empty_password", {"mode": "password", "password": ""}),
):

    def unguarded(w: World, auth: dict[str, Any] = auth, *, newer: bool = False) -> None:
        openai(w, newer=newer, gateway={"mode": "local", "auth": auth})

    CASES.add(f"gateway_{name}_on_2026_2", "§10 row 5", unguarded, "warning config/gateway-token gateway.auth")
    CASES.add(f"gateway_{name}_on_2026_9", "§10 row 5",
              lambda w, build=unguarded: build(w, newer=True), "warning config/gateway-token gateway.auth")  # type: ignore[misc]  # fmt: skip


@of("§10 row 5: the variable has it", "warning config/gateway-token gateway.auth")
def gateway_token_undefined_in_the_env_file(w: World) -> None:
    openai(w, gateway={"mode": "local"})
    w.dotenv("OPENCLAW_GATEWAY_TOKEN=undefined\n")


@of("near: a short one, and one that only begins so")
def gateway_token_of_a_word(w: World) -> None:
    openai(w, gateway={"mode": "local", "auth": {"token": "nullarbor-plain-7"}})


@of("near: the variable has a good one")
def gateway_token_in_the_env_file(w: World) -> None:
    openai(w, newer=True, gateway={"mode": "local"})
    w.dotenv(f"OPENCLAW_GATEWAY_TOKEN={GATEWAY}\n")


# ---- §10 row 3: keys that nobody knows, elsewhere ------------------------------------------------------------------

ACME = {"baseUrl": "https://llm.example.org/v1", "apiKey": "odd-FAKE-key-0123456789"}
for name, place, more in (
    ("of_a_model", "models.providers.acme.models.0.contextwindow",
     {"models": {"providers": {"acme": {**ACME, "models": [{"id": "m", "name": "m", "contextwindow": 1}]}}}}),
    ("of_models", "models.provider", {"models": {"provider": {}}}),
    ("of_fallbacks", "agents.defaults.model.fallback",
     {"agents": {"defaults": {"model": {"primary": "openai/gpt-5.2", "fallback": ["anthropic/x"]}}}}),
    ("of_a_password", "gateway.auth.passwrd",
     {"gateway": {"mode": "local", "auth": {"token": GATEWAY, "passwrd": "x"}}}),
    ("of_a_remote_one", "gateway.remote.ulr", {"gateway": {**LOCAL, "remote": {"ulr": "wss://gateway.example.org"}}}),
    ("of_a_mode", "gateway.mode", {"gateway": {**LOCAL, "mode": "locall"}}),
):  # fmt: skip

    def mistyped(w: World, more: dict[str, Any] = more, *, newer: bool = False) -> None:
        openai(w, newer=newer, **more)

    CASES.add(f"mistyped_{name}_on_2026_2", "§10 row 3", mistyped, f"error config/rejected {place}")
    CASES.add(f"mistyped_{name}_on_2026_9", "§10 row 3",
              lambda w, build=mistyped: build(w, newer=True), f"error config/rejected {place}")  # type: ignore[misc]  # fmt: skip


@of("near: names of one's own where any is right")
def names_of_ones_own(w: World) -> None:
    listed = {**ACME, "headers": {"X-Own": "1"}, "models": [{"id": "m", "name": "m"}]}
    skills = {"entries": {"own": {"apiKey": "k"}}}
    openai(w, models={"providers": {"acme": listed}}, env={"OWN_NAME": "1"}, skills=skills)
