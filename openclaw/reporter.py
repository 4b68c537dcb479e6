"""A reporter of a plugin: one more form of the doctor's report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@frozen
class Reporter:
    """`name` is that of `--format`. `render` makes a text of the report's document, which has no secrets in it.

    The document is the one that `doctor --json` prints (docs/schemas/doctor-report.schema.json).
    """

    name: str
    render: Callable[[Mapping[str, Any]], str]
