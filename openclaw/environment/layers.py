"""The layers of the environment and which of them wins (auth-spec §6, openclaw-new §5).

Precedence: process, `.env` of the working directory, `<state>/.env`, `~/.config/openclaw/gateway.env` (newer OpenClaw,
default state directory only), config `env`, login shell. A file never replaces a variable that is present, even an
empty one; config `env` and the shell replace blank ones.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from openclaw.frozen import frozen
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

LayerName = Literal["process", "cwd", "state", "gateway", "config", "shell"]

# The variables that the login shell is asked for, in the reference's order (auth-spec §6.4).
SHELL_KEYS = (
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_OAUTH_TOKEN", "GEMINI_API_KEY", "ZAI_API_KEY",
    "OPENROUTER_API_KEY", "AI_GATEWAY_API_KEY", "MINIMAX_API_KEY", "SYNTHETIC_API_KEY", "ELEVENLABS_API_KEY",
    "TELEGRAM_BOT_TOKEN", "DISCORD_BOT_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "OPENCLAW_GATEWAY_TOKEN",
    "OPENCLAW_GATEWAY_PASSWORD",
)  # fmt: skip
SHELL_TIMEOUT = 15.0  # seconds, the reference's default
TRUE_WORDS = ("1", "true", "yes", "on")


@frozen
class Layer:
    """One source of variables. `lines` gives the line of a variable where the source is a file."""

    name: LayerName
    values: Mapping[str, str] = field(repr=False)
    path: Path | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    blocked: frozenset[str] = frozenset()  # names that this OpenClaw ignores here


@frozen
class Environment:
    """The effective variables and where each came from."""

    values: Mapping[str, str] = field(repr=False)
    origin: Mapping[str, Layer] = field(repr=False)
    layers: tuple[Layer, ...] = field(repr=False)
    shell_enabled: bool = False
    shell_problem: str = ""

    def get(self, name: str) -> str:
        """The effective value; "" where it is not set."""
        return self.values.get(name, "")

    def usable(self, name: str) -> str:
        """The trimmed value; "" where it is unset or blank."""
        return js_trim(self.values.get(name, ""))

    def layer(self, name: LayerName) -> Layer | None:
        """The layer of that name, where there is one."""
        return next((layer for layer in self.layers if layer.name == name), None)

    def source(self, name: str) -> str:
        """The reference's label of a variable: `env: NAME`, or `shell env: NAME` from the login shell."""
        layer = self.origin.get(name)
        return f"shell env: {name}" if layer and layer.name == "shell" else f"env: {name}"

    @property
    def shell_applied(self) -> list[str]:
        """The variables that the login shell provided, in the order they were asked for."""
        return [name for name in SHELL_KEYS if (layer := self.origin.get(name)) and layer.name == "shell"]


def file_layer(name: LayerName, path: Path, blocked: Iterable[str] = ()) -> Layer | None:
    """An env file as a layer; None where there is no such file or OpenClaw ignores it. Raises `Unreadable`."""
    from openclaw.environment.dotenv import read_env_file

    entries = read_env_file(path).entries
    if not entries:
        return None
    ignored = frozenset(blocked)
    values = {entry.name: entry.value for entry in entries}
    return Layer(name, values, path, {entry.name: entry.line for entry in entries}, ignored & values.keys())


def combine(layers: Iterable[Layer]) -> Environment:
    """Lays the layers over each other, first wins; config and shell also replace blank values.

    The alias of Z.AI is made twice, as at OpenClaw's start: before and after the files, not after the config's block.
    """
    values: dict[str, str] = {}
    origin: dict[str, Layer] = {}
    kept = tuple(layers)
    process = [layer for layer in kept if layer.name == "process"]
    late = [layer for layer in kept if layer.name in ("config", "shell")]
    files = [layer for layer in kept if layer.name in ("cwd", "state", "gateway")]
    for group in (process, files):
        for layer in group:
            _lay(layer, values, origin, replaces_blank=False)
        _alias(values, origin)
    for layer in late:
        _lay(layer, values, origin, replaces_blank=True)
    return Environment(values, origin, kept)


def _lay(layer: Layer, values: dict[str, str], origin: dict[str, Layer], *, replaces_blank: bool) -> None:
    for name, value in layer.values.items():
        taken = name in values and not (replaces_blank and not js_trim(values[name]))
        if not taken and name not in layer.blocked:
            values[name] = value
            origin[name] = layer


def _alias(values: dict[str, str], origin: dict[str, Layer]) -> None:
    """OpenClaw copies Z_AI_API_KEY into a blank ZAI_API_KEY (auth-spec §6.1)."""
    if js_trim(values.get("Z_AI_API_KEY", "")) and not js_trim(values.get("ZAI_API_KEY", "")):
        values["ZAI_API_KEY"] = values["Z_AI_API_KEY"]
        origin["ZAI_API_KEY"] = origin["Z_AI_API_KEY"]


def with_shell(environment: Environment, layer: Layer | None, *, enabled: bool, problem: str = "") -> Environment:
    """The environment with what the login shell gave."""
    if layer is None:
        return Environment(environment.values, environment.origin, environment.layers, enabled, problem)
    found = combine((*environment.layers, layer))
    return Environment(found.values, found.origin, found.layers, enabled, problem)


# What a `.env` of the working directory may not set for newer OpenClaw (openclaw-new §5), in upper case. The host
# variables are those that change where or how this program would look; OpenClaw's list of them is longer.
BLOCKED_PREFIXES = (
    "OPENCLAW_", "CLAWHUB_", "ANTHROPIC_API_KEY_", "OPENAI_API_KEY_", "CLOUDSDK_", "AWS_", "HOMEBREW_", "LD_", "DYLD_",
    "BASH_FUNC_",
)  # fmt: skip
BLOCKED_SUFFIXES = ("_API_HOST", "_BASE_URL", "_ENDPOINT", "_HOMESERVER")
BLOCKED_PARTS = (
    "DANGEROUSLY", "DISABLE_AUTH", "DISABLE_CERT", "DISABLE_SIGNATURE", "DISABLE_SSL", "DISABLE_TLS", "SKIP_AUTH",
)  # fmt: skip
BLOCKED_NAMES = frozenset((
    "PATH", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NODE_TLS_REJECT_UNAUTHORIZED", "HOME", "SHELL",
    "BASH_ENV", "ENV", "NODE_OPTIONS", "NODE_PATH",
))  # fmt: skip


def blocked_in_cwd(names: Iterable[str]) -> set[str]:
    """Which of these names OpenClaw 2026.6 and later ignores in a `.env` of the working directory."""
    from openclaw.providers.names import all_env_names

    provider_names = all_env_names()
    return {name for name in names if name.upper() in provider_names or _blocked(name.upper())}


def _blocked(name: str) -> bool:
    return (
        name in BLOCKED_NAMES
        or name.startswith(BLOCKED_PREFIXES)
        or name.endswith(BLOCKED_SUFFIXES)
        or any(part in name for part in BLOCKED_PARTS)
    )
