"""Pasted and piped secrets: made whole, made clean, or refused with what came instead."""

from __future__ import annotations

import re
import string
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.credentials.paste import Pasted, check, from_pipe, from_prompt, setup_token_problem
from openclaw.errors import Failure
from openclaw.secret import Secret

BODY = string.ascii_letters + string.digits + "-_"
TOKEN = ("sk-ant-oat01-FAKE" + BODY * 2)[:108]
API_KEY = ("sk-ant-api03-FAKE" + BODY * 2)[:108]
PROJECT_KEY = ("sk-proj-FAKE" + BODY * 3)[:164]
PREFIXES = ["sk-ant-oat01-", "sk-ant-api03-", "sk-or-v1-", "sk-proj-", "gsk_", "xai-"]


def wrapped(token: str, width: int, end: str = "\n") -> str:
    return end.join(token[start : start + width] for start in range(0, len(token), width))


def outcome(data: bytes) -> Pasted | Failure:
    try:
        return from_pipe(data)
    except Failure as failure:
        return failure


def refused(data: bytes) -> Failure:
    with pytest.raises(Failure) as caught:
        from_pipe(data)
    return caught.value


# --- one line -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\r"])
def test_one_line_end_is_dropped_without_a_word(end: str) -> None:
    assert from_pipe((TOKEN + end).encode()) == Pasted(Secret(TOKEN), ())


@pytest.mark.parametrize("end", ["\n\n", " \n", "\r\n\r\n", "\t"])
def test_more_than_that_is_dropped_with_a_notice(end: str) -> None:
    pasted = from_pipe((TOKEN + end).encode())
    assert pasted.secret == Secret(TOKEN)
    assert pasted.notices == ("Removed white space at the ends.",)


def test_a_key_without_any_known_shape_is_taken_as_it_is() -> None:
    assert from_prompt("FAKE-äöü-9").secret == Secret("FAKE-äöü-9")
    assert from_pipe(b"x\n") == Pasted(Secret("x"))


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        (f"export ANTHROPIC_API_KEY={API_KEY}", "Removed `ANTHROPIC_API_KEY=` in front."),
        (
            f'ANTHROPIC_API_KEY="{API_KEY}";',
            "Removed `;` at the end, `ANTHROPIC_API_KEY=` in front and quotes round it.",
        ),
        (f"Bearer {API_KEY}", "Removed `Bearer` in front."),
        (f"Authorization: Bearer {API_KEY}", "Removed a header name in front and `Bearer` in front."),
        (f"“{API_KEY}”", "Removed quotes round it."),
        (f"`{API_KEY}`", "Removed quotes round it."),
        (f"api_key={API_KEY}", "Removed an assignment in front."),
        (f"\ufeff{API_KEY}\u200b", "Removed 1 invisible character."),
    ],
)
def test_what_clings_to_it_comes_off_and_is_named(text: str, notice: str) -> None:
    for pasted in (from_prompt(text), from_pipe(text.encode() + b"\n")):
        assert pasted.secret == Secret(API_KEY)
        assert pasted.notices == (notice,)


@pytest.mark.parametrize("value", ["QUJDREVGRkFLRQ==", "AAAA=", "sk-FAKE=abc", "A=="])
def test_equals_signs_of_a_key_stay(value: str) -> None:
    assert from_prompt(value) == Pasted(Secret(value))


def test_marks_of_a_bracketed_paste_go() -> None:
    assert from_prompt(f"\x1b[200~{TOKEN}\x1b[201~").secret == Secret(TOKEN)
    assert from_prompt(f"\x1b[200~{wrapped(TOKEN, 80)}\n\x1b[201~").secret == Secret(TOKEN)


# --- wrapped --------------------------------------------------------------------------------------------------------


@st.composite
def tokens(draw: st.DrawFn) -> str:
    # Without `-` in the body no later line can begin like another secret.
    prefix = draw(st.sampled_from(PREFIXES))
    body = draw(st.text(string.ascii_uppercase + string.digits, min_size=40, max_size=39 + 60))
    usual = {"sk-or-v1-": 73, "gsk_": 56, "xai-": 84}.get(prefix, 108)
    return (prefix + body)[:usual]


