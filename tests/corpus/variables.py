"""Where variables come from, and who sees them: env files, this shell, the login shell, the gateway."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

from tests.checks import installations as i
from tests.corpus.world import OLDER, A, Cases, model

if TYPE_CHECKING:
    from tests.corpus.world import World

CASES = Cases()
of = CASES.of
KEY = i.KEY
NAME = "ANTHROPIC_API_KEY"

# ---- lines of env files --------------------------------------------------------------------------------------------

for name, text, target in (
    ("hash_in_a_value", f"{NAME}={KEY}\nTELEGRAM_BOT_TOKEN=123:FAKE#rest-of-it\n", "TELEGRAM_BOT_TOKEN"),
    ("blanks_round_the_sign", f"{NAME} = {KEY}\n", NAME),
    ("unclosed_quote", f'{NAME}={KEY}\nOTHER="open\nNEXT=1\n', "OTHER"),
    ("no_sign", f"{NAME}={KEY}\nthis is no assignment\n", ""),
    ("reference", f"{NAME}={KEY}\nCOPY=${{{NAME}}}\n", "COPY"),
    ("blank_in_a_value", f"{NAME}={KEY}\nGREETING=hello world\n", "GREETING"),
):

    def line(w: World, text: str = text) -> None:
        w.config()
        w.dotenv(text)

    CASES.add(f"env_file_{name}", "FM 23; §10 row 44", line, f"error env/dotenv-syntax {target}".strip())


@of("FM 23, 51: a byte order mark", "error env/dotenv-syntax")
def env_file_with_a_mark(w: World) -> None:
    w.has(i.key())
    w.dotenv(b"\xef\xbb\xbfOTHER=1\n")


@of("FM 23, 51: line ends of Windows", "error env/dotenv-syntax")
def env_file_of_windows(w: World) -> None:
    w.config()
    w.dotenv(f"{NAME}={KEY}\r\nOTHER=1\r\n")


@of("FM 23: a unit names the file, and systemd reads another name", "error env/dotenv-syntax")
def env_file_with_export_of_a_unit(w: World) -> None:
    w.has(i.key())
    w.file("gateway.env", "export OTHER=1\n")
    w.systemd(f"EnvironmentFile={w.path('gateway.env')}", MainPID=str(w.process("gateway", HOME=str(w.home))))


@of("§10 row 45", "warning env/dotenv-syntax")
def env_file_is_a_directory(w: World) -> None:
    w.has(i.key())
    w.path(".env").mkdir(mode=0o700)


@of("a file that is too large is ignored", "warning env/dotenv-syntax")
def env_file_too_large(w: World) -> None:
    w.has(i.key())
    w.dotenv("# " + "x" * (1 << 20) + "\nOTHER=1\n")


@of("FM 23; §10 row 44", f"warning env/dotenv-duplicate {NAME}")
def set_twice_in_one_file(w: World) -> None:
    w.config()
    w.dotenv(f"{NAME}={i.OTHER_KEY}\nOTHER=1\n{NAME}={KEY}\n")


# ---- names ---------------------------------------------------------------------------------------------------------


@of("FM 62", "error credentials/none", "warning env/misspelt OPEN_ROUTER_API_KEY")
def misspelt(w: World) -> None:
    w.config(model("openrouter/auto"))
    w.dotenv("OPEN_ROUTER_API_KEY=sk-or-v1-" + "fade" * 16 + "\n")


@of("FM 62", "error credentials/missing main/xai", "warning env/misspelt X_API_KEY")
def misspelt_beside_another_provider(w: World) -> None:
    w.config(model("xai/grok-4"))
    w.store({A: i.key()})
    w.env["X_API_KEY"] = "xai-" + "FAKE" * 20


for name, others, used in (
    ("CLAUDE_CODE_OAUTH_TOKEN", i.TOKEN, "anthropic/claude-opus-4-5"),
    ("ANTHROPIC_API_KEYS", KEY, "anthropic/claude-opus-4-5"),
    ("GOOGLE_API_KEY", "AIza" + "FAKE" * 9, "google/gemini-3-pro-preview"),
):

    def unread(w: World, name: str = name, value: str = others, used: str = used) -> None:
        w.config({**model(used), "meta": OLDER})
        w.env[name] = value

    CASES.add(f"only_{name}", "FM 62; §10 row 42", unread, "error credentials/none", f"warning env/not-read {name}")


@of("§10 row 43: 2026.6 and later ignore it", "error credentials/none", f"warning env/cwd-blocked {NAME}")
def key_in_the_working_directory(w: World) -> None:
    w.newer({})
    w.cwd = w.home / "project"
    w.file(w.cwd / ".env", f"{NAME}={KEY}\n")


@of("§10 row 40", "error credentials/none", f"warning env/empty {NAME}")
def empty_variable_and_nothing_else(w: World) -> None:
    w.config()
    w.env[NAME] = ""


@of(
    "§10 row 39; FM 63: it hides the value in .env",
    f"warning env/empty {NAME}",
    "error credentials/missing main/anthropic",
)
def empty_variable_before_the_file(w: World) -> None:
    w.config()
    w.env[NAME] = ""
    w.dotenv(f"{NAME}={KEY}\n")


@of("FM 63 beside a profile", f"warning env/empty {NAME}")
def empty_variable_beside_a_profile(w: World) -> None:
    w.has(i.key())
    w.dotenv(f"{NAME}=\n")


@of("FM 26", "info env/legacy-name CLAWDBOT_GATEWAY_TOKEN")
def former_name(w: World) -> None:
    w.has(i.key())
    w.env["CLAWDBOT_GATEWAY_TOKEN"] = "former-FAKE-token-0123"


@of("FM 9: two values in two places", f"info env/layer-conflict {NAME}")
def two_values(w: World) -> None:
    w.config()
    w.dotenv(f"{NAME}={i.OTHER_KEY}\n")
    w.env[NAME] = KEY


@of("FM 18", "warning env/cwd-redirects OPENCLAW_STATE_DIR")
def working_directory_leads_elsewhere(w: World) -> None:
    other = w.home / "elsewhere"
    w.file(other / "openclaw.json", json.dumps({**model(), "meta": OLDER}))
    w.file(other / "agents/main/agent/auth-profiles.json", json.dumps({"version": 1, "profiles": {A: i.key()}}))
    w.config({**model(), "meta": OLDER})
    w.cwd = w.home / "project"
    w.file(w.cwd / ".env", f"OPENCLAW_STATE_DIR={other}\n")


@of("FM 2: the login shell fails", "warning env/shell-import-failed")
def login_shell_that_fails(w: World) -> None:
    w.config({**model(), "env": {"shellEnv": {"enabled": True}}})
    w.store({A: i.key()})
    w.env["SHELL"] = str(w.executable("login-shell", "echo 'syntax error' >&2; exit 2"))


@of("FM 2, 17: it fails and was all there is: nothing is said to be missing", "warning env/shell-import-failed")
def login_shell_that_fails_and_nothing_else(w: World) -> None:
    w.config({**model(), "env": {"shellEnv": {"enabled": True}}})
    w.env["SHELL"] = str(w.executable("login-shell", "exit 2"))


# ---- the gateway's view --------------------------------------------------------------------------------------------


def gateway(w: World, **env: str) -> str:
    """The gateway's process with these variables."""
    return str(w.process("openclaw-gateway", HOME=str(w.home), PATH=str(w.bin), **env))


