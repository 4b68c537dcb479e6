"""One credential, one finding: of all that may be said about it, what is said.

Several checks look at one value. The most severe of them speaks, and of equals the first in the order of the check
list: a placeholder that is also expired is a placeholder, but a line break at the end does not hide that a token has
expired.
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.remedies import edit, login, obtain, option
from openclaw.api import Finding, Remedy, Severity
from openclaw.credentials.cleaning import clean
from openclaw.credentials.external import owner_of
from openclaw.credentials.holds import hold, moment
from openclaw.credentials.mending import is_misnamed, is_mistyped
from openclaw.credentials.profiles import PLAUSIBLE_FROM, PLAUSIBLE_YEARS, RENEWED, WARN_WINDOW
from openclaw.credentials.shapes import Trouble, diagnose
from openclaw.providers.hosts import is_local
from openclaw.providers.names import all_env_names, env_names, issuer, known, normalise
from openclaw.secret import Secret
from openclaw.text import joined, js_trim, remaining

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openclaw.credentials.holds import Hold
    from openclaw.credentials.profiles import Profile
    from openclaw.facts.credentials import Held
    from openclaw.finding import FixClass

# Where a bill is paid (catalog.toml; its parser is too slow for every run, a test compares).
BILLING = {
    "anthropic": "https://console.anthropic.com/settings/billing",
    "openai": "https://platform.openai.com/settings/organization/billing/overview",
    "openrouter": "https://openrouter.ai/settings/credits",
    "google": "https://console.cloud.google.com/billing",
    "xai": "https://console.x.ai",
    "groq": "https://console.groq.com/settings/billing",
    "mistral": "https://console.mistral.ai/billing",
    "deepseek": "https://platform.deepseek.com/top_up",
    "moonshot": "https://platform.moonshot.ai/console/pay",
}

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
SEVERITIES = {"error": ERROR, "warning": WARNING}
ORDER = tuple(
    f"credentials/{slug}"
    for slug in (
        "refresh-fence", "redacted", "placeholder", "local-blank", "whitespace", "gateway-token-as-key", "foreign-key",
        "wrong-kind", "expires-unit", "no-refresh", "expired", "expiring", "disabled", "cooldown",
    )
)  # fmt: skip


REMEMBERED = 20_000  # credentials
_said: dict[int, tuple[Held, int, Finding | None]] = {}  # the credential too, so that its id stays its own


def verdicts(check_id: str, held: Iterable[Held], now: int) -> Iterator[Finding]:
    """The findings of one check about all credentials."""
    for item in held:
        finding = verdict(item, now)
        if finding and finding.check_id == check_id:
            yield finding


def verdict(item: Held, now: int) -> Finding | None:
    """What is said about a credential; None where nothing is wrong with it. `now` is in epoch milliseconds.

    Twenty checks ask this of every credential, so what was said is remembered.
    """
    known = _said.get(id(item))
    if known and known[0] is item and known[1] == now:
        return known[2]
    if len(_said) >= REMEMBERED:
        _said.clear()
    said = _verdict(item, now)
    _said[id(item)] = (item, now, said)
    return said


def _verdict(item: Held, now: int) -> Finding | None:
    if item.profile and _said_of_fields(item.profile):
        return None  # of what OpenClaw finds no secret in, nothing else is of interest before that is mended
    found = [*_of_value(item), *_of_dates(item, now), *_of_use(item, now)]
    return min(found, key=lambda finding: (-finding.severity, ORDER.index(finding.check_id)), default=None)


def troubles(item: Held) -> tuple[Trouble, ...]:
    """What is wrong with the value itself."""
    if item.secret is None or item.source == "gateway" or item.kind == "oauth":
        return ()
    # 2026.9 follows what looks like a reference, but for the values of variables and what an escape (`$${NAME}`) means;
    # 2026.2.x in no place but the config, and there the variable itself is judged (auth-spec §2.3, openclaw-new §1.4).
    verbatim = item.source == "env" or not item.newer or item.written is not None
    value, url = item.secret.reveal(), item.base_url
    return diagnose(value, item.provider, item.kind, base_url=url, newer=item.newer, verbatim=verbatim)


def meant(item: Held, trouble: Trouble) -> Secret | None:
    """What belongs in the place of a value with something at it; a reference that stands there stays one."""
    if not isinstance(item.written, Secret) or item.secret is None:
        return trouble.cleaned if item.written is None else None
    value, written = clean(item.secret.reveal()), clean(item.written.reveal())
    whole = trouble.cleaned is not None and trouble.cleaned.reveal() == value.text
    same = written.removed == value.removed and written.text != item.written.reveal()
    return Secret(written.text) if whole and same else None


def target(item: Held) -> str:
    """What a finding is about: the variable, the key path, the profile with its agent where that is not `main`."""
    return item.target if item.agent in ("", "main") else f"{item.agent}/{item.target}"


# ---- the value -----------------------------------------------------------------------------------------------------


def _of_value(item: Held) -> Iterator[Finding]:
    if item.source == "gateway":
        yield from _of_gateway_token(item)
        return
    if item.kind == "oauth":
        yield from _of_login(item)
        return
    for trouble in troubles(item):
        yield _value_finding(item, trouble)
    if item.profile and item.secret is None and item.profile.blank:
        yield _value_finding(item, _nothing(item))
    # A server on this host or network may well be given the same word.
    if item.is_gateway_token and item.secret and not issuer(item.secret.reveal()) and not is_local(item.base_url):
        what = "It is this gateway's own token, not a provider's key: those are two different things."
        yield _value_finding(item, Trouble("credentials/gateway-token-as-key", "error", what))


def _said_of_fields(profile: Profile) -> bool:
    """Whether credentials/bad-fields says why there is no secret."""
    return is_misnamed(profile) or is_mistyped(profile)


def _nothing(item: Held) -> Trouble:
    """What is said of a profile without any value: a server on this host or network wants none."""
    found = diagnose("", item.provider, "api_key", base_url=item.base_url)
    local = (trouble for trouble in found if trouble.slug == "credentials/local-blank")
    return next(local, Trouble("credentials/placeholder", "error", "It has no value."))


def _of_gateway_token(item: Held) -> Iterator[Finding]:
    """The gateway's own secret: any text will do, but not a mask, and not the key of a provider."""
    value = item.secret.reveal() if item.secret else ""
    found = next(iter(diagnose(value, "gateway", "api_key")), None)
    if found and found.slug == "credentials/redacted":
        yield _value_finding(item, found)
    elif item.provider:
        what = (
            f"It begins like a key of {item.provider}, and is the gateway's own secret: those are two different things."
        )
        yield _value_finding(item, Trouble("credentials/gateway-token-as-key", "error", what))


