"""How a line of an env file is written so that all its readers read it alike; tried before it is offered.

Not mended are lines whose meaning cannot be told (an open quote, no `=`, `${VAR}`), and names that are none. What
belongs to the file and not to a line (a byte order mark, CRLF, UTF-16) is mended for all lines at once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openclaw.environment.dotenv import BOM, delete_variable, parse_node, set_variable
from openclaw.environment.lint import lint
from openclaw.errors import Refusal
from openclaw.frozen import frozen
from openclaw.secret import Secret
from openclaw.text import js_trim

if TYPE_CHECKING:
    from openclaw.environment.lint import Issue

REWRITABLE = frozenset((
    "colon", "spaces", "hash", "expansion", "backslash", "unquoted", "export", "comment", "systemd",
))  # fmt: skip
TRIED = 50  # lines of one file: each try reads it in four dialects


@frozen
class Mended:
    """The value for a variable. `anew`: its line goes, and another one is written, because its beginning is wrong."""

    name: str
    value: Secret
    anew: bool = False


def mended(text: str, issues: tuple[Issue, ...]) -> dict[int, Mended]:
    """What can be mended in a text, by line."""
    tried = ((issue.line, _mended(text, issue)) for issue in issues[:TRIED])
    return {line: found for line, found in tried if found}


def meant(text: str, issue: Issue) -> str | None:
    """The value that a line with an issue is most likely meant to give; None where that cannot be told.

    That is what Node reads, but for an unquoted `#` without a blank before it: there the rest of a secret was cut off.
    Only of the line that counts: of a name that is set several times, the last; not where that one is empty and
    another has a value.
    """
    if not issue.name or issue.kind not in REWRITABLE:
        return None
    entries = [found for found in parse_node(text) if found.name == issue.name]
    entry = entries[-1] if entries else None
    if entry is None or entry.line != issue.line:
        return None
    if not js_trim(entry.value) and any(js_trim(other.value) for other in entries):
        return None
    if issue.kind == "expansion" and re.search(r"[$][({A-Za-z_]|`", entry.value):
        return None  # somebody wanted the value of something else there
    if issue.kind != "hash":
        return entry.value
    source = re.sub(rf"[\s{BOM}]*(?:export\s+)?[\w.-]+\s*[=:]", "", entry.raw, count=1)
    if re.match(r"[^#]*[^#\s]\s+#", source):
        return entry.value  # an ordinary comment; something else is wrong
    whole = js_trim(source)
    return None if whole.startswith("#") or re.search(r"\s", whole) else whole  # a comment could be in it


def plain(data: bytes) -> bytes:
    """The same text in UTF-8, with LF line ends and without a byte order mark. Refusal where it cannot be read.

    Other bytes stay as they are, and so does what Node reads: it takes CRLF and CR as LF, and no byte order mark.
    """
    import codecs

    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16") if wide else data.decode("utf-8", "surrogateescape")
        flat = text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")
        return flat.encode("utf-8", "strict" if wide else "surrogateescape")
    except UnicodeError:
        raise Refusal("The file begins as UTF-16, and is not: its lines cannot be told.") from None


def _mended(text: str, issue: Issue) -> Mended | None:
    value = meant(text, issue)
    if value is None:
        return None
    for anew in (False, True):
        try:
            edited = set_variable(delete_variable(text, issue.name) if anew else text, issue.name, value)
        except Refusal:
            continue
        if not any(found.name == issue.name for found in lint(edited)):
            return Mended(issue.name, Secret(value), anew)
    return None
