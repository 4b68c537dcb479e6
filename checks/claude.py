"""claude/: the Claude Code CLI."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, check
from openclaw.config.views import table
from openclaw.credentials.shapes import is_subscription_token
from openclaw.platforms import claude_install_command
from openclaw.text import joined, remaining

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config
    from openclaw.facts.claude import Claude, ClaudeLogin, ClaudeVersion
    from openclaw.facts.credentials import Routes
    from openclaw.facts.installation import Clock
    from openclaw.home import Home
    from openclaw.platforms import HostKind

FIRST = "Log in, as the user that the gateway runs as; an API key in a store of OpenClaw does not count there."
AGAIN = "Log in again; for a host that nobody watches a setup-token or an API key lasts longer."


@check("claude/cli-missing", Severity.WARNING, tags={"claude"})
def cli_missing(claude: Claude, config: Config, routes: Routes, host: HostKind) -> Iterator[Finding]:
    """`claude` is needed for setup-tokens and not on PATH."""
    if claude.path:
        return
    needed = claude_route(config, routes)
    why = "; a setup-token or a Claude CLI route is in use" if needed else "; only setup-tokens need it"
    where = f": it is at {claude.elsewhere[0]}" if claude.elsewhere else ""
    yield Finding(
        "claude/cli-missing",
        Severity.WARNING if needed else Severity.INFO,
        f"`claude` is not on PATH{where}{why}",
        remedy=_remedy(claude, host),
    )


@check("claude/cli-broken", Severity.WARNING, tags={"claude"})
def cli_broken(claude: Claude, claude_version: ClaudeVersion, host: HostKind) -> Iterator[Finding]:
    """`claude` is there and does not start."""
    if claude.path is None:
        raise NotApplicable("`claude` is not on PATH")
    if not claude_version.problem:
        return
    path = quote(str(claude.path))
    text = "See what it says; if it is broken, install it again."
    yield Finding(
        "claude/cli-broken",
        Severity.WARNING,
        f"`claude --version` gives no version: {claude_version.problem}",
        where=Location(str(claude.path)),
        remedy=Remedy(text, (f"{path} --version", claude_install_command(host))),
    )


@check("claude/login-blank", Severity.WARNING, tags={"claude", "auth"})
def login_blank(claude_login: ClaudeLogin, claude: Claude, config: Config, host: HostKind) -> Iterator[Finding]:
    """The login of the Claude CLI has empty tokens; or models go through it, and it has no login."""
    # Of models named `claude-cli/…`, credentials/missing says it; on macOS a keychain has the login.
    lacking = claude_login.state == "absent" and not claude_login.otherwise and host.os != "macos"
    if claude_login.state == "blank":
        message = "The login of the Claude CLI has empty tokens: another process wiped it"
    elif lacking and claude.path and _runtime(config):
        message = "Models go through the Claude CLI, and it is not logged in"
    else:
        return
    yield Finding(
        "claude/login-blank",
        Severity.WARNING,
        message,
        where=Location(str(claude_login.path)),
        remedy=Remedy(AGAIN if claude_login.state == "blank" else FIRST, ("claude /login",)),
    )


@check("claude/login-expired", Severity.WARNING, tags={"claude", "auth"})
def login_expired(claude_login: ClaudeLogin, clock: Clock) -> Iterator[Finding]:
    """The login of the Claude CLI is over, and cannot renew itself."""
    found = claude_login
    if found.state != "present" or found.refreshable or not 0 < found.expires <= clock.now:
        return
    yield Finding(
        "claude/login-expired",
        Severity.WARNING,
        f"The login of the Claude CLI expired {remaining(clock.now - found.expires)} ago and has no refresh token",
        where=Location(str(found.path)),
        remedy=Remedy(AGAIN, ("claude /login",)),
    )


@check("claude/several", Severity.INFO, tags={"claude"})
def several(claude: Claude, home: Home) -> Iterator[Finding]:
    """More than one `claude` on PATH."""
    if claude.path is None or not claude.others:
        return
    rest = joined([home.short(path) for path in claude.others])
    yield Finding(
        "claude/several",
        Severity.INFO,
        f"PATH has more than one `claude`: {home.short(claude.path)} answers, not {rest}",
        where=Location(str(claude.path)),
        remedy=Remedy("Remove those that are not needed; a gateway may find another one first.", ("which -a claude",)),
    )


def _remedy(claude: Claude, host: HostKind) -> Remedy:
    if claude.elsewhere:
        folder = quote(str(claude.elsewhere[0].parent))
        return Remedy("Put its directory on PATH.", (f'export PATH={folder}:"$PATH"',))
    return Remedy("Install Claude Code.", (claude_install_command(host),))


def claude_route(config: Config, routes: Routes) -> bool:
    """A setup-token is what Anthropic gets, or the config sends models through the Claude CLI."""
    winners = [route.winner for route in routes.routes if route.provider == "anthropic"]
    token = any(item and item.secret and is_subscription_token(item.secret.reveal()) for item in winners)
    return token or _runtime(config) or any(route.provider == "claude-cli" for route in routes.routes)


def _runtime(config: Config) -> bool:
    """Models of Anthropic run through the Claude CLI, with its own login."""
    defaults = table(config.value, "agents", "defaults")
    listed = [item for item in table(defaults, "models").values() if isinstance(item, dict)]
    return any(table(item, "agentRuntime").get("id") == "claude-cli" for item in [defaults, *listed])
