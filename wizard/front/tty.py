"""Questions on a terminal, with questionary, which is imported only here; `unsafe_ask` only: Ctrl-C is Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.questions import Back

if TYPE_CHECKING:
    import questionary
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    from wizard.page import Page
    from wizard.questions import Option, Question

BACK = "\x1b"  # the value of the entry in lists
MANY = 12  # entries; a list with more of them is searched by typing
ESCAPE = 0.1  # seconds after which a lone Esc is no longer taken for the beginning of another key
SETTLE = 0.15  # seconds without input after Enter: the rest of a paste has arrived by then


class Tty:
    """Lists with arrow keys, hidden input, confirmation. Esc goes back; Ctrl-C and Ctrl-D leave."""

    keys = "Esc goes back; Ctrl-C leaves, and your answers are kept"

    def __init__(self, page: Page) -> None:
        self.page = page

    def answer(self, question: Question, *, back: bool = True) -> str | bool:
        """What the person chose or typed. Back, KeyboardInterrupt or EOFError where they want that."""
        ask = {"text": self._text, "secret": self._secret, "confirm": self._confirm}
        prompt = self._choice(question, back=back) if question.kind == "choice" else ask[question.kind](question)
        _leaving(prompt)
        answer: str | bool = prompt.unsafe_ask()
        if answer == BACK:
            raise Back
        return answer or _default(question) if question.kind == "text" else answer

    def _choice(self, question: Question, *, back: bool) -> questionary.Question:
        import questionary

        room = self.page.width - 6
        choices = [
            questionary.Choice(self._title(option, room), option.value, disabled="no" if option.blocked else None)
            for option in question.options
        ]
        if back:
            choices.append(questionary.Choice(self.page.plain("← Back"), BACK))
        searched = len(choices) > MANY
        default = next((item for item in choices if item.value == question.default and not item.disabled), None)
        prompt = questionary.select(
            self._label(question),
            choices,
            default=default,
            instruction="(type to search)" if searched else " ",
            pointer=">",
            use_jk_keys=False,
            use_search_filter=searched,
            style=_style(),
            show_description=False,
            erase_when_done=True,
        )
        _shorten(prompt, len(choices))
        return prompt

    def _text(self, question: Question) -> questionary.Question:
        import questionary

        return questionary.text(self._label(question), style=_style(), erase_when_done=True)

    def _secret(self, question: Question) -> questionary.Question:
        import questionary

        return questionary.password(
            f"{self._label(question)}:", style=_style(), erase_when_done=True, key_bindings=_whole_paste()
        )

    def _confirm(self, question: Question) -> questionary.Question:
        import questionary

        default = question.default is not False
        return questionary.confirm(self._label(question), default=default, style=_style(), erase_when_done=True)

    def _label(self, question: Question) -> str:
        default = _default(question) if question.kind == "text" else ""
        label = self.page.plain(f"{question.label} [{default}]" if default else question.label)
        if len(label) + 12 <= self.page.width:
            return label
        self.page.say(label, style="title")  # wrapped on words there, by the character here
        return "Answer"

    def _title(self, option: Option, room: int) -> str:
        text = f"{option.label}  {option.hint}" if option.hint else option.label
        if len(text) > room:
            text = option.label
        return self.page.plain(text if len(text) <= room else text[: room - 1] + "…")


def _default(question: Question) -> str:
    """What Enter alone gives. It is not put into the line: whoever types a name would type behind it."""
    return question.default if isinstance(question.default, str) else ""


def _style() -> questionary.Style:
    """No colours of our own choice: what is bold or dim can be read on light and on dark."""
    import questionary

    bold = ("qmark", "question", "pointer", "highlighted", "answer", "search_success", "search_none")
    return questionary.Style([*((name, "noinherit bold") for name in bold), ("disabled", "noinherit dim")])


def _shorten(prompt: questionary.Question, entries: int) -> None:
    """A long list scrolls within a part of the screen: what stands above it stays in sight."""
    from shutil import get_terminal_size

    from prompt_toolkit.layout.dimension import Dimension
    from questionary.prompts.common import InquirerControl

    rows = max(4, min(MANY, get_terminal_size((80, 24)).lines - 4, entries))
    for window in prompt.application.layout.find_all_windows():
        if isinstance(window.content, InquirerControl):
            window.height = Dimension(min=rows, preferred=rows, max=rows)


def _leaving(prompt: questionary.Question) -> None:
    """Esc goes back from every kind of question, and Ctrl-D leaves; questionary's lists ignore both."""
    from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

    keys = KeyBindings()

    @keys.add("escape")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=Back)

    @keys.add("c-d")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError)

    application = prompt.application
    application.ttimeoutlen = application.timeoutlen = ESCAPE
    present = [application.key_bindings] if application.key_bindings else []
    application.key_bindings = merge_key_bindings([*present, keys])


def _whole_paste() -> KeyBindings:
    """Enter ends the input only when nothing follows it: a token that was pasted over several lines arrives whole.

    Terminals with bracketed paste do not need this; the others send each line break as Enter. (user-pain, FM 3.)
    """
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")
        event.app.create_background_task(_settle(event.app, event.current_buffer, event.current_buffer.text))

    return keys


async def _settle(app: Any, buffer: Buffer, seen: str) -> None:
    import asyncio

    await asyncio.sleep(SETTLE)
    if buffer.text == seen and app.is_running and not app.is_done:
        app.exit(result=seen.removesuffix("\n"))
