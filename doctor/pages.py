"""The pages that explain checks, as they lie in `checks/explain`: read, and taken apart by their headings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

MEANS, FIXED, LEFT_OUT = "What it means", "How it is fixed", "How to leave it out"


@frozen
class Page:
    """A page: the text (Markdown) under each of its headings."""

    check_id: str
    sections: dict[str, str]

    @property
    def text(self) -> str:
        """Everything but the title, as Markdown."""
        return "\n\n".join(f"## {title}\n\n{text}" for title, text in self.sections.items())

    def section(self, title: str) -> str:
        """The text under a heading; "" where there is none."""
        return self.sections.get(title, "")


def page(check_id: str) -> Page | None:
    """The page of a built-in check; None where there is none."""
    import checks

    path = Path(checks.__file__).parent / "explain" / f"{check_id}.md"
    try:
        text = path.read_text("utf-8")
    except OSError:
        return None
    _, *parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    titles, texts = parts[::2], parts[1::2]
    return Page(check_id, {title.strip(): body.strip() for title, body in zip(titles, texts, strict=True)})


def plain(markdown: str) -> str:
    """Markdown of such a page as text: without backticks, marks and line ends inside of paragraphs."""
    blocks = [" ".join(text.split()) for _, text in blocks_of(markdown)]
    return "\n\n".join(block.replace("`", "").replace("**", "") for block in blocks)


def blocks_of(markdown: str) -> Iterator[tuple[str, str]]:
    """(kind, text) of each block: `text`, `item` of a list, `code` as it stands."""
    lines: list[str] = []
    kind = "text"
    for line in [*markdown.splitlines(), ""]:
        if kind == "code":
            if line.startswith("```"):
                yield "code", "\n".join(lines)
                kind, lines = "text", []
            else:
                lines.append(line)
            continue
        fence, item = line.startswith("```"), re.match(r"\s*(?:[-*]|\d+\.) +", line)
        if (fence or item or not line.strip()) and lines:
            yield kind, "\n".join(lines)
            kind, lines = "text", []
        if fence:
            kind = "code"
        elif item:
            kind, lines = "item", [line[item.end() :]]
        elif line.strip():
            lines.append(line.strip())


def commands_in(markdown: str, *, whole: bool = True) -> list[str]:
    """The commands of this program that a text names, each once; `whole`: not those that have to be completed."""
    spans = [" ".join(found.split()) for found in re.findall(r"`([^`]+)`", markdown.replace("```", ""))]
    ours = (span for span in spans if re.match(r"openclaw [a-z]", span))
    return [span for span in dict.fromkeys(ours) if not (whole and re.search(r"\b[A-Z]{2,}\b|…|\.\.\.|<", span))]
