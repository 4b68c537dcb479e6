"""What to do after a provider's answer: the same words and commands for probes, checks and pasted errors. Pure."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from openclaw.frozen import frozen
from openclaw.providers.names import normalise, variables_of

if TYPE_CHECKING:
    from openclaw.providers.classify import Verdict

# Providers that one signs in to; OpenClaw itself does that.
LOGINS = frozenset(
    {"github-copilot", "google-antigravity", "google-gemini-cli", "minimax-portal", "openai-codex", "qwen-portal"}
)
# They have a variable, and need something besides that `openclaw onboard --provider` does not ask for.
NOT_BY_KEY = frozenset({"cloudflare-ai-gateway", "deepgram"})
# Their credentials belong to another program.
CLOUDS = {"google-vertex": "gcloud auth application-default login", "amazon-bedrock": "aws configure"}

# The ways out of "only authorized for use with Claude Code". Imitating Claude Code is none of them.
THREE_WAYS = (
    "Three ways out: an Anthropic API key; Claude models through the Claude CLI; or Anthropic's extra usage, which is "
    "switched on for the subscription at claude.ai."
)
CLAUDE_CODE_ONLY = "Claude Code only"  # the mark of such a credential
API_KEY = "openclaw onboard --provider anthropic --method api-key"
# The CLI as a backend: 2026.2.x knows it as a provider of its own, newer OpenClaw as an auth choice (openclaw-new §6).
CLAUDE_CLI = "openclaw real models set claude-cli/opus"
NEWER_CLAUDE_CLI = "openclaw real onboard --auth-choice anthropic-cli"

REPLACED = frozenset({"auth_bad", "auth_expired", "auth_revoked", "auth_restricted", "scope", "org", "region"})
NOTHING_STORED = "no api key found for provider"  # OpenClaw's own words
PROBE = "openclaw models status --probe"


@frozen
class Place:
    """Where a credential stands, as far as the command depends on it. `agent` is "" for the default one."""

    agent: str = ""
    profile: str = ""  # id of the stored profile
    mode: str = "api_key"
    newer: bool = False  # OpenClaw 2026.6 and later


@frozen
class Advice:
    """What an answer means, what to do in words, and the exact commands."""

    meaning: str
    remedy: str
    commands: tuple[str, ...] = ()


def advise(verdict: Verdict, provider: str, place: Place | None = None) -> Advice:
    """The advice for a verdict about a credential of a provider ("" where nobody knows whose)."""
    remedy = verdict.remedy
    if verdict.cls == "billing" and (page := _billing(provider)):
        remedy = f"{remedy} Billing: {page}"
    if verdict.phrase == NOTHING_STORED and provider:
        place = place or Place()
        return Advice(verdict.meaning, remedy, obtain(provider, agent=place.agent, newer=place.newer))
    return Advice(verdict.meaning, remedy, commands(verdict.cls, provider, place, sure=verdict.sure))


def commands(cls: str, provider: str, place: Place | None = None, *, sure: bool = True) -> tuple[str, ...]:
    """What to type after an answer of this class; nothing where waiting or a web page is what helps."""
    place, name = place or Place(), normalise(provider)
    if claude_code_only(cls, name):
        return three_ways(newer=place.newer, agent=place.agent) if sure else ()
    if cls in REPLACED and sure and name:
        return replacement(name, place)
    if cls in ("network", "billing") and name:
        return (f"{PROBE}{option('--probe-provider', name)}",)
    return ()


def claude_code_only(cls: str, provider: str) -> bool:
    """Whether the answer is Anthropic's refusal of a subscription token outside Claude Code."""
    return cls == "auth_restricted" and provider in ("anthropic", "")


def three_ways(*, newer: bool = False, agent: str = "") -> tuple[str, ...]:
    """The commands of the first two ways; the third one is a switch on a web page."""
    return (f"{API_KEY}{option('--agent', agent)}", NEWER_CLAUDE_CLI if newer else CLAUDE_CLI)


def replacement(provider: str, place: Place) -> tuple[str, ...]:
    """The commands that put a new credential in the place of a refused one."""
    if place.mode in ("token", "api_key") and place.profile:
        first = ("claude setup-token",) if provider == "anthropic" and place.mode == "token" else ()
        paste = f"openclaw models auth {'paste-token' if place.mode == 'token' else 'paste-api-key'}"
        where = f"{option('--agent', place.agent)}{option('--profile-id', place.profile)}"
        return (*first, f"{paste} --provider {quote(provider)}{where}")
    return obtain(provider, agent=place.agent, newer=place.newer)


def obtain(provider: str, *, agent: str = "", newer: bool = False) -> tuple[str, ...]:
    """The command that stores a credential for a provider. `agent` is "" for the default one."""
    name = normalise(provider)
    if name in CLOUDS:
        return (CLOUDS[name],)
    if name in LOGINS:
        return login(name, newer=newer, agent=agent)
    if variables_of(name) and name not in NOT_BY_KEY:
        return (f"openclaw onboard --provider {name}{option('--agent', agent)}",)
    return (f"openclaw models auth paste-token --provider {quote(name)}{option('--agent', agent)}",)


def login(provider: str, *, newer: bool = False, agent: str = "") -> tuple[str, ...]:
    """The command that signs in to a provider. `login` of 2026.2.x knows only what plugins bring (auth-spec §10.4).

    `agent` is "" for the default one; 2026.2.x signs in for that one only.
    """
    name = quote(normalise(provider))
    if name == "github-copilot":
        return ("openclaw real models auth login-github-copilot",)
    if name not in LOGINS | {"chutes"}:
        return ("openclaw real onboard",)
    if newer:
        return (f"openclaw real models auth login --provider {name}{option('--agent', agent)}",)
    return (f"openclaw real onboard --auth-choice {name}",)


def option(flag: str, value: str) -> str:
    """` --flag value`, or nothing without a value."""
    return f" {flag} {quote(value)}" if value else ""


def _billing(provider: str) -> str:
    from openclaw.providers.catalog import load

    known = load().get(provider) if provider else None
    return known.billing if known else ""