@of("FM 2", f"error env/daemon-blind {NAME}")
def key_of_the_shell_only(w: World) -> None:
    w.config()
    w.env[NAME] = KEY
    w.systemd(MainPID=gateway(w))


@of("FM 2: in .env of the working directory", f"error env/daemon-blind {NAME}")
def key_of_the_working_directory_only(w: World) -> None:
    w.config({**model(), "meta": OLDER})
    w.cwd = w.home / "project"
    w.file(w.cwd / ".env", f"{NAME}={KEY}\n")
    w.systemd(MainPID=gateway(w))


@of("FM 2: the config refers to a variable of the shell", "error env/daemon-blind ACME_KEY")
def referred_variable_of_the_shell_only(w: World) -> None:
    entry = {"baseUrl": "https://llm.example.org/v1", "apiKey": "${ACME_KEY}", "models": [{"id": "large"}]}
    w.config(model("acme/large", models={"providers": {"acme": entry}}))
    w.env["ACME_KEY"] = "odd-FAKE-key-0123456789abcdef"
    w.systemd(MainPID=gateway(w))


@of("FM 14", "warning env/daemon-stale openclaw-gateway.service")
def env_file_changed_after_the_start(w: World) -> None:
    w.config()
    path = w.dotenv(f"{NAME}={KEY}\n")
    w.systemd(MainPID=gateway(w))
    os.utime(path, (time.time() + 3600,) * 2)


@of("FM 9: the process has another value", f"error env/daemon-differs {NAME}")
def process_with_another_value(w: World) -> None:
    w.config()
    w.dotenv(f"{NAME}={KEY}\n")
    w.systemd(MainPID=gateway(w, **{NAME: i.OTHER_KEY}))


@of("FM 9: frozen in the unit", f"warning env/frozen-in-unit {NAME}")
def key_in_the_unit(w: World) -> None:
    w.config()
    w.dotenv(f"{NAME}={KEY}\n")
    w.systemd(f"Environment={NAME}={KEY}", MainPID=gateway(w, **{NAME: KEY}))


@of("FM 9: frozen with another value", f"warning env/frozen-in-unit {NAME}", f"error env/daemon-differs {NAME}")
def old_key_in_the_unit(w: World) -> None:
    w.config()
    w.dotenv(f"{NAME}={KEY}\n")
    w.systemd(f"Environment={NAME}={i.OTHER_KEY}", MainPID=gateway(w, **{NAME: i.OTHER_KEY}))


@of("FM 9, 47: in a service-env file", f"warning env/frozen-in-unit {NAME}")
def key_in_a_service_env_file(w: World) -> None:
    w.config()
    w.dotenv(f"{NAME}={KEY}\n")
    frozen = w.file("service-env/openclaw-gateway.env", f"{NAME}={KEY}\n")
    w.systemd(f"EnvironmentFile={frozen}", MainPID=gateway(w, **{NAME: KEY}))


@of("FM 63 in a unit", f"warning env/empty {NAME} of the gateway")
def empty_in_the_unit(w: World) -> None:
    w.has(i.key())
    w.systemd(f"Environment={NAME}=", MainPID=gateway(w, **{NAME: ""}))
