"""Answers in a file: the same validation as flags, all faults at once, and a file that is written can be read."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard import answersfile, answersmembers, answerstext
from wizard.choices import THEIR_FLAGS
from wizard.command import onboard
from wizard.options import Options

if TYPE_CHECKING:
    from tests.wizard.conftest import House

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/onboard-answers.schema.json").read_text())
WHOLE = """
provider = "anthropic"
method = "api-key"
key = "env:MINE"
store = "profile"
profile = "anthropic:ci"

[gateway]
port = 19001
bind = "loopback"
"""


def test_a_file_says_all(house: House) -> None:
    house.write(house.path / "answers.toml", WHOLE)
    result = house.onboard("--json", "--answers", "answers.toml", env={"MINE": KEY})
    assert (result.code, result.document["profileId"]) == (0, "anthropic:ci"), result.err
    config = json.loads(house.config.read_text())
    assert (config["gateway"]["port"], config["gateway"]["bind"]) == (19001, "loopback")
    assert "answers.toml:4: key" in result.err
    assert "answers.toml:9: gateway.port" in result.err
    before = house.snapshot()
    again = house.onboard("--json", "--answers", "answers.toml", env={"MINE": KEY})
    assert (again.code, again.document["changed"]) == (0, False)
    assert house.snapshot() == before


def test_a_json_file_and_a_flag_that_counts_more(house: House) -> None:
    house.write(house.path / "answers.json", json.dumps({"provider": "openai", "key": "env:MINE", "store": "profile"}))
    result = house.onboard(
        "--json", "--answers", "answers.json", "--store", "env", env={"MINE": "sk-FAKE0123456789abc"}
    )
    assert (result.code, result.document["store"]) == (0, "env"), result.err


MANY = """provider = "mine"
base_url = "ftp://x"
profile = "bad id"
region = "x"
key = "env:NOT_SET"
expires_in = "soon"
[gateway]
port = 99999
bind = "moon"
"""
BAD: list[tuple[str, tuple[str, ...]]] = [
    ("", ("provider", "--key-file")),
    ("provider = ", ("answers.toml:1: it is not TOML",)),
    ('{"provider": }', ("is not JSON", ":1:14")),
    ('{"provider": "openai", "provider": "xai"}', ("provider stands in it twice",)),
    ("[1]", ("1 is no answer",)),
    (
        'provider = 5\nmethod = "magic"\nnonsense = 1\n',
        ("4 problems", ":1: provider is text", ":2: method is one of api-key", ":3: nonsense", "missing: its API key"),
    ),
    ('provider = "nobody"\nkey = "env:MINE"\n', ('answers.toml:1: provider: "nobody" is not known',)),
    ('provider = "openai"\nkey = "env:NOT_SET"\n', ("answers.toml:2: key", "NOT_SET")),
    ('provider = "openai"\nkey = ""\n', ("key is empty",)),
    ('provider = "openai"\nkey = "env:MINE"\n[gateway]\nport = 99999\n', ("1 to 65535",)),
    ('provider = "openai"\nkey = "env:MINE"\n[gateway]\ntoken = "env:NOT_SET"\n', ("gateway.token", "NOT_SET")),
    ('provider = "openai"\nkey = "env:MINE"\ngateway = 3\n', ("gateway is a table",)),
    ('provider = "openai"\nkey = "env:MINE"\nyes = "no"\n', ("yes is true or false",)),
    ('interactive = ["everything"]\n', ("interactive is a list of",)),
    (
        MANY,
        (
            "8 problems",
            ":2: base_url: It starts",
            ":3: profile: a profile id",
            ":4: region",
            ":5: key",
            ":6: expires_in",
            ":8: gateway.port",
            ":9: gateway.bind",
            "missing: Which model",
        ),
    ),
    (
        'provider = "mine"\nbase_url = "ftp://x"\nmodel = "m"\nkey = "env:MINE"',
        ("answers.toml:2: base_url", "https://"),
    ),
]


@pytest.mark.parametrize(("text", "told"), BAD)
def test_a_bad_file_changes_nothing(
    text: str, told: tuple[str, ...], house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from openclaw.cli import run

    for name, value in {**house.environment(), "MINE": KEY}.items():
        monkeypatch.setenv(name, value)
    for name in ("ANTHROPIC_API_KEY", "OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(house.path)
    house.write(house.path / "answers.toml", text)
    before = house.snapshot()
    assert run(["onboard", "--json", "--answers", "answers.toml"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["ok"] is False
    assert [item for item in told if item not in err] == []
    assert house.snapshot() == before


def test_a_secret_in_the_file_is_taken_with_a_warning(house: House) -> None:
    house.write(house.path / "answers.toml", f'provider = "anthropic"\nkey = "{KEY}"\n')
    result = house.onboard("--json", "--answers", "answers.toml")
    assert result.code == 0, result.err
    assert "env:NAME in its place" in result.err
    assert KEY not in result.err + result.out


def test_what_is_printed_can_be_read(house: House) -> None:
    flags = (
        "--provider",
        "my-proxy",
        "--base-url",
        "https://llm.example.com/v1",
        "--model",
        "big",
        "--gateway-port",
        "1234",
    )
    printed = house.onboard("--non-interactive", "--print-answers", *flags)
    assert printed.code == 0, printed.err
    assert house.snapshot() == {}
    document = tomllib.loads(printed.out)
    jsonschema.validate(document, SCHEMA)
    assert document["key"] == "env:MY_PROXY_API_KEY"
    house.write(house.path / "answers.toml", printed.out)
    secret = {"MY_PROXY_API_KEY": "FAKE0123456789abcdef0123456789"}
    result = house.onboard("--json", "--answers", "answers.toml", env=secret)
    assert (result.code, result.document["variable"]) == (0, "MY_PROXY_API_KEY"), result.err


def test_what_the_schema_takes_is_what_is_read() -> None:
    assert set(SCHEMA["properties"]) == {
        *answersmembers.TEXTS,
        *answersmembers.SWITCHES,
        "key",
        "gateway",
        "interactive",
    }
    assert set(SCHEMA["properties"]["gateway"]["properties"]) == {*answersmembers.GATEWAY, answersmembers.ON_EXIT}
    assert set(SCHEMA["properties"]["interactive"]["items"]["enum"]) == set(answersmembers.QUESTIONS)
    for name, values in answersmembers.CHOICES.items():
        assert tuple(SCHEMA["properties"][name]["enum"]) == values
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from([*SCHEMA["properties"], "nonsense"])


@given(st.dictionaries(names, plain, max_size=6))
def test_any_document_is_understood_or_told_what_is_wrong(document: dict[str, Any]) -> None:
    told = list(answersfile.problems(document))
    assert all(told)
    if not told and not document.get("gateway"):
        jsonschema.validate(document, SCHEMA)


DOCS = (Path(__file__).parents[2] / "docs/onboarding.md").read_text()


def blocks(language: str) -> list[str]:
    """The examples of a language in the documentation."""
    return re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)


@pytest.mark.parametrize("text", [*blocks("toml"), *blocks("json")])
def test_the_examples_of_the_documentation(text: str, house: House) -> None:
    document = json.loads(text) if text.startswith("{") else tomllib.loads(text)
    jsonschema.validate(document, SCHEMA)
    house.write(house.path / "a.toml", text)
    options = answersfile.filled(Options(), "a.toml", house.call({"OPENCLAW_GATEWAY_TOKEN": "FAKE-token"}))
    assert (options.wrong, options.unread) == ((), None)


def test_the_documentation_names_every_member_and_flag() -> None:
    named = set(re.findall(r"`(--[a-z-]+)", DOCS))
    ours = {name for param in onboard.params for name in param.opts}
    known = ours | {f"--{name}" for name in THEIR_FLAGS} | {"--X-api-key", "--json", "--answers", "--non-interactive"}
    assert named <= known
    flags = {flag for _, flag in (*answersmembers.TEXTS.values(), *answersmembers.SWITCHES.values())}
    assert flags | {f"--{name}" for name in answersmembers.GATEWAY.values()} <= named
    table = DOCS.partition("| member |")[2].partition("## ")[0]
    members = {*answersmembers.TEXTS, *answersmembers.SWITCHES, "key", "interactive"}
    assert {name for name in members if f"`{name}`" not in table} == set()
    inner = [*answersmembers.GATEWAY, answersmembers.ON_EXIT]
    assert {name for name in inner if f"`gateway.{name}`" not in table and f"`.{name}`" not in table} == set()


def test_the_lines_of_a_file() -> None:
    text = 'a = 1\n# x\nb = [\n 1,\n]\n"c" = """\nprovider = 1\n"""\n[gateway]\n\nport = 1\ngateway.x = 2\n'
    file = answerstext.Text(Path("f.toml"), text, tomllib.loads(text))
    found = [file.place(*names) for names in (("a",), ("b",), ("c",), ("gateway", "port"), ("nothing",))]
    assert found == ["f.toml:1: a", "f.toml:3: b", "f.toml:6: c", "f.toml:11: gateway.port", "f.toml: nothing"]
    json_text = '{\n "a": 1, "gateway": {\n  "port": 2}}'
    other = answerstext.Text(Path("f.json"), json_text, json.loads(json_text))
    assert other.place("gateway", "port") == "f.json:3: gateway.port"


def test_what_is_wrong_is_told_with_its_line(house: House) -> None:
    text = 'provider = "openai"\nkey = 5\n\n[gateway]\nport = 1.5\nbinds = "lan"\ntoken = "env:NOT_SET"\n'
    house.write(house.path / "a.toml", text)
    options = answersfile.filled(Options(alone=True), "a.toml", house.call())
    assert options.provider == "openai"  # what is right is looked at all the same
    assert options.spoilt == {"secret", "found", "instead"}
    assert options.wrong == (
        "a.toml:2: key is text",
        "a.toml:5: gateway.port is text, or a number for the port",
        "a.toml:6: gateway.binds is no answer: did you mean bind?",
        "a.toml:7: gateway.token: the variable NOT_SET is not set",
    )


WEAKNESSES = re.findall(r"^\| (W-\d\d) \| (.+?) \| (.+?) \|$", DOCS, re.MULTILINE)


def test_the_table_of_weaknesses_names_tests_that_there_are() -> None:
    tests = Path(__file__).parents[1]
    assert [row for row, _, _ in WEAKNESSES] == [
        "W-02", "W-03", "W-04", "W-05", "W-06", "W-07", "W-13", "W-14", "W-15", "W-18", "W-19", "W-20", "W-24", "W-25",
        "W-27", "W-28",
    ]  # fmt: skip
    for row, how, proof in WEAKNESSES:
        named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", proof)
        assert how
        assert named, row
        assert len(named) == proof.count("`") / 2, row
        for file, test in named:
            (path,) = tests.rglob(file)
            assert re.search(rf"^def {test}\(", path.read_text(), re.MULTILINE), f"{row}: {file}::{test}"


def test_the_readme_leads_here() -> None:
    assert "(docs/onboarding.md)" in (Path(__file__).parents[2] / "README.md").read_text()
