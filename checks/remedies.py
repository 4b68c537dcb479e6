"""Remedies that several checks share: the exact commands for a provider, a file that keeps us out, a broken file."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from openclaw.api import Remedy
from openclaw.change import advice
from openclaw.providers.names import normalise, variables_of

if TYPE_CHECKING:
    from openclaw.facts.files import Broken

# Providers that one signs in to; OpenClaw itself does that.
LOGINS = frozenset(
    {"github-copilot", "google-antigravity", "google-gemini-cli", "minimax-portal", "openai-codex", "qwen-portal"}
)
# They have a variable, and need something besides that `openclaw onboard --provider` does not ask for.
NOT_BY_KEY = frozenset({"cloudflare-ai-gateway", "deepgram"})
# Their credentials belong to another program.
CLOUDS = {"google-vertex": "gcloud auth application-default login", "amazon-bedrock": "aws configure"}


def obtain(provider: str, *, agent: str = "", newer: bool = False) -> tuple[str, ...]:
    """The command that stores a credential for a provider. `agent` is "" for the default one."""
    name = normalise(provider)
    if name in CLOUDS:
        return (CLOUDS[name],)
    if name in LOGINS:
        return login(name, newer=newer)
    if variables_of(name) and name not in NOT_BY_KEY:
        return (f"openclaw onboard --provider {name}{option('--agent', agent)}",)
    return (f"openclaw models auth paste-token --provider {quote(name)}{option('--agent', agent)}",)


def login(provider: str, *, newer: bool = False) -> tuple[str, ...]:
    """The command that signs in to a provider. `login` of 2026.2.x knows only what plugins bring (auth-spec §10.4)."""
    name = quote(normalise(provider))
    if name == "github-copilot":
        return ("openclaw real models auth login-github-copilot",)
    if name not in LOGINS | {"chutes"}:
        return ("openclaw real onboard",)
    if newer:
        return (f"openclaw real models auth login --provider {name}",)
    return (f"openclaw real onboard --auth-choice {name}",)


def option(flag: str, value: str) -> str:
    """` --flag value`, or nothing without a value."""
    return f" {flag} {quote(value)}" if value else ""


def edit(path: str, line: int | None = None) -> str:
    """The command that opens a file in the user's own editor, at a line where one is known."""
    return f"${{EDITOR:-vi}} {f'+{line} ' if line else ''}{quote(path)}"


def let_in(broken: Broken) -> Remedy:
    """How a file that cannot be read becomes readable for the user who asks."""
    found = broken.obstacle
    if found is None:
        return Remedy("Find out what keeps it from being read.", (f"ls -l {quote(broken.path)}",))
    if found.directory and found.path == broken.path:
        aside = f"mv {quote(found.path)} {quote(found.path + '.moved')}"
        return Remedy("A directory stands where the file belongs: move it away.", (aside,))
    return Remedy(*advice.let_in(found.path, owner=found.uid, uid=broken.uid, directory=found.directory))


def restore(broken: Broken, line: int | None) -> Remedy:
    """How a file that cannot be parsed is mended: from its newest whole backup, else by hand; nothing is lost."""
    if not broken.backup:
        return Remedy("Correct that place; there is no whole backup beside the file.", (edit(broken.path, line),))
    path, copy = quote(broken.path), quote(broken.backup)
    name = broken.backup.rpartition("/")[2]
    text = f"Correct that place, or keep the broken file aside and restore {name}, its newest whole backup."
    swap = f"cp -p {path} {quote(broken.path + '.broken')} && cp -p {copy} {path}"
    return Remedy(text, (edit(broken.path, line), swap), "confirm")
