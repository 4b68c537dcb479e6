"""`openclaw onboard` without a terminal: every flag, what it refuses, and what it leaves alone."""

from __future__ import annotations

import json
import os
import shlex
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from openclaw.errors import UsageFailure
from wizard.options import Options
from wizard.prefilling import prefill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.wizard.conftest import House, Result
    from wizard.facts import Facts

KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
OPENAI = "sk-proj-FAKE0123456789abcdefghij0123456789"
TOKEN = "FAKE-gateway-token-that-stays-as-it-is-0"
COMMENTED = f"""// my gateway
{{
  gateway: {{ mode: 'local', port: 19999, auth: {{ mode: "token", token: "{TOKEN}" }} }}, // mine
  /* what agents do */
  agents: {{ defaults: {{ workspace: "~/ws" }} }},
  "x-unknown": [1, 2, ], // stays
}}
"""


def modes(house: House) -> dict[str, int]:
    """The permission bits below the state directory, itself included."""
    paths = [house.state, *house.state.rglob("*")]
    return {str(path.relative_to(house.path)): stat.S_IMODE(path.stat().st_mode) for path in paths}


def assert_no_secret(house: House, result: Result, *secrets: str) -> None:
    """A secret is in the files that are to hold it, and nowhere else: not in output, not in our own journal."""
    journal = b"".join(
        path.read_bytes() for path in (house.path / ".local").rglob("receipt.json") if path.is_file()
    ).decode()
    for secret in secrets:
        for text in (result.out, result.err, journal):
            assert secret not in text
            assert secret[:24] not in text


# --- what is written ------------------------------------------------------------------------------------------------


def test_a_fresh_home(house: House) -> None:
    result = house.onboard(
        "--non-interactive", "--provider", "anthropic", "--key-env", "SOME_KEY", env={"SOME_KEY": KEY}
    )
    assert result.code == 0, result.err
    config = json.loads(house.config.read_text())
    assert config["gateway"]["mode"] == "local"
    assert len(config["gateway"]["auth"]["token"]) == 48
    assert config["agents"]["defaults"]["model"]["primary"] == "anthropic/claude-opus-4-5"
    assert house.env_file.read_text() == f"ANTHROPIC_API_KEY={KEY}\n"
    assert modes(house) == {".openclaw": 0o700, ".openclaw/openclaw.json": 0o600, ".openclaw/.env": 0o600}
    assert_no_secret(house, result, KEY, config["gateway"]["auth"]["token"])
    assert "Review" in result.out
    assert "--key-env SOME_KEY" in result.out
    assert "undo" in result.out
    assert "Doctor" in result.out


def test_the_document(house: House) -> None:
    result = house.onboard("--json", "--provider", "anthropic", "--key-stdin", stdin=f"{KEY}\n".encode())
    assert result.document == {
        "ok": True,
        "changed": True,
        "provider": "anthropic",
        "method": "api-key",
        "store": "env",
        "variable": "ANTHROPIC_API_KEY",
        "agent": "main",
        "agents": [{"agent": "main", "store": "env", "variable": "ANTHROPIC_API_KEY"}],
        "files": [str(house.config), str(house.env_file)],
        "receipt": "1",
        "undo": [{"text": "Written. To take it back", "command": f"{shlex.quote(sys.executable)} -m openclaw undo"}],
        "proven": True,
        "verified": "unreached",
        "service": result.document["service"],
        "monitoring": None,
        "notes": ["Saved, not verified: The proxy could not be reached."],
        "doctor": {"errors": 0, "warnings": 0},
    }
    assert result.document["service"]["state"] == "pending"  # there is no OpenClaw here yet
    assert "npm install -g openclaw@latest" in result.document["service"]["commands"]
    assert "Review" in result.err


def test_the_same_again_changes_nothing(house: House) -> None:
    arguments = ("--json", "--provider", "anthropic", "--key-stdin")
    assert house.onboard(*arguments, stdin=KEY.encode()).code == 0
    before = house.snapshot()
    again = house.onboard(*arguments, stdin=KEY.encode())
    assert (again.code, again.document["changed"], again.document["receipt"]) == (0, False, None)
    assert house.snapshot() == before


def test_an_existing_config_keeps_every_other_byte(house: House) -> None:
    house.write(house.config, COMMENTED)
    result = house.onboard(
        "--non-interactive", "--provider", "deepseek", "--key-env", "K", env={"K": "sk-FAKE" + "a1" * 16}
    )
    assert result.code == 0, result.err
    after = house.config.read_text()
    kept = [line for line in COMMENTED.splitlines() if "agents:" not in line]
    assert [line for line in after.splitlines() if line in kept] == kept
    assert "${DEEPSEEK_API_KEY}" in after
    assert "deepseek/deepseek-chat" in after
    assert TOKEN not in result.out


