"""Reading openclaw.json: includes, variables, and every way in which it can be broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.config import reading
from openclaw.config.reading import Config, dotted, merge, read, references, resolve


def written(folder: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder / "openclaw.json"


def config(folder: Path, main: Any, **others: Any) -> Config:
    files = {f"{name}.json": content for name, content in others.items()}
    return read(written(folder, {"openclaw.json": main} | files))


def messages(found: Config) -> list[str]:
    return [problem.message for problem in found.problems]


def test_no_file_is_an_empty_config(tmp_path: Path) -> None:
    assert read(tmp_path / "none.json") == Config(tmp_path / "none.json")


def test_json5_is_read_and_its_text_kept(tmp_path: Path) -> None:
    text = "\ufeff// comment\r\n{a: 'b', n: +.5, x: 0xF, i: Infinity, list: [1,], }\r\n"
    found = config(tmp_path, text)
    assert found.exists
    assert found.value == {"a": "b", "n": 0.5, "x": 15, "i": float("inf"), "list": [1]}
    assert found.problems == ()
    assert found.place("list") == (2, 39)
    assert found.place("list", 0) == (2, 46)
    assert found.place("none") == (None, None)


@pytest.mark.parametrize(
    ("data", "kind", "line", "column"),
    [
        (b"", "unparsable", 1, 1),
        (b'{"a": 1,\n "b" 2}', "unparsable", 2, 6),
        (b'{"a": "x\n"}', "unparsable", 1, None),
        (b'{"a": 1', "unparsable", 1, None),
        (b"{a: 1} trailing", "unparsable", 1, 8),
        (b'{"a": "ok",\n"\xc3\xa9\xff": 1}', "unparsable", 2, 3),
        (b"[" * 5000 + b"]" * 5000, "unparsable", 1, None),
        (b"[]", "shape", 1, 1),
        (b"null", "shape", 1, 1),
        (b'"text"', "shape", 1, 1),
    ],
)
def test_a_broken_file_is_a_problem_with_its_place(
    tmp_path: Path, data: bytes, kind: str, line: int, column: int | None
) -> None:
    path = tmp_path / "openclaw.json"
    path.write_bytes(data)
    found = read(path)
    assert [problem.kind for problem in found.problems] == [kind]
    problem = found.problems[0]
    assert (problem.path, problem.line) == (path, line)
    assert problem.column == column or (column is None and problem.column)
    assert found.exists
    assert found.value == {}
    failure = problem.failure()
    assert failure.location.startswith(f"{path}:{line}:")
    assert failure.commands == ("openclaw doctor",)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "dir.json").mkdir()
    os.mkfifo(tmp_path / "fifo.json")
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    (tmp_path / "file").touch()
    found = {path.name: read(path) for path in [*tmp_path.glob("*.json"), tmp_path / "file" / "x", Path("/dev/zero")]}
    assert {name: messages(item) for name, item in found.items()} == {
        "dir.json": ["is a directory"],
        "fifo.json": ["is not a regular file"],
        "loop.json": ["cannot be read: Too many levels of symbolic links"],
        "x": ["cannot be read: Not a directory"],
        "zero": ["is not a regular file"],
    }
    assert all(item.exists and item.problems[0].kind == "unreadable" for item in found.values())


@pytest.mark.skipif(os.getuid() != 0, reason="dropping to another user needs root")
def test_a_file_of_another_user_is_unreadable_and_not_absent(tmp_path: Path) -> None:
    path = config(tmp_path, {}).path
    path.chmod(0o600)
    code = (
        "import os, sys; from pathlib import Path; from openclaw.config.reading import read; import stat\n"
        "os.chdir(sys.argv[1]); os.setgid(65534); os.setuid(65534)\n"
        "found = read(Path('openclaw.json')); print(found.exists, found.problems[0].kind, found.problems[0].message)"
    )
    tmp_path.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], text=True, capture_output=True, check=False, timeout=30,
        cwd=Path(reading.__file__).parent.parent.parent,
    )  # fmt: skip
    assert done.stdout.strip() == "True unreadable cannot be read: Permission denied", done.stderr


@pytest.mark.parametrize(
    ("main", "others", "wanted"),
    [
        ({"$include": "./a.json"}, {"a": {"x": 1}}, {"x": 1}),
        ({"$include": ["a.json", "b.json"]}, {"a": {"x": 1, "y": 1}, "b": {"y": 2}}, {"x": 1, "y": 2}),
        ({"$include": []}, {}, {}),
        # keys beside it win, whatever their place
        ({"x": 3, "$include": "a.json"}, {"a": {"x": 1, "y": 1}}, {"x": 3, "y": 1}),
        # objects merge deeply, arrays are concatenated, anything else: the later wins
        (
            {"$include": "a.json", "o": {"l": [3], "k": 2}}, {"a": {"o": {"l": [1, 2], "k": 1, "z": 0}}},
            {"o": {"l": [1, 2, 3], "k": 2, "z": 0}},
        ),
        ({"$include": ["a.json", "b.json"]}, {"a": {"v": [1]}, "b": {"v": {"k": 1}}}, {"v": {"k": 1}}),
        ({"$include": ["a.json", "b.json"]}, {"a": {"v": {"k": 1}}, "b": {"v": None}}, {"v": None}),
        # at any depth, inside arrays too; a value that is no object where nothing stands beside it
        ({"a": {"b": {"$include": "a.json"}}}, {"a": {"x": 1}}, {"a": {"b": {"x": 1}}}),
        ({"l": [1, {"$include": "a.json"}]}, {"a": {"x": 1}}, {"l": [1, {"x": 1}]}),
        ({"l": {"$include": "a.json"}}, {"a": [1, 2]}, {"l": [1, 2]}),
        ({"l": {"$include": "a.json"}}, {"a": '"text"'}, {"l": "text"}),
        # an included file may include, and the same file may be included twice in different branches
        ({"$include": "a.json"}, {"a": {"$include": "b.json", "x": 1}, "b": {"y": 2}}, {"y": 2, "x": 1}),
        ({"p": {"$include": "a.json"}, "q": {"$include": "a.json"}}, {"a": {"x": 1}}, {"p": {"x": 1}, "q": {"x": 1}}),
        ({"$include": ["a.json", "a.json"]}, {"a": {"l": [1]}}, {"l": [1, 1]}),
        ({"$include": "a.json"}, {"a": "// JSON5\n{x: 'y',}"}, {"x": "y"}),
    ],
)  # fmt: skip
def test_includes(tmp_path: Path, main: Any, others: dict[str, Any], wanted: Any) -> None:
    found = config(tmp_path, main, **others)
    assert found.problems == ()
    assert found.merged == wanted
    assert found.parsed == main


def test_relative_paths_count_from_the_file_that_includes(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {
            "openclaw.json": {"$include": ["sub/a.json", str(tmp_path / "abs.json")]},
            "sub/a.json": {"$include": "../b.json", "a": 1},
            "b.json": {"b": 2},
            "abs.json": {"c": 3},
        },
    )
    assert read(path).merged == {"b": 2, "a": 1, "c": 3}


@pytest.mark.parametrize(
    ("main", "others", "message", "where", "rest"),
    [
        (
            '{\n "$include": 7, "x": 1}', {},
            "$include at <root> is not a path or a list of paths", ("openclaw", 2, 2), {"x": 1},
        ),
        (
            '{"a": {"$include": ["b", 1]}}', {},
            "$include at a is not a path or a list of paths", ("openclaw", 1, 8), {"a": {}},
        ),
        (
            '{"$include": "no.json"}', {},
            "$include at <root> names a file that does not exist: no.json", ("openclaw", 1, 2), {},
        ),
        ('{"$include": "."}', {}, "$include at <root> names a file that is a directory: .", ("openclaw", 1, 2), {}),
        (
            '{"$include": "a\\u0000b"}', {},
            "$include at <root> names a file that is not a name that a file can have: a\0b", ("openclaw", 1, 2), {},
        ),
        (
            '{"$include": "a.json", "x": 1}', {"a": [1]},
            "$include at <root> has keys beside it but includes no object", ("openclaw", 1, 2), {"x": 1},
        ),
        (
            '{"k": {"$include": "a.json"}}', {"a": '{"x": 1,\n "y" 2}'},
            "$include at k: not valid JSON5: ", ("a", 2, 6), {"k": {}},
        ),
        (
            '{"$include": "openclaw.json"}', {},
            "$include at <root> includes itself (circular): openclaw.json", ("openclaw", 1, 2), {},
        ),
        (
            '{"k": {"$include": "a.json"}}', {"a": '{"q": [{"$include": "a.json"}]}'},
            "$include at k.q[0] includes itself (circular): a.json", ("a", 1, 9), {"k": {"q": [{}]}},
        ),
        (
            '{"$include": "a.json"}', {"a": '{"$include": "b.json"}', "b": '{"$include": "./a.json"}'},
            "$include at <root> includes itself (circular): ./a.json", ("b", 1, 2), {},
        ),
    ],
)  # fmt: skip
def test_includes_that_cannot_be_followed(
    tmp_path: Path, main: str, others: dict[str, Any], message: str, where: tuple[str, int, int], rest: Any
) -> None:
    found = config(tmp_path, main, **others)
    assert len(found.problems) == 1
    problem = found.problems[0]
    assert problem.kind == "include"
    assert problem.message.startswith(message)
    assert (problem.path.stem, problem.line, problem.column) == where
    assert found.merged == rest


@pytest.mark.parametrize(("files", "fine"), [(1, True), (10, True), (11, False)])
def test_the_depth_of_includes(tmp_path: Path, files: int, fine: bool) -> None:
    """10 files below the config, as the real program has it."""
    others: dict[str, Any] = {f"i{number}": {"$include": f"i{number + 1}.json"} for number in range(1, files)}
    found = config(tmp_path, {"$include": "i1.json"}, **others, **{f"i{files}": {"end": True}})
    assert (found.problems == ()) == fine
    assert found.merged == ({"end": True} if fine else {})
    if not fine:
        assert messages(found) == ["$include at <root> is nested deeper than 10 files: i11.json"]
        assert found.problems[0].path.name == "i10.json"


VARIABLES = {"A": "one", "B": "two words", "EMPTY": "", "BLANK": "  ", "NEST": "${A}", "_X1": "x", "a": "lower"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("${A}", "one"),
        ("x${A}y${B}z", "xoneytwo wordsz"),
        ("${BLANK}", "  "),
        ("${_X1}", "x"),
        ("$${A}", "${A}"),
        ("$$${A}", "$${A}"),
        ("$${A}${A}", "${A}one"),
        ("$${NOT_SET}", "${NOT_SET}"),
        # not rescanned
        ("${NEST}", "${A}"),
        # left alone
        ("$A $ $$ ${ ${} ${a} ${A-B} ${A ${1A} $${a}", "$A $ $$ ${ ${} ${a} ${A-B} ${A ${1A} $${a}"),
        ("${a}${A}", "${a}one"),
        ("${É}", "${É}"),
        ("${${A}}", "${one}"),
        ("{A}", "{A}"),
    ],
)
def test_variables(tmp_path: Path, text: str, wanted: str) -> None:
    found = resolve(config(tmp_path, {"k": [{"v": text}], text: 1, "n": 3}), VARIABLES)
    assert found.problems == ()
    assert found.value == {"k": [{"v": wanted}], text: 1, "n": 3}
    assert found.merged == {"k": [{"v": text}], text: 1, "n": 3}


@pytest.mark.parametrize("name", ["EMPTY", "NOT_SET"])
def test_a_variable_that_nobody_sets(tmp_path: Path, name: str) -> None:
    text = '{"a": {\n  "b": [0, "${A} ${NAME}"]}}'.replace("NAME", name)
    found = resolve(config(tmp_path, text), VARIABLES)
    assert found.value == {"a": {"b": [0, f"one ${{{name}}}"]}}
    problem = found.problems[0]
    assert (problem.kind, problem.line, problem.column, problem.keys) == ("variable", 2, 12, ("a", "b", 1))
    assert problem.message == f"${{{name}}} at a.b[1] refers to a variable that is not set or empty"


def test_earlier_problems_stay(tmp_path: Path) -> None:
    found = resolve(config(tmp_path, {"$include": "no.json", "x": "${NOT_SET}"}), {})
    assert [problem.kind for problem in found.problems] == ["include", "variable"]


def test_references_and_key_paths() -> None:
    assert references("${A} $${B} ${c} x${D_1}") == ["A", "D_1"]
    assert dotted(("a", 0, "b", "c")) == "a[0].b.c"
    assert dotted((0,)) == "[0]"
    assert dotted(()) == "<root>"


def test_a_config_does_not_print_its_secrets(tmp_path: Path) -> None:
    found = resolve(config(tmp_path, {"k": "${KEY}", "l": "sk-FAKE"}), {"KEY": "sk-EXAMPLE"})
    assert "FAKE" not in repr(found)
    assert "EXAMPLE" not in repr(found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_merging_changes_neither_side_and_keeps_what_is_above(below: Any, above: Any) -> None:
    before = json.dumps([below, above])
    merged = merge(below, above)
    assert json.dumps([below, above]) == before
    if isinstance(below, dict) and isinstance(above, dict):
        assert set(merged) == set(below) | set(above)
    elif isinstance(below, list) and isinstance(above, list):
        assert merged == [*below, *above]
    else:
        assert merged == above


@given(st.text(alphabet="$AB{}a_ ", max_size=20))
def test_substitution_follows_the_scanner_of_the_specification(text: str) -> None:
    """A character by character scanner, as auth-spec §2.3 tells it, against the pattern."""
    env = {"A": "1", "B": "2", "AB": "3", "_": "4"}
    out, index, missing = "", 0, False
    while index < len(text):
        for escape in (1, 0):
            start = "$" * escape + "${"
            end = text.find("}", index)
            name = text[index + len(start) : end] if text.startswith(start, index) and end > 0 else ""
            if name and set(name) <= set("AB_"):
                out += f"${{{name}}}" if escape or name not in env else env[name]
                missing |= not escape and name not in env
                index = end + 1
                break
        else:
            out += text[index]
            index += 1
    found = resolve(Config(Path("/c"), merged={"k": text}), env)
    assert found.value == {"k": out}
    assert bool(found.problems) == missing
