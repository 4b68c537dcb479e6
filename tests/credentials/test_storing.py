"""Plans that store a credential: what is written where, and what they leave alone."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.change.apply import apply
from openclaw.change.compose import compose
from openclaw.change.journal import open_for
from openclaw.change.plan import DeleteKey, Plan, Run, SetKey, SetVariable, secrets_of
from openclaw.change.preview import preview
from openclaw.change.preview import text as preview_text
from openclaw.credentials import storing
from openclaw.credentials.resolve import resolve
from openclaw.credentials.storing import Deposit
from openclaw.errors import Failure, Refusal
from openclaw.secret import Secret

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.installation import Installation
    from tests.credentials.conftest import Host

NOW = 1_770_000_000_000
SECRET = "tok-FAKE-0123456789-0123456789-CANARY"
KEY = {"type": "api_key", "provider": "anthropic", "key": "sk-ant-FAKE-0123456789-0123456789"}


def deposit(provider: str = "anthropic", **members: Any) -> Deposit:
    return Deposit(provider, members.pop("kind", "token"), Secret(SECRET), **members)


def plan_for(found: Installation, given: Deposit | None = None, agent: str | None = None) -> Plan:
    return storing.profile_plan(found, given or deposit(), found.agent(agent))


def carry_out(host: Host, plan: Plan) -> None:
    journal = open_for(host.state, {}, host.home)
    apply(plan, journal=journal, home=host.home, title="test", now=NOW)


def store_and_read(host: Host, given: Deposit | None = None, agent: str | None = None) -> dict[str, Any]:
    carry_out(host, plan_for(host.load(), given, agent))
    document: dict[str, Any] = json.loads(host.store_path(agent or "main").read_text())
    return document


def config_of(host: Host) -> dict[str, Any]:
    return host.load().config.value


def values(plan: Plan, path: Path) -> dict[tuple[str | int, ...], Any]:
    return {step.keys: step.value for step in plan if isinstance(step, SetKey) and step.path == path}


# ---- the deposit ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "profile_id", "document"),
    [
        (deposit(), "anthropic:manual", {"type": "token", "provider": "anthropic", "token": Secret(SECRET)}),
        (deposit(kind="api_key"), "anthropic:default",
         {"type": "api_key", "provider": "anthropic", "key": Secret(SECRET)}),
        (deposit(profile_id="x", expires=5), "x",
         {"type": "token", "provider": "anthropic", "token": Secret(SECRET), "expires": 5}),
    ],
)  # fmt: skip
def test_a_deposit(given: Deposit, profile_id: str, document: dict[str, Any]) -> None:
    assert given.id == profile_id
    assert given.document() == document
    assert SECRET not in repr(given)


# ---- the store -----------------------------------------------------------------------------------------------------


def test_on_an_empty_home(host: Host) -> None:
    document = store_and_read(host, deposit(expires=NOW + 5))
    assert document == {
        "version": 1,
        "profiles": {
            "anthropic:manual": {"type": "token", "provider": "anthropic", "token": SECRET, "expires": NOW + 5}
        },
    }
    assert list(document["profiles"]["anthropic:manual"]) == ["type", "provider", "token", "expires"]
    assert config_of(host)["auth"]["profiles"] == {"anthropic:manual": {"provider": "anthropic", "mode": "token"}}
    assert host.store_path().stat().st_mode & 0o777 == 0o600
    assert host.store_path().parent.stat().st_mode & 0o777 == 0o700


def test_what_is_there_survives(host: Host) -> None:
    before = {
        "future": {"a": [1]},
        "version": 1,
        "profiles": {"anthropic:default": {**KEY, "note": "mine", "metadata": {"x": "y"}}, "odd": {"type": "cert"}},
        "usageStats": {"anthropic:default": {"lastUsed": 4}},
    }
    host.store(before)
    document = store_and_read(host)
    assert document["profiles"].pop("anthropic:manual")["token"] == SECRET
    assert document == before
    assert list(document) == list(before)


def test_a_new_secret_of_a_profile_keeps_what_openclaw_does_not_know_about_it(host: Host) -> None:
    old = {"note": "mine", "type": "token", "provider": "anthropic", "token": "old-FAKE", "expires": 5, "email": "e@x"}
    host.store({"version": 1, "profiles": {"anthropic:manual": old}})
    profile = store_and_read(host)["profiles"]["anthropic:manual"]
    assert profile == {"note": "mine", "type": "token", "provider": "anthropic", "token": SECRET}


def test_a_profile_of_another_type_is_replaced(host: Host) -> None:
    old = {"type": "oauth", "provider": "anthropic", "access": "a-FAKE", "refresh": "r-FAKE", "expires": 5}
    host.store({"version": 1, "profiles": {"anthropic:manual": old}})
    assert store_and_read(host)["profiles"]["anthropic:manual"] == {
        "type": "token", "provider": "anthropic", "token": SECRET,
    }  # fmt: skip


def test_the_same_again_changes_nothing(host: Host) -> None:
    store_and_read(host)
    assert compose(plan_for(host.load()), lambda path: path.read_bytes() if path.exists() else None) == ()


def test_a_store_order_gets_it_in_front(host: Host) -> None:
    host.store({"profiles": {"a": KEY}, "order": {"Anthropic": ["a"], "other": ["x"]}})
    assert store_and_read(host)["order"] == {"Anthropic": ["anthropic:manual", "a"], "other": ["x"]}


def test_an_order_that_has_it_stays(host: Host) -> None:
    host.store({"profiles": {"a": KEY}, "order": {"anthropic": ["a", "anthropic:manual"]}})
    assert store_and_read(host)["order"] == {"anthropic": ["a", "anthropic:manual"]}


def test_another_agent_gets_its_own_store_and_main_s_is_left_alone(host: Host) -> None:
    host.config({"agents": {"list": [{"id": "main"}, {"id": "work"}]}})
    main = host.store({"profiles": {"a": KEY}, "order": {"anthropic": ["a"]}})
    before = main.read_bytes()
    document = store_and_read(host, agent="work")
    assert list(document["profiles"]) == ["anthropic:manual"]  # main's secrets are not copied
    assert document["order"] == {"anthropic": ["anthropic:manual", "a"]}
    assert main.read_bytes() == before


@pytest.mark.parametrize("agent", ["main", "work"])
def test_nothing_is_planned_over_a_broken_store(host: Host, agent: str) -> None:
    host.config({"agents": {"list": [{"id": "main"}, {"id": "work"}]}})
    host.store("{broken", agent)
    found = host.load()
    with pytest.raises(Failure) as caught:
        plan_for(found, agent="work")
    assert caught.value.path == host.store_path(agent)


def test_profiles_in_a_list_are_not_written_into(host: Host) -> None:
    path = host.store({"profiles": [KEY]})
    before = path.read_bytes()
    with pytest.raises(Failure):
        carry_out(host, plan_for(host.load()))
    assert path.read_bytes() == before


def test_what_openclaw_imports_from_older_files_goes_into_a_new_store(host: Host) -> None:
    """With a store, OpenClaw looks at those files no more: the logins in them would be lost to it."""
    login = {"access": "acc-FAKE-CANARY", "refresh": "ref-FAKE-CANARY", "expires": NOW + 9}
    older = host.write(host.state / "credentials" / "oauth.json", {"openai-codex": login})
    found = host.load()
    plan = plan_for(found)
    assert "CANARY" not in repr(plan)
    assert {secret.reveal() for secret in secrets_of(plan)} == {SECRET, login["access"], login["refresh"]}
    before = older.read_bytes()
    carry_out(host, plan)
    document = json.loads(host.store_path().read_text())
    assert document["profiles"] == {
        "openai-codex:default": {"type": "oauth", "provider": "openai-codex", **login},
        "anthropic:manual": {"type": "token", "provider": "anthropic", "token": SECRET},
    }
    assert older.read_bytes() == before


# ---- the config ----------------------------------------------------------------------------------------------------


def test_usable_siblings_are_declared_too(host: Host) -> None:
    host.store(
        {
            "profiles": {
                "a": KEY,
                "Spelled": {**KEY, "provider": "ANTHROPIC"},
                "blank": {**KEY, "key": ""},
                "other": {**KEY, "provider": "groq"},
            }
        }
    )
    store_and_read(host)
    assert config_of(host)["auth"]["profiles"] == {
        "anthropic:manual": {"provider": "anthropic", "mode": "token"},
        "a": {"provider": "anthropic", "mode": "api_key"},
        "Spelled": {"provider": "ANTHROPIC", "mode": "api_key"},
    }
    found = host.load()
    chain = resolve("anthropic", found.sources(found.store_of(found.agent()))).chain
    assert {item.name for item in chain if item.expected} == {"anthropic:manual", "a", "Spelled"}


def test_what_the_config_hides_already_stays_hidden(host: Host) -> None:
    host.config({"auth": {"profiles": {"b": {"provider": "anthropic", "mode": "api_key"}}}})
    host.store({"profiles": {"a": KEY, "b": KEY}})
    store_and_read(host)
    assert list(config_of(host)["auth"]["profiles"]) == ["b", "anthropic:manual"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["a"], ["anthropic:manual", "a"]),
        (["a", "anthropic:manual"], ["anthropic:manual", "a"]),
        (["anthropic:manual", "a"], ["anthropic:manual", "a"]),
        ([], ["anthropic:manual"]),
    ],
)
def test_an_order_of_the_config_gets_it_in_front(host: Host, order: list[str], expected: list[str]) -> None:
    host.config({"auth": {"order": {"anthropic": order, "x": ["y"]}}})
    store_and_read(host)
    assert config_of(host)["auth"]["order"] == {"anthropic": expected, "x": ["y"]}


def test_comments_and_style_of_the_config_survive(host: Host) -> None:
    text = "// mine\n{\n  gateway: { mode: 'local', }, // keep\n  /* end */\n}\n"
    path = host.config(text)
    store_and_read(host)
    after = path.read_text()
    assert after.startswith("// mine\n{\n  gateway: { mode: 'local', }, // keep\n")
    assert "/* end */" in after
    assert config_of(host)["gateway"] == {"mode": "local"}


def test_an_entry_with_another_mode_is_set_right(host: Host) -> None:
    host.config(
        {"auth": {"profiles": {"anthropic:manual": {"provider": "anthropic", "mode": "oauth", "email": "e@x"}}}}
    )
    store_and_read(host)
    assert config_of(host)["auth"]["profiles"] == {"anthropic:manual": {"provider": "anthropic", "mode": "token"}}


# ---- the SQLite era ------------------------------------------------------------------------------------------------


def newer(host: Host, *, program: bool) -> Installation:
    host.config({"meta": {"lastTouchedVersion": "2026.9.6"}, "agents": {"list": [{"id": "main"}, {"id": "work"}]}})
    folder = host.home / "bin"
    if program:
        path = host.write(folder / "openclaw", "#!/bin/sh\n")
        path.chmod(0o755)
    return host.load({"PATH": str(folder), "OPENCLAW_PROFILE": "p"})


@pytest.mark.parametrize(
    ("given", "agent", "expected"),
    [
        (deposit(), None,
         ["paste-token", "--provider", "anthropic", "--profile-id", "anthropic:manual", "--agent", "main"]),
        (deposit(expires=NOW + 90), None,
         ["paste-token", "--provider", "anthropic", "--profile-id", "anthropic:manual", "--expires-in", "90ms",
             "--agent", "main"]),
        (deposit(kind="api_key", profile_id="x"), "work",
         ["paste-api-key", "--provider", "anthropic", "--profile-id", "x", "--agent", "work"]),
    ],
)  # fmt: skip
def test_the_database_is_left_to_openclaw_itself(
    host: Host, given: Deposit, agent: str | None, expected: list[str]
) -> None:
    found = newer(host, program=True)
    (step,) = plan_for(found, given, agent)
    assert isinstance(step, Run)
    assert list(step.argv) == [str(host.home / "bin" / "openclaw"), "models", "auth", *expected]
    assert step.stdin == Secret(SECRET)
    assert step.env is not None
    assert step.env["OPENCLAW_PROFILE"] == "p"  # it must work on the same installation
    assert SECRET not in repr(step)


def test_their_command_hides_no_sibling_either(host: Host) -> None:
    """2026.9.6 declares the pasted profile only, so that the others of its provider are not used any more."""
    found = newer(host, program=True)
    database = host.state / "state" / "openclaw.sqlite"
    database.parent.mkdir()
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE config_machine_state (state_key TEXT, value_json TEXT)")
        cells = {"auth.sharedStore": {"location": "state-db"}, "authProfiles.store": {"profiles": {"a": KEY}}}
        rows = [(name, json.dumps(value)) for name, value in cells.items()]
        connection.executemany("INSERT INTO config_machine_state VALUES (?, ?)", rows)
    first, second = plan_for(newer(host, program=True))
    assert isinstance(first, SetKey)
    assert (first.keys, first.value) == (("auth", "profiles", "a"), {"provider": "anthropic", "mode": "api_key"})
    assert isinstance(second, Run)
    assert found.config.path == first.path


def test_without_openclaw_the_database_cannot_be_written(host: Host) -> None:
    found = newer(host, program=False)
    with pytest.raises(Refusal) as caught:
        plan_for(found)
    assert "SQLite" in caught.value.message
    assert caught.value.hint
    assert caught.value.commands


# ---- variables, models, providers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ("anthropic", "ANTHROPIC_API_KEY"),
        ("openai", "OPENAI_API_KEY"),
        ("google", "GEMINI_API_KEY"),
        ("deepseek", "DEEPSEEK_API_KEY"),
        ("my-own.one", "MY_OWN_ONE_API_KEY"),
    ],
)
def test_the_variable_of_a_provider(provider: str, expected: str) -> None:
    assert storing.variable_for(provider) == expected


def test_a_variable_goes_into_the_state_directory(host: Host) -> None:
    (step,) = storing.variable_plan(host.load(), "X_API_KEY", Secret(SECRET))
    assert isinstance(step, SetVariable)
    assert (step.path, step.name) == (host.state / ".env", "X_API_KEY")


def test_stored_profiles_shadow_a_variable(host: Host) -> None:
    host.store({"profiles": {"a": KEY, "blank": {**KEY, "key": ""}}})
    found = host.load()
    assert [item.id for item in storing.shadowing(found, "anthropic", found.agent())] == ["a"]
    assert storing.shadowing(found, "groq", found.agent()) == []


def model_value(host: Host, *, asked: bool = False, provider: str = "openai", model: str = "openai/gpt-5.2") -> Any:
    found = host.load()
    plan = storing.model_plan(found, provider, found.agent(), model, asked=asked)
    return values(plan, found.config.path)


def test_the_default_model_is_set_where_nothing_else_would_work(host: Host) -> None:
    assert model_value(host) == {("agents", "defaults", "model", "primary"): "openai/gpt-5.2"}


def test_a_default_model_that_works_stays(host: Host) -> None:
    host.config({"agents": {"defaults": {"model": {"primary": "anthropic/claude-opus-4-5"}}}})
    host.store({"profiles": {"a": KEY}})
    assert model_value(host) == {}
    assert model_value(host, asked=True) == {("agents", "defaults", "model", "primary"): "openai/gpt-5.2"}


def test_the_same_model_is_not_set_again(host: Host) -> None:
    host.config({"agents": {"defaults": {"model": {"primary": "openai/gpt-5.2"}}}})
    assert model_value(host, asked=True) == {}


def test_a_model_that_is_text_becomes_what_openclaw_accepts(host: Host) -> None:
    host.config({"agents": {"defaults": {"model": "groq/x"}}})
    assert model_value(host, asked=True) == {("agents", "defaults", "model"): {"primary": "openai/gpt-5.2"}}


def test_an_entry_for_a_provider_refers_to_its_variable(host: Host) -> None:
    found = host.load()
    plan = storing.provider_entry_plan(
        found, "own", base_url="http://x/v1", api="openai-completions", models=("m",), variable="OWN_API_KEY"
    )
    assert values(plan, found.config.path) == {
        ("models", "providers", "own"): {
            "baseUrl": "http://x/v1",
            "api": "openai-completions",
            "apiKey": "${OWN_API_KEY}",
            "models": [{"id": "m", "name": "m"}],
        }
    }


def test_of_an_entry_that_is_there_only_what_differs_is_set(host: Host) -> None:
    entry = {"baseUrl": "http://x/v1", "api": "old", "headers": {"a": "b"}, "models": [{"id": "n", "name": "n"}]}
    host.config({"models": {"providers": {"own": entry}}})
    found = host.load()
    plan = storing.provider_entry_plan(
        found, "own", base_url="http://x/v1", api="openai-completions", models=("m",), variable=None
    )
    assert values(plan, found.config.path) == {("models", "providers", "own", "api"): "openai-completions"}
    asked = storing.provider_entry_plan(
        found, "own", base_url="http://x/v1", api="old", models=("m",), variable=None, asked="m"
    )
    rows = [{"id": "n", "name": "n"}, {"id": "m", "name": "m"}]
    assert values(asked, found.config.path) == {("models", "providers", "own", "models"): rows}


def test_an_entry_without_models_gets_them(host: Host) -> None:
    host.config({"models": {"providers": {"own": {"baseUrl": "http://x/v1", "api": "a", "models": []}}}})
    found = host.load()
    plan = storing.provider_entry_plan(found, "own", base_url="http://x/v1", api="a", models=("m",), variable=None)
    assert values(plan, found.config.path) == {("models", "providers", "own", "models"): [{"id": "m", "name": "m"}]}


def test_a_fresh_config_can_start_a_gateway_and_an_existing_one_is_left_alone(host: Host) -> None:
    found = host.load()
    made = values(storing.fresh_config_plan(found), found.config.path)
    assert made["gateway", "mode"] == "local"
    token = made["gateway", "auth"]["token"]
    assert isinstance(token, Secret)
    assert len(token) == 48
    host.config("{}")
    assert storing.fresh_config_plan(host.load()) == ()


def test_no_preview_shows_a_secret(host: Host) -> None:
    host.store(
        {"profiles": {"anthropic:manual": {"type": "token", "provider": "anthropic", "token": "old-FAKE-CANARY-1"}}}
    )
    found = host.load()
    plan = plan_for(found, deposit(expires=NOW + 5))
    assert any(isinstance(step, SetKey) for step in plan)
    assert not any(isinstance(step, DeleteKey) for step in plan)
    drafts = compose(plan, lambda path: path.read_bytes() if path.exists() else None)
    shown = preview_text(preview(plan, drafts, host.home))
    assert "CANARY" not in shown
    assert "expires" in shown


def test_a_model_that_the_config_names_stays(host: Host) -> None:
    host.config({"agents": {"defaults": {"model": {"primary": "anthropic/claude-opus-4-5"}}}})
    found = host.load()
    assert storing.model_plan(found, "groq", found.agent(), "groq/openai/gpt-oss-120b", asked=False) == ()


def test_another_agent_never_changes_the_model_of_all(host: Host) -> None:
    host.config({"agents": {"list": [{"id": "main", "default": True}, {"id": "Work"}]}})
    found = host.load()
    work = found.agent("work")
    assert storing.model_plan(found, "openai", work, "openai/gpt-5.2", asked=False) == ()
    plan = storing.model_plan(found, "openai", work, "openai/gpt-5.2", asked=True)
    assert values(plan, found.config.path) == {("agents", "list", 1, "model"): "openai/gpt-5.2"}
