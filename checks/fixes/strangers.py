"""Fixes of auth orders that name profiles which are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checks.fixes.places import GONE, editable, raw
from checks.stores import strangers
from openclaw.api import Unfixable, fix
from openclaw.change.plan import DeleteKey, SetKey
from openclaw.config.views import auth_order, table
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from openclaw.api import Finding
    from openclaw.change.plan import KeyPath, Plan
    from openclaw.config.reading import Config
    from openclaw.facts.credentials import Stores

INCLUDE = "$include"


@fix("credentials/order-unknown")
def order_unknown(finding: Finding, stores: Stores, config: Config) -> Plan:
    """Take the ids that are no profile of the provider out of the order."""
    path, provider = finding.where.path if finding.where else "", finding.target.partition("/")[0]
    file, keys = config.within("auth", "order", provider)
    if path == str(file):
        gone = strangers(provider, auth_order(config.value).get(provider, []), stores.effective.values())
        if not gone:
            raise Unfixable(GONE)
        if file != config.path:  # put together of several files: an index means nothing
            rest = [item for item in auth_order(config.value).get(provider, []) if js_trim(item) not in gone]
            why = "the order names a profile that is not there"
            return (SetKey(file, keys, rest, why=why) if rest else DeleteKey(file, keys, why=why),)
        ids = table(config.merged, "auth", "order").get(provider)
        return _without(config.path, keys, ids, gone, locked=False, by_index=_has_comments(config.text, keys))
    for agent, store in stores.own.items():
        if str(store.path) == path:
            ids = raw(editable(store), "order", provider)
            known = strangers(provider, store.order.get(provider, []), [stores.effective[agent]])
            gone = [item for item in ids or [] if isinstance(item, str) and js_trim(item) in known]
            return _without(store.path, ("order", provider), ids, gone, locked=True)
    raise Unfixable(GONE)


def _without(
    path: Path, keys: KeyPath, ids: Any, gone: Collection[str], *, locked: bool, by_index: bool = False
) -> Plan:
    """One plan for all strangers of a list, so that the plans of several findings about it are one and the same.

    An order that would be empty goes: an empty list switches every profile of the provider off (auth-spec §7.1).
    """
    if not gone:
        raise Unfixable(GONE)
    places = [index for index, item in enumerate(ids) if item in gone]
    why = "the order names a profile that is not there"
    if len(places) == len(ids):
        return (DeleteKey(path, keys, locked=locked, why=why),)
    if by_index:  # comments in the list stay; from its end, so that the indexes before stay what they are
        return tuple(DeleteKey(path, (*keys, index), locked=locked, why=why) for index in reversed(places))
    rest = [item for item in ids if item not in gone]
    return (SetKey(path, keys, rest, locked=locked, why=why),)


def _has_comments(text: str, keys: KeyPath) -> bool:
    """Whether the list has comments in it. An index means nothing where it may be put together of several files."""
    from openclaw.config.spans import find, parse

    member = None if INCLUDE in text else find(parse(text), keys)
    inside = text[member.node.start : member.node.end] if member else ""
    return "//" in inside or "/*" in inside