def _of_login(item: Held) -> Iterator[Finding]:
    profile = item.profile
    if profile is None:
        return
    if profile.refresh_failed:
        message = f"{profile.id}: OpenClaw failed to refresh this login, and it is of no use any more"
        yield Finding("credentials/refresh-fence", ERROR, message, target(item), where=item.where, remedy=renew(item))
    elif profile.fenced and not item.newer:
        what = "It is the mark of a newer OpenClaw that was refreshing this login, not a token."
        yield _value_finding(item, Trouble("credentials/wrong-kind", "error", what))
    elif profile.blank and not profile.refreshable:
        yield _value_finding(item, Trouble("credentials/placeholder", "error", "It has no value."))
    for part, of_login in ((profile.secret, _OF_ACCESS), (profile.refresh, _OF_REFRESH)):
        found = _trouble_of_login(part.reveal(), item.provider) if part and js_trim(part.reveal()) else None
        if found and found.slug in of_login:
            yield _value_finding(item, found)
            return


# What may be said of the members of a login. A refresh token looks as its provider likes.
_OF_REFRESH = ("credentials/redacted", "credentials/placeholder")
_OF_ACCESS = (*_OF_REFRESH, "credentials/wrong-kind")


def _trouble_of_login(value: str, provider: str) -> Trouble | None:
    """What is wrong with a member of a login. Some logins are JSON, and a code may be a token in its own right."""
    found = next(iter(diagnose(value, provider, "token", verbatim=True)), None)
    if found and found.slug == "credentials/wrong-kind" and (found.severity != "error" or value[:1] == "{"):
        return None
    return found


def _value_finding(item: Held, trouble: Trouble) -> Finding:
    evidence = {"value": item.secret.fingerprint()} if item.secret else {}
    if trouble.cleaned:
        evidence["meant"] = trouble.cleaned.fingerprint()
    return Finding(
        trouble.slug,
        SEVERITIES[trouble.severity],
        f"{item.target}: {trouble.what.rstrip('.')}",
        target(item),
        evidence=evidence,
        where=item.where,
        remedy=Remedy(_advice(item, trouble), _store_again(item, trouble), _fix(item, trouble)),
    )


def _fix(item: Held, trouble: Trouble) -> FixClass:
    """Whether the right value, or the right place for this one, is known without asking, and may be written there."""
    slug = trouble.slug.partition("/")[2]
    known_value = {
        "redacted": item.original is not None,
        "whitespace": meant(item, trouble) is not None,
        "local-blank": item.source != "env",
        "wrong-kind": bool(trouble.kind and item.profile),
        "foreign-key": _has_a_place(item, trouble),
    }
    return "confirm" if known_value.get(slug) and in_reach(item) else "manual"


