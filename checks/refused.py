"""credentials/claude-code-only and gateway/log-auth-errors: what logs and earlier answers say about credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Finding, Remedy, Severity, Unknown, check
from openclaw.config.views import table
from openclaw.credentials.shapes import is_subscription_token
from openclaw.frozen import replace
from openclaw.home import DEFAULT_AGENT
from openclaw.providers.advice import API_KEY, PROBE, THREE_WAYS, Place, claude_code_only, commands, option, three_ways
from openclaw.providers.loglines import stamp
from openclaw.record import last
from openclaw.text import count, remaining

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.config.reading import Config
    from openclaw.credentials.resolve import Candidate
    from openclaw.era import Era
    from openclaw.facts.credentials import Route, Routes, Stores
    from openclaw.facts.installation import Clock
    from openclaw.facts.logs import Refusal, Refused
    from openclaw.finding import Location
    from openclaw.record import Last

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
# What OpenClaw writes about a profile; the words are Anthropic's.
WORDS = ("only authorized for use with claude code", "extra usage")


@check("credentials/claude-code-only", ERROR, tags={"auth"})
def claude_code_only_token(
    routes: Routes,
    config: Config,
    stores: Stores,
    refused: Refused,
    last_answers: Mapping[str, Last],
    clock: Clock,
    era: Era,
) -> Iterator[Finding]:
    """A Claude subscription token is what Anthropic's API would get."""
    none = True
    for found in _only_for_claude_code(routes, config, stores, refused, last_answers, clock, era):
        none = False
        yield found
    if none and (routes.unread or routes.guessed):
        raise Unknown(routes.guessed or routes.unread[0])


def _only_for_claude_code(
    routes: Routes,
    config: Config,
    stores: Stores,
    refused: Refused,
    last_answers: Mapping[str, Last],
    clock: Clock,
    era: Era,
) -> Iterator[Finding]:
    seen = set()
    for route in routes.routes:
        item = route.winner
        if item is None or item.secret is None or item.secret in seen or not _to_the_api(route, config):
            continue
        seen.add(item.secret)
        if not is_subscription_token(item.secret.reveal()):
            continue
        agent = "" if route.agent == stores.default else route.agent
        evidence, where = _evidence(item, route, stores, refused, last_answers, clock.now)
        newer = era.name == "sqlite"
        store = stores.effective.get(route.agent)
        owner = store.owner(item.name).agent if store and item.kind == "profile" else DEFAULT_AGENT
        about = item.name if owner == DEFAULT_AGENT else f"{owner}/{item.name}"
        if evidence:
            message = f"Anthropic refused the subscription token of {item.name}: it is for use with Claude Code only"
            remedy = Remedy(THREE_WAYS, three_ways(newer=newer, agent=agent))
            yield Finding("credentials/claude-code-only", ERROR, message, about, evidence, where, remedy)
        else:
            message = f"{item.name} is a Claude subscription token; OpenClaw supports that, Anthropic may refuse it"
            remedy = Remedy(f"If it is refused: {THREE_WAYS}", (f"{API_KEY}{option('--agent', agent)}",))
            yield Finding("credentials/claude-code-only", INFO, message, about, remedy=remedy)


@check("gateway/log-auth-errors", WARNING, tags={"gateway", "auth"})
def log_auth_errors(
    refused: Refused, routes: Routes, stores: Stores, last_answers: Mapping[str, Last], clock: Clock, era: Era
) -> Iterator[Finding]:
    """The gateway's logs of the last 7 days hold a provider's refusal."""
    from openclaw.providers.classify import REJECTIONS, WORDS

    found = [
        item
        for item in _named(refused, routes)
        if item.provider
        and item.sure
        and item.cls in REJECTIONS
        and not claude_code_only(item.cls, item.provider)  # credentials/claude-code-only says it
        and not _accepted_since(item, routes, last_answers)
    ]
    if not found and refused.unread:
        raise Unknown(refused.unread[0])
    for item in found:
        when = f", last {remaining(clock.now - item.last)} ago" if item.last else ""
        message = (
            f"By the logs {item.provider} refused a credential {count(item.count, 'time')} in 7 days{when}: "
            f"{WORDS[item.cls]}. {item.meaning}"
        )
        typed = commands(item.cls, item.provider, _place(item.provider, routes, stores, newer=era.name == "sqlite"))
        again = f"{PROBE}{option('--probe-provider', item.provider)}"
        yield Finding(
            "gateway/log-auth-errors",
            WARNING,
            message.rstrip("."),
            f"{item.provider}/{item.cls}",
            _shown(item, clock.now),
            item.place,
            Remedy(f"Ask the provider whether it still says so. {item.remedy}", (again, *typed)),
        )