@given(tokens(), st.integers(20, 120), st.sampled_from(["\n", "\r\n", "\r", "\n  ", " \n", "\n\n"]), st.booleans())
def test_wrapped_at_any_width_the_token_is_restored(token: str, width: int, end: str, quoted: bool) -> None:
    text = wrapped(token, width, end)
    text = f'"{text}"' if quoted else text
    for pasted in (from_pipe((text + "\n").encode()), from_prompt(text)):
        assert pasted.secret == Secret(token)
        assert (len(token) > width) == any("Joined" in notice for notice in pasted.notices)


@pytest.mark.parametrize("width", [40, 72, 79, 80, 100])
def test_the_lines_that_a_terminal_makes(width: int) -> None:
    pasted = from_pipe("\n".join([*textwrap.wrap(TOKEN, width, break_on_hyphens=False), ""]).encode())
    lines = -(-len(TOKEN) // width)
    assert pasted.secret == Secret(TOKEN)
    assert pasted.notices == (f"Joined {lines} lines into one secret: 108 characters, ends in {TOKEN[-4:]}.",)


def test_something_may_have_stood_before_it_on_its_first_line() -> None:
    screen = wrapped(f"export ANTHROPIC_API_KEY={PROJECT_KEY}", 80)
    pasted = from_prompt(screen)
    assert pasted.secret == Secret(PROJECT_KEY)
    assert pasted.notices[0] == "Removed `ANTHROPIC_API_KEY=` in front."
    assert "Joined 3 lines" in pasted.notices[1]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (f"{API_KEY}\n{TOKEN}\n", ""),  # two secrets
        (f"{API_KEY}\nFAKE-work-account\n", ""),  # the first line is whole already
        (f"{PROJECT_KEY}\nOPENAI_ORG=FAKE\n", ""),
        (f"{PROJECT_KEY}\n#work\n", ""),
        (f"ANTHROPIC_API_KEY={API_KEY}\nOPENAI_API_KEY={PROJECT_KEY}\n", ""),
        ("first line\nsecond line\n", ""),
        ("0123456789abcdefFAKE\n0123456789abcdef\n", ""),  # nothing says that it is a secret
        (f"{TOKEN[:60]}\n{TOKEN[60:80]}\n{TOKEN[80:]}\n", ""),  # no terminal makes such lines
        (f"sk-FAKE\n{BODY}\n", ""),
        ('{\n  "type": "api_key"\n}\n', "It looks like JSON."),
        ("openclaw onboard \\\n  --auth-choice apiKey\n", "It looks like a command line."),
        ("-----BEGIN PRIVATE KEY-----\nRkFLRQ==\n-----END PRIVATE KEY-----\n", "It looks like a key file."),
    ],
)
def test_lines_that_are_not_one_secret_are_refused(text: str, hint: str) -> None:
    failure = refused(text.encode())
    assert f"{len(text.strip().splitlines())} lines" in failure.message
    assert failure.hint.startswith(hint or "Give one secret on one line.")
    assert "one secret on one line" in failure.hint
    assert not any(line[:30] in failure.message + failure.hint for line in text.splitlines() if len(line) > 8)


SETUP = f"""Long-lived authentication token created successfully!

Your OAuth token (valid for 1 year):

{TOKEN[:79]}
{TOKEN[79:]}

Store this token securely. You won't be able to see it again.
"""


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (SETUP, TOKEN),
        (f"{TOKEN[:60]}\n{TOKEN[60:100]}\n{TOKEN[100:]}\n", TOKEN),  # pieces of all widths
        (f"> here is the token\n> {TOKEN[:70]}\n> {TOKEN[70:]}\n> regards\n", TOKEN),
        (f'export ANTHROPIC_API_KEY="{API_KEY}"; # my key', API_KEY),
        (f"$ export ANTHROPIC_API_KEY={API_KEY} && claude", API_KEY),
        (f"set -x ANTHROPIC_API_KEY {API_KEY}", API_KEY),
        (f"apiKey: {API_KEY}", API_KEY),
        (f'curl https://api.example.org/v1 -H "x-api-key: {API_KEY}" -d x', API_KEY),
        (f"My key is {API_KEY}. Please", API_KEY),
        (f"{API_KEY} {API_KEY}", API_KEY),  # twice the same
        (f"{API_KEY}\nFAKE-work-account\n", API_KEY),
    ],
)
def test_a_prompt_takes_the_one_secret_out_of_what_stands_round_it(text: str, secret: str) -> None:
    pasted = from_prompt(text)
    assert pasted.secret == Secret(secret)
    assert pasted.notices[-1] == (
        f"Took the one secret out of the text round it: {len(secret)} characters, ends in {secret[-4:]}."
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{API_KEY} {TOKEN}",  # which one?
        f"this: {TOKEN[:60]}\n{TOKEN[60:90]}\n",  # the end is missing
        f"{TOKEN[:60]}\n\nand then {TOKEN[60:]}\n",
        f'{{"key": "{API_KEY}", "other": 1}}',
        "sk-short and more words",
        "a sentence without any secret in it",
    ],
)
def test_a_prompt_guesses_no_secret(text: str) -> None:
    with pytest.raises(Failure):
        from_prompt(text)


