"""Questions on a terminal, with questionary, which is imported only here; `unsafe_ask` only: Ctrl-C is Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import questionary
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    from wizard.page import Page
    from wizard.questions import Option, Question

SETTLE = 0.15  # seconds without input after Enter: the rest of a paste has arrived by then


class Tty:
    """Lists with arrow keys, hidden input, confirmation. Esc, Ctrl-C and Ctrl-D leave."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def answer(self, question: Question) -> str | bool:
        """What the person chose or typed. KeyboardInterrupt or EOFError where they left."""
        ask = {"choice": self._choice, "text": self._text, "secret": self._secret, "confirm": self._confirm}
        prompt = ask[question.kind](question)
        _leaving(prompt)
        answer: str | bool = prompt.unsafe_ask()
        return answer

    def _choice(self, question: Question) -> questionary.Question:
        import questionary

        room = self.page.width - 6
        choices = [
            questionary.Choice(self._title(option, room), option.value, disabled="no" if option.blocked else None)
            for option in question.options
        ]
        default = next((item for item in choices if item.value == question.default and not item.disabled), None)
        return questionary.select(
            self._label(question),
            choices,
            default=default,
            instruction=" ",
            pointer=">",
            use_jk_keys=False,
            show_description=False,
            erase_when_done=True,
        )

    def _text(self, question: Question) -> questionary.Question:
        import questionary

        default = question.default if isinstance(question.default, str) else ""
        return questionary.text(self._label(question), default, erase_when_done=True)

    def _secret(self, question: Question) -> questionary.Question:
        import questionary

        return questionary.password(f"{self._label(question)}:", erase_when_done=True, key_bindings=_whole_paste())

    def _confirm(self, question: Question) -> questionary.Question:
        import questionary

        return questionary.confirm(self._label(question), default=question.default is not False, erase_when_done=True)

    def _label(self, question: Question) -> str:
        label = self.page.plain(question.label)
        if len(label) + 12 <= self.page.width:
            return label
        self.page.say(label, style="title")  # wrapped on words there, by the character here
        return "Answer"

    def _title(self, option: Option, room: int) -> str:
        text = f"{option.label}  {option.hint}" if option.hint else option.label
        if len(text) > room:
            text = option.label
        return self.page.plain(text if len(text) <= room else text[: room - 1] + "…")


def _leaving(prompt: questionary.Question) -> None:
    """Esc and Ctrl-D leave every kind of question; questionary's lists ignore them."""
    from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

    keys = KeyBindings()

    @keys.add("escape")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt)

    @keys.add("c-d")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError)

    application = prompt.application
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
