"""claude/: the Claude Code CLI."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from openclaw.api import Finding, Remedy, Severity, check
from openclaw.config.views import table
from openclaw.credentials.shapes import is_subscription_token
from openclaw.platforms import claude_install_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config
    from openclaw.facts.claude import Claude
    from openclaw.facts.credentials import Routes
    from openclaw.platforms import HostKind


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


def _remedy(claude: Claude, host: HostKind) -> Remedy:
    if claude.elsewhere:
        folder = quote(str(claude.elsewhere[0].parent))
        return Remedy("Put its directory on PATH.", (f'export PATH={folder}:"$PATH"',))
    return Remedy("Install Claude Code.", (claude_install_command(host),))


def claude_route(config: Config, routes: Routes) -> bool:
    """A setup-token is what Anthropic gets, or the config sends models through the Claude CLI."""
    winners = [route.winner for route in routes.routes if route.provider == "anthropic"]
    token = any(item and item.secret and is_subscription_token(item.secret.reveal()) for item in winners)
    defaults = table(config.value, "agents", "defaults")
    listed = [item for item in table(defaults, "models").values() if isinstance(item, dict)]
    runtime = any(table(item, "agentRuntime").get("id") == "claude-cli" for item in [defaults, *listed])
    return token or runtime or any(route.provider == "claude-cli" for route in routes.routes)
