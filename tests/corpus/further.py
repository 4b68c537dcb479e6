"""Kinds of installations that were thought of last: absence that is none, other people's files, servers far away."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

from openclaw.gateway.listener import Listener, Listeners
from tests.checks import installations as i
from tests.corpus.world import DAY, GATEWAY, OLDER, A, Cases, model
from tests.doctor.homes import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from tests.corpus.world import World

CASES = Cases()
of = CASES.of
OPUS = "anthropic/claude-opus-5"
SOME = "some-made-up-key-FAKE-0123456789abcdef"
LISTENS = """
import socket, time
held = socket.create_server(("127.0.0.1", 0))
print(held.getsockname()[1], flush=True)
time.sleep(60)
"""
CHAIN = {
    "baseUrl": "https://bedrock-runtime.eu-west-1.amazonaws.com", "api": "bedrock-converse-stream", "auth": "aws-sdk",
    "models": [{"id": "large", "name": "large"}],
}  # fmt: skip


# ---- variables that only 2026.9 reads ------------------------------------------------------------------------------

for provider, variable in (
    ("nvidia", "NVIDIA_API_KEY"), ("together", "TOGETHER_API_KEY"), ("litellm", "LITELLM_API_KEY"),
    ("clawrouter", "CLAWROUTER_API_KEY"), ("microsoft-foundry", "AZURE_OPENAI_API_KEY"), ("sglang", "SGLANG_API_KEY"),
    ("vllm", "VLLM_API_KEY"), ("lmstudio", "LM_API_TOKEN"), ("huggingface", "HF_TOKEN"),
    ("google-vertex", "GOOGLE_CLOUD_API_KEY"),
):  # fmt: skip

    def by_variable(w: World, provider: str = provider, variable: str = variable) -> None:
        w.newer({}, model(f"{provider}/large"))
        w.dotenv(f"{variable}={SOME}\n")

    CASES.add(f"variable_of_{provider.replace('-', '_')}", "healthy: 2026.9, key in .env only", by_variable)


@of("2026.2.3 reads no variable of that provider", "error credentials/none")
def variable_of_a_later_version(w: World) -> None:
    w.config({**model("together/large"), "meta": OLDER})
    w.dotenv(f"TOGETHER_API_KEY={SOME}\n")


@of("healthy: servers of one's own take any word for a key")
def variable_of_a_local_server(w: World) -> None:
    w.newer({}, model("vllm/large"))
    w.dotenv("VLLM_API_KEY=EMPTY\n")


@of("a template in such a variable", "error credentials/placeholder NVIDIA_API_KEY")
def template_in_a_variable_of_2026_9(w: World) -> None:
    w.newer({}, model("nvidia/large"))
    w.dotenv("NVIDIA_API_KEY=YOUR_API_KEY\n")


# ---- Amazon's own chain --------------------------------------------------------------------------------------------


def bedrock(w: World, *, newer: bool, entry: bool) -> None:
    value = model("amazon-bedrock/large", **({"models": {"providers": {"amazon-bedrock": CHAIN}}} if entry else {}))
    if newer:
        w.newer({}, value)
    else:
        w.config({**value, "meta": OLDER})


CASES.add("role_of_the_instance", "healthy: Bedrock by the AWS chain", lambda w: bedrock(w, newer=True, entry=True))
CASES.add("role_of_the_instance_2026_2", "the same", lambda w: bedrock(w, newer=False, entry=True))
CASES.add("chain_without_an_entry", "the same", lambda w: bedrock(w, newer=False, entry=False))


@of("healthy: ~/.aws/credentials")
def credentials_file_of_amazon(w: World) -> None:
    bedrock(w, newer=True, entry=True)
    w.file(w.home / ".aws/credentials", "[default]\naws_access_key_id=AKIAFAKE\naws_secret_access_key=FAKE\n")


@of("near: Bedrock is nobody's", "error credentials/none")
def no_chain_in_use(w: World) -> None:
    w.newer({}, model(OPUS))


# ---- stores that are there, and cannot be read ---------------------------------------------------------------------

for name, text in (
    ("null", "null"), ("profiles_a_list", '{"version":1,"profiles":[]}'), ("profiles_null", '{"profiles":null}'),
    ("a_number", "7"),
):  # fmt: skip

    def cell_of_another_shape(w: World, text: str = text) -> None:
        path = w.newer({A: i.key()})
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            cell = (text, "authProfiles.store")
            connection.execute("UPDATE config_machine_state SET value_json = ? WHERE state_key = ?", cell)

    CASES.add(f"cell_{name}", "§10 row 13", cell_of_another_shape, "error credentials/sqlite-unreadable main")


def nowhere(path: Path) -> None:
    """Puts a link in the place of a file, to a volume that is not mounted."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to("/mnt/not-mounted/FAKE/file")


