"""Which checks run. Names are ids, areas and globs over ids; an unknown one is an error, never silently nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.errors import UsageFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openclaw.check import Check

GLOB = frozenset("*?[")


def select(
    known: Sequence[Check], only: Sequence[str] = (), skip: Sequence[str] = (), tags: Sequence[str] = ()
) -> tuple[list[Check], list[Check]]:
    """(to run, left out), both in the order of `known`.

    A check runs when one of `only` names it and it has one of `tags` (none given: all do), and none of `skip` names it.
    """
    for option, names in (("--only", only), ("--skip", skip)):
        for name in names:
            if not any(matches(item, name) for item in known):
                words = {item.area for item in known} | {item.id for item in known}
                raise UsageFailure(
                    f"{option} {name}: there is no check or area of that name",
                    hint=near(name, words) or f"areas: {', '.join(sorted({item.area for item in known}))}",
                    commands=("openclaw doctor list",),
                )
    chosen = [item for item in tagged(known, tags) if not only or any(matches(item, name) for name in only)]
    chosen = [item for item in chosen if not any(matches(item, name) for name in skip)]
    if known and not chosen:
        raise UsageFailure("no check is left to run", hint="what was asked for and what was left out are the same")
    ids = {item.id for item in chosen}
    return chosen, [item for item in known if item.id not in ids]


def tagged(known: Sequence[Check], tags: Sequence[str]) -> list[Check]:
    """The checks that have one of the tags; all of them where none is given. UsageFailure for an unknown tag."""
    words = {tag for item in known for tag in item.tags}
    for tag in tags:
        if tag not in words:
            raise UsageFailure(
                f"--tag {tag}: no check has that tag", hint=near(tag, words) or f"tags: {', '.join(sorted(words))}"
            )
    return [item for item in known if not tags or item.tags.intersection(tags)]


def matches(check: Check, name: str) -> bool:
    """Whether a name means a check: its id, its area, or a glob over ids (`credentials/*`, `*/expir*`)."""
    if GLOB.isdisjoint(name):
        return name in (check.id, check.area)
    from fnmatch import fnmatchcase

    return fnmatchcase(check.id, name)


def near(name: str, words: Iterable[str]) -> str:
    """`did you mean … or …?`; "" where nothing is near."""
    from difflib import get_close_matches

    close = get_close_matches(name, sorted(words), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else ""