def in_reach(item: Held) -> bool:
    """Whether a fix may edit the place. OpenClaw alone writes its database; older files are imported, not edited."""
    if item.source == "profile":
        return not item.newer and not getattr(item.document, "legacy", ())
    return item.where is not None and (bool(item.keys) or item.where.line is not None)


def _has_a_place(item: Held, trouble: Trouble) -> bool:
    """Whether OpenClaw has a place for a key of that provider: a profile, or a variable that it reads."""
    if item.source == "env":
        return bool(env_names(trouble.provider, newer=item.newer))
    return item.profile is not None and known(trouble.provider)


def _advice(item: Held, trouble: Trouble) -> str:
    if trouble.slug == "credentials/redacted" and item.original:
        return f"Restore the value from {item.original.backup.rpartition('/')[2]}, which has it, or store it again."
    if item.source == "gateway":
        return "Give the gateway a token of its own, and its clients the same."
    if trouble.slug == "credentials/local-blank":
        return f"Put any text there that is no secret, such as {normalise(item.provider)}-local."
    if trouble.slug == "credentials/foreign-key":
        return f"Store this key for {trouble.provider}, and one of {normalise(item.provider)} in its place."
    if trouble.slug == "credentials/wrong-kind" and trouble.kind:
        return f"Store it again as {'a token' if trouble.kind == 'token' else 'an API key'}."
    if item.source == "env" and item.where is None:
        return "Correct it where this shell gets it from; or take it out of this shell and store the right value."
    return "Store the right value."


def _store_again(item: Held, trouble: Trouble) -> tuple[str, ...]:
    path, line = (item.where.path, item.where.line) if item.where else ("", None)
    if item.source in ("config", "gateway"):
        return (edit(path, line),) if path else (f"unset {item.target}",)
    if item.source == "env":
        first = (edit(path, line),) if path else (f"unset {item.target}",)
        if (trouble.cleaned and path) or not item.provider or item.target not in all_env_names():
            return first  # what the variable is called is up to whoever refers to it
        again = obtain(item.provider, newer=item.newer)
        # Only the wizard writes the file that it stands in; a profile beside it would leave it there.
        return first if path and not again[0].startswith("openclaw onboard") else (*first, *again)
    if item.kind == "oauth":
        return renew(item).commands
    if trouble.slug == "credentials/foreign-key":
        return (*obtain(trouble.provider, agent=_agent(item), newer=item.newer), *paste(item))
    return paste(item, trouble.kind)


# ---- dates ---------------------------------------------------------------------------------------------------------


def _of_dates(item: Held, now: int) -> Iterator[Finding]:
    profile = item.profile
    if item.twin:
        yield _twin_finding(item, now)
    if profile is None or profile.type == "api_key":
        return
    if profile.fenced and not profile.refresh_failed:
        if item.newer:
            message = f"{item.target} is being refreshed by the gateway, which has put its mark in the login's place"
            yield Finding("credentials/expired", INFO, message, target(item), where=item.where)
        return
    if profile.type == "oauth" and not (profile.refreshable or profile.blank or profile.fenced):
        yield _no_refresh(item, profile, now)
    if trouble := profile.expires_trouble(now, newer=item.newer):
        yield _unit_finding(item, profile, trouble, now)
    elif profile.expiry is not None:
        yield from _of_expiry(item, profile, profile.expiry - now)


def _unit_finding(item: Held, profile: Profile, trouble: str, now: int) -> Finding:
    seconds = profile.expiry is not None and PLAUSIBLE_FROM <= profile.expiry * 1000 <= now + PLAUSIBLE_YEARS
    again = renew(item)
    text = (
        "It is a date in seconds: it wants three more zeros." if seconds else "Correct the number, or store it again."
    )
    return Finding(
        "credentials/expires-unit",
        ERROR,
        f"{item.target}: `expires` {trouble}",
        target(item),
        evidence={"expires": str(profile.expires)[:40]} if profile.expiry is not None else {},
        where=item.where,
        remedy=Remedy(text, again.commands, "confirm" if seconds and in_reach(item) else "manual"),
    )


def _no_refresh(item: Held, profile: Profile, now: int) -> Finding:
    left = None if profile.expiry is None else profile.expiry - now
    if left is None:
        # OpenClaw takes a login without an expiry for one to be refreshed at once (auth-spec §7.2).
        message = f"{item.target} is a login without a refresh token and without an expiry: OpenClaw cannot use it"
    elif left <= 0:
        message = f"{item.target} expired {remaining(-left)} ago and has no refresh token"
    else:
        message = f"{item.target} has no refresh token: it ends in {remaining(left)}"
    severity = ERROR if left is None or left <= 0 else WARNING
    return Finding("credentials/no-refresh", severity, message, target(item), where=item.where, remedy=renew(item))