@of("FM 65: the link leads nowhere", "error credentials/store-unreadable main")
def link_to_a_missing_store(w: World) -> None:
    w.config()
    nowhere(w.path("agents/main/agent/auth-profiles.json"))


@of("FM 65: the directory is a link that leads nowhere", "error credentials/store-unreadable main")
def link_to_a_missing_agent_directory(w: World) -> None:
    w.config()
    nowhere(w.path("agents/main/agent"))


@of("FM 65: the database", "error credentials/sqlite-unreadable main")
def link_to_a_missing_database(w: World) -> None:
    path = w.newer({A: i.key()})
    nowhere(path)


@of("FM 65: the database's directory, and nothing tells the version", "error credentials/sqlite-unreadable main")
def link_to_a_missing_directory_of_the_database(w: World) -> None:
    w.config()
    nowhere(w.path("state"))


@of("FM 65: the env file", "error env/dotenv-syntax")
def link_to_a_missing_env_file(w: World) -> None:
    w.config()
    nowhere(w.path(".env"))


@of("FM 65: the config", "error config/unparsable")
def link_to_a_missing_config(w: World) -> None:
    w.store({"openai:default": i.key(i.OPENAI, "openai")})
    nowhere(w.path("openclaw.json"))


@of("FM 65: the state directory itself", "error host/state-dir nowhere")
def link_to_a_missing_state_directory(w: World) -> None:
    nowhere(w.state)


@of("§10 row 10: the database was deleted, its log was not", "error credentials/sqlite-unreadable main")
def log_of_a_deleted_database(w: World) -> None:
    path = w.newer({A: i.key()})
    path.unlink()
    w.file(path.with_name(f"{path.name}-wal"), b"x" * 4096)


@of("healthy: the state directory is a link to where it is")
def link_to_the_state_directory(w: World) -> None:
    (w.home / "volume").mkdir(mode=0o700)
    w.state.symlink_to(w.home / "volume")
    w.has(i.key())


@of("a project's .env that leads nowhere: OpenClaw reads none")
def link_to_a_missing_project_file(w: World) -> None:
    w.has(i.key())
    w.cwd = w.home / "project"
    w.cwd.mkdir()
    nowhere(w.cwd / ".env")


# ---- one key, and it is a reference --------------------------------------------------------------------------------


def referring_entry(w: World) -> None:
    entry = {
        "baseUrl": "https://llm.example.org/v1", "models": [{"id": "large", "name": "large"}],
        "apiKey": {"source": "env", "provider": "default", "id": "OWN_KEY"},
    }  # fmt: skip
    w.newer({}, model("acme/large", models={"providers": {"acme": entry}}))


CASES.add("reference_in_the_config_alone", "§10 row 49", referring_entry,
          "error credentials/secret-ref-unresolved models.providers.acme.apiKey")  # fmt: skip


@of("healthy: the reference leads somewhere")
def reference_in_the_config(w: World) -> None:
    referring_entry(w)
    w.dotenv(f"OWN_KEY={SOME}\n")


# ---- a gateway without a service -----------------------------------------------------------------------------------


def in_a_container(w: World, **variables: str) -> None:
    w.config(model("openai/gpt-5.2"))
    w.host["container"] = "docker"
    env = {"HOME": str(w.home), "PATH": str(w.bin), **variables}
    listening = [sys.executable, "-c", LISTENS, "openclaw", "gateway"]
    process = subprocess.Popen(listening, env=env, cwd=w.home, stdout=subprocess.PIPE)
    w.processes.append(process)
    assert process.stdout
    with process.stdout:
        w.port = int(process.stdout.readline())
    w.env["OPENCLAW_GATEWAY_PORT"] = str(w.port)
    w.answers("healthy", owners=Listeners((Listener("127.0.0.1", w.port, process.pid, "openclaw"),)))