def test_a_pipe_takes_nothing_out_of_other_text() -> None:
    with pytest.raises(Failure):
        from_pipe(SETUP.encode())


def test_blanks_inside_a_line_are_no_wrap() -> None:
    failure = refused(f"{TOKEN[:60]} {TOKEN[60:]}\n".encode())
    assert "blanks" in failure.message
    with pytest.raises(Failure, match="control characters"):
        from_prompt(f"{TOKEN[:60]}\x08{TOKEN[60:]}")


# --- no secret at all -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\n", b"  \r\n", b'""\n', "\ufeff".encode()])
def test_nothing(data: bytes) -> None:
    assert refused(data).message == "Standard input gave nothing."


def test_an_empty_prompt() -> None:
    with pytest.raises(Failure, match=r"^The prompt gave nothing\.$"):
        from_prompt("")


def test_not_text() -> None:
    assert "UTF-8 (byte 3)" in refused(b"sk\xff\xfe").message
    assert "NUL" in refused(b"sk-FAKE\0").message


def test_utf_16_is_named() -> None:
    assert "UTF-16" in refused(TOKEN.encode("utf-16")).hint
    assert "UTF-16" in refused(TOKEN.encode("utf-16-le")).hint


def test_a_file_is_not_a_secret() -> None:
    assert "too many" in refused(b"a" * 100_000).message


@given(st.binary(max_size=200))
def test_any_bytes_give_a_secret_or_a_failure_that_does_not_show_them(data: bytes) -> None:
    data = b"EXAMPLE9" + data
    result = outcome(data)
    if isinstance(result, Failure):
        assert result.hint
        assert "EXAMPLE9" not in result.message + result.hint
    else:
        assert result.secret.reveal() in re.sub("[\u00ad\u180e\u200b-\u200f\u2060\ufeff]", "", data.decode())
        assert "EXAMPLE9" not in repr(result)


@given(st.text(max_size=100))
def test_what_was_cleaned_is_clean(text: str) -> None:
    try:
        once = from_prompt(text)
    except Failure:
        return
    assert from_prompt(once.secret.reveal()) == Pasted(once.secret)


# --- what it looks like ---------------------------------------------------------------------------------------------


def test_check_says_what_looks_wrong() -> None:
    assert check(from_prompt(f'"{TOKEN}"'), "anthropic", "token") == ()
    assert [item.slug for item in check(from_prompt(TOKEN), "anthropic", "api_key")] == ["credentials/wrong-kind"]
    assert [item.slug for item in check(from_prompt(TOKEN), "openai", "api_key")] == ["credentials/foreign-key"]
    assert [item.slug for item in check(from_prompt(TOKEN[:80]), "anthropic", "token")] == ["credentials/truncated"]
    assert check(from_prompt("anything"), "ollama", "api_key") == ()
    assert check(from_prompt(API_KEY), "openai", "api_key", base_url="https://proxy.example.com") == ()


def test_openclaw_s_own_rule_for_setup_tokens() -> None:
    assert setup_token_problem(TOKEN) is None
    assert setup_token_problem(TOKEN[:80]) is None
    assert "79" in (setup_token_problem(TOKEN[:79]) or "")
    assert "sk-ant-oat01-" in (setup_token_problem(API_KEY) or "")
