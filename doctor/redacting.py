"""Taking the secrets out of encoded facts (`doctor.codec`): found, replaced by their twins everywhere, and listed.

Found are: values of type Secret, members and variables whose names sound like secrets, texts in the shape of a key or
in the place of one, e-mail addresses, account ids, and the values of variables that no check knows.
"""

from __future__ import annotations

import json
import re
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doctor.twins import Twins, stated
from openclaw.change.redaction import redacted
from openclaw.frozen import frozen
from openclaw.redact import secrets_in
from openclaw.secret import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LEAST = 8  # characters: a shorter value may stand anywhere by chance, and is replaced only where it is known to be one
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
# Variables whose values say how this host works and are no secrets (a password in a URL is one all the same).
KEPT_VARIABLES = re.compile(
    r"(?:OPENCLAW|CLAWDBOT|MOLTBOT|PI|XDG|NODE|NPM|NVM|LC|CLAUDE|CODEX|WSL|SUDO|KUBERNETES)_\w+|LANG|PATH|HOME|USER"
    r"|LOGNAME|SHELL|TERM|TMPDIR|PWD|OLDPWD|CI|COLUMNS|NO_COLOR|FORCE_COLOR|DISPLAY|INVOCATION_ID|DBUS_SESSION_BUS_ADDRESS"
    r"|(?i:https?_proxy|no_proxy|all_proxy)|\w+_(?:BASE_URL|HOST|REGION|PROFILE|MODEL)"
)
_URL = re.compile(r"(://[^\s/:@]*:)([^\s/@]+)(?=@)")  # the password in an address
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+:/-])[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_UNITS = (".service", ".socket", ".target", ".timer", ".mount", ".slice", ".scope")
_ACCOUNT = re.compile(r"(?i)(?:account|organi[sz]ation|org|user|tenant|subscription)[_-]?(?:id|uuid)")
_NAMES = r"(?i:key|token|secret|passw(?:or)?d|passphrase|credential|cookie|authorization|signature|access|refresh|auth)"

Place = tuple[str | int, ...]


@frozen
class Taken:
    """One thing that was taken out. `place` is the first fact that has it, `mark` its fingerprint."""

    place: str
    kind: str
    mark: str
    times: int = 1


@frozen
class Redaction:
    """The tree without secrets, what was taken out, the fingerprints of twins, and the secrets (is one left?)."""

    tree: dict[str, Any]
    taken: tuple[Taken, ...]
    stated: Mapping[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


def redact(tree: dict[str, Any], shown: str) -> Redaction:
    """`shown` is the text of the report: an address that it names is not taken out, because the replay names it too."""
    finder = _Finder(shown)
    finder.visit(tree, (), "")
    twins = Twins.among(finder.found)
    changed = {value: twin for value in finder.found if (twin := twins.of(value)) != value}
    replacer = _Replacer(changed, finder.everywhere)
    done = replacer.visit(tree, "")
    taken = tuple(
        Taken(replacer.text(_dotted(place)), kind, fingerprint(value), times)
        for value, (place, kind, times) in finder.found.items()
        if value in changed
    )
    secrets = tuple(value for value in changed if value in finder.everywhere)
    return Redaction(done, taken, stated(changed, twins), secrets)


def telling(value: str) -> bool:
    """Whether a value can be told from ordinary words, so that it can be replaced wherever it stands."""
    mixed = bool(re.search(r"[0-9]", value)) and bool(re.search(r"[A-Za-z]", value))
    return len(value) >= 2 * LEAST or (len(value) >= LEAST and mixed)


class _Finder:
    """value → (first place, kind, how often); `everywhere` are those that are replaced wherever they stand."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self.found: dict[str, tuple[Place, str, int]] = {}
        self.everywhere: set[str] = set()

    def visit(self, node: Any, place: Place, name: str) -> None:
        if isinstance(node, str):
            self._text(node, place)
        elif isinstance(node, list):
            for at, item in enumerate(node):
                self.visit(item, (*place, at), name)
        elif isinstance(node, dict):
            self._dict(node, place, name)

    def _dict(self, node: dict[str, Any], place: Place, name: str) -> None:
        if "$secret" in node:
            self._secret(node["$secret"], place, name)
        elif _is_variables(node, name):
            for key, value in node.items():
                self._variable(key, value, (*place, key))
        elif _plain(node):
            if name != "lines":  # the line of each variable
                self._document(node, place)
        else:
            if _is_file(node):
                self._file(node["text"], (*place, "text"))
            for key, item in node.items():
                inner = name if key.startswith("$") else key
                self.visit(item, place if key.startswith("$") else (*place, key), inner)

    def _secret(self, value: str, place: Place, name: str) -> None:
        if VARIABLE.fullmatch(name) and not _sounds_secret(name, value):
            self._variable(name, value, place)
        else:
            self._add(value, place, "secret")

    def _variable(self, name: str, value: str, place: Place) -> None:
        if _sounds_secret(name, value):
            self._add(value, place, "variable")
        elif not KEPT_VARIABLES.fullmatch(name):
            self._add(value, place, "variable that no check knows", everywhere=False)
        self._text(value, place)

    def _document(self, node: dict[str, Any], place: Place) -> None:
        """A mapping of plain JSON: members whose names sound like secrets."""
        for keys, value in _values(node):
            if not isinstance(keys[-1], int):
                self._add(value, (*place, *keys), "member")
        for keys, value in _strings(node, ()):
            if isinstance(keys[-1], str) and _ACCOUNT.fullmatch(keys[-1]) and len(value) >= LEAST:
                self._unless_shown(value, (*place, *keys), "account id")
            self._text(value, (*place, *keys))

    def _file(self, text: str, place: Place) -> None:
        for keys, value in redacted(Path("x.json"), text.encode("utf-8", "surrogatepass")).values.items():
            if keys and not _has_more(keys[-1], value):
                self._add(value, place, "text of a file")

    def _text(self, text: str, place: Place) -> None:
        for value in secrets_in(text):
            if telling(value):
                self._add(value, place, "text in the shape or place of a secret")
        for match in _URL.finditer(text):
            self._add(match[2], place, "password in an address")
        for value in _EMAIL.findall(text):
            if not value.endswith(_UNITS):
                self._unless_shown(value, place, "e-mail address")

    def _unless_shown(self, value: str, place: Place, kind: str) -> None:
        if value not in self._shown:
            self._add(value, place, kind)

    def _add(self, value: str, place: Place, kind: str, *, everywhere: bool = True) -> None:
        if not value.strip():
            return
        first, was, times = self.found.get(value, (place, kind, 0))
        self.found[value] = first, was, times + 1
        if everywhere and telling(value):
            self.everywhere.add(value)


class _Replacer:
    """`changed` maps secrets to twins; those of `everywhere` are replaced in every text, the rest where they belong."""

    def __init__(self, changed: Mapping[str, str], everywhere: set[str]) -> None:
        self._changed = changed
        forms = {form: twin for value in everywhere & changed.keys() for form, twin in _forms(value, changed[value])}
        self._forms = forms
        found = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
        self._pattern = re.compile(found) if found else None

    def visit(self, node: Any, name: str) -> Any:
        if isinstance(node, str):
            return self.text(node)
        if isinstance(node, list):
            return [self.visit(item, name) for item in node]
        if isinstance(node, dict):
            return self._dict(node, name)
        return node

    def _dict(self, node: dict[str, Any], name: str) -> dict[str, Any]:
        if "$secret" in node:
            return {"$secret": self._value(node["$secret"])}
        if _is_variables(node, name):
            return {key: self._value(value) for key, value in node.items()}
        if _plain(node):
            return node if name == "lines" else self._document(node)
        done = {
            self.text(key): self.visit(item, name if key.startswith("$") else key) for key, item in node.items()
        }  # fmt: skip
        if _is_file(node):
            done["text"] = self._file(node["text"])
        return done

    def _document(self, node: dict[str, Any]) -> dict[str, Any]:
        done: dict[str, Any] = self._json(node)
        for keys, value in _values(node):
            if value in self._changed:
                _put(done, [self.text(key) if isinstance(key, str) else key for key in keys], self._changed[value])
        return done

    def _json(self, node: Any) -> Any:
        if isinstance(node, dict):
            return {self.text(key): self._json(item) for key, item in node.items()}
        if isinstance(node, list):
            return [self._json(item) for item in node]
        return self.text(node) if isinstance(node, str) else node

    def _value(self, value: str) -> str:
        return self._changed[value] if value in self._changed else self.text(value)

    def text(self, text: str) -> str:
        """A text with the twins of what can be told from words; of a short password, where an address has it."""
        if self._pattern:
            text = self._pattern.sub(lambda match: self._forms[match[0]], text)
        if "://" in text:
            text = _URL.sub(lambda match: match[1] + self._changed.get(match[2], match[2]), text)
        return text

    def _file(self, text: str) -> str:
        """A whole file: short secrets behind names that sound like theirs, too. What cannot be read is blanked."""
        before = redacted(Path("x.json"), text.encode("utf-8", "surrogatepass")).values
        done = self.text(text)
        for value in before.values():
            if value in self._changed and value not in self._forms and () not in before:
                behind = rf"({_NAMES}[\w.-]*[\"']?\s*[:=]\s*[\"']?){re.escape(value)}(?=[\"'\s,;}}\]]|\Z)"
                done = re.sub(behind, lambda match, value=value: match[1] + self._changed[value], done)  # type: ignore[misc]
        after = redacted(Path("x.json"), done.encode("utf-8", "surrogatepass")).values
        left = set(after.values()) & {value for value in before.values() if value in self._changed}
        return _blanked(text) if () in before or left else done


def _blanked(text: str) -> str:
    """A text that is not valid: every word but the well-known keys, which a report shows, is blanked."""
    from checks.config import KEYS

    return re.sub(
        r"[^\s{}\[\],:\"'$]+", lambda word: word[0] if word[0] in KEYS else re.sub(r"\w", "x", word[0]), text
    )  # fmt: skip


def _forms(value: str, twin: str) -> Iterator[tuple[str, str]]:
    """A secret as it stands in a text, and as it stands in JSON."""
    yield value, twin
    for ascii_only in (False, True):
        yield json.dumps(value, ensure_ascii=ascii_only)[1:-1], json.dumps(twin, ensure_ascii=ascii_only)[1:-1]


def _is_variables(node: dict[str, Any], name: str) -> bool:
    """The variables of a layer: names and texts."""
    return name == "values" and bool(node) and all(isinstance(value, str) for value in node.values())


def _is_file(node: dict[str, Any]) -> bool:
    return "$type" in node and isinstance(node.get("text"), str) and "path" in node


def _plain(node: Any) -> bool:
    """JSON without tags: what a file of the user's says."""
    if isinstance(node, dict):
        return all(not key.startswith("$") and _plain(item) for key, item in node.items())
    return all(map(_plain, node)) if isinstance(node, list) else True


def _values(node: dict[str, Any]) -> list[tuple[Place, str]]:
    """The places of secrets in plain JSON. Of a text that is no secret, but has one in it, only that is taken."""
    found = redacted(Path("x.json"), json.dumps(node).encode(), kind="json").values
    return [(keys, value) for keys, value in found.items() if keys and not _has_more(keys[-1], value)]


def _has_more(name: str | int, value: str) -> bool:
    inside = secrets_in(value)
    return bool(inside) and value not in inside and not (isinstance(name, str) and _by_name(name))


@cache
def _by_name(name: str) -> bool:
    return bool(redacted(Path("x.json"), json.dumps({name: "neutral"}).encode(), kind="json").values)


def _strings(node: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(node, str) and place:
        yield place, node
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, item in items:
        if isinstance(key, str):
            yield (*place, key), key
        yield from _strings(item, (*place, key))


@cache
def _sounds_secret(name: str, value: str) -> bool:
    """A password is called `pwd` in a config; as variables these are directories."""
    return name not in ("PWD", "OLDPWD") and bool(_values({name: value}))


def _put(node: Any, keys: list[str | int], value: str) -> None:
    """Sets a member, where it is one: a place may also be that of a key, or of a duplicate."""
    try:
        for key in keys[:-1]:
            node = node[key]
        number = isinstance(node[keys[-1]], int | float)
        node[keys[-1]] = int(value) if number and value.isdigit() else value
    except (KeyError, IndexError, TypeError):
        return


def _dotted(place: Place) -> str:
    """`held[0].secret`, with names that are keys of users in quotes where they have dots."""
    text = ""
    for key in place:
        text += f"[{key}]" if isinstance(key, int) else f".{json.dumps(key) if '.' in key else key}"
    return text.removeprefix(".")
