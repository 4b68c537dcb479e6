"""env/: the env files themselves, line by line, and the one of the working directory."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from checks.remedies import edit
from checks.seen import into_env_file
from openclaw.api import Finding, Location, Remedy, Severity, Unknown, check
from openclaw.home import PATH_VARIABLES
from openclaw.providers.names import all_env_names, owners_of
from openclaw.text import joined, js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.environment.layers import Environment, Layer
    from openclaw.environment.lint import Duplicate, Issue
    from openclaw.era import Era
    from openclaw.facts.credentials import Routes
    from openclaw.facts.envfiles import ReadEnvFile
    from openclaw.home import Home

ELSEWHERE = ("process", "state", "gateway", "config", "shell")  # layers that every OpenClaw reads
FOR_SYSTEMD = ("systemd", "export", "comment")  # kinds of issues: only systemd reads the line differently
WHOLE_FILE = {
    "bom": ("byte order mark", "Take the byte order mark out.", r"perl -pi -e 's/^\xEF\xBB\xBF// if $. == 1' {path}"),
    "utf16": (
        "UTF-16",
        "Write the file in UTF-8.",
        r"""perl -MEncode -0777 -pi -e '$_ = encode("UTF-8", decode("UTF-16", $_))' {path}""",
    ),
    "crlf": ("line ends", "Write the file with LF line ends.", r"perl -pi -e 's/\r\n?/\n/g' {path}"),
}


@check("env/dotenv-syntax", Severity.ERROR, tags={"env"})
def dotenv_syntax(env_files: list[ReadEnvFile]) -> Iterator[Finding]:
    """A line of an env file that its readers do not read alike."""
    found = [finding for file in env_files for finding in _of_file(file)]
    if not found and any(file.barred for file in env_files if file.state == "unreadable"):
        raise Unknown("host/state-dir says it: the state directory cannot be entered")
    yield from found


def _of_file(file: ReadEnvFile) -> Iterator[Finding]:
    if file.state == "unreadable" and not file.barred:
        message = f"What this env file holds is not known: {file.reason}"
        remedy = Remedy(file.advice, file.commands)
        yield Finding("env/dotenv-syntax", Severity.ERROR, message, where=Location(file.path), remedy=remedy)
    if file.state == "ignored":
        message = f"OpenClaw ignores this env file without a word: {file.reason}"
        remedy = Remedy("Put an ordinary file of less than 1 MiB in its place.", (f"ls -ld {quote(file.path)}",))
        yield Finding("env/dotenv-syntax", Severity.WARNING, message, where=Location(file.path), remedy=remedy)
    seen: list[str] = []
    for issue in file.issues:
        severity = _severity(issue, file)
        if severity is None:
            continue
        target = WHOLE_FILE[issue.kind][0] if issue.kind in WHOLE_FILE else issue.name
        seen.append(target)
        again = f" ({seen.count(target)})" if seen.count(target) > 1 else ""
        yield Finding(
            "env/dotenv-syntax",
            severity,
            f"{issue.name + ': ' if issue.name else ''}{issue.message.rstrip('.')}",
            f"{target}{again}" if target else f"line {issue.line}",
            where=Location(file.path, issue.line),
            remedy=_mend(issue, file),
        )


def _severity(issue: Issue, file: ReadEnvFile) -> Severity | None:
    """What only systemd reads differently is an error in a file that a unit names.

    Of that, `export X=` and a comment behind a value are errors, too, where a service of systemd is installed: the day
    its unit names the file, the key is not there, or longer than it was. Elsewhere nobody reads them so.
    """
    if issue.kind not in FOR_SYSTEMD or file.systemd:
        return Severity.ERROR
    if issue.kind == "systemd":
        return None
    return Severity.ERROR if file.strict else Severity.INFO


def _mend(issue: Issue, file: ReadEnvFile) -> Remedy:
    if issue.kind in WHOLE_FILE:
        _, text, command = WHOLE_FILE[issue.kind]
        return Remedy(text, (command.replace("{path}", quote(file.path)),), "confirm")
    fix = "confirm" if issue.line in file.mended else "manual"
    return Remedy("Write that line as NAME='value'.", (edit(file.path, issue.line),), fix)  # type: ignore[arg-type]


@check("env/dotenv-duplicate", Severity.WARNING, tags={"env"})
def dotenv_duplicate(env_files: list[ReadEnvFile]) -> Iterator[Finding]:
    """A variable is set twice in one env file."""
    found = [_doubled(item, file) for file in env_files for item in file.duplicates]
    unread = [file.path for file in env_files if file.state == "unreadable"]
    if unread and not found:
        raise Unknown(f"could not be read: {joined(unread)}")
    yield from found


def _doubled(found: Duplicate, file: ReadEnvFile) -> Finding:
    others = [f"line {line}" for line in found.lines if line != found.winner]
    empty = f", and is empty: line {found.kept} has a value" if found.kept else ""
    return Finding(
        "env/dotenv-duplicate",
        Severity.WARNING,
        f"{found.name} is set {len(found.lines)} times; line {found.winner} wins over {joined(others)}{empty}",
        found.name,
        where=Location(file.path, found.winner),
        remedy=Remedy(
            f"Keep line {found.kept or found.winner} only.",
            (edit(file.path, found.lines[0]),),
            "confirm" if found.name in file.values else "manual",
        ),
    )


@check("env/cwd-blocked", Severity.WARNING, tags={"env"})
def cwd_blocked(environment: Environment, routes: Routes, era: Era, home: Home) -> Iterator[Finding]:
    """A key stands only in the .env of the working directory."""
    layer = environment.layer("cwd")
    if layer is None or layer.path is None or era.name == "json":
        return
    for name in sorted(all_env_names() & layer.values.keys()):
        if not js_trim(layer.values[name]) or _elsewhere(name, environment) or not _missed(name, routes, layer):
            continue
        file = home.short(home.env_file)
        owner = next(iter(owners_of(name)), "")
        yield Finding(
            "env/cwd-blocked",
            Severity.WARNING,
            f"{name} stands only in the .env of {home.short(home.cwd)}, where OpenClaw 2026.6 and later ignores it",
            name,
            where=Location(str(layer.path), layer.lines.get(name)),
            remedy=Remedy(
                f"Move it to {file}, which every OpenClaw reads, from any directory.",
                into_env_file(owner, newer=era.name == "sqlite"),
                "confirm",
            ),
        )


def _elsewhere(name: str, environment: Environment) -> bool:
    others = (found for found in environment.layers if found.name in ELSEWHERE)
    return any(js_trim(found.values.get(name, "")) for found in others)


def _missed(name: str, routes: Routes, layer: Layer) -> bool:
    """Whether anybody would want that key: else it is the project's own affair that it has one."""
    if not routes.any_credential and not routes.unread:
        return True
    owners = owners_of(name)
    for route in routes.routes:
        if route.provider in owners:
            winner = route.winner
            return winner is None or (winner.kind == "env" and winner.name in layer.values)
    return False


@check("env/cwd-redirects", Severity.WARNING, tags={"env"})
def cwd_redirects(environment: Environment, home: Home) -> Iterator[Finding]:
    """The .env of the working directory names another installation."""
    layer = environment.layer("cwd")
    for name in sorted(PATH_VARIABLES & layer.values.keys()) if layer else ():
        if layer is None or not js_trim(layer.values[name]):
            continue
        does = "which OpenClaw ignores there" if name in layer.blocked else _effect(name, environment)
        path, line = str(layer.path), layer.lines.get(name)
        yield Finding(
            "env/cwd-redirects",
            Severity.WARNING,
            f"The .env of {home.short(home.cwd)} sets {name}, {does}",
            name,
            where=Location(path, line),
            remedy=Remedy("Take it out there, and set it where all commands see it.", (edit(path, line),)),
        )


def _effect(name: str, environment: Environment) -> str:
    origin = environment.origin.get(name)
    if origin is None or origin.name != "cwd":
        return "which loses to the variable of this shell"
    return "so commands in this directory use another installation than the gateway"
