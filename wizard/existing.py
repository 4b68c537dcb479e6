"""What an installation has already, in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.config.views import provider_entries
from openclaw.providers.names import ENV, NEWER_ENV, normalise
from openclaw.text import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.facts import Facts


def summary(facts: Facts) -> tuple[str, ...]:
    """The parts of an installation that somebody may want to keep; () on a fresh home."""
    return tuple(_parts(facts))


def usable(facts: Facts) -> tuple[str, ...]:
    """The providers, by id, for which the installation itself has a usable credential; this shell does not count.

    The provider of the default model comes first. Text in place of the key of a local server is enough there.
    """
    return tuple(name for name in _candidates(facts) if has(name, facts))


def complete(facts: Facts) -> bool:
    """Whether there is a credential for the default model."""
    return has(_default(facts), facts)


def has(name: str, facts: Facts) -> bool:
    """Whether the installation itself has a usable credential of a provider."""
    winner = facts.resolution(name).winner
    if winner is None:
        return False
    return winner.kind != "env" or _in_files(winner.name, facts)


def _parts(facts: Facts) -> Iterator[str]:
    home = facts.found.home
    if facts.found.config.exists:
        yield home.short(facts.found.config.path)
    if facts.store.profiles:
        yield count(len(facts.store.profiles), "stored profile")
    if names := _variables(facts):
        yield f"{', '.join(names[:3])}{'…' if len(names) > 3 else ''} in {home.short(home.env_file)}"


def _variables(facts: Facts) -> list[str]:
    layer = facts.found.environment.layer("state")
    known = {name for names in (*ENV.values(), *NEWER_ENV.values()) for name in names}
    return [name for name, value in layer.values.items() if name in known and value.strip()] if layer else []


def _candidates(facts: Facts) -> list[str]:
    stored = [normalise(item.provider) for item in facts.store.profiles.values()]
    mine = set(_variables(facts))
    named = [name for name, names in (*ENV.items(), *NEWER_ENV.items()) if mine.intersection(names)]
    entries = [normalise(name) for name in provider_entries(facts.found.config.value)]
    return list(dict.fromkeys([_default(facts), *stored, *named, *entries]))


def _default(facts: Facts) -> str:
    return normalise(facts.found.models(facts.agent).default.provider)


def _in_files(variable: str, facts: Facts) -> bool:
    origin = facts.found.environment.origin.get(variable)
    return origin is None or origin.name != "process"
