"""Drafts: what files become, edit by edit, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openclaw.change import compose as composing
from openclaw.change.compose import Draft, compose, early, late
from openclaw.change.plan import (
    Change,
    Chmod,
    DeleteKey,
    DeleteVariable,
    MoveFile,
    RemoveFile,
    Run,
    SetKey,
    SetVariable,
    WriteFile,
)
from openclaw.config.json5 import loads
from openclaw.errors import Refusal, Unreadable
from openclaw.secret import Secret

CONFIG = Path("/home/u/.openclaw/openclaw.json")
STORE = Path("/home/u/.openclaw/agents/main/agent/auth-profiles.json")
ENV = Path("/home/u/.openclaw/.env")
UNIT = Path("/etc/systemd/user/old.service")
KEY = Secret("sk-ant-FAKE-" + "k" * 60)

COMMENTED = b"""\xef\xbb\xbf// mine\r
{\r
\tagents: { defaults: { model: "a/b", }, }, // why\r
\t"gateway": { "auth": { "token": "${GATEWAY_TOKEN}" } },\r
}\r
"""


def drafts(files: dict[Path, bytes], *plan: Change) -> tuple[Draft, ...]:
    return compose(plan, files.get)


def only(files: dict[Path, bytes], *plan: Change) -> bytes | None:
    (draft,) = drafts(files, *plan)
    return draft.after


def test_a_key_is_set_and_every_other_byte_stays() -> None:
    after = only({CONFIG: COMMENTED}, SetKey(CONFIG, ("agents", "defaults", "model"), "c/d"))
    assert after == COMMENTED.replace(b'"a/b"', b'"c/d"')


def test_an_absent_file_starts_from_its_template() -> None:
    (draft,) = drafts({}, SetKey(STORE, ("profiles", "x"), {"key": KEY}, locked=True, template='{"version": 1}\n'))
    assert draft.before is None
    assert draft.locked
    assert loads((draft.after or b"").decode()) == {"version": 1, "profiles": {"x": {"key": KEY.reveal()}}}


def test_several_changes_to_one_file_become_one_draft_in_plan_order() -> None:
    plan = (
        SetVariable(ENV, "A", Secret("1")),
        SetKey(CONFIG, ("a",), 1),
        SetVariable(ENV, "B", Secret("2")),
        DeleteKey(CONFIG, ("b",)),
    )
    first, second = drafts({CONFIG: b'{"b": 2}\n'}, *plan)
    assert (first.path, first.after) == (ENV, b"A=1\nB=2\n")
    assert first.changes == (plan[0], plan[2])
    assert (second.path, loads((second.after or b"").decode())) == (CONFIG, {"a": 1})


@pytest.mark.parametrize(
    "plan",
    [
        (SetKey(CONFIG, ("a",), 1),),
        (DeleteKey(CONFIG, ("missing", "key")),),
        (DeleteKey(STORE, ("profiles", "x"), locked=True),),
        (DeleteVariable(ENV, "MISSING"),),
        (SetVariable(ENV, "A", Secret("1")),),
        (RemoveFile(STORE),),
        (WriteFile(ENV, b"A=1\n"),),
        (SetKey(CONFIG, ("b",), 1), DeleteKey(CONFIG, ("b",))),
        (Chmod(CONFIG, 0o600), Run(("true",))),
        (),
    ],
)
def test_what_changes_nothing_has_no_draft(plan: tuple[Change, ...]) -> None:
    assert drafts({CONFIG: b'{"a": 1}', ENV: b"A=1\n"}, *plan) == ()


@pytest.mark.parametrize("broken", [b'{"a": 1', b"{a: 1}}", b"\xff\xfe{}", b"# yaml: 1\n"])
@pytest.mark.parametrize("change", [SetKey(CONFIG, ("a",), 2), DeleteKey(CONFIG, ("a",))])
def test_a_source_that_cannot_be_parsed_stops_the_write(broken: bytes, change: Change) -> None:
    with pytest.raises(Unreadable) as caught:
        drafts({CONFIG: broken}, change)
    assert caught.value.path == CONFIG


def test_a_source_that_cannot_be_read_stops_the_write() -> None:
    def read(path: Path) -> bytes | None:
        raise Unreadable("permission denied", path=path)

    with pytest.raises(Unreadable):
        compose((SetKey(CONFIG, ("a",), 2),), read)


def test_what_cannot_be_set_is_refused_with_the_path() -> None:
    with pytest.raises(Refusal) as caught:
        drafts({CONFIG: b'{"a": "text"}'}, SetKey(CONFIG, ("a", "b"), 1))
    assert caught.value.path == CONFIG
    with pytest.raises(Refusal) as caught:
        drafts({}, SetVariable(ENV, "A", Secret("two\nlines")))
    assert caught.value.path == ENV
    assert "two" not in str(caught.value)


def test_an_edit_that_loses_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from openclaw.config import edits

    text = b'{\n  "a": 1,\n  "b": [1, 2, 3]\n  // the only note of what this was\n}\n'
    monkeypatch.setattr(edits, "set_value", lambda *_: '{"a": 2}')
    with pytest.raises(Refusal, match="also change b"):
        drafts({CONFIG: text}, SetKey(CONFIG, ("a",), 2))
    monkeypatch.setattr(edits, "set_value", lambda *_: '{"a": 2, "b": [1, 2, 3]}')
    with pytest.raises(Refusal, match="characters shorter"):
        drafts({CONFIG: text}, SetKey(CONFIG, ("a",), 2))


def test_an_env_file_that_would_be_ignored_for_its_size_is_refused() -> None:
    with pytest.raises(Refusal, match="1 MiB"):
        drafts({ENV: b"#" * (1024 * 1024 - 3) + b"\n"}, SetVariable(ENV, "A", Secret("1")))


def test_bytes_that_are_not_utf8_survive_in_an_env_file() -> None:
    assert only({ENV: b"# caf\xe9\nA=1\n"}, SetVariable(ENV, "A", Secret("2"))) == b"# caf\xe9\nA=2\n"


def test_one_element_of_a_list_is_deleted() -> None:
    assert only({CONFIG: b'{"a": [1, 2, 3], "b": 4}'}, DeleteKey(CONFIG, ("a", 0))) == b'{"a": [2, 3], "b": 4}'


def test_a_move_is_two_drafts_and_the_old_name_is_free_again() -> None:
    aside = CONFIG.with_name("openclaw.json.broken")
    target, source = drafts({CONFIG: b"{broken"}, MoveFile(CONFIG, aside), SetKey(CONFIG, ("a",), 1))
    assert (target.path, target.before, target.after, target.moved_from) == (aside, None, b"{broken", CONFIG)
    assert (source.path, source.before, loads((source.after or b"").decode())) == (CONFIG, b"{broken", {"a": 1})


def test_a_move_over_a_file_or_of_nothing_is_refused() -> None:
    with pytest.raises(Refusal):
        drafts({CONFIG: b"1", ENV: b"2"}, MoveFile(CONFIG, ENV))
    with pytest.raises(Refusal):
        drafts({}, MoveFile(CONFIG, ENV))


def test_contents_come_first_and_what_follows_a_command_after_it() -> None:
    move, run, remove, write, mode = (
        MoveFile(CONFIG, ENV),
        Run(("systemctl", "--user", "disable", "old")),
        RemoveFile(UNIT),
        WriteFile(STORE, b"x"),
        Chmod(CONFIG, 0o600),
    )
    plan = (mode, move, run, remove, write)
    assert early(plan) == (move, write)
    assert late(plan) == (mode, run, remove)


def test_a_plan_that_moves_a_file_away_and_then_writes_it_after_a_command_is_a_defect() -> None:
    with pytest.raises(ValueError, match="after a command"):
        early((Run(("true",)), MoveFile(CONFIG, ENV), SetKey(CONFIG, ("a",), 1)))


@pytest.mark.parametrize(
    ("existing", "change", "expected"),
    [
        (None, SetKey(CONFIG, ("a",), 1), 0o600),
        (0o644, SetKey(CONFIG, ("a",), 1), 0o644),
        (0o644, SetKey(CONFIG, ("a",), KEY), 0o600),
        (0o644, SetKey(CONFIG, ("apiKey",), "a-literal-key"), 0o600),
        (0o644, SetKey(CONFIG, ("apiKey",), "${REFERENCE}"), 0o644),
        (0o400, SetKey(CONFIG, ("a",), KEY), 0o400),
        (0o644, SetKey(CONFIG, ("a",), 1, locked=True), 0o600),
        (0o640, SetVariable(CONFIG, "A", Secret("1")), 0o600),
        (None, WriteFile(UNIT, b"[Unit]\n", mode=0o644), 0o644),
        (0o600, WriteFile(UNIT, b"[Unit]\n", mode=0o644), 0o600),
        (0o644, WriteFile(CONFIG, b"{broken", mode=0o644), 0o600),
        (None, WriteFile(UNIT, b"[Service]\nEnvironment=A_KEY=abcdef\n", mode=0o644), 0o600),
    ],
)
def test_modes(existing: int | None, change: Change, expected: int) -> None:
    (draft,) = drafts({}, change)
    assert draft.final_mode(existing) == expected


def test_nothing_prints_contents() -> None:
    (draft,) = drafts({}, SetKey(CONFIG, ("a",), KEY))
    assert KEY.reveal() not in repr(draft)


class TestIncludes:
    """Keys are edited in the file where they live."""

    MAIN = b'{\n  // top\n  "$include": ["./base.json", "sub/auth.json5"],\n  "gateway": { "port": 1 },\n}\n'
    BASE = Path("/home/u/.openclaw/base.json")
    AUTH = Path("/home/u/.openclaw/sub/auth.json5")
    FILES: ClassVar = {
        CONFIG: MAIN,
        BASE: b'{"gateway": {"mode": "local", "port": 2}, "auth": {"order": {}}}',
        AUTH: b"{auth: {profiles: {a: {provider: 'p'}}}}",
    }

    @pytest.mark.parametrize(
        ("keys", "where"),
        [
            (("gateway", "port"), CONFIG),
            (("gateway", "mode"), BASE),
            (("auth", "order"), BASE),
            (("auth", "order", "p"), BASE),
            (("auth", "profiles", "b"), AUTH),
            (("gateway", "bind"), CONFIG),
            (("models",), CONFIG),
        ],
    )
    def test_set(self, keys: tuple[str, ...], where: Path) -> None:
        (draft,) = drafts(self.FILES, SetKey(CONFIG, keys, "new"))
        assert draft.path == where
        value: Any = loads((draft.after or b"").decode())
        for key in keys:
            value = value[key]
        assert value == "new"

    def test_delete_in_every_file_that_has_the_key(self) -> None:
        found = drafts(self.FILES, DeleteKey(CONFIG, ("gateway", "port")))
        assert [draft.path for draft in found] == [CONFIG, self.BASE]
        assert all(b"port" not in (draft.after or b"") for draft in found)

    def test_an_included_file_that_is_not_known_stops_only_what_may_live_there(self) -> None:
        files = {CONFIG: self.MAIN, self.BASE: b"{broken"}
        (draft,) = drafts(files, SetKey(CONFIG, ("gateway", "port"), 3))
        assert draft.path == CONFIG
        with pytest.raises(Unreadable) as caught:
            drafts(files, SetKey(CONFIG, ("gateway", "mode"), "remote"))
        assert caught.value.path in (self.BASE, self.AUTH)

    def test_a_circle_is_an_error(self) -> None:
        with pytest.raises(Unreadable, match="includes itself"):
            drafts({CONFIG: b'{"$include": "./openclaw.json"}'}, SetKey(CONFIG, ("a",), 1))

    def test_one_object_can_be_included(self) -> None:
        files = {CONFIG: b'{"auth": {"$include": "./base.json"}}', self.BASE: b'{"profiles": {}}'}
        (draft,) = drafts(files, SetKey(CONFIG, ("auth", "profiles", "x"), 1))
        assert (draft.path, draft.after) == (self.BASE, b'{"profiles": {"x": 1}}')


NAMES = st.text("abcde$_-. é", min_size=1, max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.lists(st.tuples(NAMES, VALUES), max_size=4), st.lists(NAMES))
@settings(max_examples=150, deadline=None)
def test_the_result_is_what_the_same_changes_do_to_a_dict(
    start: dict[str, Any], puts: list[tuple[str, Any]], drops: list[str]
) -> None:
    import json

    expected = {**start, **dict(puts)}
    expected = {key: value for key, value in expected.items() if key not in drops}
    plan: tuple[Change, ...] = (
        *(SetKey(CONFIG, (name,), value) for name, value in puts),
        *(DeleteKey(CONFIG, (name,)) for name in drops),
    )
    text = json.dumps(start, indent=2).encode()
    found = compose(plan, {CONFIG: text}.get)
    assert loads((found[0].after or b"").decode() if found else text.decode()) == expected


def test_secrets_are_revealed_in_every_depth() -> None:
    assert composing.revealed({"a": [KEY, {"b": KEY}], "c": (1, None)}) == {
        "a": [KEY.reveal(), {"b": KEY.reveal()}],
        "c": [1, None],
    }