def _twin_finding(item: Held, now: int) -> Finding:
    """A static token that is the access token of a login: whoever refreshes the login makes it worthless (FM 7)."""
    over = item.twin_expires is not None and item.twin_expires <= now
    when = "which is expired" if over else "and ends with it, within hours"
    message = f"{item.target} is no token of its own: it is the access token of {item.twin}, {when}"
    return Finding(
        "credentials/no-refresh",
        ERROR if over else WARNING,
        message,
        target(item),
        evidence={"value": item.secret.fingerprint()} if item.secret else {},
        where=item.where,
        remedy=renew(item),
    )


def _of_expiry(item: Held, profile: Profile, left: float) -> Iterator[Finding]:
    # What newer OpenClaw renews is up to its plugins.
    renews_itself = profile.refreshable and (item.newer or normalise(profile.provider) in RENEWED)
    if left <= 0 and renews_itself:
        message = f"{item.target} expired {remaining(-left)} ago; the gateway refreshes it by itself"
        yield Finding("credentials/expired", INFO, message, target(item), where=item.where)
    elif left <= 0:
        why = "" if profile.type == "token" else " and nothing refreshes it"
        message = f"{item.target} expired {remaining(-left)} ago{why}"
        yield Finding("credentials/expired", ERROR, message, target(item), where=item.where, remedy=renew(item))
    elif left <= WARN_WINDOW and not renews_itself:
        message = f"{item.target} expires in {remaining(left)}"
        yield Finding("credentials/expiring", WARNING, message, target(item), where=item.where, remedy=renew(item))


# ---- use -----------------------------------------------------------------------------------------------------------


def _of_use(item: Held, now: int) -> Iterator[Finding]:
    """A profile that OpenClaw does not try now, because of a failure."""
    held = {agent: hold(stats, now, item.provider, newer=item.newer) for agent, stats in item.usage.items()}
    active = {agent: found for agent, found in held.items() if found}
    if not active:
        return
    worst = max(active.values(), key=lambda found: (found.kind == "disabled", not found.model, found.until))
    others = [agent for agent in active if agent != item.agent]
    whose = f" for agent {joined(others)}" if others and item.agent not in active else ""
    why = f", because of {worst.reason}" if worst.reason else ""
    only = f" for {worst.model}" if worst.model else ""
    state = "disabled" if worst.kind == "disabled" else "in cooldown"
    until = moment(worst.until)
    message = f"{item.target} is {state}{only}{whose} until {until} (another {remaining(worst.until - now)}){why}"
    severity = ERROR if worst.kind == "disabled" else WARNING
    evidence = {"until": until, **({"reason": worst.reason} if worst.reason else {})}
    yield Finding(
        f"credentials/{worst.kind}", severity, message, target(item), evidence, item.where, _remedy_of_use(item, worst)
    )


def _remedy_of_use(item: Held, found: Hold) -> Remedy:
    page = BILLING.get(normalise(item.provider), "")
    first = ""
    if found.kind == "disabled" and found.reason in ("", "billing"):
        first = f"Top up first{f' ({page})' if page else ''}: it is disabled again at once otherwise. "
    if item.newer:
        text = f"{first}It ends by itself: OpenClaw has no command that clears anything in its database."
        return Remedy(text, (f"openclaw models auth which --provider {quote(normalise(item.provider))}",))
    text = f"{first}It ends by itself, or at once when everything that the failure left is cleared."
    return Remedy(text, (f"openclaw models auth clear-cooldown {quote(item.target)}",), "confirm")


def renew(item: Held) -> Remedy:
    """How a credential of this kind is made anew."""
    if normalise(item.provider) == "anthropic":
        commands = ("claude setup-token", *paste(item, "token"))
        return Remedy("Make a new token on the gateway host and paste it.", commands)
    if item.kind == "oauth":
        return Remedy("Log in again.", login(item.provider, newer=item.newer, agent=_agent(item)))
    return Remedy("Make a new token and paste it.", paste(item))


def paste(item: Held, kind: str = "") -> tuple[str, ...]:
    """The command that stores a secret in the place of this one: under the same id, else this one would stay."""
    wanted = kind or item.kind
    command = f"openclaw models auth {'paste-api-key' if wanted == 'api_key' else 'paste-token'}"
    profile_id, agent = option("--profile-id", item.target), option("--agent", _agent(item))
    if item.source != "profile" or (owner_of(item.target) and not item.newer):
        profile_id = ""  # OpenClaw copies that program's own login there again (auth-spec §4)
    anyway = " --anyway" if profile_id and item.kind == "oauth" else ""  # it is over: nothing is lost with it
    return (f"{command} --provider {quote(normalise(item.provider))}{profile_id}{agent}{anyway}",)


def _agent(item: Held) -> str:
    return "" if item.by_default else item.agent
