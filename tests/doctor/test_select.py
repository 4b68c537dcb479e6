"""Which checks run: ids, areas, globs, tags; nothing that is asked for is silently nothing."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from doctor.select import select
from openclaw.api import Finding, Severity, check
from openclaw.errors import UsageFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.check import Check


def made(check_id: str, *tags: str) -> Check:
    @check(check_id, Severity.ERROR, tags=tags)
    def found() -> Iterator[Finding]:
        """Nothing."""
        yield from ()

    return found


KNOWN = [
    made("credentials/expired", "auth", "smoke"),
    made("credentials/expiring", "auth"),
    made("credentials/none", "auth", "smoke"),
    made("env/dotenv-syntax", "env"),
    made("acme/credentials/odd"),
]


def ids(only: tuple[str, ...] = (), skip: tuple[str, ...] = (), tags: tuple[str, ...] = ()) -> list[str]:
    return [item.id.removeprefix("credentials/") for item in select(KNOWN, only, skip, tags)[0]]


@pytest.mark.parametrize(
    ("only", "skip", "tags", "wanted"),
    [
        ((), (), (), ["expired", "expiring", "none", "env/dotenv-syntax", "acme/credentials/odd"]),
        (("credentials/*",), (), (), ["expired", "expiring", "none"]),
        (("*/expir*",), (), (), ["expired", "expiring"]),
        (("credentials/expir[ei]*",), ("*d",), (), ["expiring"]),
        (("credentials",), ("credentials/none",), (), ["expired", "expiring"]),
        ((), ("credentials/*", "acme"), (), ["env/dotenv-syntax"]),
        ((), (), ("smoke",), ["expired", "none"]),
        ((), (), ("smoke", "env"), ["expired", "none", "env/dotenv-syntax"]),
        (("credentials",), ("*/none",), ("smoke",), ["expired"]),
    ],
)
def test_what_runs(only: tuple[str, ...], skip: tuple[str, ...], tags: tuple[str, ...], wanted: list[str]) -> None:
    assert ids(only, skip, tags) == wanted
    chosen, rest = select(KNOWN, only, skip, tags)
    assert sorted([*chosen, *rest], key=lambda item: item.id) == sorted(KNOWN, key=lambda item: item.id)


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"only": ("credentials/expird",)}, "--only credentials/expird", "did you mean credentials/expired"),
        ({"skip": ("credential",)}, "--skip credential", "credentials"),
        ({"only": ("credentials/zz*",)}, "--only credentials/zz*", ""),
        ({"only": ("",)}, "--only ", ""),
        ({"tags": ("smok",)}, "--tag smok", "did you mean smoke?"),
        ({"tags": ("zzz",)}, "--tag zzz", "tags: auth, env, smoke"),
        ({"only": ("env",), "skip": ("env",)}, "no check is left", ""),
        ({"only": ("env",), "tags": ("smoke",)}, "no check is left", ""),
    ],
)
def test_what_names_nothing_is_an_error(options: dict[str, tuple[str, ...]], message: str, hint: str) -> None:
    with pytest.raises(UsageFailure) as failure:
        select(KNOWN, **options)
    assert failure.value.message.startswith(message)
    assert hint in failure.value.hint


def test_the_order_of_the_registry_is_kept_and_decides_nothing_else() -> None:
    shuffled = random.Random(7).sample(KNOWN, len(KNOWN))
    assert select(shuffled, ("credentials",))[0] == [item for item in shuffled if item.area == "credentials"]
