"""Where a report meets a terminal, a pipe or a file: what can be shown there, and writing it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from openclaw.frozen import replace
from openclaw.text import ascii_locale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from doctor.render.frame import Frame
    from doctor.render.human import Style
    from doctor.report import Report
    from doctor.request import Request
    from openclaw.exits import Exit
    from openclaw.invocation import Invocation
    from openclaw.reporter import Reporter

FILE_WIDTH = 100  # columns of the text for people where no terminal has a say


def rendered(
    report: Report, request: Request, call: Invocation, code: Exit, more: Mapping[str, Any] | None = None
) -> str:
    """The report in the form that was asked for. `more`: members that a document has besides."""
    if request.as_json:
        from doctor.render import json

        return json.render(report, code=code, user=call.user, ascii_only=not encodes(sys.stdout.encoding), more=more)
    if request.bare:
        return _in_form(request.form, report, request, call, code, more)
    if request.quiet:
        from doctor.render import quiet

        return quiet.render(report, request.fail_level, fail_on_unknown=request.fail_on_unknown, user=call.user)
    from doctor.render import human

    return human.render(report, user=call.user, style=style_of(call, verbose=request.verbose, plain=request.plain))


def _in_form(
    form: str, report: Report, request: Request, call: Invocation, code: Exit, more: Mapping[str, Any] | None = None
) -> str:
    """The report in a form that depends on no terminal."""
    if form == "json":
        from doctor.render import json

        return json.render(report, code=code, user=call.user, more=more)
    if form == "human":
        from doctor.render import human

        style = human.Style(width=FILE_WIDTH, verbose=request.verbose, plain=request.plain)
        return human.render(report, user=call.user, style=style)
    if form in (reporters := _reporters()):
        return _of_plugin(form, reporters[form], report, call, code, more)
    from doctor.render.frame import Frame

    root = call.env.get("GITHUB_WORKSPACE") or call.env.get("CI_PROJECT_DIR") or ""
    frame = Frame(call.user, call.now, code, request.fail_level, request.fail_on_unknown, root)
    return _renderer(form)(report, frame)


def _reporters() -> Mapping[str, Reporter]:
    from doctor import plugins

    return plugins.current().reporters


def _of_plugin(
    form: str, reporter: Reporter, report: Report, call: Invocation, code: Exit, more: Mapping[str, Any] | None
) -> str:
    """The text of a plugin's reporter; its defects are told as such, without their text."""
    from doctor.engine import defect
    from doctor.render.json import document
    from openclaw.errors import Failure

    try:
        return str(reporter.render(document(report, code=code, user=call.user) | dict(more or {})))
    except Exception as error:
        raise Failure(f"the plugin's form {form} failed: {defect(error)}", hint="please tell its authors") from error


def _renderer(form: str) -> Callable[[Report, Frame], str]:
    if form == "sarif":
        return _sarif
    from importlib import import_module

    render: Callable[[Report, Frame], str] = import_module(f"doctor.render.{form}").render
    return render


def _sarif(report: Report, frame: Frame) -> str:
    from doctor.pages import page
    from doctor.registry import all_checks
    from doctor.render import sarif

    return sarif.render(report, frame, [(item, page(item.id)) for item in all_checks()])


def write_files(
    report: Report, request: Request, call: Invocation, code: Exit, more: Mapping[str, Any] | None = None
) -> None:
    """Writes each `--output` and the baseline, whole or not at all; Failure where one cannot be.

    Their mode is that of files which the shell makes: other programs are to read them.
    """
    files = [(form, file, report) for form, file in request.outputs]
    if request.write_baseline:  # with what is known already, or it would be new next time
        files.append(("json", request.write_baseline, replace(report, new_only=False)))
    if not files:
        return
    import os

    from openclaw.change import atomic

    mask = os.umask(0o077)
    os.umask(mask)
    texts = [(file, _in_form(form, what, request, call, code, more)) for form, file, what in files]
    for file, text in texts:
        data = f"{text}\n".encode("utf-8", "backslashreplace")
        atomic.write(call.cwd / file, data, mode=0o666 & ~mask, parents_mode=0o777 & ~mask)


def write_summary(report: Report, request: Request, call: Invocation, code: Exit) -> None:
    """In GitHub Actions: the report for the job's page. One that cannot be written is said, and stops nothing."""
    path = call.env.get("GITHUB_STEP_SUMMARY", "")
    if request.form != "github" or not path:
        return
    try:
        with open(path, "a", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123
            file.write(f"{_in_form('markdown', report, request, call, code)}\n")
    except OSError as error:
        sys.stderr.write(f"Note: the job summary could not be written: {error.strerror}\n")


def tell(text: str) -> None:
    """Writes a text and a newline; nothing where there is no text. What stdout cannot encode is escaped.

    A name in a file must not stop the report. Flushed, because what follows may take long.
    """
    if text:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(f"{text}\n".encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()


def style_of(call: Invocation, *, verbose: bool = False, plain: bool = False) -> Style:
    """How this terminal wants the report (NO_COLOR, FORCE_COLOR, TERM=dumb and the locale are respected)."""
    from shutil import get_terminal_size

    from doctor.render.human import Style

    env = call.env
    dumb = env.get("TERM", "") in ("", "dumb")
    forced = env.get("FORCE_COLOR", "") not in ("", "0", "false")
    return Style(
        unicode=encodes(sys.stdout.encoding) and not ascii_locale(env) and not (call.stdout_tty and dumb),
        colour=(forced or (call.stdout_tty and not dumb)) and not (plain or env.get("NO_COLOR")),
        width=get_terminal_size((FILE_WIDTH, 24)).columns if call.stdout_tty else FILE_WIDTH,
        verbose=verbose,
        plain=plain,
    )


def encodes(encoding: str | None, sample: str = "✓✗→…") -> bool:
    """Whether an output encoding has our marks."""
    try:
        sample.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
