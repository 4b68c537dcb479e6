"""What changed between two reports. A finding is the same one by check and fingerprint, however it is worded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from openclaw.finding import Finding

T = TypeVar("T")
Key = tuple[str, str]  # check id, fingerprint


@frozen
class Difference(Generic[T]):
    """`unseen`: was there, and its check could not be made this time, so nobody knows. `still` is as it is now."""

    new: tuple[T, ...] = ()
    gone: tuple[T, ...] = ()
    still: tuple[T, ...] = ()
    unseen: tuple[T, ...] = ()


def compare(before: Mapping[Key, T], after: Mapping[Key, T], looked: Container[str]) -> Difference[T]:
    """`looked`: the checks that were made for `after` (`Report.looked`). Each part is in the order of its report."""
    missing = [(key, item) for key, item in before.items() if key not in after]
    return Difference(
        new=tuple(item for key, item in after.items() if key not in before),
        gone=tuple(item for (check_id, _), item in missing if check_id in looked),
        still=tuple(item for key, item in after.items() if key in before),
        unseen=tuple(item for (check_id, _), item in missing if check_id not in looked),
    )


def keyed(findings: Iterable[Finding]) -> dict[Key, Finding]:
    """Findings by what makes them the same; of two that are the same, the first."""
    found: dict[Key, Finding] = {}
    for item in findings:
        found.setdefault((item.check_id, item.fingerprint), item)
    return found


def keyed_documents(findings: Iterable[Mapping[str, Any]]) -> dict[Key, Mapping[str, Any]]:
    """The same of findings as JSON documents; what is none is left out."""
    found: dict[Key, Mapping[str, Any]] = {}
    for item in findings:
        key = (item.get("checkId"), item.get("fingerprint")) if isinstance(item, dict) else (None, None)
        if isinstance(key[0], str) and isinstance(key[1], str):
            found.setdefault((key[0], key[1]), item)
    return found
