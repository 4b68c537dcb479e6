"""Questions on a terminal with questionary, imported only here. `terminal.asked` runs them: Ctrl-C is Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from wizard.front.explaining import complain, explain, left_out, title
from wizard.questions import Back
from wizard.terminal import asked

if TYPE_CHECKING:
    import questionary
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.layout.containers import Window
    from questionary.prompts.common import InquirerControl

    from wizard.page import Page
    from wizard.questions import Question

BACK = "\x1b"  # the value of the entry in lists
SEVERAL = "(Space chooses, Enter goes on)"
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
        lists = self._several if question.several else self._choice
        prompt = lists(question, back=back) if question.kind == "choice" else ask[question.kind](question)
        _leaving(prompt)
        _unanswered(prompt)
        answer: str | bool | list[str] = asked(prompt.application)
        if isinstance(answer, list):
            return ",".join(item for item in answer if item != BACK)
        if answer == BACK:
            raise Back
        return answer or _default(question) if question.kind == "text" else answer

    def _choice(self, question: Question, *, back: bool) -> questionary.Question:
        import questionary

        choices = self._entries(question, 6, back=back)
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
        self._explain(prompt, question, 6, len(choices))
        if searched:
            _search(prompt, self.page.plain("No match; Backspace takes a letter away."))
        return prompt

    def _several(self, question: Question, *, back: bool) -> questionary.Question:
        import questionary
        from questionary.prompts import common

        # What is chosen must be seen without colour, too, and in ASCII.
        vars(common).update(INDICATOR_SELECTED="[x]", INDICATOR_UNSELECTED="[ ]")
        choices = self._entries(question, 10, back=back)
        for item in choices:
            item.checked = item.value in question.chosen(str(question.default or ""))
        label, keys = self.page.plain(question.label), SEVERAL
        if len(label) + len(keys) + 4 > self.page.width:
            self.page.say(f"{label} {keys}", style="title")  # as in `_label`
            label, keys = "Answer", " "
        prompt = questionary.checkbox(
            label,
            choices,
            instruction=keys,
            pointer=">",
            use_jk_keys=False,
            validate=lambda chosen: any(item != BACK for item in chosen) or "Choose at least one.",
            style=_style(),
            show_description=False,
            erase_when_done=True,
        )
        self._explain(prompt, question, 10, len(choices))
        complain(prompt, _window(prompt), self.page)
        _back_from(prompt)
        return prompt

    def _entries(self, question: Question, margin: int, *, back: bool) -> list[questionary.Choice]:
        import questionary

        room = self.page.width - margin
        choices = [
            questionary.Choice(
                self.page.plain(title(option, room)), option.value, disabled="no" if option.blocked else None
            )
            for option in question.options
        ]
        return [*choices, *([questionary.Choice(self.page.plain("← Back"), BACK)] if back else [])]

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

    def _explain(self, prompt: questionary.Question, question: Question, margin: int, entries: int) -> None:
        """What has no room beside its option is shown below the list, which is that much shorter."""
        texts = left_out(question.options, self.page.width - margin)
        window = _window(prompt)
        _shorten(window, entries, explain(prompt, window, texts, self.page))


def _default(question: Question) -> str:
    """What Enter alone gives. It is not put into the line: whoever types a name would type behind it."""
    return question.default if isinstance(question.default, str) else ""


def _style() -> questionary.Style:
    """No colours of our own choice: what is bold or dim can be read on light and on dark."""
    import questionary

    bold = ("qmark", "question", "pointer", "highlighted", "answer", "search_success", "search_none")
    return questionary.Style([*((name, "noinherit bold") for name in bold), ("disabled", "noinherit dim")])


def _shorten(window: Window, entries: int, taken: int) -> None:
    """A long list scrolls within a part of the screen: what stands above it stays in sight. `taken`: rows below it."""
    from shutil import get_terminal_size

    from prompt_toolkit.layout.dimension import Dimension

    rows = max(4, min(MANY, get_terminal_size((80, 24)).lines - 4 - taken, entries))
    window.height = Dimension(min=rows, preferred=rows, max=rows)


def _search(prompt: questionary.Question, no_match: str) -> None:
    """Where nothing has what was typed, that is said; questionary shows the whole list, and Enter takes its first."""
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.key_binding import KeyBindings
    from questionary import Choice
    from questionary.prompts.common import InquirerControl

    nothing = Choice(no_match, "", disabled=cast("Any", True))  # without a reason in brackets

    class Searched(InquirerControl):
        @property
        def filtered_choices(self) -> list[Choice]:
            wanted = (self.search_filter or "").lower()
            found = [item for item in self.choices if wanted in str(item.title).lower()]
            self.found_in_search = bool(found)
            return found or [nothing]

    control = cast("InquirerControl", _window(prompt).content)
    control.__class__ = Searched
    keys = KeyBindings()

    @keys.add("enter", eager=True, filter=Condition(lambda: not control.filtered_choices[0].value))
    @keys.add("up", eager=True, filter=Condition(lambda: not control.filtered_choices[0].value))
    @keys.add("down", eager=True, filter=Condition(lambda: not control.filtered_choices[0].value))
    def _(_: KeyPressEvent) -> None:  # there is nothing to choose
        pass

    _add_keys(prompt, keys)


def _window(prompt: questionary.Question) -> Window:
    """The part of the screen with the list of a prompt."""
    from questionary.prompts.common import InquirerControl

    windows = prompt.application.layout.find_all_windows()
    return next(window for window in windows if isinstance(window.content, InquirerControl))


def _back_from(prompt: questionary.Question) -> None:
    """Where several can be chosen, the entry that goes back is no choice: both keys act on it at once."""
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.key_binding import KeyBindings

    keys, control = KeyBindings(), cast("InquirerControl", _window(prompt).content)

    @Condition
    def on_back() -> bool:
        return bool(control.get_pointed_at().value == BACK)

    @keys.add("enter", eager=True, filter=on_back)
    @keys.add(" ", eager=True, filter=on_back)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=Back)

    _add_keys(prompt, keys)


def _leaving(prompt: questionary.Question) -> None:
    """Esc goes back from every kind of question, and Ctrl-D leaves; questionary's lists ignore both."""
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()

    @keys.add("escape")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=Back)

    @keys.add("c-d")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError)

    prompt.application.ttimeoutlen = prompt.application.timeoutlen = ESCAPE
    _add_keys(prompt, keys)


def _unanswered(prompt: questionary.Question) -> None:
    """Where the cursor stands is not asked: not every terminal answers, and prompt_toolkit then prints a warning."""
    from prompt_toolkit.renderer import CPR_Support

    prompt.application.renderer.cpr_support = CPR_Support.NOT_SUPPORTED


def _add_keys(prompt: questionary.Question, keys: KeyBindings) -> None:
    """The later count more."""
    from prompt_toolkit.key_binding import merge_key_bindings

    present = [prompt.application.key_bindings] if prompt.application.key_bindings else []
    prompt.application.key_bindings = merge_key_bindings([*present, keys])


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
