"""Every path rule of an OpenClaw installation (auth-spec §1). Reads existence, never contents; creates nothing."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.errors import Failure, RootUsageFailure
from openclaw.frozen import frozen
from openclaw.text import js_trim, tilde

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_AGENT = "main"
STATE_NAME = ".openclaw"
LEGACY_STATE_NAMES = (".clawdbot", ".moltbot", ".moldbot")
CONFIG_NAMES = ("openclaw.json", "clawdbot.json", "moltbot.json", "moldbot.json")
STORE_NAME = "auth-profiles.json"
PATH_VARIABLES = frozenset((
    "OPENCLAW_STATE_DIR", "CLAWDBOT_STATE_DIR", "OPENCLAW_CONFIG_PATH", "CLAWDBOT_CONFIG_PATH", "OPENCLAW_AGENT_DIR",
    "PI_CODING_AGENT_DIR", "OPENCLAW_OAUTH_DIR", "OPENCLAW_HOME",
))  # fmt: skip

_AGENT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.IGNORECASE | re.ASCII)


@frozen
class Home:
    """Where one installation lives. `config` need not exist; it is then the file that would be created."""

    user: Path  # the user's home directory
    cwd: Path
    state: Path
    config: Path
    default_agent_dir: Path | None = None  # OPENCLAW_AGENT_DIR or PI_CODING_AGENT_DIR
    state_from: str = "default"  # variable name, "legacy directory" or "default"
    read_env: Path | None = None  # the shared env file, where it redirected `state` to another directory
    os_home: Path | None = None  # the user's own home directory, where OPENCLAW_HOME put another in its place
    oauth_dir: Path | None = None  # OPENCLAW_OAUTH_DIR

    @property
    def env_file(self) -> Path:
        """The shared env file that a daemon of this installation reads."""
        return self.read_env or self.state / ".env"

    @property
    def moved(self) -> bool:
        """Whether a variable names the state directory."""
        return self.state_from.endswith("_STATE_DIR")

    @property
    def main_agent_dir(self) -> Path:
        """The "main store dir" of auth-spec §1.5: always `main`, whatever the configured default agent is."""
        return self.default_agent_dir or self.state / "agents" / DEFAULT_AGENT / "agent"

    @property
    def oauth_file(self) -> Path:
        """The older file of logins that is imported where there is no store (auth-spec §1.6): one for all agents."""
        return (self.oauth_dir or self.state / "credentials") / "oauth.json"

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
        return tilde(path, self.os_home or self.user)


def locate(env: Mapping[str, str], user: Path, cwd: Path, *, newer: bool = False) -> Home:
    """The installation that OpenClaw would use with this environment (auth-spec §1.1-§1.3).

    `newer` takes the rules of OpenClaw 2026.6 and later: OPENCLAW_HOME stands for the home directory and CLAWDBOT_*
    means nothing (openclaw-new §5). Legacy directories are read where they are; the reference moves them, this
    program never does. What cannot be looked at counts as being there: whoever opens it gets to say why not.
    """
    os_home = None
    if newer:
        env = {name: value for name, value in env.items() if not name.startswith("CLAWDBOT_")}
        if own := js_trim(env.get("OPENCLAW_HOME", "")):
            os_home, user = user, expand(own, user, cwd)
    state, state_from, overridden = _state_dir(env, user, cwd)
    agent_dir = _first(env, "OPENCLAW_AGENT_DIR", "PI_CODING_AGENT_DIR")
    oauth_dir = _first(env, "OPENCLAW_OAUTH_DIR")
    return Home(
        user=user,
        cwd=cwd,
        state=state,
        config=_config_path(env, user, cwd, state, overridden=overridden),
        default_agent_dir=expand(agent_dir[1], user, cwd) if agent_dir else None,
        state_from=state_from,
        os_home=os_home,
        oauth_dir=expand(oauth_dir[1], user, cwd) if oauth_dir else None,
    )


def expand(raw: str, user: Path, cwd: Path) -> Path:
    """An override as an absolute path: trimmed, a leading `~` replaced, made absolute against `cwd`, normalised."""
    text = js_trim(raw)
    if text == "~" or text.startswith(("~/", "~\\")):
        text = f"{user}{text[1:]}"
    path = os.path.normpath(cwd / text)
    return Path(path[1:] if path.startswith("//") else path)  # POSIX keeps two leading slashes, Node does not


def there(path: Path) -> bool:
    """Whether something is at `path`, as far as this user may look; who reads it then says what is in the way."""
    try:
        return path.exists()
    except OSError:
        return False


def leads_nowhere(path: Path) -> str:
    """The link on the way to a path that is not there, as a clause; "" where no link is to blame.

    Such a path is not absent: a volume is not mounted, or what the link meant was moved.
    """
    step = str(path)
    while not os.path.lexists(step) and step != os.path.dirname(step):  # noqa: PTH120 - asked for each missing file
        step = os.path.dirname(step)  # noqa: PTH120
    if not os.path.islink(step) or os.path.exists(step):  # noqa: PTH110, PTH114
        return ""
    link = "it" if step == str(path) else step
    return f"{link} is a link to {os.readlink(step)}, and nothing is there"  # noqa: PTH115 - as it is written


def matches(folder: Path, pattern: str) -> list[Path]:
    """What stands below `folder` under names of a pattern, sorted; nothing where this user may not look."""
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []


def user_home(env: Mapping[str, str]) -> Path:
    """The user's home directory: `HOME` where set, else the password database. Absolute."""
    return Path(os.path.abspath(env.get("HOME") or _registered_home()))  # noqa: PTH100 - resolve() follows links


