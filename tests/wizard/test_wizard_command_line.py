"""The words of a command line and of an answers file: everything that is wrong is told at once, before any write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wizard.inside import Inside
from wizard.choices import THEIR_FLAGS
from wizard.command import onboard
from wizard.commandline import screened

if TYPE_CHECKING:
    from tests.wizard.conftest import House

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OPTIONS = [param for param in onboard.params if isinstance(param, click.Option)]
VALUED = {name: not item.is_flag for item in OPTIONS for name in (*item.opts, *item.secondary_opts)}
ONCE = frozenset(VALUED)


@pytest.fixture
def inside(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    """The program on an empty home."""
    return Inside(house, monkeypatch, capsys)


WORDS: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("--gateway-prot", "1"), ("no such option --gateway-prot: did you mean --gateway-port",)),
    (("--kye-file=x",), ("no such option --kye-file: did you mean --key-file",)),
    (("--nothing-like-it",), ("no such option --nothing-like-it;",)),
    (("--provider",), ("--provider needs a value",)),
    (("--provider", "--model", "m"), ("--provider needs a value",)),
    (("--key-stdin=yes",), ("--key-stdin takes no value",)),
    (("anthropic",), ("a word that belongs to no option",)),
    (("--", "anthropic"), ("-- has no meaning here",)),
    (("-x",), ("no such option -x",)),
    (("--provider", "a", "--provider", "b"), ("--provider is given twice with different values",)),
    (("--model", ""), ("--model: it is empty",)),
    (("--workspace", " "), ("--workspace: it is empty",)),
    (("--store", "evn"), ("--store: did you mean env? it is one of env or profile",)),
    (("--auth-choice", "apikey"), ("--auth-choice: did you mean apiKey",)),
    (("--auth-choice", "chutes"), ("real onboard --auth-choice chutes",)),
    (("--gateway-bind", "loopbak"), ("--gateway-bind: did you mean loopback? it is one of",)),
    (("--custom-base-url", "https://x.example"), ("--custom-base-url", "here it is --base-url")),
    (("--reset-scope", "full"), ("--reset-scope", "only OpenClaw's own wizard has it")),
    (
        ("--provider", "anthropc", "--key-env", "NOPE"),
        ('"anthropc" is not known: did you mean anthropic? choose', "NOPE"),
    ),
    (("--provider", "openai", "--store", "x", "--key-file", "nowhere"), ("--store: ", "nowhere: cannot be read")),
    (("--openai-api-key", "gsk_FAKE0123456789abcdef0123456789abcdef", "--store", "x"), ("--store: ", "--use-anyway")),
    (("--region", "cn", "--provider", "openai"), ("--region cn: openai has none",)),
    (("--region", "us", "--provider", "moonshot"), ("--region us: moonshot has cn",)),
]


@pytest.mark.parametrize(("arguments", "told"), WORDS, ids=[" ".join(item[0]) for item in WORDS])
def test_what_is_wrong_with_the_words(arguments: tuple[str, ...], told: tuple[str, ...], inside: Inside) -> None:
    result = inside.onboard("--json", *arguments)
    assert result.code == 2
    assert result.document["error"]["type"] == "usage"
    said = f"{result.document['error']['message']};{result.document['details']['commands']}"
    assert [text for text in told if text not in said] == []
    assert inside.house.snapshot() == {}


def test_everything_at_once(inside: Inside) -> None:
    """Unknown options, missing and wrong values, contradictions, the lines of a file, what is missing: one error."""
    house = inside.house
    file = '# mine\nmethd = "api-key"\nservice = "now"\n\n[gateway]\nport = true\nbnd = "lan"\n'
    house.write(house.path / "a.toml", file)
    before = house.snapshot()
    result = inside.onboard(
        "--gateway-prot", "1", "--store", "elsewhere", "--provider", "openai", "--auth-choice", "apiKey", "--answers",
        "a.toml", "--tailscale", "funnel", "--gateway-auth", "token", "--json", "--agent",
    )  # fmt: skip
    assert result.code == 2
    message = result.document["error"]["message"]
    for text in (
        "no such option --gateway-prot: did you mean --gateway-port",
        "--agent needs a value",
        "--store: it is one of env or profile",
        "a.toml:2: methd is no answer: did you mean method?",
        "a.toml:3: service is one of install, restart or later",
        "a.toml:6: gateway.port is text, or a number",
        "a.toml:7: gateway.bnd is no answer: did you mean bind?",
        "different providers",
        "--tailscale funnel and --gateway-auth token contradict each other",
        "missing: OpenAI API key",
    ):
        assert text in message, text
    assert message.startswith("10 problems: ")
    problems = result.document["details"]["problems"]
    assert (len(problems), message) == (10, f"10 problems: {'; '.join(problems)}")
    assert house.snapshot() == before


ONE_DOCUMENT: list[tuple[str, ...]] = [
    ("--json",),
    ("--nothing", "--json"),
    ("--json", "--provider"),
    ("--provider", "--json"),
    ("--json", "stray", "words"),
    ("--json", "--store", "x", "--api", "y"),
    ("--json", "--answers", "nowhere.toml", "--store", "x"),
    ("--json", "--answers", "broken.json"),
    ("--json", "--answers", "broken.toml", "--resume", "--restart"),
    ("--json", "--print-answers"),
    ("--json", "--key-file", "x", "--key-env", "HOME", "--provider", "openai"),
    ("--json", "--agent", "nobody", "--gateway-port", "x"),
]


@pytest.mark.parametrize("arguments", ONE_DOCUMENT, ids=[" ".join(item) for item in ONE_DOCUMENT])
def test_one_document_in_every_case(arguments: tuple[str, ...], inside: Inside) -> None:
    house = inside.house
    house.write(house.path / "broken.json", '{"provider": "openai",\n "key": env}')
    house.write(house.path / "broken.toml", 'provider = "openai"\nkey = "\n')
    before = house.snapshot()
    result = inside.onboard(*arguments)
    assert (result.code, result.document["ok"]) == (2, False)
    assert house.snapshot() == before


def test_the_place_in_a_file_that_cannot_be_read(inside: Inside) -> None:
    house = inside.house
    house.write(house.path / "broken.json", '{"provider": "openai",\n "key": env}')
    alone = inside.onboard("--json", "--answers", "broken.json").document
    assert {key: alone["details"][key] for key in ("path", "line", "column")} == {
        "path": str(house.path / "broken.json"),
        "line": 2,
        "column": 9,
    }
    among = inside.onboard("--json", "--answers", "broken.json", "--no-such-option").document["error"]["message"]
    assert "no such option --no-such-option" in among
    assert "broken.json:2:9: it is not JSON" in among


def test_a_secret_in_the_wrong_place_is_not_repeated(inside: Inside) -> None:
    lines = (
        ("--openai-api-kye", KEY), (f"--openai-api-kye={KEY}",), (KEY,), (f"--{KEY}",), ("--store", KEY),
        ("--key-stdin=" + KEY,), ("--gateway-bind", KEY), ("--provider", KEY),
    )  # fmt: skip
    for arguments in lines:
        result = inside.onboard("--json", *arguments)
        assert result.code == 2, arguments
        assert KEY[:20] not in result.out + result.err, arguments


def test_a_broken_file_does_not_show_what_is_in_it(inside: Inside) -> None:
    inside.house.write(inside.house.path / "broken.toml", f"provider = 'x'\nkey = \"{KEY[:-1]}\\q\"\n")
    result = inside.onboard("--json", "--answers", "broken.toml")
    assert (result.code, result.document["details"]["line"]) == (2, 2)
    assert KEY[:20] not in result.out + result.err


def test_wrong_flags_come_before_a_broken_installation(inside: Inside) -> None:
    """A config that cannot be read ends with 1; but whoever mistyped a flag is told of both, with 2."""
    house = inside.house
    house.write(house.config, "{broken")
    before = house.snapshot()
    result = inside.onboard("--json", "--gateway-prot", "1")
    assert result.code == 2
    message = result.document["error"]["message"]
    assert "--gateway-prot" in message
    assert "openclaw.json:1:" in message
    assert house.snapshot() == before


def test_help_is_given_whatever_else_is_said(inside: Inside) -> None:
    result = inside.onboard("--nothing", "--help")
    assert (result.code, "Usage: openclaw onboard" in result.out) == (0, True)


def test_every_flag_of_theirs_that_is_named_here_is_none_of_ours() -> None:
    assert not {f"--{name}" for name in THEIR_FLAGS} & set(VALUED)
    meant = " ".join(THEIR_FLAGS.values()).replace(",", "").split()
    assert {word for word in meant if word.startswith("--")} <= set(VALUED)


words = st.one_of(
    st.sampled_from(sorted(VALUED)),
    st.sampled_from(["--", "-", "--provider=x", "--plain=1", "--x=", "value", "", "--nothing", "-h"]),
    st.text(max_size=6),
)


@given(st.lists(words, max_size=8))
def test_what_is_left_is_what_click_understands(args: list[str]) -> None:
    kept, told = screened(args, VALUED, ONCE)
    assert all(told)
    again, odd = screened(kept, VALUED)
    assert again == kept
    assert all(text.endswith("it is empty") for text in odd)
    context = click.Context(onboard, info_name="onboard", resilient_parsing=True)
    values, rest, _ = onboard.make_parser(context).parse_args(list(kept))
    assert rest == []
    assert set(values) <= {param.name for param in OPTIONS}


def test_an_agent_that_there_is_not_is_told_with_the_rest(inside: Inside) -> None:
    result = inside.onboard("--json", "--agent", "nobody", "--gateway-port", "x", "--provider", "openai")
    message = result.document["error"]["message"]
    assert (result.code, message.startswith("3 problems: ")) == (2, True)
    for text in ("nobody", "--gateway-port: a port is", "missing: OpenAI API key"):
        assert text in message
    alone = inside.onboard("--json", "--agent", "nobody", "--auth-choice", "skip")
    assert (alone.code, "nobody" in alone.document["error"]["message"]) == (2, True)
    assert alone.document["details"] == {"hint": "configured: main"}  # without an OpenClaw here, no command of its


def test_without_a_terminal_what_is_wrong_comes_first(inside: Inside) -> None:
    """Whoever forgot --non-interactive is told of the wrong values as well, not one after the other."""
    result = inside.onboard("--gateway-port", "x", "--provider", "openai", "--anthropic-api-key", KEY)
    assert result.code == 2
    assert "a port is a number" in result.err
    assert "different providers" in result.err
    assert "not a terminal" in inside.onboard("--provider", "openai").err
