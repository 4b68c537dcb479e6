"""What does not fit into the line of an option stands below the list, about the one that is pointed at."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import questionary
    from prompt_toolkit.layout.containers import HSplit, Window
    from questionary.prompts.common import InquirerControl

    from wizard.page import Page
    from wizard.questions import Option

MOST = 3  # lines


def cut(text: str, room: int) -> str:
    """A text in so many columns; what is cut away ends a word where it can."""
    if len(text) <= room:
        return text
    kept = text[: room - 1].rstrip()
    whole = kept if text[len(kept) : len(kept) + 1].isspace() else kept.rpartition(" ")[0]
    return f"{whole if len(whole) > room // 2 else kept}…"


def title(option: Option, room: int) -> str:
    """The line of an option: with its hint where there is room for both."""
    text = f"{option.label}  {option.hint}" if option.hint else option.label
    return text if len(text) <= room else cut(option.label, room)


def left_out(options: Sequence[Option], room: int) -> dict[str, str]:
    """What the lines do not show, by the options' values."""
    found = {}
    for option in options:
        parts = [option.label] if len(option.label) > room else []
        if option.hint and option.hint not in title(option, room):
            parts.append(option.hint)
        if parts:
            found[option.value] = ": ".join(parts)
    return found


def lines_of(text: str, page: Page) -> list[str]:
    """The text as it stands below the list."""
    found = wrap(page.plain(text), max(10, page.width - 5), break_on_hyphens=False)
    return [f"    {line}" for line in found[:MOST]]


def complain(prompt: questionary.Question, window: Window, page: Page) -> None:
    """Shows below the list why its answer is none. The prompt's own toolbar needs to know where the cursor stands."""
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.layout.containers import ConditionalContainer, Window
    from prompt_toolkit.layout.controls import FormattedTextControl

    control = cast("InquirerControl", window.content)

    def shown() -> str:
        message = control.error_message
        return f"  {page.plain(''.join(part[1] for part in message) if isinstance(message, list) else str(message))}"

    line = Window(FormattedTextControl(shown), height=1, dont_extend_height=True)
    parts = cast("HSplit", prompt.application.layout.container).children
    parts.insert(2, ConditionalContainer(line, filter=Condition(lambda: control.error_message is not None)))


def explain(prompt: questionary.Question, window: Window, texts: Mapping[str, str], page: Page) -> int:
    """Adds the lines below the list; returns how many rows they need. No text, no lines."""
    if not texts:
        return 0
    from prompt_toolkit.filters import is_done
    from prompt_toolkit.layout.containers import ConditionalContainer, Window
    from prompt_toolkit.layout.controls import FormattedTextControl

    control = cast("InquirerControl", window.content)
    rows = max(len(lines_of(text, page)) for text in texts.values())

    def shown() -> str:
        return "\n".join(lines_of(texts.get(str(control.get_pointed_at().value), ""), page))

    below = Window(FormattedTextControl(shown), height=rows, dont_extend_height=True)
    parts = cast("HSplit", prompt.application.layout.container).children
    parts.insert(2, ConditionalContainer(below, filter=~is_done))
    return rows