@of("healthy: `docker exec` beside a gateway that alone has the key")
def only_the_gateway_has_the_key(w: World) -> None:
    in_a_container(w, OPENAI_API_KEY=i.OPENAI)


@of("near: that gateway has none either", "error credentials/none")
def the_gateway_has_no_key_either(w: World) -> None:
    in_a_container(w)


@of("near: no gateway runs there", "error credentials/none")
def no_gateway_is_seen(w: World) -> None:
    w.config(model("openai/gpt-5.2"))
    w.host["container"] = "docker"


# ---- the .env of a project -----------------------------------------------------------------------------------------


def in_a_project(w: World, text: str, mode: int = 0o644) -> None:
    w.cwd = w.home / "project"
    w.file(w.cwd / ".env", text, mode)


@of("healthy: 2026.9 reads no keys from there")
def project_file_of_2026_9(w: World) -> None:
    w.newer({"openai:default": i.key(i.OPENAI, "openai")}, model("openai/gpt-6-astra"))
    in_a_project(w, f"ANTHROPIC_API_KEY={i.KEY}\r\nexport GROQ_API_KEY=gsk_{'FAKE' * 12}\r\n")


@of("healthy: an empty variable is no secret")
def project_file_with_an_empty_variable(w: World) -> None:
    w.has(i.key())
    in_a_project(w, "export NODE_ENV=development\nGREETING=hello world\nX=${Y}\nDUP=1\nDUP=2\nGROQ_API_KEY=\n")


@of("healthy: this shell has the variable, and the file is not asked")
def project_file_that_loses(w: World) -> None:
    w.config(model("openai/gpt-5.2"))
    w.env["OPENAI_API_KEY"] = i.OPENAI
    in_a_project(w, f"export OPENAI_API_KEY={i.OPENAI}\r\n")


@of("healthy: `export` and CRLF, which Node reads")
def project_file_that_is_read(w: World) -> None:
    w.config({**model("openai/gpt-5.2"), "meta": OLDER})
    in_a_project(w, f"export OPENAI_API_KEY={i.OPENAI}\r\n", 0o600)


@of("2026.2.3 reads its key from there, and others can, too", "error security/readable-by-others")
def project_file_that_others_read(w: World) -> None:
    w.config({**model("openai/gpt-5.2"), "meta": OLDER})
    in_a_project(w, f"OPENAI_API_KEY={i.OPENAI}\n")


@of("§10 row 43: the key stands there only, and that is all that is said", "warning env/cwd-blocked OPENAI_API_KEY",
    "error credentials/none")  # fmt: skip
def project_file_with_the_only_key(w: World) -> None:
    w.newer({}, model("openai/gpt-6-astra"))
    in_a_project(w, f"export OPENAI_API_KEY={i.OPENAI}\r\n")


# ---- env files -----------------------------------------------------------------------------------------------------


@of("healthy: OpenClaw alone reads the file", "info env/dotenv-syntax OPENAI_API_KEY")
def exported_in_a_container(w: World) -> None:
    w.config(model("openai/gpt-5.2"))
    w.host["container"] = "docker"
    w.dotenv(f"export OPENAI_API_KEY={i.OPENAI}\n")


# ---- servers in the house ------------------------------------------------------------------------------------------

for name, host in (("number", "100.101.1.2"), ("name", "box.tail1234.ts.net")):

    def on_the_tailnet(w: World, host: str = host) -> None:
        entry = {"baseUrl": f"http://{host}:11434/v1", "apiKey": "none", "models": [{"id": "large", "name": "large"}]}
        w.config(model("box/large", models={"providers": {"box": entry}}))

    CASES.add(f"tailnet_by_{name}", "healthy: a server of one's own on a tailnet", on_the_tailnet)


@of("near: 100.128.0.0 is somebody's on the internet", "error credentials/placeholder models.providers.box.apiKey")
def beyond_the_tailnet(w: World) -> None:
    entry = {"baseUrl": "http://100.128.1.2/v1", "apiKey": "changeme", "models": [{"id": "large", "name": "large"}]}
    w.config(model("box/large", models={"providers": {"box": entry}}))


