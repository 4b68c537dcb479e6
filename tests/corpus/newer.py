"""Installations of 2026.9: its database, and the states of openclaw-new §10."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tests.checks import installations as i
from tests.corpus.world import DAY, HOUR, A, Cases, model
from tests.doctor.homes import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.corpus.world import World

CASES = Cases()
of = CASES.of
B = "anthropic:b"
OPUS = "anthropic/claude-opus-5"
FENCE = "openclaw-oauth-refresh-fence:v1:" + "0f" * 16 + ":failed:{}:" + "1e" * 32


def cell(w: World, name: str, text: str) -> None:
    """Writes a cell of the shared database as it is."""
    with closing(sqlite3.connect(w.path("state/openclaw.sqlite"), isolation_level=None)) as connection:
        connection.execute("UPDATE config_machine_state SET value_json = ? WHERE state_key = ?", (text, name))


# ---- the database --------------------------------------------------------------------------------------------------


@of("§10 row 9: header", "error credentials/sqlite-unreadable main")
def database_without_a_header(w: World) -> None:
    path = w.newer({A: i.key()})
    path.write_bytes(b"not a database at all\n" * 100)


@of("§10 row 9: pages", "error credentials/sqlite-unreadable main")
def database_with_broken_pages(w: World) -> None:
    path = w.newer({A: i.key()})
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\xff" * (len(data) - 100))


@of("§10 row 10: zero bytes: what it held is lost, not absent", "error credentials/sqlite-unreadable main")
def database_without_content(w: World) -> None:
    w.newer({A: i.key()}).write_bytes(b"")


@of("§10 row 11", "error credentials/sqlite-unreadable main")
def database_of_a_newer_schema(w: World) -> None:
    path = w.newer({A: i.key()})
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 99")


for name, text in (("cut_off", '{"version":1,"profiles":{'), ("a_list", "[]"), ("text", '"x"')):

    def broken_cell(w: World, text: str = text) -> None:
        w.newer({A: i.key()})
        cell(w, "authProfiles.store", text)

    CASES.add(f"cell_that_is_{name}", "§10 row 13", broken_cell, "error credentials/sqlite-unreadable main")


@of("§10 row 53", "error credentials/sqlite-unreadable work")
def agents_database_broken(w: World) -> None:
    value = model(OPUS)
    value["agents"]["entries"] = {"main": {"default": True}, "work": {}}
    w.newer({A: i.key()}, value)
    w.file("agents/work/agent/openclaw-agent.sqlite", b"not a database\n" * 100)


@of("§10 row 12: in use, and its journal cannot be opened", "error credentials/sqlite-unreadable main")
def database_with_a_journal_alone(w: World) -> None:
    path = w.newer({A: i.key()})
    w.file(path.with_name(f"{path.name}-wal"), b"x" * 4096)


# ---- beside the database -------------------------------------------------------------------------------------------


def beside(w: World, text: str) -> None:
    w.newer({A: i.key()})
    w.file("agents/main/agent/auth-profiles.json", text)


for name, text in (
    ("with_another_key", json.dumps({"version": 1, "profiles": {A: i.key(i.OTHER_KEY)}})),
    ("with_the_same_key", json.dumps({"version": 1, "profiles": {A: i.key()}})),
    ("without_profiles", '{"version": 1, "profiles": {}}'),
    ("broken", '{"version": 1,'),
    ("empty", ""),
):
    CASES.add(
        f"old_store_{name}", "FM 22; §1.7; §10 rows 17, 18",
        lambda w, text=text: beside(w, text), "error credentials/sqlite-store"  # type: ignore[misc]
    )  # fmt: skip


@of("FM 22: nothing was imported yet", "error credentials/sqlite-store", "error credentials/none")
def old_store_not_imported(w: World) -> None:
    w.newer({})
    w.file("agents/main/agent/auth-profiles.json", json.dumps({"version": 1, "profiles": {A: i.key()}}))


@of(
    "FM 22: an installed 2026.9 with an old store and no database",
    "error credentials/sqlite-store",
    "error credentials/none",
)
def old_store_and_a_new_program(w: World) -> None:
    w.program("2026.9.6", node="")
    w.has(i.key())


@of("FM 22: auth.json", "warning credentials/legacy-store", "error credentials/none")
def older_store_on_2026_9(w: World) -> None:
    w.newer({})
    w.file("agents/main/agent/auth.json", json.dumps({"anthropic": {"type": "api_key", "key": i.KEY}}))


# ---- profiles in the database --------------------------------------------------------------------------------------


def held(profile: Any, **config: Any) -> Callable[[World], object]:
    """A database with this profile alone."""
    return lambda w: w.newer({A: profile}, {**model(OPUS), **config})


KEY, TOKEN = i.KEY, i.TOKEN
for name, row, profile, expected in (
    ("unknown_type", 14, {"type": "secret", "provider": "anthropic", "key": KEY}, f"error credentials/bad-fields {A}"),
    ("no_provider", 14, {"type": "api_key", "key": KEY}, f"error credentials/bad-fields {A}"),
    ("aliases_of_2026_9", 14, {"mode": "apiKey", "provider": "anthropic", "apiKey": KEY}, ""),
    ("provider_typo", 15, i.key(provider="antropic"), "error credentials/missing main/anthropic"),
    ("expired", 23, i.token(expires=NOW - DAY), f"error credentials/expired {A}"),
    ("two_hours_left", 24, i.token(expires=NOW + 2 * HOUR), f"warning credentials/expiring {A}"),
    ("three_days_left", 25, i.token(expires=NOW + 3 * DAY), ""),
    ("seconds", 26, i.token(expires=(NOW + 30 * DAY) // 1000), f"error credentials/expires-unit {A}"),
    ("expires_as_text", 27, i.token(expires="tomorrow"), f"error credentials/expires-unit {A}"),
    ("token_as_key", 28, i.key(TOKEN), f"warning credentials/wrong-kind {A}"),
    ("key_as_token", 29, i.token(KEY), f"warning credentials/wrong-kind {A}"),
    ("trailing_line_end", 33, i.key(KEY + "\n"), f"warning credentials/whitespace {A}"),
    ("windows_line_end", 33, i.key(KEY + "\r\n"), f"warning credentials/whitespace {A}"),
    ("outer_blanks", 33, i.key(f" {KEY} "), f"warning credentials/whitespace {A}"),
    ("inner_line_end", 33, i.key(KEY[:50] + "\n" + KEY[50:]), f"warning credentials/whitespace {A}"),
    ("zero_width", 33, i.key(KEY[:50] + "\u200b" + KEY[50:]), f"warning credentials/whitespace {A}"),
    ("mark", 33, i.key("\ufeff" + KEY), f"warning credentials/whitespace {A}"),
    ("typographic_quotes", 33, i.key(f"\u201c{KEY}\u201d"), f"warning credentials/whitespace {A}"),
    ("quotes", 34, i.key(f'"{KEY}"'), f"error credentials/whitespace {A}"),
    ("inner_blank", 34, i.key(KEY[:50] + " " + KEY[50:]), f"error credentials/whitespace {A}"),
    ("bearer", 34, i.key(f"Bearer {KEY}"), f"error credentials/whitespace {A}"),
    ("assignment", 34, i.key(f"ANTHROPIC_API_KEY={KEY}"), f"error credentials/whitespace {A}"),
    ("export", 34, i.key(f"export ANTHROPIC_API_KEY={KEY}"), f"error credentials/whitespace {A}"),
    ("template", 35, i.key("YOUR_API_KEY"), f"error credentials/placeholder {A}"),
    ("dots", 35, i.key("sk-ant-..."), f"error credentials/placeholder {A}"),
    ("undefined", 35, i.key("undefined"), f"error credentials/placeholder {A}"),
    ("sentinel", 35, i.key("__OPENCLAW_REDACTED__"), f"error credentials/redacted {A}"),
    ("masked", 35, i.key("sk-ant-api03-***FAKE"), f"error credentials/redacted {A}"),
    ("openais", 35, i.key(i.OPENAI), f"error credentials/foreign-key {A}"),
    ("administration", 35, i.key("sk-ant-admin01-" + "FAKE" * 23), f"error credentials/wrong-kind {A}"),
    ("blank", 37, i.key("  "), f"error credentials/placeholder {A}"),
    ("fence", 59, {**i.login(provider="anthropic", access=FENCE.format("access"), refresh=FENCE.format("refresh")),
                   "expires": 1}, f"error credentials/refresh-fence {A}"),
):  # fmt: skip
    CASES.add(f"newer_{name}", f"§10 row {row}", held(profile), *filter(None, [expected]))
CASES.add("newer_cooldown", "§10 row 48", lambda w: w.newer({A: i.key()}, usageStats={A: {"cooldownUntil": NOW + HOUR,
    "cooldownReason": "auth", "errorCount": 1}}), f"warning credentials/cooldown {A}",
    "error credentials/all-unusable main/anthropic")  # fmt: skip
CASES.add("newer_disabled", "§10 row 48", lambda w: w.newer({A: i.key()}, usageStats={A: {"disabledUntil": NOW + HOUR,
    "disabledReason": "billing", "errorCount": 1}}), f"error credentials/disabled {A}",
    "error credentials/all-unusable main/anthropic")  # fmt: skip
CASES.add("newer_mode_differs", "§10 row 30",
    held(i.key(), auth={"profiles": {A: {"provider": "anthropic", "mode": "token"}}}),
    f"error credentials/config-mismatch {A}")  # fmt: skip


@of("§10 row 31: the store is empty", "error credentials/none", f"warning credentials/config-mismatch {A}")
def newer_declared_and_not_stored(w: World) -> None:
    w.newer({}, {**model(OPUS), "auth": {"profiles": {A: {"provider": "anthropic", "mode": "api_key"}}}})


@of("§10 row 32", f"error credentials/expired {B}", f"error credentials/undeclared {A}")
def newer_undeclared_and_the_only_good_one(w: World) -> None:
    declared = {"profiles": {B: {"provider": "anthropic", "mode": "token"}}}
    w.newer({A: i.key(), B: i.token(expires=NOW - DAY)}, {**model(OPUS), "auth": declared})


@of("§10 row 46", "warning credentials/order-excludes config/anthropic")
def newer_empty_order(w: World) -> None:
    w.newer({A: i.key()}, {**model(OPUS), "auth": {"order": {"anthropic": []}}})


@of("§10 row 47: falls back to all", "error credentials/order-unknown anthropic/anthropic:gone")
def newer_order_of_strangers(w: World) -> None:
    w.newer({A: i.key()}, order={"anthropic": ["anthropic:gone"]})


@of("§10 row 38", "warning credentials/shadowed anthropic/ANTHROPIC_API_KEY")
def newer_other_key_in_the_env_file(w: World) -> None:
    w.newer({A: i.key()})
    w.dotenv(f"ANTHROPIC_API_KEY={i.OTHER_KEY}\n")


@of("§10 row 6", "error credentials/missing main/openai")
def newer_model_of_another_provider(w: World) -> None:
    w.newer({A: i.key()}, model("openai/gpt-5.4"))


@of("§10 row 8", "error config/default-model agents.defaults.model.primary")
def newer_unknown_provider(w: World) -> None:
    w.newer({A: i.key()}, model("antropic/claude-opus-5"))


@of("§10 row 20: the database", "error security/readable-by-others")
def newer_database_that_others_read(w: World) -> None:
    w.newer({A: i.key()}).chmod(0o644)


# ---- references ----------------------------------------------------------------------------------------------------


def referring(w: World, ref: Any, **config: Any) -> None:
    w.newer({A: {"type": "api_key", "provider": "anthropic", "keyRef": ref}}, {**model(OPUS), **config})


UNRESOLVED = f"error credentials/secret-ref-unresolved {A}"


@of("§10 row 49: variable", UNRESOLVED)
def reference_to_an_unset_variable(w: World) -> None:
    referring(w, {"source": "env", "provider": "default", "id": "OWN_KEY"})


@of("§10 row 36: in the key", UNRESOLVED)
def reference_in_the_key_to_an_unset_variable(w: World) -> None:
    w.newer({A: i.key("${ANTHROPIC_API_KEY}")})


@of("§10 row 49: file", UNRESOLVED)
def reference_to_a_missing_file(w: World) -> None:
    vault = {"vault": {"source": "file", "path": str(w.home / "vault/none"), "mode": "singleValue"}}
    referring(w, {"source": "file", "provider": "vault", "id": "value"}, secrets={"providers": vault})


@of("§10 row 49: empty file", UNRESOLVED)
def reference_to_an_empty_file(w: World) -> None:
    path = w.file(w.home / "vault/empty", "")
    vault = {"vault": {"source": "file", "path": str(path), "mode": "singleValue"}}
    referring(w, {"source": "file", "provider": "vault", "id": "value"}, secrets={"providers": vault})


@of("§10 row 49: provider that is not configured", UNRESOLVED)
def reference_to_nobody(w: World) -> None:
    referring(w, {"source": "file", "provider": "nobody", "id": "value"})


@of("§10 row 49: store", UNRESOLVED)
def reference_to_an_entry_that_is_not_there(w: World) -> None:
    referring(w, {"source": "store", "provider": "default", "id": "GONE"})


# ---- what 2026.9 minds, and what it follows ------------------------------------------------------------------------

PENDING = f"openclaw-oauth-refresh-fence:v1:{'fade' * 8}:refresh:{'fade' * 16}"


@of("openclaw-new §1.4: a token without a number for its expiry", f"error credentials/expires-unit {A}")
def newer_token_with_a_null_expiry(w: World) -> None:
    w.newer({A: i.token(expires=None)})


@of("openclaw-new §1.4: a refresh that is under way", "info credentials/expired openai-codex:default")
def newer_login_being_refreshed(w: World) -> None:
    entry = i.login(PENDING, access=PENDING.replace(":refresh:", ":access:"), expires=1)
    w.newer({"openai-codex:default": entry}, model("openai-codex/gpt-5"))


@of("FM 4 behind a reference", "error credentials/placeholder MY_KEY")
def newer_placeholder_behind_a_reference(w: World) -> None:
    ref = {"source": "env", "provider": "default", "id": "MY_KEY"}
    w.newer({A: {"type": "api_key", "provider": "anthropic", "keyRef": ref}})
    w.dotenv("MY_KEY=YOUR_API_KEY\n")


@of("FM 24: a channel's token", "error credentials/secret-ref-unresolved channels.telegram.botToken")
def newer_reference_of_a_channel(w: World) -> None:
    ref = {"source": "env", "provider": "default", "id": "GONE_TOKEN"}
    w.newer({A: i.key()}, model("anthropic/claude-opus-5", channels={"telegram": {"botToken": ref}}))


@of("a variable that the config makes of another one")
def newer_variable_of_another_one(w: World) -> None:
    w.newer({}, model("anthropic/claude-opus-5", env={"vars": {"ANTHROPIC_API_KEY": "${REAL_KEY}"}}))
    w.env["REAL_KEY"] = i.KEY


@of("a channel that is switched off needs no token")
def newer_reference_of_a_channel_that_is_off(w: World) -> None:
    ref = {"source": "env", "provider": "default", "id": "GONE_TOKEN"}
    off = {"telegram": {"enabled": False, "botToken": ref}}
    w.newer({A: i.key()}, model("anthropic/claude-opus-5", channels=off))
