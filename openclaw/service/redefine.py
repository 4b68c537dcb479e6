"""Taking a variable out of a unit, a drop-in or a property list; everything else in it stays as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openclaw.change.plan import Run
from openclaw.environment.dotenv import lines_of
from openclaw.frozen import replace
from openclaw.service import unitfile
from openclaw.service.plans import SECONDS, restart_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openclaw.change.plan import Plan
    from openclaw.service.base import GatewayService, ServiceManager

ASSIGNMENT = re.compile(r"[ \t]*Environment[ \t]*=(.*)", re.DOTALL)


def without(text: str, path: Path, name: str) -> str | None:
    """The definition without any assignment of `name`; None where that cannot be done without touching the rest."""
    if path.suffix == ".plist":
        return _plist_without(text, name)
    edited = "".join(_lines(text, name))
    before, after = _assigned(text, path), _assigned(edited, path)
    kept = [word for word in before if word.partition("=")[0] != name]
    rest = [_others(source, path) for source in (text, edited)]
    return edited if before != after == kept and rest[0] == rest[1] else None


def reread_plan(manager: ServiceManager, service: GatewayService) -> Plan:
    """The service starts anew with the definition that the plan has changed, if it runs; else that is only read."""
    env = manager.client_env()
    if manager.describe().kind == "launchd":  # it keeps what it has loaded (launchctl(1))
        import os

        domain = f"gui/{os.getuid()}"
        out = Run(("launchctl", "bootout", f"{domain}/{service.unit}"), env=env, timeout=SECONDS)
        load = Run(("launchctl", "bootstrap", domain, str(service.definition)), env=env, timeout=SECONDS)
        return (out, load) if service.enabled else ()
    if service.active:
        return restart_plan(manager, replace(service, reload_needed=True))
    reload = ("systemctl", "--user", "--no-pager", "daemon-reload")
    return (
        (Run(reload, env=env, timeout=SECONDS, why="systemd reads the unit"),) if manager.describe().reachable else ()
    )


def _lines(text: str, name: str) -> Iterator[str]:
    """The text, logical line by logical line, with `name` taken out of those that assign it."""
    for lines in _logical(text):
        joined = "".join(lines)
        found = ASSIGNMENT.fullmatch(joined.rstrip("\r\n"))
        words = _raw_words(_flat(found[1])) if found else []
        kept = [word for word in words if _name(word) != name]
        if len(kept) == len(words):
            yield joined
        elif kept:
            end = joined[len(joined.rstrip("\r\n")) :]
            yield f"Environment={' '.join(kept)}{end}"


def _logical(text: str) -> Iterator[list[str]]:
    """Physical lines, grouped where a backslash at the end continues them."""
    pending: list[str] = []
    for line in lines_of(text):
        content = line.rstrip("\r\n")
        pending.append(line)
        comment = content.lstrip().startswith(("#", ";"))
        continued = (len(content) - len(content.rstrip("\\"))) % 2 == 1
        if (comment and len(pending) == 1) or (not continued and not comment):
            yield pending
            pending = []
    if pending:
        yield pending


def _flat(value: str) -> str:
    """A continued value on one line, without the comments in between."""
    lines = [line for line in lines_of(value) if not line.lstrip().startswith(("#", ";"))]
    return " ".join(line.strip().removesuffix("\\").strip() for line in lines)


def _raw_words(value: str) -> list[str]:
    """The words of a value with their quotes and escapes."""
    return re.findall(r"""(?:\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s"'\\])+""", value, re.DOTALL)


def _name(word: str) -> str:
    found, _ = unitfile.words(word)
    return found[0].partition("=")[0] if found else ""


def _assigned(text: str, path: Path) -> list[str]:
    return [word for word, _ in unitfile.assignments(unitfile.parse(text, path), "Environment", {}, [])]


def _others(text: str, path: Path) -> list[tuple[str, str, str]]:
    """Every other line that means something."""
    directives = unitfile.parse(text, path)
    return [(item.section, item.key, item.value) for item in directives if item.key != "Environment"]


def _plist_without(text: str, name: str) -> str | None:
    import plistlib

    try:
        content = plistlib.loads(text.encode("utf-8", "surrogateescape"))
        del content["EnvironmentVariables"][name]
    except (plistlib.InvalidFileException, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None
    return plistlib.dumps(content, sort_keys=False).decode()