def _named(refused: Refused, routes: Routes) -> list[Refusal]:
    """All of them; what was said of a request to a model is of the one provider in use, where no other one is named."""
    named = [item for item in refused.found if item.provider]
    used = {route.provider for route in routes.routes}
    if len(used) != 1:
        return named
    known = {(item.provider, item.cls) for item in named}
    [only] = used
    rest = (item for item in refused.found if not item.provider and item.of_model and (only, item.cls) not in known)
    return [*named, *(replace(item, provider=only) for item in rest)]


def _to_the_api(route: Route, config: Config) -> bool:
    """Whether the route's credential goes to Anthropic's API: the Claude CLI as a runtime has a login of its own."""
    defaults = table(config.value, "agents", "defaults")
    model = table(defaults, "models").get(route.model)
    settings = [defaults, model] if isinstance(model, dict) else [defaults]
    through_cli = any(table(item, "agentRuntime").get("id") == "claude-cli" for item in settings)
    return route.provider == "anthropic" and not through_cli


# ---- what shows it -------------------------------------------------------------------------------------------------


def _evidence(
    item: Candidate, route: Route, stores: Stores, refused: Refused, answers: Mapping[str, Last], now: int
) -> tuple[dict[str, str], Location | None]:
    """What shows that Anthropic refuses this token outside Claude Code: our own question, a log, OpenClaw's notes."""
    asked = last(answers, "anthropic", item.name, item.secret)
    ours = (found for found in refused.found if found.sure and claude_code_only(found.cls, found.provider))
    logged = next(ours, None)
    if asked and asked.accepted and (logged is None or (logged.last or 0) <= asked.at):
        return {}, None
    if asked and asked.accepted is False and asked.cls == "auth_restricted":
        return {"seen in": f"an answer to {asked.source}", "when": _ago(asked.at, now)}, None
    if logged:
        return _shown(logged, now), logged.place
    if words := _noted(item, route, stores):
        return {"seen in": "usage stats of the profile", "said": words}, None
    return {}, None


def _noted(item: Candidate, route: Route, stores: Stores) -> str:
    """The refusal in OpenClaw's usage statistics of a profile; "" where it is not there."""
    store = stores.effective.get(route.agent)
    stats = store.usage.get(item.name) if store and item.kind == "profile" else None
    texts = [value for value in stats.values() if isinstance(value, str)] if isinstance(stats, dict) else []
    return next((text[:200] for text in texts if any(words in text.lower() for words in WORDS)), "")


def _accepted_since(item: Refusal, routes: Routes, answers: Mapping[str, Last]) -> bool:
    """The provider accepted what is used for it now, after the last refusal: the log is history."""
    winners = [route.winner for route in routes.routes if route.provider == item.provider and route.winner]
    found = [last(answers, item.provider, winner.name, winner.secret) for winner in winners]
    return bool(found) and all(asked and asked.accepted and asked.at > (item.last or 0) for asked in found)


def _place(provider: str, routes: Routes, stores: Stores, *, newer: bool) -> Place:
    """Where the credential stands that is used for the provider now."""
    for route in routes.routes:
        if route.provider == provider and route.winner:
            item = route.winner
            agent = "" if route.agent == stores.default else route.agent
            stored = item.profile if item.kind == "profile" else None
            return Place(agent, stored.id if stored else "", stored.type if stored else "api_key", newer)
    return Place(newer=newer)


def _shown(item: Refusal, now: int) -> dict[str, str]:
    """Where, when, how often, in which words."""
    seen = f"journalctl --user -u {item.unit}" if item.source == "journal" else item.place.path if item.place else ""
    found = {"seen in": seen, "class": item.cls, "count": str(item.count), "said": item.excerpt}
    if item.last is not None and item.first is not None:
        found["last"] = _ago(item.last, now)
        if item.count > 1:
            found["first"] = _ago(item.first, now)
    return {key: value for key, value in found.items() if value}


def _ago(at: int, now: int) -> str:
    return f"{stamp(at)} ({remaining(max(0, now - at))} ago)"
