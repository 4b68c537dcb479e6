"""credentials/: the stores as files, and the orders in which their profiles are tried."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.knowing import or_unknown, readable
from checks.remedies import edit, let_in, option, restore
from openclaw.api import Finding, Location, Remedy, Severity, Unknown, check
from openclaw.config.views import auth_order
from openclaw.credentials.mending import entry_of, is_mistyped, mended, misnamed
from openclaw.credentials.profiles import SECRET_FIELD
from openclaw.credentials.stores import OUTSIDE
from openclaw.frozen import replace
from openclaw.providers.names import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from openclaw.config.reading import Config
    from openclaw.credentials.stores import Store
    from openclaw.facts.credentials import Stores
    from openclaw.facts.files import Broken

ERROR = Severity.ERROR
STATE_CELLS = ("authProfiles.state", "state_json")  # order and statistics, of all agents and of one
WITHOUT_MARK = "Take its first three bytes out, which an editor does not show; a copy stays beside it."
NAMES = {"refresh": "refresh token", "expires": "expiry"}


@check("credentials/bad-fields", ERROR, tags={"auth"})
def bad_fields(stores: Stores) -> Iterator[Finding]:
    """An entry of a store that OpenClaw does not take for a profile, or does not find the secret of."""
    yield from or_unknown(_bad_fields(stores), stores)


def _bad_fields(stores: Stores) -> Iterator[Finding]:
    for agent, store in stores.own.items():
        for profile_id, why in store.rejected.items():
            # What stands in the place of a type may be a secret.
            reason = "has an unknown type" if why.startswith("has the unknown type") else why
            yield _fields_finding(agent, store, profile_id, f"{reason}: OpenClaw does not use it")
        for profile_id, profile in store.profiles.items():
            if member := misnamed(profile):
                name = "secret" if member == SECRET_FIELD[profile.type] else NAMES[member]
                wanted = f"`{member}` for the type {profile.type}"
                what = f"has its {name} under a name that OpenClaw does not read (it wants {wanted})"
                yield _fields_finding(agent, store, profile_id, what)
            elif is_mistyped(profile):
                what = f"has a `{SECRET_FIELD[profile.type]}` that is no text: OpenClaw finds no secret in it"
                yield _fields_finding(agent, store, profile_id, what)


def _fields_finding(agent: str, store: Store, profile_id: str, what: str) -> Finding:
    keys = (profile_id,) if store.rejected.get(profile_id) == OUTSIDE else ("profiles", profile_id)
    where = Location(str(store.path), *store.place(*keys))
    command = edit(where.path, where.line) if store.kind == "json" else "openclaw real doctor"
    text = 'It wants "type" (api_key, token or oauth), "provider", and the secret under the name of its type.'
    if store.kind == "sqlite" and profile_id in STATE_CELLS:
        text = "The credentials are whole. Let OpenClaw itself look at it, then set the order anew where there was one."
    own = store.kind == "json" and not store.legacy
    clear = own and mended(profile_id, entry_of(store.text, profile_id)) is not None
    return Finding(
        "credentials/bad-fields",
        ERROR,
        f"{profile_id} {what}",
        profile_id if agent == "main" else f"{agent}/{profile_id}",
        where=where,
        remedy=Remedy(text, (command,), "confirm" if clear else "manual"),
    )


@check("credentials/store-corrupt", ERROR, tags={"auth", "smoke"})
def store_corrupt(stores: Stores, broken_stores: Mapping[str, Broken]) -> Iterator[Finding]:
    """A credential store that exists and is not one."""
    for store, where in _broken(stores, "json", "corrupt"):
        broken = broken_stores[str(store.path)]
        remedy = restore(broken, where.line)
        if store.problem and "byte order mark" in store.problem.message and not broken.backup:
            path, copy = quote(str(store.path)), quote(f"{store.path}.with-mark")
            remedy = Remedy(WITHOUT_MARK, (f"cp -p {path} {copy} && tail -c +4 {copy} > {path}",))
        yield _store_finding("credentials/store-corrupt", store, where, remedy)


@check("credentials/store-unreadable", ERROR, tags={"auth", "smoke"})
def store_unreadable(stores: Stores, broken_stores: Mapping[str, Broken]) -> Iterator[Finding]:
    """A credential store that exists and cannot be read."""
    broken = list(_broken(stores, "json", "unreadable"))
    if broken and all(broken_stores[str(store.path)].barred for store, _ in broken):
        raise Unknown("host/state-dir says it: the state directory cannot be entered")
    for store, where in broken:
        yield _store_finding("credentials/store-unreadable", store, where, let_in(broken_stores[str(store.path)]))


@check("credentials/sqlite-unreadable", ERROR, tags={"auth", "smoke"})
def sqlite_unreadable(stores: Stores, broken_stores: Mapping[str, Broken]) -> Iterator[Finding]:
    """A credential database that could not be looked into."""
    for store, where in _broken(stores, "sqlite"):
        broken = broken_stores[str(store.path)]
        own = Remedy("This program only reads it: let OpenClaw itself look at it.", ("openclaw real doctor",))
        closed = broken.obstacle or broken.nowhere
        yield _store_finding("credentials/sqlite-unreadable", store, where, let_in(broken) if closed else own)


@check("credentials/order-unknown", ERROR, tags={"auth"})
def order_unknown(stores: Stores, config: Config) -> Iterator[Finding]:
    """An auth order names a profile that is not there, or is of another provider."""
    readable(config)
    if stores.broken():
        raise Unknown("a credential store could not be read, so its profiles are not known")
    for agent, store in stores.own.items():
        for provider, ids in store.order.items():
            where = Location(str(store.path), *store.place("order", provider))
            known = [stores.effective[agent]]
            again = _reorder(provider, ids, known, "" if agent == stores.default else option("--agent", agent))
            for profile_id in strangers(provider, ids, known):
                found = _stranger(profile_id, provider, f"of agent {agent}", where, known, again)
                yield found if store.kind == "json" else _by_hand(found)
    known = list(stores.effective.values())
    for provider, ids in auth_order(config.value).items():
        path, line, column = config.spot("auth", "order", provider)
        where = Location(str(path), line, column)
        for profile_id in strangers(provider, ids, known):
            yield _stranger(profile_id, provider, "in the config (auth.order)", where, known)


def _broken(stores: Stores, kind: str, problem: str = "") -> Iterator[tuple[Store, Location]]:
    for store in stores.broken():
        found = store.problem
        if found and store.kind == kind and problem in ("", found.kind):
            yield store, Location(str(store.path), found.line, found.column)


def _store_finding(slug: str, store: Store, where: Location, remedy: Remedy) -> Finding:
    what = store.problem.message if store.problem else ""
    message = f"The credential store of agent {store.agent} {what}; what it holds is unknown"
    return Finding(slug, ERROR, message, store.agent, where=where, remedy=remedy)


def strangers(provider: str, ids: Iterable[str], stores: Iterable[Store]) -> list[str]:
    """The ids that no store has for this provider. An entry that OpenClaw drops is there: it has its own check."""
    wanted = normalise(provider)
    known = {name for store in stores for name in store.rejected}
    known |= {name for store in stores for name, item in store.profiles.items() if normalise(item.provider) == wanted}
    return [name for name in dict.fromkeys(ids) if name not in known]


def _by_hand(finding: Finding) -> Finding:
    """OpenClaw alone writes its database."""
    return replace(finding, remedy=replace(finding.remedy, fix="manual")) if finding.remedy else finding


def _reorder(provider: str, ids: Iterable[str], stores: Iterable[Store], agent: str) -> tuple[str, ...]:
    """The command that sets the same order without its strangers."""
    gone = strangers(provider, ids, stores)
    kept = " ".join(quote(name) for name in dict.fromkeys(ids) if name not in gone)
    verb, rest = ("set", f" {kept}") if kept else ("clear", "")
    return (f"openclaw models auth order {verb} --provider {quote(provider)}{agent}{rest}",)


def _stranger(
    profile_id: str, provider: str, what: str, where: Location, stores: Iterable[Store], commands: tuple[str, ...] = ()
) -> Finding:
    found = next((store.profiles[profile_id] for store in stores if profile_id in store.profiles), None)
    trouble = f"of {found.provider}" if found else "not stored"
    return Finding(
        "credentials/order-unknown",
        ERROR,
        f"The {provider} order {what} names {profile_id}, which is {trouble}",
        f"{provider}/{profile_id}",
        where=where,
        remedy=Remedy("Take the id out of the order.", commands or (edit(where.path, where.line),), "confirm"),
    )
