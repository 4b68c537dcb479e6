"""What a failure left at a profile: whether it is held back now, until when and why (auth-spec §8, openclaw-new §1.4).

Pure. All times are milliseconds since the epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from openclaw.credentials.profiles import positive
from openclaw.frozen import frozen
from openclaw.providers.names import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

# Each window with the member that says why, and the one that names the only model it holds back.
WINDOWS = {
    "disabledUntil": ("disabledReason", ""),
    "blockedUntil": ("blockedReason", "blockedModel"),
    "cooldownUntil": ("cooldownReason", "cooldownModel"),
}
OLDER = ("disabledUntil", "cooldownUntil")  # what 2026.2.x knows
OF_ONE_MODEL = frozenset({"rate_limit", "timeout", "model_not_found"})  # 2026.9 cools down only the model that failed
LARGEST = 1.7e308  # what JavaScript reads as infinite is no time to it
NEVER_COOLED = frozenset({"openrouter", "kilocode"})  # by 2026.9: those providers choose among keys themselves


@frozen
class Hold:
    """A time for which OpenClaw does not try a profile. `model`: it tries it for every other model."""

    kind: Literal["cooldown", "disabled"]
    until: float
    reason: str
    model: str = ""


def hold(stats: Any, now: int, provider: str, *, newer: bool = False) -> Hold | None:
    """What holds a profile back now: a disable before a cooldown, else what lasts longest; None where nothing does."""
    return max(_active(stats, now, provider, newer=newer), key=_weight, default=None)


def hold_for(stats: Any, now: int, provider: str, model: str, *, newer: bool = False) -> Hold | None:
    """The same for one model, whose name is given without the provider's."""
    names = ("", model, f"{normalise(provider)}/{model}")
    found = [item for item in _active(stats, now, provider, newer=newer) if item.model in names]
    return max(found, key=_weight, default=None)


def left_over(stats: Any, now: int, *, newer: bool = False) -> bool:
    """Whether the entry still has the fields of a cooldown that is over, and none that is not."""
    if not isinstance(stats, dict):
        return False
    untils = [until for name in _names(newer) if (until := positive(stats.get(name))) and until <= LARGEST]
    return bool(untils) and max(untils) <= now


def moment(at: float) -> str:
    """A time for people: `2026-02-02 03:04 UTC`."""
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, OSError, ValueError):  # beyond the years that a calendar here has
        return "a time beyond the calendar"


def _weight(item: Hold) -> tuple[bool, bool, float]:
    return item.kind == "disabled", not item.model, item.until


def _active(stats: Any, now: int, provider: str, *, newer: bool) -> list[Hold]:
    if not isinstance(stats, dict) or (newer and normalise(provider) in NEVER_COOLED):
        return []
    found = (_window(stats, name, newer=newer) for name in _names(newer))
    return [item for item in found if item and item.until > now]


def _names(newer: bool) -> tuple[str, ...]:
    return tuple(WINDOWS) if newer else OLDER


def _window(stats: Mapping[str, Any], name: str, *, newer: bool) -> Hold | None:
    until = positive(stats.get(name))
    if until is None or until > LARGEST:
        return None
    reason_name, model_name = WINDOWS[name]
    given, model = stats.get(reason_name), stats.get(model_name)
    reason = given if isinstance(given, str) and given else _most_counted(stats) if name == "cooldownUntil" else ""
    scoped = stats.get("blockedScope") == "model" if name == "blockedUntil" else reason in OF_ONE_MODEL
    only = model if newer and scoped and isinstance(model, str) else ""
    return Hold("disabled" if name == "disabledUntil" else "cooldown", until, reason, only)


def _most_counted(stats: Mapping[str, Any]) -> str:
    """2026.2.x writes no reason of a cooldown, only how often each kind of failure was counted."""
    counts = stats.get("failureCounts")
    known = {name: number for name, number in counts.items() if positive(number)} if isinstance(counts, dict) else {}
    known.pop("billing", None)  # that one disables
    return max(known, key=lambda name: float(known[name]), default="")
