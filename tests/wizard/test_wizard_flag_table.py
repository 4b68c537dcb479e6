"""Every flag of OpenClaw's own non-interactive onboarding (wizard-doctor-spec §2.12): what it does here, on files.

The installation has a gateway token, a port and a key; whatever a row does not name stays as it is, byte by byte.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.wizard.inside import Inside
from wizard.choices import KEY_FLAGS, THEIR_CHOICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.wizard.conftest import House

KEY = "FAKE0123456789abcdef0123456789abcdef"
OF = {
    "anthropic-api-key": "sk-ant-api03-FAKE" + "aB3_" * 22,
    "openai-api-key": "sk-proj-FAKE0123456789abcdefghij0123456789",
    "openrouter-api-key": "sk-or-v1-FAKE0123456789abcdef0123456789",
    "gemini-api-key": "AIzaFAKE0123456789abcdefghijklmnopqrstu",
    "xai-api-key": "xai-FAKE0123456789abcdef0123456789abcdef",
    "groq-api-key": "gsk_FAKE0123456789abcdef0123456789abcdef",
}
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
TOKEN = "FAKE-gateway-token-that-stays-as-it-is-0"
CONFIG: dict[str, Any] = {
    "gateway": {"mode": "local", "port": 18789, "auth": {"mode": "token", "token": TOKEN}, "x-mine": [1]},
    "agents": {"defaults": {"model": {"primary": "mistral/mistral-large-latest", "fallbacks": ["openai/gpt-5.1"]}}},
}
ENV = "# mine\nMISTRAL_API_KEY=FAKE0123456789abcdef0123456789aa\n"


@dataclass(frozen=True)
class Row:
    """A command line and what comes of it; nothing else may. `refused` and `said` are what must be read."""

    arguments: tuple[str, ...]
    config: Mapping[str, Any] = field(default_factory=dict)  # dotted path → value
    env: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""
    said: str = ""

    @property
    def name(self) -> str:
        """For the list of tests; made-up secrets are left out."""
        return " ".join(item for item in self.arguments if "FAKE" not in item)


def row(*arguments: str, **expected: Any) -> Row:
    """A row, with the config paths as keywords in `config`."""
    return Row(arguments, **expected)


SKIP = ("--auth-choice", "skip")
TOKENS = ("--auth-choice", "token", "--token-provider", "anthropic", "--token", SETUP)
TOKEN_PROFILE = {"type": "token", "provider": "anthropic", "token": SETUP}
LOCAL = [
    row("--accept-risk", *SKIP),
    row("--mode", "local", *SKIP),
    row("--mode", "remote", "--remote-url", "ws://10.0.0.1:18789",
        config={"gateway.mode": "remote", "gateway.remote.url": "ws://10.0.0.1:18789"}),
    row("--mode", "nowhere", *SKIP, refused="--mode: it is one of local or remote"),
    row("--flow", "quickstart", *SKIP),
    row("--flow", "advanced", *SKIP),
    row("--flow", "manual", *SKIP),
    row("--flow", "bogus", *SKIP, refused="--flow: it is one of quickstart, advanced or manual"),
    row("--workspace", "~/w", config={"agents.defaults.workspace": "HOME/w"}),
    row("--workspace", "w", config={"agents.defaults.workspace": "HOME/w"}),
    row("--workspace", "", refused="--workspace: it is empty"),
    row("--reset", *SKIP, refused="--reset --yes"),
    row("--auth-choice", "skip"),
    row("--auth-choice", "apiKey", refused="missing: Anthropic API key"),
    row("--auth-choice", "typo", refused="--auth-choice: it is one of apiKey"),
    *(row("--auth-choice", name, refused=f"real onboard --auth-choice {name}") for name in THEIR_CHOICES),
    row("--gateway-port", "18790", config={"gateway.port": 18790}),
    row("--gateway-port", "abc", refused="a port is a number from 1 to 65535"),
    row("--gateway-port", "0", refused="a port is a number from 1 to 65535"),
    row("--gateway-port", "-1", refused="a port is a number from 1 to 65535"),
    row("--gateway-port", "99999", refused="a port is a number from 1 to 65535"),
    *(row("--gateway-bind", to, config={"gateway.bind": to}) for to in ("loopback", "lan", "tailnet", "auto")),
    row("--gateway-bind", "custom", refused="gateway.customBindHost"),
    row("--gateway-bind", "moon", refused="--gateway-bind: it is one of loopback, lan, tailnet, auto or custom"),
    row("--gateway-auth", "token"),
    row("--gateway-auth", "off", refused="--gateway-auth: it is one of token or password"),
    row("--gateway-auth", "password", refused="--gateway-auth password needs --gateway-password"),
    row("--gateway-auth", "token", "--gateway-password", "FAKE-pass-0123", refused="contradict"),
    row("--gateway-token", "FAKE-new-token-0123456789", config={"gateway.auth.token": "FAKE-new-token-0123456789"},
        said="--gateway-token shows the secret"),
    row("--gateway-token", "", refused="--gateway-token: it is empty"),
    row("--gateway-password", "FAKE-pass-0123", said="--gateway-password shows the secret",
        config={"gateway.auth.mode": "password", "gateway.auth.password": "FAKE-pass-0123"}),
    row("--tailscale", "off", config={"gateway.tailscale.mode": "off"}),
    row("--tailscale", "serve", config={"gateway.tailscale.mode": "serve"}),
    row("--tailscale", "serve", "--gateway-bind", "lan", refused="contradict each other: it needs loopback"),
    row("--tailscale", "funnel", "--gateway-auth", "token", refused="a funnel needs a password"),
    row("--tailscale", "funnel", refused="--tailscale funnel needs --gateway-password"),
    row("--tailscale", "funnel", "--gateway-password", "FAKE-pass-0123",
        config={"gateway.tailscale.mode": "funnel", "gateway.auth.mode": "password",
                "gateway.auth.password": "FAKE-pass-0123"}),
    row("--tailscale", "maybe", refused="--tailscale: it is one of off, serve or funnel"),
    row("--tailscale", "serve", "--tailscale-reset-on-exit", said="--tailscale-reset-on-exit has no effect",
        config={"gateway.tailscale.mode": "serve"}),
    row("--no-install-daemon", *SKIP),
    row("--skip-daemon", *SKIP),
    row("--install-daemon", "--skip-daemon", *SKIP, refused="--install-daemon contradicts"),
    row("--daemon-runtime", "node", *SKIP),
    row("--daemon-runtime", "deno", *SKIP, refused="--daemon-runtime: it is one of node or bun"),
    row("--daemon-runtime", "bun", "--install-daemon", *SKIP, refused="--daemon-runtime bun"),
    *(row(f"--skip-{what}", *SKIP, said=f"--skip-{what} has no effect here") for what in
      ("channels", "skills", "health", "ui")),
    row("--node-manager", "pnpm", config={"skills.install.nodeManager": "pnpm"}),
    row("--node-manager", "yarn", refused="--node-manager: it is one of npm, pnpm or bun"),
    row("--remote-url", "ws://10.0.0.1:18789", refused="--remote-url and --remote-token go with --mode remote"),
    row("--mode", "remote", refused="--mode remote needs --remote-url"),
    row("--mode", "remote", "--remote-url", "notaurl", refused="--remote-url: it starts with ws:// or wss://"),
    row("--mode", "remote", "--remote-url", "wss://h", "--remote-token", "FAKE-remote-0123",
        said="--remote-token shows the secret",
        config={"gateway.mode": "remote", "gateway.remote.url": "wss://h", "gateway.remote.token": "FAKE-remote-0123"}),
    row(*TOKENS, env={"ANTHROPIC_OAUTH_TOKEN": SETUP}, said="--token shows the secret"),
    row(*TOKENS, "--store", "profile", profiles={"anthropic:manual": TOKEN_PROFILE},
        config={"auth.profiles.anthropic:manual": {"provider": "anthropic", "mode": "token"}}),
    row(*TOKENS, "--token-profile-id", "anthropic:ci", profiles={"anthropic:ci": TOKEN_PROFILE},
        config={"auth.profiles.anthropic:ci": {"provider": "anthropic", "mode": "token"}}),
    row(*TOKENS, "--token-profile-id", "ci", refused="a profile id is written PROVIDER:NAME"),
    row(*TOKENS, "--token-profile-id", "anthropic:ci", "--token-expires-in", "12h",
        profiles={"anthropic:ci": {**TOKEN_PROFILE, "expires": 1_770_000_000_000 + 12 * 3_600_000}},
        config={"auth.profiles.anthropic:ci": {"provider": "anthropic", "mode": "token"}}),
    row(*TOKENS, "--token-expires-in", "soon", refused="--token-expires-in: "),
    row("--auth-choice", "token", "--token-provider", "openai", "--token", SETUP, refused="only Anthropic has"),
    row("--auth-choice", "token", refused="missing: Anthropic setup-token"),
    row("--auth-choice", "setup-token", "--token", SETUP, env={"ANTHROPIC_OAUTH_TOKEN": SETUP}),
    row("--cloudflare-ai-gateway-api-key", KEY, refused="--cloudflare-ai-gateway-account-id"),
]  # fmt: skip

# flag: provider, variable (wizard-doctor-spec §2.5)
KEYS = {
    "anthropic-api-key": ("anthropic", "ANTHROPIC_API_KEY"),
    "openai-api-key": ("openai", "OPENAI_API_KEY"),
    "openrouter-api-key": ("openrouter", "OPENROUTER_API_KEY"),
    "ai-gateway-api-key": ("vercel-ai-gateway", "AI_GATEWAY_API_KEY"),
    "cloudflare-ai-gateway-api-key": ("cloudflare-ai-gateway", "CLOUDFLARE_AI_GATEWAY_API_KEY"),
    "moonshot-api-key": ("moonshot", "MOONSHOT_API_KEY"),
    "kimi-code-api-key": ("kimi-coding", "KIMI_API_KEY"),
    "gemini-api-key": ("google", "GEMINI_API_KEY"),
    "zai-api-key": ("zai", "ZAI_API_KEY"),
    "xiaomi-api-key": ("xiaomi", "XIAOMI_API_KEY"),
    "minimax-api-key": ("minimax", "MINIMAX_API_KEY"),
    "synthetic-api-key": ("synthetic", "SYNTHETIC_API_KEY"),
    "venice-api-key": ("venice", "VENICE_API_KEY"),
    "opencode-zen-api-key": ("opencode", "OPENCODE_API_KEY"),
    "xai-api-key": ("xai", "XAI_API_KEY"),
    "groq-api-key": ("groq", "GROQ_API_KEY"),
    "mistral-api-key": ("mistral", "MISTRAL_API_KEY"),
    "deepseek-api-key": ("deepseek", "DEEPSEEK_API_KEY"),
}
CLOUDFLARE = ("--cloudflare-ai-gateway-account-id", "a", "--cloudflare-ai-gateway-gateway-id", "g")
WITH_IT = {"cloudflare-ai-gateway-api-key": CLOUDFLARE}
SPEC = {
    "--non-interactive", "--accept-risk", "--mode", "--flow", "--workspace", "--reset", "--auth-choice", "--token",
    "--token-provider", "--token-profile-id", "--token-expires-in", "--cloudflare-ai-gateway-account-id",
    "--cloudflare-ai-gateway-gateway-id", "--gateway-port", "--gateway-bind", "--gateway-auth", "--gateway-token",
    "--gateway-password", "--tailscale", "--tailscale-reset-on-exit", "--install-daemon", "--no-install-daemon",
    "--skip-daemon", "--daemon-runtime", "--skip-channels", "--skip-ui", "--skip-skills", "--skip-health",
    "--node-manager", "--remote-url", "--remote-token", "--json",
}  # fmt: skip


@pytest.fixture
def inside(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    """The program on an installation that works."""
    house.write(house.config, json.dumps(CONFIG, indent=2) + "\n")
    house.write(house.env_file, ENV)
    return Inside(house, monkeypatch, capsys)


def with_paths(config: Mapping[str, Any], paths: Mapping[str, Any], home: str) -> Any:
    """A config with values at dotted paths (a profile id is one part)."""
    found = json.loads(json.dumps(config))
    for path, value in paths.items():
        *parents, last = path.split(".")
        place = found
        for name in parents:
            place = place.setdefault(name, {})
        place[last] = value.replace("HOME", home) if isinstance(value, str) else value
    return found


@pytest.mark.parametrize("case", LOCAL, ids=[item.name for item in LOCAL])
def test_a_flag(case: Row, inside: Inside) -> None:
    house = inside.house
    before = house.snapshot()
    result = inside.onboard("--non-interactive", "--json", "--no-verify", *case.arguments)
    if case.refused:
        assert result.code == 2
        assert case.refused in json.dumps(result.document, ensure_ascii=False)
        assert house.snapshot() == before
        return
    assert (result.code, result.document["ok"]) == (0, True), result.err
    assert case.said in result.err
    config = json.loads(house.config.read_text())
    config.get("agents", {}).get("defaults", {}).pop("models", None)  # names of models are not what is looked at
    assert config == with_paths(CONFIG, case.config, str(house.path))
    added = "".join(f"{name}={value}\n" for name, value in case.env.items())
    assert house.env_file.read_text() == ENV + added
    stored = json.loads(house.store.read_text())["profiles"] if house.store.exists() else {}
    assert stored == case.profiles
    if not case.config and not case.env and not case.profiles:
        assert house.snapshot() == before


@pytest.mark.parametrize("flag", sorted(KEYS))
def test_a_key_flag(flag: str, inside: Inside) -> None:
    """Alone it implies its choice; the key goes into the env file, and the config learns what it needs to know."""
    provider, variable = KEYS[flag]
    key = OF.get(flag, KEY)
    result = inside.onboard("--non-interactive", "--json", "--no-verify", f"--{flag}", key, *WITH_IT.get(flag, ()))
    assert result.code == 0, result.err
    assert (result.document["provider"], result.document["variable"]) == (provider, variable)
    assert f"{variable}={key}\n" in inside.house.env_file.read_text()
    assert f"--{flag} shows the secret" in result.err
    config = json.loads(inside.house.config.read_text())
    assert config["gateway"] == CONFIG["gateway"]
    assert config["agents"]["defaults"]["model"] == CONFIG["agents"]["defaults"]["model"]
    assert key not in inside.house.config.read_text() + result.out + result.err


def test_no_flag_is_left_out() -> None:
    tested = {word for case in LOCAL for word in case.arguments if word.startswith("--")}
    assert SPEC - tested - {"--non-interactive", "--json", "--cloudflare-ai-gateway-account-id",
                            "--cloudflare-ai-gateway-gateway-id"} == set()  # fmt: skip
    assert {name: provider for name, (provider, _) in KEYS.items()} == KEY_FLAGS


def test_reset_moves_things_away_after_a_second_yes(inside: Inside) -> None:
    house = inside.house
    result = inside.onboard("--json", "--reset", "--yes", *SKIP)
    assert result.code == 0, result.err
    assert not house.env_file.exists()
    assert json.loads(house.config.read_text())["gateway"]["auth"]["token"] != TOKEN
    kept = [path.read_text() for path in (house.path / ".local").rglob(".env") if "reset-" in str(path)]
    assert kept == [ENV]


def test_a_service_that_cannot_be_installed_here_is_pending(inside: Inside) -> None:
    result = inside.onboard("--json", "--install-daemon", "--gateway-port", "18791")
    assert (result.code, result.document["service"]["state"]) == (0, "pending"), result.err
    assert json.loads(inside.house.config.read_text())["gateway"]["port"] == 18791


def test_tailscale_needs_loopback_and_says_so(inside: Inside) -> None:
    """The reference program does it silently (wizard-doctor-spec §2.12)."""
    house = inside.house
    house.write(house.config, json.dumps({**CONFIG, "gateway": {**CONFIG["gateway"], "bind": "lan"}}))
    result = inside.onboard("--json", "--tailscale", "serve")
    assert result.code == 0, result.err
    gateway = json.loads(house.config.read_text())["gateway"]
    assert (gateway["bind"], gateway["tailscale"]["mode"], gateway["auth"]["token"]) == ("loopback", "serve", TOKEN)
    assert "gateway.bind" in result.err


def test_a_password_that_is_there_is_enough(inside: Inside) -> None:
    house = inside.house
    auth = {"mode": "token", "token": TOKEN, "password": "FAKE-pass-0123"}
    house.write(house.config, json.dumps({**CONFIG, "gateway": {"mode": "local", "auth": auth}}))
    assert inside.onboard("--json", "--gateway-auth", "password").code == 0
    assert json.loads(house.config.read_text())["gateway"]["auth"] == {**auth, "mode": "password"}


def test_a_token_is_made_where_there_is_none(inside: Inside) -> None:
    house = inside.house
    house.write(house.config, json.dumps({**CONFIG, "gateway": {"mode": "local"}}))
    arguments = ("--json", "--gateway-auth", "token")
    assert inside.onboard(*arguments).code == 0
    auth = json.loads(house.config.read_text())["gateway"]["auth"]
    assert (auth["mode"], len(auth["token"])) == ("token", 48)
    before = house.snapshot()
    assert inside.onboard(*arguments).document["changed"] is False
    assert house.snapshot() == before