# ---- agents that are gone ------------------------------------------------------------------------------------------


def with_a_retired_agent(w: World, *others: str) -> None:
    w.config(agents=others or ("main",))
    w.store({A: i.key()})
    gone: dict[str, Any] = {"anthropic:old": i.token(expires=NOW - 90 * DAY), A: i.key("YOUR_API_KEY")}
    w.store(gone, "retired")


CASES.add("directory_of_a_retired_agent", "healthy: nobody uses it", with_a_retired_agent)
CASES.add("directory_of_an_agent_in_use", "near: the config has it", lambda w: with_a_retired_agent(w, "retired"),
          "error credentials/expired retired/anthropic:old", f"error credentials/placeholder retired/{A}",
          "warning credentials/agent-missing retired/anthropic")  # fmt: skip


# ---- variables by other names --------------------------------------------------------------------------------------


@of("FM 62: another program's name", "warning env/not-read OPENAI_TOKEN", "error credentials/none")
def token_of_openai(w: World) -> None:
    w.config(model("openai/gpt-5.2"))
    w.dotenv(f"OPENAI_TOKEN={i.OPENAI}\n")


@of("FM 62: in small letters", "warning env/misspelt openai_api_key", "error credentials/none")
def small_letters(w: World) -> None:
    w.config(model("openai/gpt-5.2"))
    w.dotenv(f"openai_api_key={i.OPENAI}\n")


@of("near: somebody's proxy settings are in small letters, too")
def small_letters_of_others(w: World) -> None:
    w.has(i.key())
    w.env |= {"http_proxy": "http://proxy.example.org:3128", "no_proxy": "*"}


# ---- more healthy ones ---------------------------------------------------------------------------------------------


@of("healthy: a key that a program gives")
def key_by_a_program(w: World) -> None:
    program = w.executable("op")
    ref = {"source": "exec", "provider": "op", "id": "vault/openai/key"}
    secrets = {"providers": {"op": {"source": "exec", "command": str(program), "args": ["read"]}}}
    profile = {"type": "api_key", "provider": "openai", "keyRef": ref}
    w.newer({"openai:default": profile}, model("openai/gpt-6-astra", secrets=secrets))


@of("healthy: a token in a file, by a JSON pointer")
def token_by_a_file(w: World) -> None:
    path = w.file(w.home / "vault/all.json", json.dumps({"claude": {"token": i.TOKEN}}))
    ref = {"source": "file", "provider": "vault", "id": "/claude/token"}
    secrets = {"providers": {"vault": {"source": "file", "path": str(path), "mode": "json"}}}
    w.newer({A: {"type": "token", "provider": "anthropic", "tokenRef": ref}}, model(OPUS, secrets=secrets))


@of("healthy: a key in OpenClaw's own secret store")
def key_in_the_secret_store(w: World) -> None:
    ref = {"source": "store", "provider": "default", "id": "OWN"}
    path = w.newer({A: {"type": "api_key", "provider": "anthropic", "keyRef": ref}})
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        columns = "scope_kind TEXT, scope_id TEXT, name TEXT, value TEXT, deleted_at_ms INTEGER"
        connection.execute(f"CREATE TABLE secret_store_entries ({columns})")
        connection.execute("INSERT INTO secret_store_entries VALUES ('team', '', 'OWN', ?, NULL)", (i.KEY,))


@of("healthy: OPENCLAW_AGENT_DIR")
def agent_directory_elsewhere(w: World) -> None:
    w.config()
    w.env["OPENCLAW_AGENT_DIR"] = str(w.home / "agent")
    w.file(w.home / "agent/auth-profiles.json", json.dumps({"version": 1, "profiles": {A: i.key()}}))


@of("healthy: Azure, by a custom entry and a variable")
def azure(w: World) -> None:
    entry = {"baseUrl": "https://own.openai.azure.com/openai/v1", "models": [{"id": "large", "name": "large"}]}
    entry["apiKey"] = "${AZURE_OPENAI_API_KEY}"
    w.config(model("azure/large", models={"providers": {"azure": entry}}))
    w.env["AZURE_OPENAI_API_KEY"] = "FAKEazureKEY" * 7