def _registered_home() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir or "/"
    except KeyError:
        raise Failure(
            f"no home directory: HOME is not set, and user {os.getuid()} is not in the password database",
            hint="set HOME to the directory that holds .openclaw",
        ) from None


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
    name = js_trim(name)
    if not _AGENT_ID.fullmatch(name):
        raise RootUsageFailure(
            f"--profile {name!r}: a profile name has at most 64 letters, digits, - and _, and no - or _ first",
            hint="for example: --profile work",
        )
    state = user / (STATE_NAME if name.lower() == "default" else f"{STATE_NAME}-{name}")
    added = {"OPENCLAW_PROFILE": name}
    given = js_trim(env.get("OPENCLAW_STATE_DIR", ""))
    if not given:
        added["OPENCLAW_STATE_DIR"] = str(state)
    if not js_trim(env.get("OPENCLAW_CONFIG_PATH", "")):
        added["OPENCLAW_CONFIG_PATH"] = os.path.normpath(f"{given or state}/{CONFIG_NAMES[0]}")
    if name == "dev" and not js_trim(env.get("OPENCLAW_GATEWAY_PORT", "")):
        added["OPENCLAW_GATEWAY_PORT"] = "19001"
    return added


def _may_be_there(path: Path) -> bool:
    """What a permission hides is not absent: whoever opens it gets to say why not."""
    try:
        path.stat()
    except OSError as error:
        return isinstance(error, PermissionError)
    return True


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
    if _may_be_there(default):
        return default, "default", False
    for name in LEGACY_STATE_NAMES:
        if _may_be_there(user / name):
            return user / name, "legacy directory", False
    return default, "default", False


def _config_path(env: Mapping[str, str], user: Path, cwd: Path, state: Path, *, overridden: bool) -> Path:
    override = _first(env, "OPENCLAW_CONFIG_PATH", "CLAWDBOT_CONFIG_PATH")
    if override:
        path = expand(override[1], user, cwd)
        # A CLAWDBOT_CONFIG_PATH that does not exist is not where the reference writes (auth-spec §1.3).
        return path if override[0] == "OPENCLAW_CONFIG_PATH" or _may_be_there(path) else state / CONFIG_NAMES[0]
    folders = [state] if overridden else []
    folders += [user / name for name in (STATE_NAME, *LEGACY_STATE_NAMES)]
    for folder in folders:
        for name in CONFIG_NAMES:
            if _may_be_there(folder / name):
                return folder / name
    return state / CONFIG_NAMES[0]
