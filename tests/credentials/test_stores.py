"""Reading credential stores: tolerant where OpenClaw is, and a problem with a place where it would lose something."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import openclaw
from openclaw.config.views import Agent, Agents
from openclaw.credentials.storefile import Places, StoreProblem, parse
from openclaw.credentials.stores import Store, from_document, js_order, merged, read_all, read_json

if TYPE_CHECKING:
    from tests.credentials.conftest import Host

KEY = {"type": "api_key", "provider": "anthropic", "key": "sk-ant-FAKE-1"}
LOGIN = {"access": "acc-FAKE", "refresh": "ref-FAKE", "expires": 1_770_003_600_000}
NOBODY = 65534


def document(**profiles: Any) -> dict[str, Any]:
    return {"version": 1, "profiles": profiles}


def test_a_store(host: Host) -> None:
    content = {
        **document(a=KEY, b={**KEY, "future": [1]}),
        "order": {"anthropic": ["b", "a"]},
        "lastGood": {"anthropic": "a"},
        "usageStats": {"a": {"lastUsed": 5}},
        "unknown": True,
    }
    store = read_json(host.store(content))
    assert store.exists
    assert store.problem is None
    assert list(store.profiles) == ["a", "b"]
    assert store.profiles["b"].raw["future"] == [1]
    assert store.order == {"anthropic": ["b", "a"]}
    assert store.last_good == {"anthropic": "a"}
    assert store.usage == {"a": {"lastUsed": 5}}


def test_no_file_is_no_store(host: Host) -> None:
    store = read_json(host.store_path())
    assert not store.exists
    assert store.problem is None
    assert store.failure() is None
    assert not host.state.exists()


def test_profiles_as_a_list_are_named_by_their_index(host: Host) -> None:
    assert list(read_json(host.store({"profiles": [KEY, KEY]})).profiles) == ["0", "1"]


def test_entries_that_are_no_profiles_are_listed_with_the_reason(host: Host) -> None:
    store = read_json(host.store(document(a=KEY, b=None, c={"type": "cert"}, d={"type": "token"})))
    assert list(store.profiles) == ["a"]
    assert store.rejected == {"b": "is not an object", "c": "has the unknown type 'cert'", "d": "has no provider"}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"x": ["a", " b ", "", "  ", 3, None]}, {"x": ["a", "b"]}),
        ({"x": [], "y": ["  "], "z": "a"}, {}),
        ("text", {}),
        (None, {}),
        ({"x": ["\ufeffa"]}, {"x": ["a"]}),
    ],
)
def test_orders_keep_their_non_blank_ids(host: Host, order: Any, expected: dict[str, list[str]]) -> None:
    assert read_json(host.store({**document(a=KEY), "order": order})).order == expected


@pytest.mark.parametrize("value", [None, [], "x", 7])
def test_what_is_no_object_counts_as_not_there(host: Host, value: Any) -> None:
    store = read_json(host.store({**document(a=KEY), "lastGood": value, "usageStats": value, "order": value}))
    assert (store.last_good, store.usage, store.order) == ({}, {}, {})
    assert store.unusable_until("a") == 0


def test_keys_that_are_numbers_come_first_as_in_javascript() -> None:
    assert list(js_order({"b": 1, "10": 2, "2": 3, "01": 4, "-1": 5, "a": 6, "4294967295": 7})) == [
        "2", "10", "b", "01", "-1", "a", "4294967295",
    ]  # fmt: skip


PROBLEMS: list[tuple[bytes, str, int, int]] = [
    (b"", "is empty", 1, 1),
    (b" \n\n", "is empty", 3, 1),
    (b'{"profiles": {"a": {"type"', "is not valid JSON: Expecting ':' delimiter", 1, 27),
    (b'{\n  "profiles": {,}\n}', "is not valid JSON: Expecting property name enclosed in double quotes", 2, 16),
    (b'{"profiles": {}} trailing', "is not valid JSON: Extra data", 1, 18),
    (b"[]", "is not a JSON object", 1, 1),
    (b"null", "is not a JSON object", 1, 1),
    (b"{}", 'has no "profiles" object', 1, 1),
    (b'{"profiles": null}', 'has no "profiles" object', 1, 1),
    (b'{"profiles": "x"}', 'has no "profiles" object', 1, 1),
    (b'\xef\xbb\xbf{"profiles": {}}', "begins with a byte order mark, which OpenClaw cannot read", 1, 1),
    (b'{"profiles":\n {"NaN": NaN}}', "is not valid JSON: NaN is no number there", 2, 10),
    (b'{"profiles": {"a": -Infinity}}', "is not valid JSON: -Infinity is no number there", 1, 20),
    (b'{"profiles": {}, "n": ' + b"9" * 5000 + b"}", "a number has thousands of digits", 1, 1),
    (b'{"profiles": {}}\n\xff', "is not UTF-8 (byte 17)", 2, 1),
    ('{"profiles": {}}'.encode("utf-16"), "is not UTF-8 (byte 0)", 1, 1),
    (b'{"profiles":' * 100_000, "nested too deeply", 1, 1),
    (b"\0" * 64, "is not valid JSON: Expecting value", 1, 1),
]


@pytest.mark.parametrize(("content", "message", "line", "column"), PROBLEMS)
def test_a_broken_store_is_a_problem_with_a_place_and_never_empty(
    host: Host, content: bytes, message: str, line: int, column: int
) -> None:
    path = host.store(content)
    store = read_json(path)
    assert store.exists
    assert store.problem is not None
    assert message in store.problem.message
    assert (store.problem.kind, store.problem.line, store.problem.column) == ("corrupt", line, column)
    failure = store.failure()
    assert failure is not None
    assert failure.location == f"{path}:{line}:{column}"
    assert path.read_bytes() == content


def test_a_directory_and_a_pipe_are_unreadable(host: Host) -> None:
    path = host.store_path()
    path.mkdir(parents=True)
    assert read_json(path).problem == StoreProblem("unreadable", "cannot be read: it is a directory")
    path.rmdir()
    os.mkfifo(path)
    started = time.monotonic()
    assert read_json(path).problem == StoreProblem("unreadable", "cannot be read: it is not a regular file")
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("leads", ["nowhere.json", "auth-profiles.json"])
def test_a_link_that_leads_nowhere_or_to_itself_is_a_problem_and_no_absence(host: Host, leads: str) -> None:
    path = host.store_path()
    path.parent.mkdir(parents=True)
    path.symlink_to(leads)
    problem = read_json(path).problem
    assert problem is not None
    assert problem.kind == "unreadable"


def test_a_store_below_a_link_that_leads_nowhere_is_a_problem(host: Host) -> None:
    path = host.store_path()
    path.parent.parent.mkdir(parents=True)
    assert not read_json(path).exists
    path.parent.symlink_to("/nowhere")
    problem = read_json(path).problem
    assert problem is not None
    assert str(path.parent) in problem.message


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("locked", ["file", "directory"])
def test_a_store_of_another_user_is_unreadable_not_absent(open_path: Path, locked: str) -> None:
    path = open_path / "agent" / "auth-profiles.json"
    path.parent.mkdir()
    path.write_text(json.dumps(document(a=KEY)))
    (path if locked == "file" else path.parent).chmod(0)
    code = (
        f"import os, sys; sys.path.insert(0, {str(Path(openclaw.__file__).parents[1])!r})\n"
        "from pathlib import Path\n"
        "from openclaw.credentials.stores import read_json\n"
        f"os.setuid({NOBODY})\n"
        f"store = read_json(Path({str(path)!r}))\n"
        "print(store.exists, store.problem.kind, store.problem.message)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout == "True unreadable cannot be read: Permission denied\n", done.stderr


# ---- agents --------------------------------------------------------------------------------------------------------


def store(path: str, **members: Any) -> Store:
    return from_document({"profiles": {}, **members}, Path(path), "agent")


def test_a_sub_agent_uses_mains_store_with_its_own_laid_over() -> None:
    main = store(
        "/m", profiles={"a": KEY, "b": KEY}, order={"x": ["a"], "y": ["b"]}, lastGood={"x": "a"}, usageStats={"a": {}}
    )
    own = store("/o", profiles={"c": KEY, "a": {**KEY, "key": "own"}}, order={"x": ["c"]}, usageStats={"c": {}})
    both = merged(main, own)
    assert list(both.profiles) == ["a", "b", "c"]
    assert both.profiles["a"].raw["key"] == "own"
    assert both.order == {"x": ["c"], "y": ["b"]}
    assert both.usage == {"a": {}, "c": {}}
    assert both.path == Path("/o")


def test_a_store_laid_over_itself_is_itself() -> None:
    same = store("/m", profiles={"a": KEY})
    assert merged(same, same) is same


@pytest.mark.parametrize("broken", ["main", "own"])
def test_the_problem_names_the_file_that_has_it(broken: str) -> None:
    stores = {"main": store("/main", profiles={"a": KEY}), "own": store("/own", profiles={"b": KEY})}
    stores[broken] = Store(Path(f"/{broken}"), exists=True, problem=StoreProblem("corrupt", "is empty", 1, 1))
    failure = merged(stores["main"], stores["own"]).failure()
    assert failure is not None
    assert failure.location == f"/{broken}:1:1"


def test_all_stores_of_an_installation(host: Host) -> None:
    host.store(document(a=KEY))
    host.store(document(b=KEY), "work")
    elsewhere = host.home / "elsewhere"
    host.write(elsewhere / "auth-profiles.json", document(c=KEY))
    (host.state / "agents" / "empty" / "agent").mkdir(parents=True)
    agents = Agents((Agent("main", "main"), Agent("far", "far", str(elsewhere))), "main")
    found = read_all(host.load().home, agents)
    assert {name: list(item.profiles) for name, item in found.items()} == {
        "main": ["a"], "far": ["c"], "work": ["b"], "empty": [],
    }  # fmt: skip
    assert not found["empty"].exists


# ---- older files (auth-spec §3.5) ----------------------------------------------------------------------------------


def test_auth_json_is_read_as_openclaw_would_import_it(host: Host) -> None:
    content = {
        "anthropic": {"type": "api_key", "key": "k-FAKE", "email": "e@x", "extra": 1},
        "openai-codex": {"type": "oauth", **LOGIN, "accountId": "acc", "foo": 1},
        "zai": {"type": "token", "token": "tok-FAKE", "expires": 5},
        "other": {"type": "api_key", "provider": "groq", "key": "k2-FAKE"},
        "bad": {"type": "weird"},
        "odd": 3,
    }
    path = host.write(host.store_path().with_name("auth.json"), content)
    found = read_json(host.store_path())
    assert not found.exists
    assert found.path == path
    assert found.legacy == (path,)
    assert {name: item.provider for name, item in found.profiles.items()} == {
        "anthropic:default": "anthropic",
        "openai-codex:default": "openai-codex",
        "zai:default": "zai",
        "other:default": "groq",
    }
    assert "extra" not in found.profiles["anthropic:default"].raw
    assert "foo" not in found.profiles["openai-codex:default"].raw
    assert json.loads(path.read_text()) == content
    assert sorted(item.name for item in path.parent.iterdir()) == ["auth.json"]


def test_oauth_json_adds_what_is_not_there_yet(host: Host) -> None:
    first = host.write(host.store_path().with_name("auth.json"), {"anthropic": {"type": "api_key", "key": "k-FAKE"}})
    second = host.write(
        host.state / "credentials" / "oauth.json",
        {"anthropic": LOGIN, "openai-codex": {**LOGIN, "provider": "renamed"}, "x": None},
    )
    found = read_json(host.store_path())
    assert found.legacy == (first, second)
    assert {name: (item.type, item.provider) for name, item in found.profiles.items()} == {
        "anthropic:default": ("api_key", "anthropic"),
        "openai-codex:default": ("oauth", "renamed"),
    }


@pytest.mark.parametrize("content", [{"profiles": {}, "anthropic": KEY}, [], {"a": {"type": "weird"}}])
def test_what_is_no_older_store(host: Host, content: Any) -> None:
    host.write(host.store_path().with_name("auth.json"), content)
    found = read_json(host.store_path())
    assert (found.profiles, found.legacy, found.problem) == ({}, (), None)


def test_a_store_that_is_there_suppresses_older_files_even_empty(host: Host) -> None:
    host.store(document())
    host.write(host.store_path().with_name("auth.json"), {"anthropic": {"type": "api_key", "key": "k-FAKE"}})
    assert read_json(host.store_path()).profiles == {}


def test_a_broken_older_file_is_named_and_stops_nothing(host: Host) -> None:
    path = host.write(host.store_path().with_name("auth.json"), "{broken")
    host.write(host.state / "credentials" / "oauth.json", {"anthropic": LOGIN})
    found = read_json(host.store_path())
    assert list(found.profiles) == ["anthropic:default"]
    assert "is not valid JSON" in found.rejected[str(path)]
    assert found.problem is None


def test_a_sub_agents_older_file_counts_only_while_main_has_nothing(host: Host) -> None:
    host.write(host.store_path("work").with_name("auth.json"), {"groq": {"type": "api_key", "key": "k-FAKE"}})
    agents = Agents((Agent("main", "main"), Agent("work", "work")), "main")
    home = host.load().home
    assert list(read_all(home, agents)["work"].profiles) == ["groq:default"]
    host.store(document(a=KEY))
    assert read_all(home, agents)["work"].profiles == {}
    both = merged(read_json(host.store_path()), read_json(host.store_path("work"), "work"))
    assert list(both.profiles) == ["a"]


# ---- places --------------------------------------------------------------------------------------------------------


def test_places_in_the_text(host: Host) -> None:
    text = '{\n  "profiles": {\n    "a": {"type": 1},\r\n\t"b": []\n  },\r  "order": {"x": ["a"]}\n}'
    places = Places(text)
    assert places.find("profiles", "a") == (3, 5)
    assert places.find("profiles", "b") == (4, 2)
    assert places.find("order", "x", 0) == (6, 19)
    assert places.find("profiles", "c") == (None, None)
    assert places.find("profiles", "a", "type", "deeper") == (None, None)
    assert places.find() == (1, 1)
    assert Places("").find("a") == (None, None)
    assert Places("{broken").find("a") == (None, None)


def test_thousands_of_places_take_no_time(host: Host) -> None:
    found = read_json(host.store(json.dumps(document(**{f"p{n}": KEY for n in range(5000)}), indent=1)))
    started = time.monotonic()
    lines = [found.place("profiles", name)[0] for name in found.profiles]
    assert lines == [4 + 5 * n for n in range(5000)]
    assert time.monotonic() - started < 5


@given(st.text())
def test_whatever_the_text_parsing_gives_data_or_a_problem(text: str) -> None:
    found = parse(text)
    if isinstance(found, StoreProblem):
        assert found.message
        assert (found.line or 0) >= 1
    else:
        assert json.loads(text) == found