@of("healthy: Vertex by the login of gcloud")
def vertex(w: World) -> None:
    w.config(model("google-vertex/gemini-3-pro-preview"))
    w.file(w.home / ".config/gcloud/application_default_credentials.json", '{"type":"authorized_user"}')
    w.env |= {"GOOGLE_CLOUD_PROJECT": "own", "GOOGLE_CLOUD_LOCATION": "global"}


# ---- what only this shell has, behind a reference ------------------------------------------------------------------


def with_a_service(w: World, profiles: dict[str, Any], **config: Any) -> None:
    w.newer(profiles, model("openai/gpt-6-astra", **config))
    w.systemd(MainPID=str(w.process("openclaw-gateway", HOME=str(w.home), PATH=str(w.bin))))


def by_reference(name: str) -> dict[str, Any]:
    ref = {"source": "env", "provider": "default", "id": name}
    return {"openai:default": {"type": "api_key", "provider": "openai", "keyRef": ref}}


for name, profiles in (
    ("reference", by_reference("OWN_KEY")),
    ("text", {"openai:default": i.key("${OWN_KEY}", "openai")}),
):

    def only_in_this_shell(w: World, profiles: dict[str, Any] = profiles) -> None:
        with_a_service(w, profiles)
        w.env["OWN_KEY"] = i.OPENAI

    CASES.add(f"variable_of_a_{name}_in_this_shell_only", "FM 2: 2026.9", only_in_this_shell,
              "error env/daemon-blind OWN_KEY")  # fmt: skip


@of("FM 2: what `onboard --secret-input-mode ref` makes", "error env/daemon-blind OPENAI_API_KEY")
def reference_to_a_providers_variable_in_this_shell_only(w: World) -> None:
    with_a_service(w, by_reference("OPENAI_API_KEY"))
    w.env["OPENAI_API_KEY"] = i.OPENAI


@of("FM 2: a reference in the config", "error env/daemon-blind OWN_KEY")
def reference_in_the_config_to_this_shell_only(w: World) -> None:
    entry = {"baseUrl": "https://llm.example.org/v1", "models": [{"id": "large", "name": "large"}]}
    entry["apiKey"] = {"source": "env", "provider": "default", "id": "OWN_KEY"}  # type: ignore[assignment]
    w.newer({}, model("acme/large", models={"providers": {"acme": entry}}))
    w.systemd(MainPID=str(w.process("openclaw-gateway", HOME=str(w.home), PATH=str(w.bin))))
    w.env["OWN_KEY"] = SOME


@of("healthy: the gateway reads the variable, too")
def variable_of_a_reference_in_the_env_file(w: World) -> None:
    with_a_service(w, by_reference("OWN_KEY"))
    w.dotenv(f"OWN_KEY={i.OPENAI}\n")


@of("healthy: the gateway has another profile to use")
def another_profile_beside_the_reference(w: World) -> None:
    with_a_service(w, {**by_reference("OWN_KEY"), "openai:b": i.key(i.OPENAI_2, "openai")})
    w.env["OWN_KEY"] = i.OPENAI


@of("healthy: a key behind a variable of one's own, with a service")
def custom_variable_with_a_service(w: World) -> None:
    entry = {"baseUrl": "https://llm.example.org/v1", "apiKey": "${OWN_KEY}", "models": [{"id": "large", "name": "l"}]}
    with_a_service(w, {})
    w.newer({}, model("acme/large", models={"providers": {"acme": entry}}))
    w.dotenv(f"OWN_KEY={SOME}\n")


# ---- the gateway's own token in two places -------------------------------------------------------------------------

OTHER = "gateway-FAKE-EXAMPLE-token-0002"
TOKEN = "OPENCLAW_GATEWAY_TOKEN"


@of("FM 31, 55: the env file of a compose project", f"warning gateway/unauthorized {TOKEN}")
def another_gateway_token_in_the_env_file(w: World) -> None:
    w.has(i.key())
    w.dotenv(f"{TOKEN}={OTHER}\n")


@of("FM 31, 55: this shell, and a gateway is there", f"error gateway/unauthorized {TOKEN}")
def another_gateway_token_in_this_shell(w: World) -> None:
    w.config({**model(), "meta": OLDER})
    w.store({A: i.key()})
    w.env[TOKEN] = OTHER
    w.systemd(MainPID=str(w.process("openclaw-gateway", HOME=str(w.home), PATH=str(w.bin))))


