"""Answers in a file: the same validation as flags, all faults at once, and a file that is written can be read."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard import answersfile

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
    assert "answers.toml: key" in result.err
    assert "answers.toml: gateway.port" in result.err
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


BAD: list[tuple[str, tuple[str, ...]]] = [
    ("", ("provider", "--key-file")),
    ("provider = ", ("answers.toml: it is not TOML",)),
    ('{"provider": }', ("is not JSON", ":1:14")),
    ("[1]", ("1 is no answer",)),
    ('provider = 5\nmethod = "magic"\nnonsense = 1\n', ("3 problems", "provider is text", "api-key", "nonsense")),
    ('provider = "nobody"\nkey = "env:MINE"\n', ('answers.toml: provider: "nobody" is not known',)),
    ('provider = "openai"\nkey = "env:NOT_SET"\n', ("answers.toml: key", "NOT_SET")),
    ('provider = "openai"\nkey = ""\n', ("key is empty",)),
    ('provider = "openai"\nkey = "env:MINE"\n[gateway]\nport = 99999\n', ("1 to 65535",)),
    ('provider = "openai"\nkey = "env:MINE"\n[gateway]\ntoken = "env:NOT_SET"\n', ("gateway.token", "NOT_SET")),
    ('provider = "openai"\nkey = "env:MINE"\ngateway = 3\n', ("gateway is a table",)),
    ('provider = "openai"\nkey = "env:MINE"\nyes = "no"\n', ("yes is true or false",)),
    ('interactive = ["everything"]\n', ("interactive is a list of",)),
    ('provider = "mine"\nbase_url = "ftp://x"\nmodel = "m"\nkey = "env:MINE"', ("answers.toml: base_url", "https://")),
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
    assert set(SCHEMA["properties"]) == {*answersfile.TEXTS, *answersfile.SWITCHES, "key", "gateway", "interactive"}
    assert set(SCHEMA["properties"]["gateway"]["properties"]) == set(answersfile.GATEWAY)
    assert set(SCHEMA["properties"]["interactive"]["items"]["enum"]) == set(answersfile.QUESTIONS)
    for name, values in answersfile.CHOICES.items():
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
