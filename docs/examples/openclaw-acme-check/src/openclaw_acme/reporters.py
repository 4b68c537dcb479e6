"""Reporters: more forms of the report, from the document that `doctor --json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.api import Reporter

if TYPE_CHECKING:
    from collections.abc import Mapping


def render(document: Mapping[str, Any]) -> str:
    """One line, for ACME's dashboard."""
    counts = document["counts"]
    return f"openclaw.errors={counts['error']} openclaw.warnings={counts['warning']}"


acme = Reporter("acme", render)