@of("healthy: the config refers to the variable")
def gateway_token_by_variable(w: World) -> None:
    value = model()
    value["gateway"] = {"mode": "local", "auth": {"mode": "token", "token": f"${{{TOKEN}}}"}}
    w.config(value)
    w.store({A: i.key()})
    w.dotenv(f"{TOKEN}={OTHER}\n")


for name, state, more in (("running", "active", "running"), ("stopped", "inactive", "dead")):

    def baked(w: World, state: str = state, more: str = more) -> None:
        w.has(i.key())
        pid = w.process("openclaw-gateway", HOME=str(w.home), PATH=str(w.bin), **{TOKEN: OTHER})
        w.systemd(f"Environment={TOKEN}={OTHER}", MainPID=str(pid), ActiveState=state, SubState=more)

    also = () if name == "running" else ("error service/not-running", "warning gateway/unreachable")
    CASES.add(f"older_gateway_token_in_the_unit_{name}", "FM 9", baked, f"warning env/frozen-in-unit {TOKEN}", *also)


@of("healthy: what 2026.2.3 writes into its unit")
def same_gateway_token_in_the_unit(w: World) -> None:
    w.has(i.key())
    pid = w.process("openclaw-gateway", HOME=str(w.home), PATH=str(w.bin), **{TOKEN: GATEWAY})
    w.systemd(f"Environment={TOKEN}={GATEWAY}", MainPID=str(pid))


# ---- and more of the healthy ones ----------------------------------------------------------------------------------


@of("healthy: OPENCLAW_HOME, which 2026.9 reads")
def home_elsewhere(w: World) -> None:
    w.env["OPENCLAW_HOME"] = str(w.home / "own")
    w.newer({A: i.key()})
    (w.home / "own").mkdir(mode=0o700)
    w.state.rename(w.home / "own/.openclaw")


@of("healthy: main's own database owns the shared store")
def store_of_main(w: World) -> None:
    path = w.newer({})
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM config_machine_state WHERE state_key = 'authProfiles.store'")
        owner = (json.dumps({"location": "legacy-main"}), "auth.sharedStore")
        connection.execute("UPDATE config_machine_state SET value_json = ? WHERE state_key = ?", owner)
    i.agent_database(w.home, {A: i.key()}, "main")


@of("healthy: models through the Claude CLI, whose own login is all there is")
def claude_cli_and_no_key(w: World) -> None:
    w.newer({}, model("claude-cli/claude-opus-5"))
    login = {"accessToken": i.TOKEN, "refreshToken": "r-FAKE-of-claude-0123456789", "expiresAt": NOW + DAY}
    w.file(w.home / ".claude/.credentials.json", json.dumps({"claudeAiOauth": login}))


@of("healthy: a setup-token works without `claude`, which only makes new ones", "warning claude/cli-missing")
def setup_token_without_claude(w: World) -> None:
    (w.bin / "claude").unlink()
    w.has(i.token(expires=NOW + 200 * DAY))


@of("§10 row 10: the database was deleted", "error credentials/none")
def deleted_database(w: World) -> None:
    w.newer({A: i.key()}, model(OPUS)).unlink()


@of("§10 row 56: a gateway runs and has nothing", "error credentials/none")
def gateway_without_credentials(w: World) -> None:
    w.newer({})
    w.systemd(MainPID=str(w.process("openclaw-gateway", HOME=str(w.home), PATH=str(w.bin))))


for name in ("mode", "link"):

    def closed_file(w: World, how: str = name) -> None:
        path = w.file(w.home / "vault/key", i.KEY, 0o644 if how == "mode" else 0o600)
        if how == "link":
            (w.home / "vault/link").symlink_to(path)
            path = w.home / "vault/link"
        ref = {"source": "file", "provider": "vault", "id": "value"}
        secrets = {"providers": {"vault": {"source": "file", "path": str(path), "mode": "singleValue"}}}
        w.newer({A: {"type": "api_key", "provider": "anthropic", "keyRef": ref}}, model(OPUS, secrets=secrets))

    CASES.add(f"reference_to_a_file_of_another_{name}", "§10 row 49", closed_file,
              f"error credentials/secret-ref-unresolved {A}")  # fmt: skip
