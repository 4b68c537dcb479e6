"""Edits written out: what a person would see in the diff."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest

from openclaw.config.edits import delete, set_value
from openclaw.config.guard import check_edit, same
from openclaw.config.json5 import KeyPath, loads
from openclaw.config.spans import Node, parse
from openclaw.errors import Refusal, Unreadable

SET: list[tuple[str, KeyPath, Any, str]] = [
    # one line stays one line
    ("{a: 1}", ("b",), 2, "{a: 1, b: 2}"),
    ('{"a": 1}', ("b",), {"c": [1, {}]}, '{"a": 1, "b": {"c": [1, {}]}}'),
    ('{"a":1}', ("b", "c"), [1, 2], '{"a":1,"b":{"c":[1,2]}}'),
    ("{ a: 1 }", ("b", "c"), 2, "{ a: 1, b: { c: 2 } }"),
    ("{ a: 1, }", ("b",), 2, "{ a: 1, b: 2, }"),
    ("{a:1,}", ("b",), 2, "{a:1,b:2,}"),
    ("{a: 1 /* one */}", ("b",), 2, "{a: 1, /* one */ b: 2}"),
    ("{a: {}}", ("a", "b"), 2, "{a: {b: 2}}"),
    ("{ a: { c: 1 }, d: { } }", ("d", "b"), 2, "{ a: { c: 1 }, d: { b: 2 } }"),
    ("{a: {/* x */}}", ("a", "b"), 2, "{a: {/* x */ b: 2 }}"),
    ("{a: []}", ("b",), 1, "{a: [], b: 1}"),
    # a replaced value keeps everything around it
    ("{a /* k */ : /* v */ 1 /* e */, // c\n}", ("a",), "x", '{a /* k */ : /* v */ "x" /* e */, // c\n}'),
    ("{'a': 'b'}", ("a",), None, "{'a': null}"),
    ("{a: 1, b: 2, a: 3}", ("a",), 4, "{a: 1, b: 2, a: 4}"),
    ("{a: {b: 1}, a: {c: 2}}", ("a", "b"), 3, "{a: {b: 1}, a: {c: 2, b: 3}}"),
    ("{a: [1, {b: 2}]}", ("a", 1, "b"), 3, "{a: [1, {b: 3}]}"),
    ("{a: [1, 2]}", ("a", 0), [], "{a: [[], 2]}"),
    ("{a: [1, 2]}", ("a",), [3], "{a: [3]}"),
    ("{\n  a: [\n    1,\n  ],\n}", ("a",), [2, 3], "{\n  a: [\n    2,\n    3,\n  ],\n}"),
    ("{\n  a: [1]\n}", ("a",), [2, 3], "{\n  a: [2, 3]\n}"),
    ("{\n  a: 1\n}", ("a",), {"b": [2]}, "{\n  a: {\n    b: [\n      2\n    ]\n  }\n}"),
    ("{\n 'x': [\n  {id: 1}\n ]\n}", ("x",), [{"id": 2}], "{\n 'x': [\n  {\n   id: 2\n  }\n ]\n}"),
    # many lines: indentation, newline, quotes and trailing comma of the siblings
    ('{\n  "a": 1\n}\n', ("b",), 2, '{\n  "a": 1,\n  "b": 2\n}\n'),
    ('{\r\n\t"a": 1\r\n}', ("b", "c"), 2, '{\r\n\t"a": 1,\r\n\t"b": {\r\n\t\t"c": 2\r\n\t}\r\n}'),
    ("{\r  a: 1,\r}", ("b",), 2, "{\r  a: 1,\r  b: 2,\r}"),
    ("{\n    a: 1,\n}", ("b", "c"), [1], "{\n    a: 1,\n    b: {\n        c: [\n            1,\n        ],\n    },\n}"),
    ("{\n  a: 1, 'b': 2\n}", ("c",), 3, "{\n  a: 1, 'b': 2, \"c\": 3\n}"),
    ("{\n  a: 1\n}", ("x-y",), 2, '{\n  a: 1,\n  "x-y": 2\n}'),
    ("{\n  a : 1\n}", ("b",), 2, "{\n  a : 1,\n  b : 2\n}"),
    ('{ "a": 1,\n  "b": 2 }', ("c",), 3, '{ "a": 1,\n  "b": 2,\n  "c": 3 }'),
    ("{\n\ta: 1\n, b: 2\n}", ("c",), 3, "{\n\ta: 1\n, b: 2, c: 3\n}"),
    # the comment of the last member stays with it, the one before the bracket stays there
    ("{\n  a: 1 // one\n}", ("b",), 2, "{\n  a: 1, // one\n  b: 2\n}"),
    ("{\n  a: 1, // one\n}", ("b",), 2, "{\n  a: 1, // one\n  b: 2,\n}"),
    ("{\n  a: 1 /* o */ // one\n  // end\n}", ("b",), 2, "{\n  a: 1, /* o */ // one\n  b: 2\n  // end\n}"),
    ("{\n  a: 1 /* one\n  more */\n}", ("b",), 2, "{\n  a: 1, /* one\n  more */\n  b: 2\n}"),
    ("{\n  a: 1 // one\n  , // two\n}", ("b",), 2, "{\n  a: 1 // one\n  , // two\n  b: 2,\n}"),
    ("{a: 1, b: 2 // two\n}", ("c",), 3, "{a: 1, b: 2, // two\n  c: 3\n}"),
    ("{\n a: 1 // one\u2028}", ("b",), 2, "{\n a: 1, // one\n b: 2\u2028}"),
    # empty objects
    ("{}", ("a",), 1, '{\n  "a": 1\n}'),
    ("{\n}", ("a",), 1, '{\n  "a": 1\n}'),
    ("\ufeff{}\r\n", ("a", "b"), 1, '\ufeff{\r\n  "a": {\r\n    "b": 1\r\n  }\r\n}\r\n'),
    ("{ // none yet\n}", ("a",), 1, '{ // none yet\n  "a": 1\n}'),
    ("{\n  // none yet  \n}", ("a",), 1, '{\n  // none yet  \n  "a": 1\n}'),
    ("{ /* none */ }", ("a",), 1, '{ /* none */\n  "a": 1\n}'),
    ("{\n\ta: {},\n\tb: 1,\n}", ("a", "c"), 1, "{\n\ta: {\n\t\tc: 1\n\t},\n\tb: 1,\n}"),
    ("{\n  a: [\n    {}\n  ]\n}", ("a", 0, "b"), 1, "{\n  a: [\n    {\n      b: 1\n    }\n  ]\n}"),
    # no document yet
    ("", ("a", "b"), 1, '{\n  "a": {\n    "b": 1\n  }\n}\n'),
    ("\ufeff", ("a",), 1, '\ufeff{\n  "a": 1\n}\n'),
    ("// mine", ("a",), 1, '// mine\n{\n  "a": 1\n}\n'),
    ("/* mine */\r\n", ("a",), 1, '/* mine */\r\n{\r\n  "a": 1\r\n}\r\n'),
    # what a text must not hold raw
    ("{a: 1}", ("a",), "\ud83d \u2028 \u00e9 \u0000", '{a: "\\ud83d \\u2028 \u00e9 \\u0000"}'),
    ("{a: 1}", ('"',), 1, '{a: 1, "\\"": 1}'),
]

DELETE: list[tuple[str, KeyPath, str]] = [
    ("{a: 1}", ("a",), "{}"),
    ("{ a: 1, }", ("a",), "{}"),
    ("{\n  a: 1\n}", ("a",), "{}"),
    ("{a: 1, b: 2, c: 3}", ("a",), "{b: 2, c: 3}"),
    ("{a: 1, b: 2, c: 3}", ("b",), "{a: 1, c: 3}"),
    ("{a: 1, b: 2, c: 3}", ("c",), "{a: 1, b: 2}"),
    ("{a: 1, b: 2, }", ("b",), "{a: 1, }"),
    ("{ a: 1, b: 2 }", ("b",), "{ a: 1 }"),
    ("{a:1,b:2}", ("a",), "{b:2}"),
    ("{a: 1, b: 2, a: 3}", ("a",), "{b: 2}"),
    ("{a: 1, a: 2}", ("a",), "{}"),
    ("{a: {b: 1}, a: {b: 2, c: 3, b: 4}}", ("a", "b"), "{a: {b: 1}, a: {c: 3}}"),
    ("{a: [1, 2, 3]}", ("a", 1), "{a: [1, 3]}"),
    ("{a: [{b: 1, c: 2}]}", ("a", 0, "c"), "{a: [{b: 1}]}"),
    # its own lines
    ("{\n  a: 1,\n  b: 2\n}", ("a",), "{\n  b: 2\n}"),
    ("{\n  a: 1,\n  b: 2\n}", ("b",), "{\n  a: 1\n}"),
    ("{\n  a: 1,\n  b: 2,\n}", ("b",), "{\n  a: 1,\n}"),
    ("{\r\n  a: 1,\r\n  b: {\r\n    c: 1\r\n  },\r\n}", ("b",), "{\r\n  a: 1,\r\n}"),
    ('{ "a": 1,\n  "b": 2 }', ("b",), '{ "a": 1\n }'),
    ("{\n  a: 1, b: 2,\n  c: 3\n}", ("a",), "{\n  b: 2,\n  c: 3\n}"),
    ("{\n  a: 1, b: 2,\n  c: 3\n}", ("b",), "{\n  a: 1,\n  c: 3\n}"),
    ("{\n  a: 1,\n\n  b: 2\n}", ("b",), "{\n  a: 1\n\n}"),
    # comments
    ("{\n  // A\n  a: 1, // a\n  // B\n  b: 2, // b\n}", ("a",), "{\n  // A\n  // B\n  b: 2, // b\n}"),
    ("{\n  // A\n  a: 1, // a\n  // B\n  b: 2 // b\n}", ("b",), "{\n  // A\n  a: 1 // a\n  // B\n}"),
    ("{\n  // A\n  a: 1, // a\n}", ("a",), "{\n  // A\n}"),
    ("{a: 1 /* a */, b: 2 /* b */}", ("a",), "{b: 2 /* b */}"),
    ("{a: 1 /* a */, b: 2 /* b */}", ("b",), "{a: 1 /* a */}"),
    ("{a: 1, /* b */ b: 2}", ("a",), "{/* b */ b: 2}"),
    ("{\n  b: 1, a: 2, // the line\n}", ("a",), "{\n  b: 1, // the line\n}"),
    ("{ a: 1, // a\n  b: 2 }", ("a",), "{\n  b: 2 }"),
    ("{\n  a: 1, /* of\n  b */\n  b: 2\n}", ("a",), "{\n  /* of\n  b */\n  b: 2\n}"),
    ("{\n  a: 1 // a\n  // B\n  , b: 2\n}", ("a",), "{\n  // B\n   b: 2\n}"),
    ("{\n  a: 1\n, b: 2 // b\n, c: 3\n}", ("c",), "{\n  a: 1\n, b: 2 // b\n\n}"),
    ("{a: {b: 1} /* gone too, with the brackets: { } , */, c: 1}", ("a",), "{c: 1}"),
]


@pytest.mark.parametrize(("text", "path", "value", "expected"), SET, ids=lambda item: ascii(item)[:60])
def test_set_value(text: str, path: KeyPath, value: Any, expected: str) -> None:
    after = set_value(text, path, value)
    assert after == expected
    assert set_value(after, path, value) is after
    check_edit(text, after, [path])


@pytest.mark.parametrize(("text", "path", "expected"), DELETE, ids=lambda item: ascii(item)[:60])
def test_delete(text: str, path: KeyPath, expected: str) -> None:
    after = delete(text, path)
    assert after == expected
    loads(after)
    check_edit(text, after, [path if isinstance(path[-1], str) else path[:-1]])


@pytest.mark.parametrize("path", [(), ("x",), ("a", "x"), ("a", 0), ("b", "x"), ("b", 3), ("b", "0"), ("c", "x", "y")])
def test_deleting_what_is_not_there_changes_nothing(path: KeyPath) -> None:
    text = "{a: {}, b: [1], c: 'x' }"
    assert delete(text, path) is text


@pytest.mark.parametrize("text", ["", " \n", "// c", "\ufeff"])
def test_deleting_from_nothing(text: str) -> None:
    assert delete(text, ("a",)) is text


@pytest.mark.parametrize(
    ("old", "value"),
    [
        ("0x10", 16),
        ("'x'", "x"),
        ("1.0", 1),
        ("[1, /* c */ 2]", (1, 2)),
        ("{b: 1, c: NaN}", {"c": float("nan"), "b": 1}),
    ],
)
def test_an_equal_value_is_left_as_it_is_written(old: str, value: Any) -> None:
    text = f"{{a: {old}}}"
    assert set_value(text, ("a",), value) is text


def test_true_is_not_one() -> None:
    assert set_value("{a: 1}", ("a",), True) == "{a: true}"
    assert set_value("{a: [0]}", ("a",), [False]) == "{a: [false]}"
    assert not same({"a": True}, {"a": 1})


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("[]", ("a",), "not an object"),
        ("1", ("a",), "not an object"),
        ("{a: 'FAKE-secret'}", ("a", "b"), "a is not an object: a.b cannot be set"),
        ("{a: null}", ("a", "b", "c"), "a is not an object: a.b.c"),
        ("{a: [1]}", ("a", "b"), "a is not an object: a.b"),
        ("{a: [1]}", ("a", 1), "a has no element 1: a[1]"),
        ("{a: [1]}", ("a", 0, "b"), "a[0] is not an object: a[0].b"),
        ("{a: {}}", ("a", 0), "a is not a list: a[0]"),
        ("{}", (0,), "the document is not a list"),
        ("{}", ("a", 0), "no list element at a[0]"),
        ("", ("a", 0, "b"), "no list element at a[0].b"),
        ("{}", (), "key by key"),
        ("{'a\\nb': 1}", ("a\nb", "c"), "a\\nb is not an object"),
    ],
)
def test_a_path_that_cannot_be(text: str, path: KeyPath, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        set_value(text, path, 1)
    assert words in caught.value.message
    assert "FAKE-secret" not in caught.value.message


def test_a_broken_text_is_never_edited() -> None:
    for text in ("{a: 1", "{a: 1} /*", "/* a"):
        with pytest.raises(Unreadable):
            set_value(text, ("a",), 2)
        with pytest.raises(Unreadable):
            delete(text, ("a",))
    with pytest.raises(Refusal):
        delete("[1]", ("a",))


# The guard


def test_the_guard_names_what_was_lost_and_not_its_value() -> None:
    with pytest.raises(Refusal) as caught:
        check_edit("{a: {b: 'FAKE-1', c: 2}, d: [1]}", "{a: {c: 3}, d: [1], e: 'FAKE-2'}", [("a", "c")])
    assert caught.value.message == "the edit would also change a.b, e"


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("{a: 1}", "{}", [("b",)]),
        ("{a: 1}", "{a: true}", [("b",)]),
        ("{a: {b: 1}}", "{}", [("a", "b")]),
        ("{a: {b: 1}}", "{a: []}", [("a", "b")]),
        ("{a: {b: 1}}", "{a: {b: 1, c: 1}}", [("a", "b")]),
        ("{a: [1, 2]}", "{a: [1]}", [("b",)]),
        ("{a: [1, 2]}", "{a: [2, 2]}", [("a", 1)]),
        ("{a: 1}", "{a: 1, x: {y: 1, z: 2}}", [("x", "y")]),
        ("{a: 1}", "{a: 1", [("a",)]),
        ("{a: 1}", "[]", [("a",)]),
        ("{a: 1}", "", [("a",)]),
    ],
)
def test_the_guard_refuses(before: str, after: str, changed: list[KeyPath]) -> None:
    with pytest.raises(Refusal):
        check_edit(before, after, changed)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("{a: 1, b: 2}", "{b: 2, a: 1.0}", []),
        ("{a: {b: 1, c: 1}}", "{}", [("a",)]),
        ("{a: {b: 1}}", "{a: {}}", [("a", "b")]),
        ("", "{a: {b: 1}}", [("a", "b")]),
        ("{a: [1, {b: 2}]}", "{a: [1, {b: 3, c: 4}]}", [("a", 1, "b"), ("a", 1, "c")]),
        ("{a: NaN}", "{a: NaN}", []),
    ],
)
def test_the_guard_agrees(before: str, after: str, changed: list[KeyPath]) -> None:
    check_edit(before, after, changed)


def test_the_guard_does_not_write_over_what_it_cannot_read() -> None:
    with pytest.raises(Unreadable):
        check_edit("{a: ", "{a: 1}", [("a",)])


# Configurations as people have them

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*/openclaw.json"))
MODEL = ("agents", "defaults", "model", "primary")


def text_of(sample: Path) -> str:
    return sample.read_bytes().decode("utf-8")


def paths(node: Node, path: KeyPath = ()) -> list[KeyPath]:
    """Every effective key path."""
    effective = {member.key: member.node for member in node.members}
    here = [path] if path else []
    return here + [found for key, child in effective.items() for found in paths(child, (*path, key))]


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    lines = list(difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True)))
    return [line[2:] for line in lines if line[0] == "-"], [line[2:] for line in lines if line[0] == "+"]


def test_the_samples_are_what_they_say() -> None:
    texts = {sample.parent.name: text_of(sample) for sample in SAMPLES}
    assert len(texts) >= 8
    assert texts["bom"].startswith("\ufeff")
    assert texts["windows"].count("\r\n") == texts["windows"].count("\n") > 10
    assert "\n\t" in texts["tabs"]
    assert "\n" not in texts["compact"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.parent.name)
def test_every_place_of_a_sample_can_be_set_and_deleted(sample: Path) -> None:
    text = text_of(sample)
    assert loads(text, sample) == parse(text).value
    for path in paths(parse(text)):
        after = set_value(text, path, {"new": "value"})
        check_edit(text, after, [path])
        assert after != text
        after = delete(text, path)
        check_edit(text, after, [path if isinstance(path[-1], str) else path[:-1]])
        assert len(after) < len(text)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.parent.name in ("plain", "commented")], ids=str)
def test_a_new_default_model_is_a_diff_of_one_line(sample: Path) -> None:
    text = text_of(sample)
    removed, added = changed_lines(text, set_value(text, MODEL, "openai/gpt-5.2"))
    assert len(removed) == len(added) == 1
    assert added == [removed[0].replace(loads(text)["agents"]["defaults"]["model"]["primary"], "openai/gpt-5.2")]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.parent.name)
def test_a_new_section_adds_lines_in_the_newlines_of_the_sample(sample: Path) -> None:
    text = text_of(sample)
    after = set_value(text, ("zzz", "profiles", "anthropic:default"), {"provider": "anthropic", "mode": "api_key"})
    assert after.startswith("\ufeff") == text.startswith("\ufeff")
    assert after.replace("\r\n", "").count("\n") == (0 if "\r\n" in text else after.count("\n"))
    assert ("\n" in after) == ("\n" in text)
    removed, added = changed_lines(text, after)
    assert len(removed) <= 1, "at most the line of the last member, for its comma"
    assert delete(after, ("zzz",)).replace(",", "") == text.replace(",", "")
    assert added


def test_the_commented_sample_keeps_its_look() -> None:
    text = text_of(Path(__file__).parent / "samples/commented/openclaw.json")
    after = set_value(text, ("agents", "list", 0, "model"), {"primary": "zai/glm-4.7"})
    after = set_value(after, ("agents", "list", 1, "model", "fallbacks"), ["openrouter/auto"])
    after = set_value(after, ("env", "vars", "ZAI_API_KEY"), "FAKE-zai")
    after = set_value(after, ("auth", "profiles", "zai:default"), {"provider": "zai", "mode": "api_key"})
    after = delete(after, ("gateway", "port"))
    expected = text.replace("    port: 18789,\n", "")
    expected = expected.replace("default: true }", 'default: true, model: { primary: "zai/glm-4.7" } }')
    expected = expected.replace('-pro-preview" }', '-pro-preview", fallbacks: ["openrouter/auto"] }')
    expected = expected.replace('-0123456789",\n', '-0123456789",\n      ZAI_API_KEY: "FAKE-zai",\n')
    added = """  auth: {
    profiles: {
      "zai:default": {
        provider: "zai",
        mode: "api_key",
      },
    },
  },
  // the end
"""
    assert after == expected.replace("  // the end\n", added)
