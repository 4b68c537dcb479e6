"""Shapes: every row of the check list that is judged by shape, and no alarm on a key as providers make them."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.credentials.shapes import (
    SETUP_TOKEN,
    TERMINAL_WIDTHS,
    Kind,
    Trouble,
    describe,
    diagnose,
    is_subscription_token,
    truncated,
)
from openclaw.providers.catalog import load
from openclaw.secret import Secret


def made_up(prefix: str, length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    """A key of this total length that shows what it is."""
    body = "FAKE" + alphabet * (length // len(alphabet) + 1)
    return (prefix + body)[:length]


HEX = "0123456789abcdef"
URLSAFE = string.ascii_letters + string.digits + "-_"
API_KEY = made_up("sk-ant-api03-", 108, URLSAFE)
SETUP = made_up(SETUP_TOKEN, 108, URLSAFE)
OPENROUTER = "sk-or-v1-" + HEX * 4
GROQ = made_up("gsk_", 56)
GATEWAY_TOKEN = HEX * 3
OPENAI = made_up("sk-proj-", 164, URLSAFE)

# As the providers make them; the length and the alphabet are right, the value is not.
REAL_LOOKING: list[tuple[str, str]] = [
    ("anthropic", API_KEY),
    ("openai", made_up("sk-proj-", 164, URLSAFE)),
    ("openai", made_up("sk-svcacct-", 167, URLSAFE)),
    ("openai", made_up("sk-", 51)),
    ("openai", made_up("sk-None-", 56)),
    ("openrouter", OPENROUTER),
    ("google", made_up("AIzaSy", 39, URLSAFE)),
    ("google", made_up("AQ.Ab8", 53, URLSAFE)),
    ("google-vertex", made_up("AQ.Ab8", 53, URLSAFE)),
    ("xai", made_up("xai-", 84)),
    ("groq", GROQ),
    ("mistral", made_up("", 32)),
    ("deepseek", "sk-" + HEX * 2),
    ("moonshot", made_up("sk-", 51)),
    ("kimi-coding", made_up("sk-kimi-", 72)),
    ("minimax", made_up("sk-api-", 126, URLSAFE)),
    ("minimax", made_up("sk-cp-", 125, URLSAFE)),
    ("minimax", made_up("eyJhbGciOi", 200, URLSAFE) + ".eyJGQUtF." + made_up("", 342, URLSAFE)),
    ("minimax-portal", made_up("", 64)),
    ("zai", HEX * 2 + "." + made_up("", 16)),
    ("qwen-portal", made_up("", 86, URLSAFE)),
    ("github-copilot", made_up("ghu_", 40)),
    ("github-copilot", made_up("gho_", 40)),
    ("github-copilot", made_up("github_pat_11FAKE_", 93)),
    ("opencode", made_up("sk-", 67)),
    ("vercel-ai-gateway", made_up("vck_", 60)),
    ("cloudflare-ai-gateway", API_KEY),
    ("cloudflare-ai-gateway", made_up("sk-proj-", 164, URLSAFE)),
    ("cloudflare-ai-gateway", made_up("", 40, URLSAFE)),
    ("xiaomi", made_up("sk-", 51)),
    ("synthetic", "syn_" + HEX * 2),
    ("synthetic", "glhf_" + HEX * 2),
    ("venice", made_up("", 43, URLSAFE)),
    ("venice", made_up("VENICE-INFERENCE-KEY-", 64, URLSAFE)),
    ("venice", made_up("vapi_", 41)),
    ("cerebras", made_up("csk-", 52, string.ascii_lowercase + string.digits)),
    ("chutes", "cpk_" + HEX * 2 + "." + HEX * 2 + "." + made_up("", 32)),
    ("huggingface", made_up("hf_", 37)),
    ("deepgram", (HEX * 3)[:40]),
    ("amazon-bedrock", made_up("ABSKQmVkcm9ja0FQSUtleS1", 132) + "="),
    ("azure-openai-responses", made_up("", 84)),
    ("azure-openai-responses", HEX * 2),
    ("openai-codex", made_up("eyJhbGciOi", 900, URLSAFE)),
    ("somebody-new", made_up("sn-", 44)),
    ("somebody-new", GATEWAY_TOKEN),  # hex keys are common among small servers
]


def slugs(troubles: tuple[Trouble, ...]) -> list[str]:
    return [f"{item.slug.removeprefix('credentials/')}:{item.severity}" for item in troubles]


def judged(value: str, provider: str = "anthropic", kind: Kind = "api_key", base_url: str = "") -> list[str]:
    return slugs(diagnose(value, provider, kind, base_url=base_url))


@pytest.mark.parametrize(("provider", "value"), REAL_LOOKING)
@pytest.mark.parametrize("surplus", ["", "/+=", "=="])
def test_no_alarm_on_a_key_as_providers_make_them(provider: str, value: str, surplus: str) -> None:
    assert judged(value + surplus, provider) == []


@pytest.mark.parametrize(("provider", "value"), [row for row in REAL_LOOKING if row[0] != "anthropic"])
def test_keys_saved_as_tokens_are_usual_outside_anthropic(provider: str, value: str) -> None:
    assert judged(value, provider, "token") == []  # `paste-token --provider openrouter` saves it so


def test_every_provider_with_keys_is_in_the_table_above() -> None:
    covered = {provider for provider, _ in REAL_LOOKING}
    wanted = {item.id for item in load().providers if {"api_key", "token"} & set(item.auth) and not item.local}
    assert wanted - covered - {"minimax-cn", "custom"} == set()


@given(st.text(URLSAFE, min_size=20, max_size=120))
def test_no_alarm_on_random_url_safe_text(body: str) -> None:
    assert judged(f"sk-{body}FAKE9", "opencode") == []


@pytest.mark.parametrize(
    "value",
    [
        "__OPENCLAW_REDACTED__",
        "***",
        "********",
        "[REDACTED]",
        "<redacted>",
        "redacted",
        "(hidden)",
        "••••••••",
        "sk-ant-••••••••9QAA",
        "sk-p***FAKE",
        "sk-ant-a...EXAMPLE9",  # as `models status` shows it
        "sk-ant-a…EXAMPLE9",
        "...9QAA",
        '"__OPENCLAW_REDACTED__"',
        "__REDACTED__",
        "**",
        "xxxx-redacted",
        "__REDACTED_SECRET__",
        "sk-ant-[REDACTED]",
        "sk-ant-api03-[REDACTED]",
        "sk-ant-<redacted>",
        "[REDACTED:api_key]",
        "Bearer __OPENCLAW_REDACTED__",
        "ANTHROPIC_API_KEY=__OPENCLAW_REDACTED__",
    ],
)
def test_redacted(value: str) -> None:
    assert judged(value) == ["redacted:error"]
    assert judged(value, "ollama") == ["redacted:error"]  # a redaction damaged the file, whatever the server accepts


@pytest.mark.parametrize(
    "value",
    [
        "",
        "   \n",
        '""',
        "YOUR_API_KEY",
        "your-key-here",
        "your_api_key_here",
        "sk-ant-your-key-here",
        "YOUR_ANTHROPIC_API_KEY",
        "paste your API key here",
        "<your key>",
        "<ANTHROPIC_API_KEY>",
        "{{ api_key }}",
        "{YOUR_KEY}",
        "[your key]",
        "xxx",
        "XXXXXXXX",
        "sk-xxxxxxxxxxxxxxxx",
        "sk-ant-api03-xxxxxxxxxxxxxxxxxxxx",
        "sk-or-v1-xxxx-xxxx-xxxx",
        "AIzaSyXXXXXXXXXXXXXXXX",
        "sk-...",
        "sk-ant-...",
        "sk-ant-…",
        "...",
        "changeme",
        "change-me",
        "REPLACE_ME",
        "undefined",
        "null",
        "None",
        "todo",
        "test",
        "ANTHROPIC_API_KEY",
        "OPENAI_API_KEY",
        "ANTHROPIC_API_KEY=",
        "export ANTHROPIC_API_KEY=your-key-here",
        "Symbol(clack:cancel)",
        "x",
    ],
)
def test_placeholder(value: str) -> None:
    assert judged(value) == ["placeholder:error"]


REFERENCES = ["${ANTHROPIC_API_KEY}", "$ANTHROPIC_API_KEY", " ${_X1} ", '"${OPENAI_API_KEY}"', "$MY_KEY"]


@pytest.mark.parametrize("value", REFERENCES)
def test_a_reference_is_not_a_value(value: str) -> None:
    assert judged(value) == []


@pytest.mark.parametrize("value", REFERENCES)
@pytest.mark.parametrize("base_url", ["", "http://127.0.0.1:1234/v1"])
def test_a_reference_that_nothing_replaces_is_sent_as_it_stands(value: str, base_url: str) -> None:
    found = diagnose(value, "anthropic", "api_key", base_url=base_url, verbatim=True)
    assert slugs(found) == ["placeholder:error"]


@pytest.mark.parametrize(
    "value", ["$aBc9FAKEdEf", "$2b$10$FAKEFAKEFAKEFAKE", "pa$$W0RD", "$", "a${X}b", API_KEY, "US$100"]
)
def test_a_dollar_makes_no_reference(value: str) -> None:
    assert [item.slug for item in diagnose(value, "acme", "api_key", verbatim=True)] == []


@pytest.mark.parametrize(
    "value",
    [
        "sk-1234567890",
        "sk-ant-api03-1234567890",
        "sk-test",
        "sk-ant-api03-test",
        "gsk_example",
        "api-key-goes-here",
        "key_here",
        "put your key here",
        "replace-with-real-key",
        "process.env.ANTHROPIC_API_KEY",
        'os.environ["ANTHROPIC_API_KEY"]',
        "%ANTHROPIC_API_KEY%",
        "$env:ANTHROPIC_API_KEY",
        "${env:ANTHROPIC_API_KEY}",
        "${my_key}",
        "${{ secrets.ANTHROPIC_API_KEY }}",
        "000000000000",
        "abc123",
    ],
)
def test_further_texts_that_are_no_key(value: str) -> None:
    assert judged(value) == ["placeholder:error"]


@pytest.mark.parametrize(
    "value",
    [
        "sk-" + "test" + made_up("", 47),
        made_up("sk-ant-api03-example", 108, URLSAFE),
        made_up("sk-", 140, URLSAFE) + "-redacted-key-here9FAKE",
        "sk-1234567890abcdefFAKE0123",
        "test-" + made_up("", 32),
        "acme_live_4242placeholder9FAKE",
        "hidden9FAKE-masked-77",
        "abcdef0123456789FAKE" * 2,
        "100%FAKE%9",
        "sk-FAKE-0123456789",
        "my-own-key-0123456789",
        "keyhere9" + HEX * 2,
    ],
)
def test_a_word_inside_of_a_long_key_is_chance(value: str) -> None:
    assert judged(value) == []
    assert judged(value, "acme", base_url="https://llm.example.org/v1") == []


@pytest.mark.parametrize("value", ["sk-1234", "sk-1234567890", "abc123", "123456"])
def test_a_server_of_ones_own_may_take_a_short_key(value: str) -> None:
    assert judged(value, "acme", base_url="https://llm.example.org/v1") == []
    assert judged(value, "openai", base_url="http://10.1.2.3:4000") == []
    assert judged("sk-1234", "litellm") == []  # its documented default


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1234/v1",
        "http://localhost:11434",
        "http://192.168.1.4/v1",
        "http://[::1]:8080",
        "http://vllm:8000",
    ],
)
def test_a_local_server_takes_any_text_but_wants_some(url: str) -> None:
    assert judged("", "custom-thing", base_url=url) == ["local-blank:warning"]
    assert judged("  ", "openai", base_url=url) == ["local-blank:warning"]
    for value in ("x", "none", "lmstudio", "sk-no-key-required", "YOUR_API_KEY", GROQ, GATEWAY_TOKEN, "n/a"):
        assert judged(value, "openai", base_url=url) == []


def test_local_providers_need_no_base_url_to_be_local() -> None:
    assert judged("", "ollama") == ["local-blank:warning"]
    assert judged("n/a", "copilot-proxy", "token") == []


@pytest.mark.parametrize(
    "wrapped",
    [
        f'"{API_KEY}"',
        f"'{API_KEY}'",
        f"`{API_KEY}`",
        f"“{API_KEY}”",
        f"‘{API_KEY}’",
        f"Bearer {API_KEY}",
        f"bearer  {API_KEY}",
        f"Authorization: Bearer {API_KEY}",
        f"x-api-key: {API_KEY}",
        f"ANTHROPIC_API_KEY={API_KEY}",
        f"export ANTHROPIC_API_KEY={API_KEY}",
        f"export ANTHROPIC_API_KEY='{API_KEY}';",
        f'export X="{API_KEY}"',
        f"X={API_KEY}",
        f'$env:ANTHROPIC_API_KEY = "{API_KEY}"',
        f'"{API_KEY}",',
        f"{API_KEY};",
        f"\u200b{API_KEY}",
        API_KEY[:40] + "\u200b" + API_KEY[40:],
        API_KEY[:40] + "\ufeff" + API_KEY[40:],
        API_KEY[:72] + "\n" + API_KEY[72:],
        API_KEY[:50] + "\r\n" + API_KEY[50:100] + "\r\n" + API_KEY[100:],
        f' export A_KEY=" {API_KEY} " ; ',
        f"anthropic_api_key={API_KEY}",
        f"my_secret_key = {API_KEY}",
        f'"{API_KEY}',
        f"{API_KEY}'",
        f"”{API_KEY}",
        API_KEY[:40] + " " + API_KEY[40:],
        API_KEY[:40] + "\t" + API_KEY[40:],
        API_KEY[:40] + "\u00a0" + API_KEY[40:],
        API_KEY[:40] + "\x00" + API_KEY[40:],
        f"{API_KEY}\x07",
        f"{API_KEY}\x85",
        f"{API_KEY}\x1f",
        f"{API_KEY}\x00",
        f"\x1b[200~{API_KEY}\x1b[201~",
        f"\x1b[200~{API_KEY}",
        f"[200~{API_KEY}",
    ],
)
def test_whitespace_and_wrapping_is_an_error_with_one_meaning(wrapped: str) -> None:
    (trouble,) = diagnose(wrapped, "anthropic", "api_key")
    assert slugs((trouble,)) == ["whitespace:error"]
    assert trouble.cleaned == Secret(API_KEY)


@pytest.mark.parametrize(
    "wrapped", [f" {API_KEY}", f"{API_KEY}\n", f"{API_KEY}\r\n", f"\ufeff{API_KEY}", f"\u00a0{API_KEY}\t"]
)
def test_outer_white_space_is_a_warning(wrapped: str) -> None:
    (trouble,) = diagnose(wrapped, "anthropic", "api_key")
    assert slugs((trouble,)) == ["whitespace:warning"]
    assert trouble.cleaned == Secret(API_KEY)


@pytest.mark.parametrize(
    "value",
    [
        f"{API_KEY}\n{GROQ}",
        f"{API_KEY} # work",
        f"{API_KEY} work",
        f"{API_KEY}\twork-laptop",
        API_KEY[:40] + " " + API_KEY[41:],  # a character is missing
        API_KEY[:40] + "\t" + API_KEY[40:] + "XY",
        OPENAI[:40] + " " + OPENAI[40:],  # such keys are of any length: it may be a word beside it
        OPENAI + "\tlaptop",
    ],
)
def test_no_meaning_is_guessed(value: str) -> None:
    (trouble,) = diagnose(value, "anthropic", "api_key")
    assert slugs((trouble,)) == ["whitespace:error"]
    assert trouble.cleaned is None


@pytest.mark.parametrize(
    ("wrapped", "severity"),
    [
        (API_KEY[:72] + "\n" + API_KEY[72:], "warning"),
        (API_KEY[:72] + "\u200b" + API_KEY[72:], "warning"),
        (f"“{API_KEY}”", "warning"),
        (f'"{API_KEY}"', "error"),
        (f"Bearer {API_KEY}", "error"),
        (f"X={API_KEY}", "error"),
        (API_KEY[:72] + " " + API_KEY[72:], "error"),
        (API_KEY[:72] + "\n  " + API_KEY[72:], "error"),
    ],
)
def test_newer_versions_strip_more_before_they_send(wrapped: str, severity: str) -> None:
    assert slugs(diagnose(wrapped, "anthropic", "api_key")) == ["whitespace:error"]
    assert slugs(diagnose(wrapped, "anthropic", "api_key", newer=True)) == [f"whitespace:{severity}"]


def test_behind_a_warning_the_cleaned_value_is_judged() -> None:
    assert judged(f"{GROQ}\n", "xai") == ["whitespace:warning", "foreign-key:error"]
    assert judged(f'"{SETUP}"') == ["whitespace:error", "wrong-kind:warning"]


def test_gateway_token() -> None:
    assert judged(GATEWAY_TOKEN) == ["gateway-token-as-key:error"]
    assert judged(GATEWAY_TOKEN, "Z.AI", "token") == ["gateway-token-as-key:error"]
    assert judged(GATEWAY_TOKEN, "openai", base_url="https://llm.example.com/v1") == []
    assert judged(GATEWAY_TOKEN.upper()) == []


@pytest.mark.parametrize(
    ("value", "provider", "owner", "kind"),
    [
        (OPENROUTER, "openai", "openrouter", "api_key"),
        (GROQ, "xai", "groq", "api_key"),
        (made_up("xai-", 84), "groq", "xai", "api_key"),
        (made_up("sk-proj-", 164), "anthropic", "openai", "api_key"),
        (API_KEY, "openai", "anthropic", "api_key"),
        (SETUP, "openrouter", "anthropic", "token"),
        (made_up("AIzaSy", 39), "openai", "google", "api_key"),
        (made_up("AQ.Ab8", 53), "anthropic", "google", "api_key"),
        (made_up("sk-kimi-", 72), "moonshot", "kimi-coding", "api_key"),
        (made_up("ghp_", 40), "anthropic", "github-copilot", "api_key"),
        (made_up("pplx-", 53), "openai", "perplexity", "api_key"),
    ],
)
def test_foreign_key(value: str, provider: str, owner: str, kind: str) -> None:
    (trouble,) = diagnose(value, provider, "api_key")
    assert slugs((trouble,)) == ["foreign-key:error"]
    assert (trouble.provider, trouble.kind) == (owner, kind)


def test_behind_a_base_url_of_ones_own_any_key_may_be_right() -> None:
    assert judged(OPENROUTER, "openai", base_url="https://openrouter.ai/api/v1") == []
    assert judged(API_KEY, "my-proxy") == []
    assert judged(GROQ, "moonshot", base_url="https://api.moonshot.cn/v1") == ["foreign-key:error"]
    assert judged(GROQ, "openai", base_url="https://API.openai.com:443/v1") == ["foreign-key:error"]


@pytest.mark.parametrize("value", [made_up("sk-", 51), "sk-" + HEX * 2, made_up("", 40)])
@pytest.mark.parametrize("provider", ["openai", "anthropic", "deepseek", "moonshot", "xai", "groq", "opencode"])
def test_a_bare_sk_says_nothing(value: str, provider: str) -> None:
    assert judged(value, provider) == []


@pytest.mark.parametrize(
    "value",
    [
        made_up("sk-ant-sid01-", 120, URLSAFE),
        made_up("sk-ant-admin01-", 108, URLSAFE),
        made_up("sk-ant-ort01-", 108, URLSAFE),
        made_up("sk-admin-", 164, URLSAFE),
        made_up("", 43, URLSAFE) + "#" + made_up("", 43, URLSAFE),
        "https://console.anthropic.com/settings/keys",
        "localhost:1455/auth/callback?code=FAKE",
        "op://vault/anthropic/key",
        '{"type": "api_key", "key": "FAKE"}',
        '{\n  "claudeAiOauth": {"accessToken": "FAKE"}\n}',
        '["FAKE"]',
        "openclaw onboard --auth-choice apiKey",
        "$ openclaw models auth paste-token --provider anthropic",
        "npx openclaw onboard",
        "claude setup-token",
        "!op read secret",
        "-----BEGIN PRIVATE KEY-----\nRkFLRQ==\n-----END PRIVATE KEY-----",
    ],
)
@pytest.mark.parametrize("provider", ["anthropic", "openrouter"])
def test_what_cannot_work_where_it_stands(value: str, provider: str) -> None:
    for kind in ("api_key", "token"):
        assert slugs(diagnose(value, provider, kind)) == ["wrong-kind:error"]


def test_a_type_that_disagrees_with_the_value_works_but_misleads() -> None:
    (saved_as_key,) = diagnose(SETUP, "anthropic", "api_key")
    (saved_as_token,) = diagnose(API_KEY, "anthropic", "token")
    assert slugs((saved_as_key, saved_as_token)) == ["wrong-kind:warning", "wrong-kind:warning"]
    assert (saved_as_key.kind, saved_as_token.kind) == ("token", "api_key")
    assert judged(SETUP, "anthropic", "token") == []


def test_a_setup_token_with_a_hash_inside_is_left_alone() -> None:
    assert judged(SETUP + "#" + made_up("", 43), "anthropic", "token") == []


def test_describe_names_what_a_text_is() -> None:
    assert describe("openclaw onboard") == "a command line"
    assert describe("https://example.com") == "a web address"
    assert describe(API_KEY) == ""


def test_subscription_tokens() -> None:
    assert is_subscription_token(SETUP)
    assert is_subscription_token(f" {SETUP}")  # contains, as in the reference
    assert not is_subscription_token(API_KEY)


@pytest.mark.parametrize("length", sorted({40, 79, *TERMINAL_WIDTHS}))
def test_truncated(length: int) -> None:
    trouble = truncated(made_up(SETUP_TOKEN, length))
    assert trouble is not None
    assert slugs((trouble,)) == ["truncated:warning"]
    assert str(length) in trouble.what


@pytest.mark.parametrize("value", [SETUP, made_up(SETUP_TOKEN, 81), API_KEY[:80], "sk-ant-oat02-FAKE", ""])
def test_not_truncated(value: str) -> None:
    assert truncated(value) is None


@given(
    st.text(max_size=60),
    st.sampled_from(["anthropic", "openai", "ollama", "nobody"]),
    st.sampled_from(["api_key", "token"]),
)
def test_any_text_is_judged_and_never_shown(text: str, provider: str, kind: Kind) -> None:
    secret = f"sk-ant-{text}EXAMPLE"
    for trouble in diagnose(secret, provider, kind):
        assert secret not in repr(trouble)
        assert "EXAMPLE" not in trouble.what


@pytest.mark.parametrize("char", ["x", "{", "your-", '"', "a\n", "***", " ", "[", ".", "A_", "-y"])
def test_long_values_take_no_long_time(char: str) -> None:
    judged(char * 60_000)  # quadratic patterns would take minutes
    judged("{" + char * 60_000 + "!")
