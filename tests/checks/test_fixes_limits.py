"""What fixes leave alone: other files' links and comments, what is not theirs to write, what would be a guess."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

import checks
from checks import fixes
from openclaw.api import Unfixable
from openclaw.change import atomic
from openclaw.change.apply import stores_of
from openclaw.change.plan import MoveFile
from openclaw.errors import Refusal
from tests.checks import mending
from tests.checks.test_fixes import (
    API_KEY,
    DECLARED,
    GOOD,
    OPENAI_KEY,
    OTHER_KEY,
    ROUTED,
    ROUTER,
    ROUTER_KEY,
    SETUP,
    WHOLE,
    as_store,
    backup,
)
from tests.doctor.homes import CONFIG, NOW, SETUP_TOKEN, state, store, store_path, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openclaw.finding import Finding

# The rows of the list of checks whose fix is auto or confirm. A check that is there needs its fix.
WITH_A_FIX = frozenset((
    "credentials/expires-unit", "credentials/wrong-kind", "credentials/foreign-key", "credentials/redacted",
    "credentials/whitespace", "credentials/cooldown", "credentials/disabled", "credentials/stale-cooldown",
    "credentials/all-unusable", "credentials/shared-refresh", "credentials/agent-missing",
    "credentials/agent-stale", "credentials/order-unknown", "credentials/order-excludes",
    "credentials/last-good-dangling", "credentials/shadowed", "credentials/bill-shock",
    "credentials/config-mismatch", "credentials/undeclared", "credentials/bad-fields", "credentials/misplaced",
    "credentials/legacy-store", "credentials/store-corrupt", "credentials/local-blank", "env/daemon-blind",
    "env/daemon-stale", "env/daemon-differs", "env/frozen-in-unit", "env/dotenv-syntax", "env/dotenv-duplicate",
    "env/empty", "env/misspelt", "env/cwd-blocked", "config/unparsable", "config/shrunk", "config/gateway-mode",
    "config/implicit-default", "config/gateway-token", "service/not-installed", "service/not-running",
    "service/broken-exec", "service/linger", "service/legacy-unit", "service/claude-not-on-path",
    "security/readable-by-others", "security/leftover-copy", "live/rejected",
))  # fmt: skip
# Their checks came before their fixes: lines that go as these come.
TO_COME = frozenset({"env/daemon-blind", "env/dotenv-syntax", "live/rejected"})
MINE = frozenset((
    "config/gateway-mode", "config/unparsable", "credentials/bad-fields", "credentials/expires-unit",
    "credentials/foreign-key", "credentials/local-blank", "credentials/order-unknown", "credentials/redacted",
    "credentials/store-corrupt", "credentials/whitespace", "credentials/wrong-kind", "security/readable-by-others",
))  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    write(state(folder) / "openclaw.json", CONFIG)
    return folder


def one(home: Path, check_id: str, **env: str) -> Finding:
    [finding] = mending.findings(home, check_id, **env)
    return finding


def refused(home: Path, finding: Finding, **env: str) -> str:
    """Why the fix can do nothing."""
    with pytest.raises(Unfixable) as caught:
        mending.plan_for(home, [finding], **env)
    return str(caught.value)


def fix_class(finding: Finding) -> str:
    assert finding.remedy
    return finding.remedy.fix


def mend(home: Path, *check_ids: str) -> None:
    """All findings of these checks by one plan; then they are gone, and an undo brings every byte back."""
    original = mending.contents(home)
    found = [item for check_id in check_ids for item in mending.findings(home, check_id)]
    assert found
    journal = mending.applied(home, mending.plan_for(home, found))
    assert not [item for check_id in check_ids for item in mending.findings(home, check_id)]
    mended = mending.contents(home)
    mending.undone(journal)
    assert mending.contents(home) == original
    mending.applied(home, mending.plan_for(home, found))
    assert mending.contents(home) == mended


def entries(home: Path, agent: str = "main") -> Any:
    return json.loads(store_path(home, agent).read_text())["profiles"]


def text(home: Path, name: str = "openclaw.json") -> str:
    return (state(home) / name).read_bytes().decode()


# ---- the contract --------------------------------------------------------------------------------------------------


def test_every_check_that_the_list_gives_a_fix_has_one() -> None:
    there = {item.id for item in checks.load()}
    known = fixes.load().keys()
    assert known <= WITH_A_FIX
    assert (WITH_A_FIX & there) - known <= TO_COME
    assert not MINE - known


# ---- what stays as it is -------------------------------------------------------------------------------------------


def test_comments_unknown_keys_and_windows_line_ends_survive(home: Path) -> None:
    own = "\t'x-own': [1,2,], /* kept */\r\n"
    odd = f"\ufeff// mine\r\n{{\r\n{own}\tgateway: {{ // local?\r\n\t\tport: 18789,\r\n\t}},\r\n}}\r\n"
    write(state(home) / "openclaw.json", odd, 0o400)
    store(home, {"openai:default": GOOD})
    mend(home, "config/gateway-mode")
    assert text(home) == odd.replace("18789,\r\n", '18789,\r\n\t\tmode: "local",\r\n')
    assert (state(home) / "openclaw.json").stat().st_mode & 0o777 == 0o400


def test_what_a_store_has_besides_survives(home: Path) -> None:
    before = json.dumps(
        {"version": 1, "x": {"y": 1}, "profiles": {"openai:default": {**GOOD, "key": f" '{OPENAI_KEY}'", "z": []}}},
        indent="\t",
    )
    write(store_path(home), before.replace("\n", "\r\n"))
    mend(home, "credentials/whitespace")
    after = before.replace(f" '{OPENAI_KEY}'", OPENAI_KEY).replace("\n", "\r\n")
    assert store_path(home).read_bytes().decode() == after


@pytest.mark.parametrize("check_id", ["credentials/whitespace", "credentials/store-corrupt"])
def test_a_link_to_a_store_stays_a_link(home: Path, check_id: str) -> None:
    dirty = as_store(profiles={"openai:default": {**GOOD, "key": f'"{OPENAI_KEY}"'}})
    real = write(home / "dotfiles" / "store.json", dirty if "white" in check_id else dirty[:60])
    store_path(home).parent.mkdir(parents=True, mode=0o700)
    store_path(home).symlink_to(real)
    backup(home, as_store(profiles={"openai:default": GOOD}))
    mend(home, check_id)
    assert store_path(home).is_symlink()
    assert entries(home) == {"openai:default": GOOD}
    assert real.read_bytes() == store_path(home).read_bytes()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_link_to_a_file_of_somebody_else_is_refused(home: Path) -> None:
    real = write(home / "theirs.json", as_store(profiles={"openai:default": {**GOOD, "key": f'"{OPENAI_KEY}"'}}))
    os.chown(real, 65534, 65534)
    store_path(home).parent.mkdir(parents=True, mode=0o700)
    store_path(home).symlink_to(real)
    os.chown(store_path(home), 1234, 1234, follow_symlinks=False)
    before = mending.contents(home)
    plan = mending.plan_for(home, mending.findings(home, "credentials/whitespace"))
    with pytest.raises(Refusal):
        mending.applied(home, plan)
    assert mending.contents(home) == before


def test_the_broken_file_and_its_place_in_time_are_kept(home: Path) -> None:
    broken = as_store(profiles={"openai:default": GOOD})[:80]
    write(store_path(home), broken, 0o644)
    backup(home, as_store(profiles={"openai:default": {**GOOD, "key": OTHER_KEY}}), "auth-profiles.json.bak.1")
    newest = backup(home, as_store(profiles={"openai:default": GOOD}))
    os.utime(newest, (NOW / 1000, 2e9))
    mending.applied(home, mending.plan_for(home, [one(home, "credentials/store-corrupt")]))
    kept = store_path(home).with_name(f"auth-profiles.json.broken-{NOW}")
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (broken, 0o600)
    assert (entries(home)["openai:default"], store_path(home).stat().st_mode & 0o777) == (GOOD, 0o600)


def test_a_secret_in_an_included_file_is_mended_there(home: Path) -> None:
    part = '// own\n{ acme: { baseUrl: "https://acme.example/v1", apiKey: "\'KEY\'", models: [] } }\n'.replace(
        "KEY", OTHER_KEY
    )
    write(state(home) / "providers.json5", part)
    write(
        state(home) / "openclaw.json",
        CONFIG.replace("agents:", 'models: { providers: { $include: "./providers.json5" } },\n agents:'),
    )
    store(home, {"openai:default": GOOD})
    before = text(home)
    mend(home, "credentials/whitespace")
    assert text(home) == before
    assert text(home, "providers.json5") == part.replace("'", "")


def test_a_store_whose_profiles_are_a_list(home: Path) -> None:
    write(
        store_path(home),
        as_store(profiles=[{**GOOD, "key": f"{OPENAI_KEY}\t"}, {**GOOD, "apiKey": OTHER_KEY, "key": None}]),
    )
    mend(home, "credentials/whitespace", "credentials/bad-fields")
    assert entries(home) == [GOOD, {"type": "api_key", "provider": "openai", "key": OTHER_KEY}]


def test_a_store_is_restored_under_openclaws_lock(home: Path) -> None:
    write(store_path(home), "{")
    backup(home, as_store(profiles={"openai:default": GOOD}))
    assert stores_of(mending.plan_for(home, [one(home, "credentials/store-corrupt")])) == (store_path(home),)


def test_an_order_with_two_strangers_and_one_that_would_be_empty(home: Path) -> None:
    store(home, {"openai:default": GOOD})
    order = 'auth: { order: { openai: ["a", "openai:default", "b"], groq: [ "c" ] } },\n agents:'
    write(state(home) / "openclaw.json", CONFIG.replace("agents:", order))
    mend(home, "credentials/order-unknown")
    assert 'openai: ["openai:default"] } },' in text(home)


def test_comments_between_two_strangers_stay(home: Path) -> None:
    store(home, {"openai:default": GOOD})
    ids = '[ // first\n  "a", // a\n  /* ours */ "openai:default", // good\n  "b",\n ]'
    order = f"auth: {{ order: {{ openai: {ids} }} }},\n agents:"
    write(state(home) / "openclaw.json", CONFIG.replace("agents:", order))
    mend(home, "credentials/order-unknown")
    assert '[ // first\n  /* ours */ "openai:default", // good\n ]' in text(home)


def test_one_plan_for_everything_in_one_home(home: Path) -> None:
    store(
        home,
        {
            "openai:a": {**GOOD, "key": f'"{OPENAI_KEY}"'},
            "openai:b": {**GOOD, "key": ROUTER_KEY},
            "openai:c": {"provider": "openai", "apiKey": OTHER_KEY},
            "anthropic:d": {"type": "api_key", "provider": "anthropic", "key": SETUP_TOKEN},
            "anthropic:e": {**SETUP, "expires": NOW // 1000 + 9_000_000},
        },
        order={"anthropic": ["anthropic:d", "gone"]},
    ).chmod(0o644)  # fmt: skip
    mend(home, *sorted(MINE & {item.check_id for item in mending.findings(home)}))


# ---- other agents --------------------------------------------------------------------------------------------------


def test_what_names_a_moved_profile_follows_in_the_config_and_in_other_agents(home: Path) -> None:
    mode = 'mode: "api_key" }'
    names = f'"openai:work": {{ provider: "openai", {mode}, "openrouter:x": {{ provider: "openrouter", {mode}'
    orders = 'openai: ["openai:work"], openrouter: ["openrouter:x"]'
    auth = f"auth: {{ profiles: {{ {names} }}, order: {{ {orders} }} }},\n agents:"
    write(state(home) / "openclaw.json", CONFIG.replace("agents:", auth))
    store(home, {**ROUTED, "openrouter:x": {**ROUTER, "key": "sk-or-v1-" + "feed" * 16}})
    store(
        home,
        {"groq:a": {**GOOD, "provider": "groq", "key": "gsk_" + "FAKE" * 13}},
        "helper",
        order={"openai": ["openai:work", "openai:default"]},
    )
    mend(home, "credentials/foreign-key")
    assert entries(home)["openrouter:work"] == ROUTER
    assert json.loads(store_path(home, "helper").read_text())["order"] == {"openai": ["openai:default"]}
    assert "openai:work" not in text(home)
    assert 'order: { openrouter: ["openrouter:x", "openrouter:work"] }' in text(home)
    assert '"openrouter:work": {' in text(home)


def test_an_agents_own_foreign_key_gives_way_to_mains_good_one(home: Path) -> None:
    store(home, {"openai:default": GOOD})
    store(home, {"openai:default": {**GOOD, "key": ROUTER_KEY}}, "helper", order={"openai": ["openai:default"]})
    found = one(home, "credentials/foreign-key")
    assert found.target == "helper/openai:default"
    mend(home, "credentials/foreign-key")
    assert list(entries(home, "helper")) == ["openrouter:default"]
    assert json.loads(store_path(home, "helper").read_text())["order"] == {"openai": ["openai:default"]}


def test_a_mode_that_is_right_for_another_agent_is_not_changed(home: Path) -> None:
    write(state(home) / "openclaw.json", DECLARED)
    store(home, {"anthropic:a": {"type": "api_key", "provider": "anthropic", "key": SETUP_TOKEN}})
    store(home, {"anthropic:a": {"type": "api_key", "provider": "anthropic", "key": API_KEY}}, "helper")
    assert "agent helper has another profile" in refused(home, one(home, "credentials/wrong-kind"))


def test_a_profile_with_the_new_id_is_not_overwritten(home: Path) -> None:
    store(home, {**ROUTED, "openrouter:work": {**ROUTER, "key": "sk-or-v1-" + "feed" * 16}})
    assert refused(home, one(home, "credentials/foreign-key")) == "there is a profile openrouter:work already"


@pytest.mark.parametrize("same", [True, False])
def test_a_moved_profile_takes_the_place_of_no_other_key(home: Path, same: bool) -> None:
    store(home, ROUTED)
    write(state(home) / ".env", f"OPENROUTER_API_KEY={ROUTER_KEY if same else 'sk-or-v1-' + 'feed' * 16}\n")
    if same:
        mend(home, "credentials/foreign-key")
    else:
        assert refused(home, one(home, "credentials/foreign-key")).startswith("OPENROUTER_API_KEY has another key")


# ---- by hand -------------------------------------------------------------------------------------------------------


def in_store(**entry: Any) -> Callable[[Path], object]:
    return lambda home: store(home, {"openai:default": {**GOOD, **entry}})


BY_HAND: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a mask without a backup": ("credentials/redacted", in_store(key="***")),
    "a mask in every backup": (
        "credentials/redacted",
        lambda home: [
            in_store(key="***")(home),
            backup(home, as_store(profiles={"openai:default": {**GOOD, "key": "***"}})),
        ],
    ),
    "a reference to nothing in the backup": (
        "credentials/redacted",
        lambda home: [
            write(state(home) / "openclaw.json", WHOLE.replace(OTHER_KEY, "***")),
            write(state(home) / "openclaw.json.bak", WHOLE.replace(OTHER_KEY, "${NOT_SET_KEY}")),
        ],
    ),
    "a key of nobody that OpenClaw knows": ("credentials/foreign-key", in_store(key="pplx-" + "FAKE" * 12)),
    "a web session": ("credentials/wrong-kind", in_store(provider="anthropic", key="sk-ant-sid01-" + "FAKE" * 20)),
    "two lines that may be anything": ("credentials/whitespace", in_store(key="hunter2 hunter2\nhunter3")),
    "a date that is none": (
        "credentials/expires-unit",
        in_store(provider="anthropic", type="token", token=SETUP_TOKEN, expires="soon"),
    ),
    "a type of its own": ("credentials/bad-fields", in_store(type="sk-FAKE-in-the-wrong-place")),
    "two secrets under other names": (
        "credentials/bad-fields",
        lambda home: store(
            home, {"openai:x": {"type": "api_key", "provider": "openai", "apiKey": OPENAI_KEY, "secret": OTHER_KEY}}
        ),
    ),
    "a corrupt store without a backup": ("credentials/store-corrupt", lambda home: write(store_path(home), "{")),
    "an older file that is imported": (
        "credentials/whitespace",
        lambda home: write(
            store_path(home).with_name("auth.json"), json.dumps({"openai": {**GOOD, "key": f'"{OPENAI_KEY}"'}})
        ),
    ),
    "a key of another provider in the config": (
        "credentials/foreign-key",
        lambda home: write(
            state(home) / "openclaw.json",
            CONFIG.replace(
                "agents:", f'models: {{ providers: {{ openai: {{ apiKey: "{ROUTER_KEY}", models: [] }} }} }}, agents:'
            ),
        ),
    ),
}


@pytest.mark.parametrize(("check_id", "build"), BY_HAND.values(), ids=BY_HAND)
def test_what_is_left_to_the_user(check_id: str, build: Callable[[Path], object], home: Path) -> None:
    build(home)
    finding = one(home, check_id)
    assert fix_class(finding) == "manual"
    assert finding.remedy
    assert finding.remedy.commands
    assert refused(home, finding)


@pytest.mark.parametrize(
    "finding", ["config/missing", "config/unresolved-variable", "config/include-broken", "config/rejected"]
)
def test_these_are_manual(home: Path, finding: str) -> None:
    texts = {
        "config/missing": None,
        "config/unresolved-variable": '{ gateway: { mode: "${NOT_SET}" } }',
        "config/include-broken": '{ $include: "./nowhere.json5" }',
        "config/rejected": '{ agents: { defaults: { model: "a/b" } }, meta: { lastTouchedVersion: "2026.2.3" } }',
    }
    (state(home) / "openclaw.json").unlink()
    if texts[finding]:
        write(state(home) / "openclaw.json", texts[finding] or "")
    assert {fix_class(item) for item in mending.findings(home, finding)} == {"manual"}
    assert finding not in fixes.load()


@pytest.mark.parametrize(
    ("env", "text", "reason"),
    [
        ({"OPENROUTER_API_KEY": "sk-or-v1-" + "feed" * 16}, CONFIG, "OPENROUTER_API_KEY is set already"),
        ({}, WHOLE.replace(OTHER_KEY, "${OPENAI_API_KEY}"), "the config refers to ${OPENAI_API_KEY}"),
    ],
)
def test_a_variable_is_not_renamed_where_that_would_break_something(
    home: Path, env: dict[str, str], text: str, reason: str
) -> None:
    write(state(home) / "openclaw.json", text)
    write(state(home) / ".env", f"OPENAI_API_KEY={ROUTER_KEY}\n")
    assert refused(home, one(home, "credentials/foreign-key", **env), **env) == reason


def test_a_variable_of_this_shell_is_in_no_file(home: Path) -> None:
    env = {"OPENAI_API_KEY": f'"{OPENAI_KEY}"'}
    finding = one(home, "credentials/whitespace", **env)
    assert fix_class(finding) == "manual"
    assert refused(home, finding, **env) == "it stands in no file"


def test_only_own_files_are_made_private(home: Path) -> None:
    store(home, {"openai:default": GOOD}).chmod(0o644)
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(store_path(home), 65534, 65534)
    finding = one(home, "security/readable-by-others")
    assert fix_class(finding) == "manual"
    assert refused(home, finding) == "it belongs to another user"


# ---- the database of newer OpenClaw --------------------------------------------------------------------------------

SQLITE_BAD = {
    "credentials/whitespace": {"openai:default": {**GOOD, "key": f'"{OPENAI_KEY}"'}},
    "credentials/redacted": {"openai:default": {**GOOD, "key": "***"}},
    "credentials/foreign-key": ROUTED,
    "credentials/wrong-kind": {"anthropic:a": {"type": "api_key", "provider": "anthropic", "key": SETUP_TOKEN}},
    "credentials/expires-unit": {"anthropic:a": {**SETUP, "expires": NOW // 1000 + 9_000_000}},
    "credentials/local-blank": {"ollama:default": {"type": "api_key", "provider": "ollama", "key": " "}},
    "credentials/bad-fields": {"openai:default": OPENAI_KEY},
}


@pytest.mark.parametrize(("check_id", "found"), SQLITE_BAD.items(), ids=SQLITE_BAD)
def test_only_openclaw_writes_its_database(home: Path, check_id: str, found: dict[str, Any]) -> None:
    database(home, {"version": 1, "profiles": found})
    finding = one(home, check_id)
    assert fix_class(finding) == "manual"
    assert finding.remedy
    assert finding.remedy.commands
    assert refused(home, finding)


def test_an_order_in_the_database_is_openclaws_too(home: Path) -> None:
    database(home, {"version": 1, "profiles": {"openai:default": GOOD}}, {"version": 1, "order": {"openai": ["gone"]}})
    finding = one(home, "credentials/order-unknown")
    assert fix_class(finding) == "manual"
    assert refused(home, finding) == "only OpenClaw itself writes its database"


def test_an_env_file_is_mended_in_that_era_too(home: Path) -> None:
    database(home, {"version": 1, "profiles": {"openai:default": GOOD}})
    write(state(home) / ".env", f"GROQ_API_KEY='Bearer gsk_{'FAKE' * 13}'\n")
    mend(home, "credentials/whitespace")
    assert text(home, ".env") == f"GROQ_API_KEY=gsk_{'FAKE' * 13}\n"


def database(home: Path, document: dict[str, Any], order: dict[str, Any] | None = None) -> None:
    """The credentials of all agents in a database of OpenClaw 2026.6 or later."""
    import sqlite3

    path = state(home) / "state" / "openclaw.sqlite"
    path.parent.mkdir(mode=0o700)
    connection = sqlite3.connect(path)
    path.chmod(0o600)
    connection.execute("PRAGMA user_version = 18")
    connection.execute("CREATE TABLE config_machine_state (state_key TEXT PRIMARY KEY, value_json TEXT)")
    rows = {"auth.sharedStore": {"location": "state-db"}, "authProfiles.store": document, "authProfiles.state": order}
    for key, value in rows.items():
        if value is not None:
            connection.execute("INSERT INTO config_machine_state VALUES (?, ?)", (key, json.dumps(value)))
    connection.commit()
    connection.close()


# ---- what may be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        (".env.bak", True), (".env.bak.1", True), (".env.backup-2026", True), (".env~", True), (".env.old", True),
        (".env.local", False), (".env.production", False), (".env.example", False), (".environment.bak", False),
    ],
)  # fmt: skip
def test_what_counts_as_a_backup(home: Path, name: str, is_one: bool) -> None:
    from openclaw.credentials.originals import backups_of

    copy = write(state(home) / name, "A=1\n")
    assert backups_of(state(home) / ".env") == ([copy] if is_one else [])


def test_a_plan_without_a_backup_keeps_the_broken_config_aside(home: Path) -> None:
    write(state(home) / "openclaw.json", "{ oops")
    finding = one(home, "config/unparsable")
    [step] = mending.plan_for(home, [finding])
    assert isinstance(step, MoveFile)
    assert step.target == state(home) / f"openclaw.json.broken-{NOW}"
    assert finding.remedy
    assert re.search(r"^mv .*openclaw\.json\.broken$", finding.remedy.commands[-1])
    assert atomic.read(step.path) == b"{ oops"


def test_backups_that_cannot_be_read_are_passed_over(home: Path) -> None:
    write(state(home) / ".env", "OPENAI_API_KEY=***\n")
    os.mkfifo(state(home) / ".env.bak")
    (state(home) / ".env.bak.1").mkdir()
    (state(home) / ".env.bak.2").symlink_to(".env.bak.2")
    write(state(home) / ".env.bak.3", b"\xff\xfe" * 9)
    write(state(home) / ".env.old", b"#" * (4 << 20) + f"\nOPENAI_API_KEY={OPENAI_KEY}\n".encode())
    assert fix_class(one(home, "credentials/redacted")) == "manual"
    write(state(home) / ".env.bak.4", f"OPENAI_API_KEY={OPENAI_KEY}\n")
    finding = one(home, "credentials/redacted")
    assert finding.remedy
    assert ".env.bak.4" in finding.remedy.text
    mend(home, "credentials/redacted")


def test_the_newest_backup_counts(home: Path) -> None:
    store(home, {"openai:default": {**GOOD, "key": "[REDACTED]"}})
    for number, (key, age) in enumerate({OTHER_KEY: 3, OPENAI_KEY: 2, "***": 1}.items()):
        copy = backup(
            home, as_store(profiles={"openai:default": {**GOOD, "key": key}}), f"auth-profiles.json.bak.{number}"
        )
        os.utime(copy, (NOW / 1000 - age, NOW / 1000 - age))
    mend(home, "credentials/redacted")
    assert entries(home)["openai:default"] == GOOD
