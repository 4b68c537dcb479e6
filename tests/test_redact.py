"""Nothing that came from elsewhere is shown with a secret in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.errors import Failure
from openclaw.failing import explain
from openclaw.redact import in_arguments, scrub
from openclaw.secret import Secret

BODY = "FAKE0EXAMPLE0FAKE0EXAMPLE0FAKE"


@pytest.mark.parametrize(
    "secret",
    [
        f"sk-ant-api03-{BODY}",
        f"sk-ant-oat01-{BODY}",
        f"sk-proj-{BODY}",
        f"sk-or-v1-{BODY}",
        f"sk-{BODY}",
        f"gsk_{BODY}",
        f"xai-{BODY}",
        f"AIza{BODY}",
        f"AQ.{BODY}",
        f"ya29.{BODY}",
        f"ghp_{BODY}",
        f"gho_{BODY}",
        f"github_pat_{BODY}",
        f"hf_{BODY}",
        f"nvapi-{BODY}",
        f"pplx-{BODY}",
        f"vck_{BODY}",
        f"csk-{BODY}",
        f"xoxb-{BODY}",
        "AKIAFAKEFAKEFAKEFAKE",
        f"eyJ{BODY}.eyJ{BODY}.{BODY}",
    ],
)
@pytest.mark.parametrize("around", ["{}", "x {} y", '"{}"', "KEY={}", "({})", "'{}',", "https://h/?key={}", "\n{}\n"])
def test_well_known_shapes(secret: str, around: str) -> None:
    shown = scrub(around.format(secret))
    assert secret[:-4] not in shown
    assert BODY[:12] not in shown
    assert "<secret" in shown


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("ANTHROPIC_API_KEYsk-ant-api03-FAKEFAKEFAKE", "FAKEFAKE"),
        ("Authorization: Bearer abcdefgh12345678", "abcdefgh"),
        ("authorization: bearer abcdefgh12345678", "abcdefgh"),
        ("x-api-key: 0123456789abcdef", "01234567"),
        ("MISTRAL_API_KEY=0123456789abcdef", "01234567"),
        ("MISTRAL_API_KEY='0123456789abcdef'", "01234567"),
        ('{"apiKey": "0123456789abcdef"}', "01234567"),
        ('"refresh_token":"0123456789abcdef"', "01234567"),
        ("password: hunter2hunter2", "hunter2"),
        ("token: FAKE-EXAMPLE-FAKE-EXAMPLE", "FAKE"),
        ("password = hunter2hunter2", "hunter2"),
        ('export XAI_API_KEY="$X_API_KEY-and-more-0123"', "and-more"),
        ("DB_PASSWORD='$ecret-hunter2hunter2'", "hunter2"),
        ("DB_PASSWORD=$2b$12$FAKEFAKEFAKEFAKE", "FAKEFAKE"),
        ("DB_PASSWORD=$hunter2hunter2", "hunter2"),
        ("proxy http://user:pa55word@proxy:3128 refused", "pa55word"),
    ],
)
def test_secrets_of_any_shape_in_well_known_places(text: str, hidden: str) -> None:
    shown = scrub(text)
    assert hidden not in shown
    assert "<secret" in shown


@pytest.mark.parametrize(
    "text",
    [
        "the disk-encryption-module of task-scheduler-service",
        "models.providers.x.apiKey at line 3",
        '"apiKey": "${DEEPSEEK_API_KEY}" is a reference',
        "anthropic/claude-opus-4-5-20251101",
        "~/.openclaw/agents/main/agent/auth-profiles.json:12:7: not valid JSON",
        'export XAI_API_KEY="$X_API_KEY"',
        "export XAI_API_KEY=$X_API_KEY",
        "export OPENCLAW_GATEWAY_TOKEN='$CLAWDBOT_GATEWAY_TOKEN'; env",
        'curl -H "Authorization: Bearer $ANTHROPIC_API_KEY" https://example.com',
        "token expired 3 days ago",
        "OPENAI_API_KEY: Unquoted #, where Node ends the value: Node reads 5 characters, sh reads 12 characters",
        "GATEWAY_TOKEN: Something that sh takes only inside quotes",
        "A_SECRET: Because of another line: systemd does not read it",
        "http://127.0.0.1:18789/healthz",
        "sha256 1a2b3c4d",
        "<secret …AbCd>",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert scrub(text) == text


def test_known_values_go_whatever_they_look_like() -> None:
    known = [Secret("correct horse"), Secret("correct horse battery staple"), Secret("abc"), Secret("two\nlines!")]
    shown = scrub("correct horse battery staple, correct horse, abc, two\nlines!", known)
    assert shown == "<secret …aple>, <secret>, abc, <secret>"


@given(st.text(alphabet="abcXYZ019-_", min_size=8, max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_a_known_value_never_survives(value: str, before: str, after: str) -> None:
    # The longest part that may be shown are the last 4 characters.
    shown = scrub(f"{before}{value}{after}", [Secret(value)])
    assert value not in shown or value in scrub(before) + scrub(after) or value in before + after


@given(st.text())
def test_scrubbed_text_is_one_printable_line_and_stays_so(text: str) -> None:
    shown = scrub(text)
    assert shown.isprintable()
    assert scrub(shown).isprintable()


@pytest.mark.parametrize(
    ("argument", "secret"),
    [
        ("0123456789abcdef0123456789abcdef", True),
        ("--token=0123456789abcdef0123", True),
        ("paste-token", False),
        ("claude-opus-4-5-20251101", False),
        ("anthropic:work", False),
        ("/tmp/0123456789abcdef0123", False),
        ("6f1c1a9e-1c3b-4c7e-9a55-0123456789ab", False),
        ("internationalization", False),
        ("1770000000000000000", False),
    ],
)
def test_arguments_that_may_be_secrets(argument: str, secret: bool) -> None:
    assert bool(in_arguments([argument])) == secret


@pytest.mark.parametrize("arguments", [["models"], ["models", "--json"], ["doctor", "--json"]])
def test_an_explained_failure_has_no_secret(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, unshaped = f"sk-ant-api03-{BODY}", "0123456789abcdef0123456789abcdef"
    failure = Failure(f"no {secret} {unshaped}", hint=f"try {secret}", commands=(f"echo {secret} {unshaped}",))
    explain(failure, [*arguments, unshaped])
    out, err = capsys.readouterr()
    for text in (out, err):
        assert BODY not in text
        assert unshaped not in text
    assert err.startswith("Error: no <secret")
    assert bool(out) == ("--json" in arguments)
    if out:
        assert json.loads(out)["error"]["type"] == "failed"
