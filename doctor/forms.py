"""The forms of a report: their names, and which one goes where (`--format`, `--json`, `--output`)."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from doctor.request import HUMAN
from openclaw.errors import UsageFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMS = (HUMAN, "json", "junit", "sarif", "github", "prometheus", "markdown")
ENDINGS = {
    ".json": "json",
    ".xml": "junit",
    ".sarif": "sarif",
    ".prom": "prometheus",
    ".md": "markdown",
    ".txt": HUMAN,
}

STREAMS = ("-", "/dev/stdout", "/dev/stderr")  # a file is replaced, which these cannot be

Outputs = tuple[tuple[str, str], ...]


def forms() -> tuple[str, ...]:
    """All of them, those of plugins last."""
    from doctor import plugins

    return (*FORMS, *plugins.current().reporters)


def placed(form: str, as_json: bool, values: Sequence[str]) -> tuple[str, Outputs]:
    """(form of standard output, (form, file) of each `--output`).

    `--output FORMAT:FILE` says the form itself. In `--output FILE` it is that of `--format`, and standard output keeps
    the text for people; without one, that of the file's ending.
    """
    if as_json and form not in ("", "json"):
        raise UsageFailure(f"--json and --format {form} cannot be used together", hint="--json means --format json")
    if form and form not in (known := forms()):
        from doctor.select import near

        raise UsageFailure(
            f"--format {form}: there is no such form", hint=near(form, known) or f"one of {', '.join(known)}"
        )
    outputs = tuple(_output(value, form) for value in values)
    files = [file for _, file in outputs]
    if twice := next((file for file in files if files.count(file) > 1), ""):
        raise UsageFailure(f"--output {twice} is given twice", hint="each report needs a file of its own")
    to_files = any(not _prefixed(value) for value in values)
    on_stdout = "json" if as_json else (HUMAN if form and to_files else form)
    return on_stdout, outputs


def _prefixed(value: str) -> bool:
    name, colon, _ = value.partition(":")
    return bool(colon) and name in forms()


def _output(value: str, form: str) -> tuple[str, str]:
    if _prefixed(value):
        name, _, file = value.partition(":")
    else:
        name, file = form or ENDINGS.get(PurePath(value).suffix.lower(), ""), value
    if not file or file in STREAMS:
        raise UsageFailure(f"--output {value}: a file is needed", hint="for standard output, use --format")
    if not name:
        from shlex import quote

        raise UsageFailure(
            f"--output {value}: which form is meant?",
            hint=f"put it in front of the name ({', '.join(FORMS)}), or use one of the endings {', '.join(ENDINGS)}",
            commands=(f"openclaw doctor --output {quote(f'junit:{value}')}",),
        )
    return name, file
