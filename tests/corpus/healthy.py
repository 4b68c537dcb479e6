"""Installations without a fault, one of each kind: no error, and no warning that would mislead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.checks import installations as i
from tests.corpus.world import DAY, GATEWAY, HOUR, OLDER, A, Cases, model
from tests.doctor.homes import NOW

if TYPE_CHECKING:
    from tests.corpus.world import World

CASES = Cases()
of = CASES.of
DECLARED = {A: {"provider": "anthropic", "mode": "api_key"}}
ODD = "odd-Key_of.an-own-server-FAKE0123456789"
OAUTH = {"openai-codex:default": i.login("r-FAKE-refresh-one")}
CLAUDE = {"accessToken": "sk-ant-oat01-" + "CLAUFAKE" * 12, "refreshToken": "r-FAKE-of-claude", "expiresAt": NOW + HOUR}


@of("profile only")
def profile_only(w: World) -> None:
    w.config(profiles=DECLARED)
    used = {A: {"lastUsed": NOW - 1000, "errorCount": 0, "lastFailureAt": NOW - 9_000_000}}
    w.store({A: i.key()}, lastGood={"anthropic": A}, usageStats=used)


@of(".env only")
def env_file_only(w: World) -> None:
    w.config()
    w.dotenv(f"# the key\nANTHROPIC_API_KEY={i.KEY}\n\nOTHER='quoted # value'\n")


@of("environment only, CI: no home directory to speak of", "info config/missing")
def env_only_ci(w: World) -> None:
    w.env["ANTHROPIC_API_KEY"] = i.KEY
    w.tty = False
    w.host["container"] = "docker"


@of("CI with OPENAI_API_KEY and a default model")
def ci_with_a_default_model(w: World) -> None:
    w.config({"agents": {"defaults": {"model": {"primary": "openai/gpt-5.2"}}}})
    w.env |= {"OPENAI_API_KEY": i.OPENAI, "CI": "true"}
    w.tty = False


@of("the same key in a profile and in .env")
def same_key_twice(w: World) -> None:
    w.has(i.key())
    w.dotenv(f"ANTHROPIC_API_KEY={i.KEY}\n")


@of("custom provider with an odd key")
def custom_provider(w: World) -> None:
    entry = {"baseUrl": "https://llm.example.org/v1", "apiKey": ODD, "models": [{"id": "large"}]}
    w.config(model("acme/large", models={"providers": {"acme": entry}}))


@of("custom provider whose key comes from a variable")
def custom_provider_by_variable(w: World) -> None:
    entry = {"baseUrl": "https://llm.example.org/v1", "apiKey": "${ACME_KEY}", "models": [{"id": "large"}]}
    w.config(model("acme/large", models={"providers": {"acme": entry}}))
    w.dotenv(f"ACME_KEY={ODD}\n")


@of("a provider's own name with a base URL of one's own: any key may be right")
def own_gateway_before_a_provider(w: World) -> None:
    entry = {"baseUrl": "https://proxy.example.org/v1", "apiKey": "sk-or-v1-" + "fade" * 16, "models": []}
    w.config(model("openai/gpt-5.2", models={"providers": {"openai": entry}}))


@of("unfamiliar key prefix")
def unfamiliar_prefix(w: World) -> None:
    w.has(i.key("new-style-key-FAKE-" + "0f1e2d3c" * 5, "openai"), "openai:default", of="openai/gpt-5.2")


@of("unfamiliar prefix and length of a Claude token (FM 3: no hard rules)")
def unfamiliar_claude_token(w: World) -> None:
    w.has(i.token("sk-ant-zzz09-" + "FAKE" * 30 + "#x"))


@of("local Ollama")
def local_ollama(w: World) -> None:
    entry = {"baseUrl": "http://127.0.0.1:11434/v1", "apiKey": "ollama-local", "models": []}
    w.config(model("ollama/llama3", models={"providers": {"ollama": entry}}))


@of("a server on the local network")
def server_on_the_network(w: World) -> None:
    entry = {"baseUrl": "http://192.168.1.20:8000/v1", "apiKey": "none", "models": [{"id": "qwen3"}]}
    w.config(model("homelab/qwen3", models={"providers": {"homelab": entry}}))


@of("JSON5 with comments")
def json5_with_comments(w: World) -> None:
    w.config(
        "{ // JSON5\n  gateway: { mode: 'local', auth: { token: '" + GATEWAY + "' }, },\n"
        "  agents: { defaults: { model: { primary: 'anthropic/claude-opus-4-5' } } },\n"
        "  auth: { profiles: { 'anthropic:default': { provider: 'anthropic', mode: 'api_key', }, }, },\n"
        "  /* made up */\n}\n"
    )
    w.store({A: i.key()})


@of("a config in parts")
def config_with_includes(w: World) -> None:
    w.config({"$include": ["./gateway.json5", "./models.json5"]})
    w.file("gateway.json5", json.dumps({"gateway": model()["gateway"]}))
    w.file("models.json5", json.dumps({"agents": model()["agents"]}))
    w.store({A: i.key()})


@of("sub-agents that inherit from main")
def agents_that_inherit(w: World) -> None:
    w.config(agents=("work", "play"), profiles=DECLARED)
    w.store({A: i.key()})
    w.store({}, "work")
    # what 2026.2.x leaves there after a run: main's, copied
    w.store({A: i.key()}, "play", lastGood={"anthropic": A})


@of("agents with credentials of their own")
def agents_of_their_own(w: World) -> None:
    w.config(agents=("work",))
    w.store({A: i.key(), **OAUTH})
    w.store({"anthropic:work": i.key(i.OTHER_KEY), "openai-codex:work": i.login("r-FAKE-refresh-two")}, "work")


@of("two keys in rotation")
def two_keys_in_rotation(w: World) -> None:
    order = {"anthropic": ["anthropic:b", A]}
    w.config(profiles={**DECLARED, "anthropic:b": DECLARED[A]}, order=order)
    w.store({A: i.key(), "anthropic:b": i.key(i.OTHER_KEY)}, order=order)


@of("a fresh home of 2026.9.6", "info credentials/sqlite-store")
def sqlite_era(w: World) -> None:
    w.newer({A: i.key()}, usageStats={A: {"lastUsed": NOW - 1}}, lastGood={"anthropic": A})


@of("SQLite era: agents that inherit, and archives of the import")
def sqlite_era_with_agents(w: World) -> None:
    entries = {"main": {"default": True}, "work": {}}
    value = model("anthropic/claude-opus-5")
    w.newer({A: i.key()}, {**value, "agents": {**value["agents"], "entries": entries}})
    i.agent_database(w.home, {}, "work", order={"anthropic": [A]})
    archive = json.dumps({"version": 1, "profiles": {A: i.key()}})
    w.file("agents/main/agent/auth-profiles.json.migrated-2026-09-12T02-19-34.151Z-4a37fbe4", archive)


@of("SQLite era, key in .env only")
def sqlite_era_env_file(w: World) -> None:
    w.newer({})
    w.dotenv(f"ANTHROPIC_API_KEY={i.KEY}\n")


@of("SQLite era: variables in the config")
def sqlite_era_config_variables(w: World) -> None:
    w.newer({}, {**model("anthropic/claude-opus-5"), "env": {"vars": {"ANTHROPIC_API_KEY": i.KEY}}})


@of("SQLite era, gateway.env")
def sqlite_era_gateway_env(w: World) -> None:
    w.newer({})
    w.file(w.home / ".config/openclaw/gateway.env", f"ANTHROPIC_API_KEY={i.KEY}\n")


@of("2026.2.3 by its stamp, model as an object")
def json_era_by_stamp(w: World) -> None:
    w.config({**model(), "meta": OLDER})
    w.store({A: i.key()})


@of("container without systemd")
def container(w: World) -> None:
    w.has(i.key())
    w.host["container"] = "docker"


@of("container: the entry point is the gateway, the key comes from the environment")
def container_with_a_gateway(w: World) -> None:
    w.config()
    w.env["ANTHROPIC_API_KEY"] = i.KEY
    w.host |= {"container": "kubernetes", "user": "node"}
    w.answers("healthy")


@of("OAuth expired, and the gateway refreshes it", "info credentials/expired openai-codex:default")
def refreshable_login(w: World) -> None:
    w.has(i.login(expires=NOW - 3 * HOUR), "openai-codex:default", of="openai-codex/gpt-5.2")


@of("OAuth that ends within the hour and refreshes itself")
def login_near_its_end(w: World) -> None:
    w.has(i.login(expires=NOW + HOUR // 2), "openai-codex:default", of="openai-codex/gpt-5.2")


@of("SQLite era: OAuth expired, and the gateway refreshes it")
def sqlite_era_login(w: World) -> None:
    w.newer({"openai:eve": i.login(provider="openai", expires=NOW - HOUR)}, model("openai/gpt-6-astra"))


@of("legacy ~/.clawdbot only")
def legacy_state_directory_only(w: World) -> None:
    w.file(w.home / ".clawdbot/clawdbot.json", json.dumps(model()))
    store = {"version": 1, "profiles": {A: i.key()}}
    w.file(w.home / ".clawdbot/agents/main/agent/auth-profiles.json", json.dumps(store))


@of("~/.clawdbot is a link to today's directory")
def legacy_name_is_a_link(w: World) -> None:
    w.has(i.key())
    (w.home / ".clawdbot").symlink_to(w.state)


@of("WSL")
def wsl(w: World) -> None:
    w.has(i.key())
    w.env["WSL_DISTRO_NAME"] = "Ubuntu"
    w.file(w.root / "proc/sys/kernel/osrelease", "6.6.1-microsoft-standard-WSL2\n")


@of("Termux")
def termux(w: World) -> None:
    w.has(i.key())
    w.env |= {"TERMUX_VERSION": "0.118", "PREFIX": "/data/data/com.termux/files/usr"}


@of("remote gateway", "info gateway/remote")
def remote_gateway(w: World) -> None:
    remote = {"mode": "remote", "remote": {"url": "wss://gateway.example.org", "token": GATEWAY}}
    w.config({**model(), "gateway": remote})
    w.store({A: i.key()})


@of("setup-token only", "info credentials/claude-code-only")
def setup_token_only(w: World) -> None:
    w.config(profiles={"anthropic:manual": {"provider": "anthropic", "mode": "token"}})
    w.store({"anthropic:manual": i.token(expires=NOW + 300 * DAY)})
    w.file(w.home / ".claude/.credentials.json", json.dumps({"claudeAiOauth": CLAUDE}))  # Claude Code's own, another


@of("setup-token without an expiry")
def setup_token_without_an_end(w: World) -> None:
    w.has(i.token(), "anthropic:manual")


@of("setup-token in its variable")
def setup_token_in_its_variable(w: World) -> None:
    w.config()
    w.dotenv(f"ANTHROPIC_OAUTH_TOKEN={i.TOKEN}\n")


@of("keys by shell import")
def shell_import(w: World) -> None:
    w.config({**model(), "env": {"shellEnv": {"enabled": True}}})
    shell = w.executable("login-shell", f"printf 'ANTHROPIC_API_KEY={i.KEY}\\0LANG=C\\0'")
    w.env["SHELL"] = str(shell)


@of("secret references that resolve (§10 row 50)")
def references_that_resolve(w: World) -> None:
    by_env = {"source": "env", "provider": "default", "id": "OWN_KEY"}
    by_file = {"source": "file", "provider": "vault", "id": "value"}
    vault = w.file(w.home / "vault/openai", i.OPENAI + "\n")
    providers = {"vault": {"source": "file", "path": str(vault), "mode": "singleValue"}}
    profiles = {
        A: {"type": "api_key", "provider": "anthropic", "keyRef": by_env},
        "openai:default": {"type": "api_key", "provider": "openai", "keyRef": by_file},
    }
    w.newer(profiles, {**model("anthropic/claude-opus-5"), "secrets": {"providers": providers}})
    w.dotenv(f"OWN_KEY={i.KEY}\n")


@of("key as `${VAR}` in a profile of 2026.9")
def reference_in_the_key(w: World) -> None:
    w.newer({A: i.key("${ANTHROPIC_API_KEY}")})
    w.dotenv(f"ANTHROPIC_API_KEY={i.KEY}\n")


@of("an unusual OPENCLAW_STATE_DIR")
def state_directory_elsewhere(w: World) -> None:
    place = w.home / "srv" / "my gateway"
    w.env["OPENCLAW_STATE_DIR"] = str(place)
    w.file(place / "openclaw.json", json.dumps(model()))
    w.file(place / "agents/main/agent/auth-profiles.json", json.dumps({"version": 1, "profiles": {A: i.key()}}))


@of("--profile work")
def profile_of_the_program(w: World) -> None:
    place = w.home / ".openclaw-work"
    w.env |= {"OPENCLAW_PROFILE": "work", "OPENCLAW_STATE_DIR": str(place)}
    w.env["OPENCLAW_CONFIG_PATH"] = str(place / "openclaw.json")
    w.file(place / "openclaw.json", json.dumps(model()))
    w.file(place / "agents/main/agent/auth-profiles.json", json.dumps({"version": 1, "profiles": {A: i.key()}}))


@of("systemd, gateway runs, key in .env")
def systemd_running(w: World) -> None:
    w.config()
    w.dotenv(f"ANTHROPIC_API_KEY={i.KEY}\n")
    w.program("2026.2.3", node="")
    pid = w.process("openclaw-gateway", HOME=str(w.home), PATH=str(w.bin))
    w.systemd(MainPID=str(pid))


@of("systemd, gateway runs, profile in the database")
def systemd_running_newer(w: World) -> None:
    w.newer({A: i.key()})
    pid = w.process("openclaw-gateway", HOME=str(w.home), PATH=str(w.bin))
    w.systemd(MainPID=str(pid))


@of("systemd, the key is in the unit's environment file")
def systemd_environment_file(w: World) -> None:
    w.config()
    mine = w.file(w.home / "secrets/gateway.env", f"ANTHROPIC_API_KEY={i.KEY}\n")
    pid = w.process("openclaw-gateway", HOME=str(w.home), ANTHROPIC_API_KEY=i.KEY)
    w.systemd(f"EnvironmentFile={mine}", MainPID=str(pid))


@of("gateway that another supervisor runs, without a token on purpose")
def no_token_on_purpose(w: World) -> None:
    w.newer({A: i.key()}, {**model("anthropic/claude-opus-5"), "gateway": {"mode": "local", "auth": {"mode": "none"}}})


@of("models through the Claude CLI")
def claude_cli_route(w: World) -> None:
    w.newer(
        {A: i.key()},
        {
            **model("anthropic/claude-opus-5"),
            "auth": {"profiles": {"anthropic:claude-cli": {"provider": "claude-cli", "mode": "oauth"}, **DECLARED}},
        },
    )


@of("Qwen's own login")
def qwen_login(w: World) -> None:
    w.config(model("qwen-portal/coder-model"))
    oauth = {"access_token": "a-FAKE-of-qwen-cli", "refresh_token": "r-FAKE-of-qwen-cli", "expiry_date": NOW + HOUR}
    w.file(w.home / ".qwen/oauth_creds.json", json.dumps(oauth))
    w.store({})


@of("GitHub tokens that are there for other programs")
def github_tokens(w: World) -> None:
    w.has(i.key())
    w.env |= {"GITHUB_TOKEN": "ghp_" + "FAKE" * 9, "GITLAB_TOKEN": "glpat-FAKE-FAKE-FAKE-FAKE"}


@of("a project's .env with keys of its own, in the working directory")
def env_file_of_a_project(w: World) -> None:
    w.newer({A: i.key()})
    w.cwd = w.home / "project"
    w.file(w.cwd / ".env", f"OPENAI_API_KEY={i.OPENAI}\nDATABASE_URL=postgres://localhost/x\n")


@of("backups of rotations in private files: the same values")
def private_backups(w: World) -> None:
    w.has(i.key())
    for name in ("openclaw.json.bak", "openclaw.json.bak.1"):
        w.file(name, w.path("openclaw.json").read_text())
    w.file("agents/main/agent/auth-profiles.json.bak", w.path("agents/main/agent/auth-profiles.json").read_text())


@of("a bigger state directory: sessions, logs, workspace")
def lived_in(w: World) -> None:
    w.has(i.key())
    w.file("agents/main/sessions/1.jsonl", '{"role":"user","text":"my key does not work: 401 invalid x-api-key"}\n')
    w.file("logs/gateway.log", f"{NOW - HOUR} info gateway ready\n")
    w.file("workspace/.env.example", "ANTHROPIC_API_KEY=your-key-here\n", 0o644)


@of("Amazon Bedrock by the AWS chain")
def bedrock(w: World) -> None:
    w.config(model("amazon-bedrock/anthropic.claude-opus-4-5"))
    w.env |= {"AWS_PROFILE": "work"}


@of("state directory without a login of any program, models of two providers, all with keys")
def two_providers(w: World) -> None:
    value = model()
    value["agents"]["defaults"]["model"]["fallbacks"] = ["openai/gpt-5.2", "openrouter/auto"]
    w.config(value)
    w.store({A: i.key(), "openai:default": i.key(i.OPENAI, "openai")})
    w.dotenv("OPENROUTER_API_KEY=sk-or-v1-" + "fade" * 16 + "\n")


# ---- values that are right where they stand ------------------------------------------------------------------------

LAN = "http://192.168.1.20:1234/v1"


def elsewhere(url: str, name: str = "openai", **entry: object) -> dict[str, object]:
    """A config that uses a provider there."""
    listed = {"baseUrl": url, "models": [{"id": "m", "name": "m"}], **entry}
    return model(f"{name}/m", models={"providers": {name: listed}}, meta=OLDER)


@of("a word for a key in .env, for a server in the house under a provider's name")
def word_for_a_server_in_the_house(w: World) -> None:
    w.config(elsewhere(LAN))
    w.dotenv("OPENAI_API_KEY=dummy\n")


@of("a word for a key in a profile, for a server on this host")
def word_in_a_profile_of_a_server(w: World) -> None:
    w.config(elsewhere("http://127.0.0.1:8000/v1", "vllm"))
    w.store({"vllm:default": i.key("EMPTY", "vllm")})


@of("a word for a key in a variable that the entry of a server on this host refers to")
def word_behind_a_reference(w: World) -> None:
    w.config(elsewhere("http://127.0.0.1:8000/v1", "box", apiKey="${OPENAI_API_KEY}"))
    w.dotenv("OPENAI_API_KEY=EMPTY\n")


@of("OpenRouter's key under a provider whose requests go to OpenRouter")
def key_of_whoever_is_asked(w: World) -> None:
    w.config(elsewhere("https://openrouter.ai/api/v1", "anthropic"))
    w.dotenv("ANTHROPIC_API_KEY=sk-or-v1-" + "fade" * 16 + "\n")


@of("an odd key in a variable of one's own")
def odd_key_behind_a_reference(w: World) -> None:
    w.config(elsewhere("https://llm.example.org/v1", "acme", apiKey="${ACME_TEST_EXAMPLE}"))
    w.dotenv("ACME_TEST_EXAMPLE=test_live-my.example:FAKE0123456789\n")