def test_a_config_that_needs_nothing_is_not_touched(house: House) -> None:
    house.write(house.config, COMMENTED.replace('"~/ws"', '"~/ws", model: "anthropic/claude-opus-4-5"'))
    before = house.config.read_bytes()
    result = house.onboard("--json", "--provider", "anthropic", "--store", "env", "--key-stdin", stdin=KEY.encode())
    assert (result.code, result.document["files"]) == (0, [str(house.env_file)])
    assert house.config.read_bytes() == before


def test_other_lines_of_the_env_file_stay(house: House) -> None:
    house.write(house.env_file, f"# mine\nOTHER='kept'\nANTHROPIC_API_KEY={OTHER_KEY}\n")
    result = house.onboard("--non-interactive", "--provider", "anthropic", "--key-stdin", stdin=KEY.encode())
    assert result.code == 0
    assert house.env_file.read_text() == f"# mine\nOTHER='kept'\nANTHROPIC_API_KEY={KEY}\n"
    assert "is replaced" in " ".join(result.out.split())
    assert_no_secret(house, result, KEY, OTHER_KEY)


def test_a_profile(house: House) -> None:
    result = house.onboard(
        "--json", "--provider", "anthropic", "--store", "profile", "--profile-id", "anthropic:work", "--key-stdin",
        stdin=KEY.encode(),
    )  # fmt: skip
    assert (result.code, result.document["profileId"]) == (0, "anthropic:work")
    stored = json.loads(house.store.read_text())["profiles"]
    assert stored == {"anthropic:work": {"type": "api_key", "provider": "anthropic", "key": KEY}}
    declared = json.loads(house.config.read_text())["auth"]["profiles"]
    assert declared == {"anthropic:work": {"provider": "anthropic", "mode": "api_key"}}
    assert not house.env_file.exists()
    assert set(modes(house).values()) == {0o600, 0o700}
    assert_no_secret(house, result, KEY)


def test_another_agent(house: House) -> None:
    house.write(house.config, '{"gateway": {"mode": "local"}, "agents": {"list": [{"id": "main"}, {"id": "work"}]}}')
    arguments = ("--json", "--provider", "openai", "--store", "profile", "--key-stdin")
    result = house.onboard(*arguments, "--agent", "work", stdin=OPENAI.encode())
    assert (result.code, result.document["agent"]) == (0, "work")
    assert (house.state / "agents/work/agent/auth-profiles.json").exists()
    assert house.onboard(*arguments, "--agent", "nobody", stdin=OPENAI.encode()).code == 2


def test_a_setup_token(house: House) -> None:
    result = house.onboard(
        "--json", "--provider", "anthropic", "--method", "setup-token", "--key-stdin", stdin=SETUP.encode()
    )
    assert (result.document["method"], result.document["variable"]) == ("setup-token", "ANTHROPIC_OAUTH_TOKEN")
    assert house.env_file.read_text() == f"ANTHROPIC_OAUTH_TOKEN={SETUP}\n"


def test_a_setup_token_is_known_by_its_beginning(house: House) -> None:
    result = house.onboard("--json", "--provider", "anthropic", "--key-stdin", stdin=SETUP.encode())
    assert result.document["method"] == "setup-token"


def test_a_custom_service(house: House) -> None:
    result = house.onboard(
        "--json", "--provider", "my-proxy", "--base-url", "https://llm.example.com/v1", "--api", "anthropic-messages",
        "--model", "big-1", "--key-stdin", stdin=b"FAKE0123456789abcdef0123456789",
    )  # fmt: skip
    assert (result.code, result.document["variable"]) == (0, "MY_PROXY_API_KEY")
    entry = json.loads(house.config.read_text())["models"]["providers"]["my-proxy"]
    assert entry["apiKey"] == "${MY_PROXY_API_KEY}"
    assert entry["api"] == "anthropic-messages"


def test_a_model_that_is_asked_for(house: House) -> None:
    result = house.onboard(
        "--json",
        "--provider",
        "openrouter",
        "--model",
        "openai/gpt-x",
        "--key-stdin",
        stdin=b"sk-or-v1-FAKE0123456789abcdef01",
    )
    assert result.code == 0
    model = json.loads(house.config.read_text())["agents"]["defaults"]["model"]
    assert model == {"primary": "openrouter/openai/gpt-x"}


