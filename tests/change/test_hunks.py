"""Diffs of large documents: only what is shown is redacted, and nothing else is ever shown."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openclaw.change import hunks
from openclaw.config.spans import Node, parse
from openclaw.errors import Unreadable

PATH = Path("auth-profiles.json")
CANARY = "CANARY"
keys = st.sampled_from(
    ["key", "token", "profiles", "a", "type", "maxTokens", "headers", "pässword", "sk-FAKE-CANARY-k"]
)
secrets = st.integers(0, 3).map(lambda n: f"FAKE-{CANARY}-{'0123456789' * n}")
leaves = st.one_of(st.booleans(), st.integers(0, 99), st.sampled_from(["x", "y", "${NAME}", "\u2028", "a\nb", "🔑"]))
documents = st.recursive(leaves, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner)))


def with_secrets(value: Any, secret: str) -> Any:
    """Every text below a key that sounds like a secret is one."""
    if isinstance(value, dict):
        return {k: secret + str(v) if k in ("key", "token") else with_secrets(v, secret)
                for k, v in value.items()}  # fmt: skip
    return [with_secrets(item, secret) for item in value] if isinstance(value, list) else value


def encoded(value: Any, indent: int | None) -> bytes:
    return json.dumps(value, indent=indent, ensure_ascii=False).encode() + b"\n"


@settings(max_examples=150, deadline=None)
@given(documents, documents, st.lists(st.integers(0, 30)), secrets, secrets, st.sampled_from([None, 2]))
def test_the_same_as_of_the_whole_file(
    left: Any, right: Any, fill: list[int], old: str, new: str, indent: int | None
) -> None:
    before = encoded({"a": with_secrets(left, old), "fill": fill, "z": with_secrets(right, old)}, indent)
    after = encoded({"a": with_secrets(left, new), "fill": [*fill, 1], "z": with_secrets(right, old)}, indent)
    shown = hunks.diff(PATH, before, after, "json", ())
    assert CANARY not in "\n".join(shown)
    if "\u2028" not in before.decode():  # there another line ends for eyes
        assert [line for line in shown if line[0] in "+-"] == [
            line for line in hunks._whole(PATH, before, after, "json", ()) if line[0] in "+-"
        ]


def store(number: int) -> dict[str, Any]:
    profiles = {
        f"p{index}": {"type": "api_key", "provider": "anthropic", "key": f"FAKE-{CANARY}-{index:05}"}
        for index in range(number)
    }
    return {"version": 1, "profiles": profiles, "usageStats": {"p1": {"errorCount": 1, "lastUsed": 2}}}


def test_one_of_many_profiles() -> None:
    before, document = encoded(store(400), 2), copy.deepcopy(store(400))
    document["profiles"]["p200"]["key"] = f"FAKE-{CANARY}-other"
    del document["usageStats"]["p1"]["errorCount"]
    shown = hunks.diff(PATH, before, encoded(document, 2), "json", ())
    assert shown == (
        "@@ -1004,7 +1004,7 @@",
        '     "p200": {',
        '       "type": "api_key",',
        '       "provider": "anthropic",',
        '-      "key": "<secret: short>"',
        '+      "key": "<secret: short, changed>"',
        "     },",
        '     "p201": {',
        '       "type": "api_key",',
        "@@ -2004,7 +2004,6 @@",
        "   },",
        '   "usageStats": {',
        '     "p1": {',
        '-      "errorCount": 1,',
        '       "lastUsed": 2',
        "     }",
        "   }",
    )


def test_neighbours_of_a_change_are_redacted() -> None:
    """They are shown as its context."""
    before = b'{\n  "a": 1,\n  "key": "FAKE-CANARY-1",\n  "list": {\n    "token": "FAKE-CANARY-2"\n  }\n}\n'
    shown = hunks.diff(PATH, before, before.replace(b": 1", b": 2"), "json", ())
    assert "CANARY" not in "\n".join(shown)
    assert len(shown) == 7


COMMENTED = b'{\n  /* "apiKey":\n     "FAKE-CANARY-comment" */\n  "a": 1 // sk-FAKE-CANARY-0123456789\n}\n'


@pytest.mark.parametrize("data", [COMMENTED, COMMENTED.replace(b"\n", b"\r\n"), b'{"a": 1, "key": "FAKE-CANARY-1"\r}'])
def test_what_is_no_plain_json_is_redacted_as_a_whole(data: bytes) -> None:
    shown = hunks.diff(PATH, data, data.replace(b": 1", b": 2"), "json", ())
    assert any(line.startswith("+") for line in shown)
    assert "CANARY" not in "\n".join(shown)


def test_only_something_hidden_differs() -> None:
    before = b'{\n  "a": 1 // token="FAKE-CANARY-1"\n}\n'
    assert hunks.diff(PATH, before, before.replace(b"-1", b"-2"), "json", ()) != ()
    blank = b'{\n  "a": 1\n}\n'
    assert hunks.diff(PATH, blank, blank + b"\n", "json", ()) in {(hunks.NOT_SHOWN,), (
        "@@ -1,3 +1,4 @@", " {", '   "a": 1', " }", "+",
    )}  # fmt: skip


# ---- the parser that reads only what is asked for ------------------------------------------------------------------


def walked(node: Node) -> Any:
    """The value by way of the members, which are looked up one by one."""
    if isinstance(node.value, dict):
        return {member.key: walked(member.node) for member in node.members}
    return [walked(member.node) for member in node.members] if isinstance(node.value, list) else node.value


@settings(max_examples=150, deadline=None)
@given(documents, st.sampled_from([None, 2]), st.sampled_from(["", "// comment\n", "/* {[ */"]))
def test_members_are_where_the_values_are(value: Any, indent: int | None, head: str) -> None:
    text = head + json.dumps(value, indent=indent)
    root = parse(text)
    assert walked(root) == root.value == value

    def places(node: Node) -> None:
        assert json.loads(text[node.start : node.end]) == node.value
        for member in node.members:
            places(member.node)

    places(root)


@pytest.mark.parametrize("tail", ["", "// then JSON5\n"])
def test_too_deep_is_said_with_the_place(tail: str) -> None:
    with pytest.raises(Unreadable, match="within each other") as caught:
        parse('{"a":\n' + "[" * 250 + "]" * 250 + tail + "}")
    assert (caught.value.line, caught.value.column) == (2, 200)
