"""Models to choose from where the provider itself was not asked. Reads `models.toml`; loaded by the wizard only."""

from __future__ import annotations

import functools
from typing import Any


def known_models(provider: str, *, newer: bool) -> tuple[str, ...]:
    """Ids without the provider in front, the ones of most use first; () for a provider that none are known of.

    `newer`: an OpenClaw of 2026.6 or later. What only one era names serves the other too: the provider decides.
    """
    entry = _table().get(provider, {})
    first, second = ("newer", "older") if newer else ("older", "newer")
    return tuple(entry.get(first) or entry.get(second) or ())


@functools.cache
def _table() -> dict[str, Any]:
    import tomllib
    from pathlib import Path

    return tomllib.loads((Path(__file__).parent / "models.toml").read_text("utf-8"))
