"""Markdown for an issue: read back by a real parser, any text is only text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from doctor.render import markdown
from tests.doctor.reports import EVIL, FRAME, KEY, REPORT, evil, quiet

if TYPE_CHECKING:
    from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tokens(text: str) -> list[Token]:
    found = PARSER.parse(text)
    return [*found, *(child for token in found for child in token.children or ())]


def kinds(text: str) -> dict[str, int]:
    names = [token.type for token in tokens(text)]
    return {name: names.count(name) for name in set(names)}


def test_the_report() -> None:
    text = markdown.render(REPORT, FRAME)
    assert text.splitlines()[:2] == ["## openclaw doctor", ""]
    assert "| error | `credentials/expired` | anthropic:a expired 3d ago | `~/.openclaw/a b.json:4:7` |" in text
    assert "```sh\nopenclaw undo # anthropic:a expired 3d ago\n```" in text
    assert "| `credentials/truncated` | key is short | silenced until 2026-12-31: known, fixed soon |" in text
    assert "| `host/clock` | crashed | KeyError at clock:12 |" in text
    assert "- OpenClaw: `2026.2.3`" in text
    counted = kinds(text)
    assert counted["table_open"] == 3
    assert counted["fence"] == 1  # of what counts: notes need no details
    assert "`security/readable-by-others`" not in markdown.render(quiet(REPORT), FRAME)


@pytest.mark.parametrize("text", EVIL)
def test_any_text_is_only_text(text: str) -> None:
    rendered = markdown.render(evil(text), FRAME)
    counted = kinds(rendered)
    expected = kinds(markdown.render(evil("plain"), FRAME))
    assert {name: number for name, number in counted.items() if name.endswith(("_open", "fence"))} == {
        name: number for name, number in expected.items() if name.endswith(("_open", "fence"))
    }
    html = [token.content for token in tokens(rendered) if token.type.startswith("html")]
    assert "".join(html).replace("\n", "") == "<details><summary>Host</summary></details>"
    assert KEY not in rendered
    assert "\x1b" not in rendered
    assert " @someone" not in "".join(token.content for token in tokens(rendered) if token.type == "text")
