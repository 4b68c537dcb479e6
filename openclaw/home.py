"""Every path rule of an OpenClaw installation (auth-spec §1). Reads existence, never contents; creates nothing."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.errors import UsageFailure
from openclaw.text import js_trim, tilde

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_AGENT = "main"
STATE_NAME = ".openclaw"
LEGACY_STATE_NAMES = (".clawdbot", ".moltbot", ".moldbot")
CONFIG_NAMES = ("openclaw.json", "clawdbot.json", "moltbot.json", "moldbot.json")
STORE_NAME = "auth-profiles.json"

_AGENT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Home:
    """Where one installation lives. `config` need not exist; it is then the file that would be created."""

    user: Path  # the user's home directory
    cwd: Path
    state: Path
    config: Path
    default_agent_dir: Path | None = None  # OPENCLAW_AGENT_DIR or PI_CODING_AGENT_DIR
    state_from: str = "default"  # variable name, "profile", "legacy directory" or "default"

    @property
    def env_file(self) -> Path:
        """The shared env file that a daemon of this installation reads."""
        return self.state / ".env"

    @property
    def main_agent_dir(self) -> Path:
        """The "main store dir" of auth-spec §1.5: always `main`, whatever the configured default agent is."""
        return self.default_agent_dir or self.state / "agents" / DEFAULT_AGENT / "agent"

    @property
    def shared_database(self) -> Path:
        """The shared state database of OpenClaw 2026.6 and later (openclaw-new §1.1)."""
        return self.state / "state" / "openclaw.sqlite"

    def agent_dir(self, agent: str, configured: str | None = None) -> Path:
        """The directory of an agent: its configured `agentDir`, else `<state>/agents/<id>/agent`."""
        if configured and js_trim(configured):
            return expand(configured, self.user, self.cwd)
        return self.state / "agents" / agent / "agent"

    def short(self, path: Path | str) -> str:
        """The path as people see it: `~` for the home directory."""
        return tilde(path, self.user)


def locate(env: Mapping[str, str], user: Path, cwd: Path) -> Home:
    """The installation that OpenClaw would use with this environment (auth-spec §1.1-§1.3).

    Legacy directories are read where they are; the reference moves them, this program never does.
    """
    state, state_from, overridden = _state_dir(env, user, cwd)
    agent_dir = _first(env, "OPENCLAW_AGENT_DIR", "PI_CODING_AGENT_DIR")
    return Home(
        user=user,
        cwd=cwd,
        state=state,
        config=_config_path(env, user, cwd, state, overridden=overridden),
        default_agent_dir=expand(agent_dir[1], user, cwd) if agent_dir else None,
        state_from=state_from,
    )


def expand(raw: str, user: Path, cwd: Path) -> Path:
    """An override as an absolute path: trimmed, a leading `~` replaced, made absolute against `cwd`, normalised."""
    text = js_trim(raw)
    if text == "~" or text.startswith(("~/", "~\\")):
        text = f"{user}{text[1:]}"
    return Path(os.path.normpath(cwd / text))


def user_home(env: Mapping[str, str]) -> Path:
    """The user's home directory: `HOME` where set, else the password database."""
    return Path(env["HOME"]) if env.get("HOME") else Path("~").expanduser()


def normalise_agent(raw: str) -> str:
    """An agent id as OpenClaw stores it (auth-spec §1.5)."""
    text = js_trim(raw)
    if not text:
        return DEFAULT_AGENT
    if _AGENT_ID.fullmatch(text):
        return text.lower()
    slug = re.sub(r"[^a-z0-9_-]+", "-", text.lower())
    return re.sub(r"-+$", "", re.sub(r"^-+", "", slug))[:64] or DEFAULT_AGENT


def profile_environment(name: str, env: Mapping[str, str], user: Path) -> dict[str, str]:
    """What `--profile NAME` adds to the environment (auth-spec §1.4); variables that are set already win."""
    if not _AGENT_ID.fullmatch(name):
        raise UsageFailure(
            f"--profile {name!r}: a profile name has letters, digits, - and _ and starts with a letter or digit",
            hint="for example: --profile work",
        )
    state = user / (STATE_NAME if name.lower() == "default" else f"{STATE_NAME}-{name}")
    added = {"OPENCLAW_PROFILE": name}
    if not js_trim(env.get("OPENCLAW_STATE_DIR", "")):
        added["OPENCLAW_STATE_DIR"] = str(state)
    if not js_trim(env.get("OPENCLAW_CONFIG_PATH", "")):
        added["OPENCLAW_CONFIG_PATH"] = str(
            Path(added.get("OPENCLAW_STATE_DIR") or env["OPENCLAW_STATE_DIR"]) / CONFIG_NAMES[0]
        )
    if name == "dev" and not js_trim(env.get("OPENCLAW_GATEWAY_PORT", "")):
        added["OPENCLAW_GATEWAY_PORT"] = "19001"
    return added


def _first(env: Mapping[str, str], *names: str) -> tuple[str, str] | None:
    for name in names:
        if js_trim(env.get(name, "")):
            return name, env[name]
    return None


def _state_dir(env: Mapping[str, str], user: Path, cwd: Path) -> tuple[Path, str, bool]:
    override = _first(env, "OPENCLAW_STATE_DIR", "CLAWDBOT_STATE_DIR")
    if override:
        return expand(override[1], user, cwd), override[0], True
    default = user / STATE_NAME
    if default.exists():
        return default, "default", False
    for name in LEGACY_STATE_NAMES:
        if (user / name).exists():
            return user / name, "legacy directory", False
    return default, "default", False


def _config_path(env: Mapping[str, str], user: Path, cwd: Path, state: Path, *, overridden: bool) -> Path:
    override = _first(env, "OPENCLAW_CONFIG_PATH", "CLAWDBOT_CONFIG_PATH")
    if override:
        path = expand(override[1], user, cwd)
        # A CLAWDBOT_CONFIG_PATH that does not exist is not where the reference writes (auth-spec §1.3).
        return path if override[0] == "OPENCLAW_CONFIG_PATH" or path.exists() else state / CONFIG_NAMES[0]
    folders = [state] if overridden else []
    folders += [user / name for name in (STATE_NAME, *LEGACY_STATE_NAMES)]
    for folder in folders:
        for name in CONFIG_NAMES:
            if (folder / name).exists():
                return folder / name
    return state / CONFIG_NAMES[0]