def test_a_key_file(house: House, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"export OPENAI_API_KEY='{OPENAI}'\n")
    result = house.onboard("--json", "--provider", "openai", "--key-file", str(file))
    assert result.code == 0
    assert house.env_file.read_text() == f"OPENAI_API_KEY={OPENAI}\n"
    assert "Removed" in result.err
    missing = house.onboard("--json", "--provider", "openai", "--key-file", str(tmp_path / "nothing"))
    assert (missing.code, missing.document["ok"]) == (2, False)
    assert str(tmp_path / "nothing") in missing.err


def test_a_key_file_that_is_a_pipe_is_not_waited_for(house: House, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    result = house.onboard("--json", "--provider", "openai", "--key-file", str(tmp_path / "pipe"))
    assert result.code == 2
    assert "is not a regular file" in result.err


def test_a_wrapped_token_is_joined(house: House) -> None:
    wrapped = f"{SETUP[:79]}\n{SETUP[79:]}\n"
    result = house.onboard("--json", "--provider", "anthropic", "--key-stdin", stdin=wrapped.encode())
    assert result.code == 0, result.err
    assert house.env_file.read_text() == f"ANTHROPIC_OAUTH_TOKEN={SETUP}\n"
    assert "Joined 2 lines" in result.err


def test_no_credential_was_wanted(house: House) -> None:
    result = house.onboard("--json", "--auth-choice", "skip")
    assert (result.code, result.document["provider"], result.document["proven"]) == (0, None, None)
    assert json.loads(house.config.read_text())["gateway"]["mode"] == "local"
    assert not house.env_file.exists()


# --- the reference program's flags ----------------------------------------------------------------------------------


def test_a_key_flag_implies_the_rest_and_warns(house: House) -> None:
    result = house.onboard(
        "--non-interactive", "--accept-risk", "--skip-health", "--flow", "quickstart", "--openai-api-key", OPENAI
    )
    assert result.code == 0, result.err
    assert house.env_file.read_text() == f"OPENAI_API_KEY={OPENAI}\n"
    assert "--openai-api-key shows the secret" in result.err
    assert "--skip-health has no effect" in result.err
    assert "--accept-risk" not in result.err
    assert_no_secret(house, result, OPENAI)


def test_a_token_with_the_reference_programs_flags(house: House) -> None:
    result = house.onboard(
        "--json", "--auth-choice", "token", "--token-provider", "anthropic", "--token", SETUP,
        "--token-profile-id", "anthropic:ci", "--token-expires-in", "2d",
    )  # fmt: skip
    assert (result.code, result.document["profileId"]) == (0, "anthropic:ci"), result.err
    (profile,) = json.loads(house.store.read_text())["profiles"].values()
    assert profile == {
        "type": "token",
        "provider": "anthropic",
        "token": SETUP,
        "expires": 1_770_000_000_000 + 2 * 86_400_000,
    }


@pytest.mark.parametrize(
    ("choice", "provider"),
    [
        ("apiKey", "anthropic"),
        ("gemini-api-key", "google"),
        ("ai-gateway-api-key", "vercel-ai-gateway"),
        ("token", "anthropic"),
    ],
)
def test_auth_choices(choice: str, provider: str, house: House, facts_of: Callable[..., Facts]) -> None:
    given = prefill(Options(auth_choice=choice), facts_of(house), house.call())
    assert not given.troubles
    assert given.answers.text("provider") == provider


# --- refused before anything is written -----------------------------------------------------------------------------

BAD: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    ((), ("--provider", "--key-file")),
    (("--provider", "anthropic"), ("--key-stdin",)),
    (("--provider", "nobody"), ("--provider", "mistral")),
    (("--provider", "google-vertex"), ("Vertex", "real onboard")),
    (("--provider", "custom"), ("--base-url", "--model", "--key-file")),
    (("--provider", "mine", "--base-url", "ftp://x", "--model", "m"), ("--base-url", "https://")),
    (("--provider", "anthropic", "--base-url", "https://x.example"), ("only for a custom",)),
    (("--provider", "openai", "--method", "setup-token"), ("only Anthropic",)),
    (("--provider", "openai", "--anthropic-api-key", KEY), ("different providers", "--anthropic-api-key")),
    (("--auth-choice", "openai-api-key", "--anthropic-api-key", KEY), ("different providers",)),
    (("--anthropic-api-key", KEY, "--method", "setup-token"), ("different methods",)),
    (("--anthropic-api-key", KEY, "--key-env", "HOME"), ("more than once",)),
    (("--provider", "openai", "--store", "env", "--profile-id", "openai:x"), ("contradict",)),
    (("--provider", "openai", "--profile-id", "x"), ("openai:default",)),
    (("--provider", "openai", "--key-env", "NOT_SET"), ("NOT_SET",)),
    (("--provider", "openai", "--key-env", "HOME", "--store", "elsewhere"), ("--store: it is one of env or profile",)),
    (("--method", "magic"), ("api-key or setup-token",)),
    (("--auth-choice", "apikey"), ("apiKey", "openai-api-key")),
    (("--auth-choice", "skip", "--openai-api-key", OPENAI), ("contradict",)),
    (("--token", SETUP, "--token-expires-in", "soon"), ("--token-expires-in",)),
    (("--openai-api-key", "gsk_FAKE0123456789abcdef0123456789abcdef"), ("groq", "--use-anyway")),
    (("--openai-api-key", "your-api-key"), ("--use-anyway",)),
    (("--openai-api-key", ""), ("--openai-api-key: it is empty",)),
    (("--auth-choice", "chutes"), ("openclaw real onboard --auth-choice chutes",)),
    (("--auth-choice", "qwen-portal"), ("openclaw real onboard --auth-choice qwen-portal",)),
    (("--install-daemon", "--skip-daemon"), ("--install-daemon", "contradicts")),
    (("--install-daemon", "--daemon-runtime", "bun"), ("--daemon-runtime bun",)),
    (("--daemon-runtime", "deno"), ("node or bun",)),
    (("--flow", "bogus"), ("quickstart",)),
    (
        ("--gateway-port", "99999", "--gateway-bind", "moon"),
        ("1 to 65535", "loopback", "3 problems", "--auth-choice skip"),
    ),
    (("--gateway-port", "abc"), ("1 to 65535",)),
    (("--gateway-auth", "password"), ("--gateway-password",)),
    (("--gateway-bind", "lan", "--tailscale", "serve"), ("contradict",)),
    (("--mode", "remote"), ("--remote-url",)),
    (("--mode", "remote", "--remote-url", "notaurl"), ("ws://",)),
    (("--remote-url", "ws://gateway.example:18789"), ("--mode remote",)),
    (("--mode", "elsewhere"), ("local or remote",)),
    (("--node-manager", "yarn"), ("npm, pnpm or bun",)),
    (("--handling", "keep", "--openai-api-key", OPENAI), ("contradict",)),
    (("--reset", "--handling", "keep"), ("contradict",)),
    (("--resume", "--restart"), ("contradict",)),
    (("--print-answers",), ("--json and --print-answers",)),
    (("--answers", "nowhere.toml"), ("nowhere.toml", "cannot be read")),
    (("--auth-choice", "cloudflare-ai-gateway-api-key", "--key-env", "HOME"), ("account-id", "gateway-id")),
    (("--no-such-flag",), ("--no-such-flag",)),
]


