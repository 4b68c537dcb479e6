"""Makes docs/compat.txt, the list that `replay --differs` reads, of docs/compat.md."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def listed() -> str:
    """One recorded installation and its reason a line."""
    rows = re.findall(r"^- `([0-9r][0-9]+-[^`]+)`: (.+)$", (DOCS / "compat.md").read_text("utf-8"), re.MULTILINE)
    head = "# Made from compat.md by tests/recorded/compat.py: recorded installation, reason of the difference.\n"
    return head + "".join(f"{name} {reason}\n" for name, reason in sorted(rows))


if __name__ == "__main__":
    (DOCS / "compat.txt").write_text(listed(), "utf-8")
