"""Which checks run. Names are check ids or areas; an unknown one is an error, never silently nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.errors import UsageFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openclaw.check import Check


def select(known: Sequence[Check], only: Sequence[str], skip: Sequence[str]) -> tuple[list[Check], list[Check]]:
    """(to run, left out), both in the order of `known`."""
    for option, names in (("--only", only), ("--skip", skip)):
        for name in names:
            if not any(_matches(item, name) for item in known):
                raise UsageFailure(f"{option} {name}: there is no check or area of that name", hint=_near(known, name))
    chosen = [item for item in known if not only or any(_matches(item, name) for name in only)]
    chosen = [item for item in chosen if not any(_matches(item, name) for name in skip)]
    return chosen, [item for item in known if item not in chosen]


def _matches(check: Check, name: str) -> bool:
    return name in (check.id, check.area)


def _near(known: Sequence[Check], name: str) -> str:
    from difflib import get_close_matches

    names = sorted({item.area for item in known} | {item.id for item in known})
    close = get_close_matches(name, names, n=3, cutoff=0.5)
    return (
        f"did you mean {' or '.join(close)}?" if close else f"areas: {', '.join(sorted({item.area for item in known}))}"
    )