@pytest.mark.parametrize(("arguments", "told"), BAD, ids=[" ".join(item[0])[:50] or "nothing" for item in BAD])
def test_bad_flags_change_nothing(
    arguments: tuple[str, ...],
    told: tuple[str, ...],
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from openclaw.cli import run

    for name, value in house.environment().items():
        monkeypatch.setenv(name, value)
    for name in ("ANTHROPIC_API_KEY", "OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(house.path)
    assert run(["onboard", "--json", *arguments]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["ok"] is False
    assert [text for text in told if text not in err] == []
    assert house.snapshot() == {}
    for secret in (KEY, SETUP, OPENAI):
        assert secret not in out + err


def test_what_looks_wrong_can_be_used_anyway(house: House) -> None:
    key = "gsk_FAKE0123456789abcdef0123456789abcdef"
    result = house.onboard("--json", "--provider", "openai", "--key-stdin", "--use-anyway", stdin=key.encode())
    assert result.code == 0
    assert any("anyway" in note for note in result.document["notes"])


def test_no_terminal_and_no_flag(house: House) -> None:
    result = house.onboard()
    assert result.code == 2
    assert "not a terminal" in result.err
    assert "onboard --non-interactive" in result.err
    assert house.snapshot() == {}


# --- an installation that is not as it should be --------------------------------------------------------------------


def test_a_broken_config_stops_before_anything(house: House) -> None:
    house.write(house.config, '{\n  "gateway": {\n    "mode": local\n')
    before = house.snapshot()
    result = house.onboard("--json", "--provider", "openai", "--key-stdin", stdin=OPENAI.encode())
    assert (result.code, result.document["ok"]) == (1, False)
    assert "~/.openclaw/openclaw.json:3:" in result.err
    assert "openclaw onboard --reset" in result.err
    assert house.snapshot() == before


BROKEN = b'{\n  "gateway": oops, // \xc3\xa9\r\n\t}\n\n'


@pytest.mark.parametrize("content", [BROKEN, b"", b"\xff\xfe", b"[1]", b'{"$include": "./nothing.json"}'])
@pytest.mark.parametrize("name", ["openclaw.json", "agents/main/agent/auth-profiles.json", ".env"])
def test_what_cannot_be_read_is_moved_away_by_a_reset_and_comes_back(name: str, content: bytes, house: House) -> None:
    path = house.state / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    before = house.snapshot()
    flags = ("--json", "--provider", "openai", "--store", "env", "--key-stdin", "--reset")
    refused = house.onboard(*flags, stdin=OPENAI.encode())
    assert (refused.code, "--reset --yes" in refused.err, house.snapshot()) == (2, True, before)
    done = house.onboard(*flags, "--yes", stdin=OPENAI.encode())
    assert (done.code, done.document["proven"]) == (0, True), done.err
    (moved,) = [item for item in (house.path / ".local").rglob(path.name) if "/reset-" in str(item)]
    assert moved.read_bytes() == content
    import subprocess
    import sys

    command = [sys.executable, "-m", "openclaw", "undo"]
    undone = subprocess.run(command, env=house.environment(), cwd=house.path, capture_output=True, check=False)
    assert undone.returncode == 0, undone.stderr.decode()
    assert {key: item for key, item in house.snapshot().items() if not key.startswith(".local")} == before


@pytest.mark.parametrize("text", ["", "{broken", '{"profiles": 1}', "[]"])
def test_a_broken_store_is_never_written_over(text: str, house: House) -> None:
    house.write(house.store, text)
    before = house.snapshot()
    result = house.onboard("--json", "--provider", "openai", "--store", "profile", "--key-stdin", stdin=OPENAI.encode())
    assert result.code == 1
    assert "~/.openclaw/agents/main/agent/auth-profiles.json" in " ".join(result.err.split())
    assert house.snapshot() == before


def test_a_variable_that_the_config_misses_can_be_set(house: House) -> None:
    entry = '{"baseUrl": "https://api.deepseek.com", "api": "openai-completions", "apiKey": "${DEEPSEEK_API_KEY}"}'
    house.write(house.config, f'{{"gateway": {{"mode": "local"}}, "models": {{"providers": {{"deepseek": {entry}}}}}}}')
    result = house.onboard(
        "--json", "--provider", "deepseek", "--store", "env", "--key-stdin", stdin=b"sk-FAKE0123456789abcdef"
    )
    assert result.code == 0, result.err
    assert "refers to a variable that is not set" in " ".join(result.err.split())


def test_a_stored_profile_in_front_must_be_settled(house: House) -> None:
    house.profiles(anthropic__default={"type": "api_key", "provider": "anthropic", "key": OTHER_KEY})
    arguments = ("--json", "--provider", "anthropic", "--key-stdin")
    before = house.snapshot()
    open_question = house.onboard(*arguments, "--store", "env", stdin=KEY.encode())
    assert open_question.code == 2
    assert "--existing replace" in open_question.err
    assert house.snapshot() == before
    kept = house.onboard(*arguments, "--store", "env", "--existing", "keep", stdin=KEY.encode())
    assert (kept.code, kept.document["proven"], kept.document["changed"]) == (1, False, True)
    replaced = house.onboard(*arguments, "--store", "env", "--existing", "replace", stdin=KEY.encode())
    assert (replaced.code, replaced.document["profileId"]) == (0, "anthropic:default")
    assert OTHER_KEY not in house.store.read_text()


def test_another_value_in_this_shell_is_told(house: House) -> None:
    env = {"ANTHROPIC_API_KEY": OTHER_KEY}
    result = house.onboard("--json", "--provider", "anthropic", "--key-stdin", stdin=KEY.encode(), env=env)
    assert result.code == 0
    assert any("unset ANTHROPIC_API_KEY" in note for note in result.document["notes"])


def test_a_failure_of_the_flags_is_a_usage_failure(house: House, facts_of: Callable[..., Facts]) -> None:
    from wizard.front.flags import failure

    assert isinstance(failure(["one", "two"]), UsageFailure)
    assert "2 problems: one; two" in failure(["one", "two"]).message
