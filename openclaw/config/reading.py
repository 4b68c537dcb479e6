"""Reading openclaw.json (auth-spec §2.1-§2.3): JSON5, then `$include`, then `${VAR}`; every problem with its place.

A broken config is a value with problems, not an exception: the doctor works with what is left, `models …` stops.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.errors import Unreadable
from openclaw.frozen import frozen, replace
from openclaw.home import leads_nowhere

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_INCLUDE_DEPTH = 10
REFERENCE = re.compile(r"\$\$\{(?P<escaped>[A-Z_][A-Z0-9_]*)\}|\$\{(?P<name>[A-Z_][A-Z0-9_]*)\}")

KeyPath = tuple[str | int, ...]
NOT_WHOLE = ("unreadable", "unparsable", "include", "shape")  # kinds of problems that leave something unread
ProblemKind = Literal["unreadable", "unparsable", "include", "variable", "shape", "rejected"]


@frozen
class Problem:
    """Why a config cannot be used as it is. `keys` is the place in the document, where it has one.

    `aside`: it is refused for something that has no say in which model and which credential are used.
    """

    kind: ProblemKind
    message: str
    path: Path
    line: int | None = None
    column: int | None = None
    keys: KeyPath = ()
    aside: bool = False

    def failure(self) -> Unreadable:
        """The same as an error of a command that needs a whole config."""
        return Unreadable(
            self.message, path=self.path, line=self.line, column=self.column, commands=("openclaw doctor",)
        )


@frozen
class Config:
    """One config file. `parsed` is the text as data; `merged` has includes resolved; `value` also `${VAR}`."""

    path: Path
    exists: bool = False
    text: str = field(default="", repr=False)
    parsed: Any = field(default_factory=dict, repr=False)
    merged: dict[str, Any] = field(default_factory=dict, repr=False)
    value: dict[str, Any] = field(default_factory=dict, repr=False)
    problems: tuple[Problem, ...] = ()
    included: tuple[_File, ...] = field(default=(), repr=False)  # the files that it includes, in reading order

    def place(self, *keys: str | int) -> tuple[int | None, int | None]:
        """Line and column of a key path in the file itself; (None, None) where it is not there: see `spot`."""
        if not self.text:
            return None, None
        from openclaw.config.json5 import locate

        return locate(self.text, keys) or (None, None)

    def spot(self, *keys: str | int) -> tuple[Path, int | None, int | None]:
        """File, line and column of a key path, wherever it was included from; of a path that is nowhere, this file."""
        path, _, place = self._found(keys)
        return (path, *place)

    def within(self, *keys: str | int) -> tuple[Path, KeyPath]:
        """The file in which a key path stands, and the key path there: what an edit of it changes."""
        path, below, _ = self._found(keys)
        return path, below

    def _found(self, keys: KeyPath) -> tuple[Path, KeyPath, tuple[int, int] | tuple[None, None]]:
        if self.text:
            from openclaw.config.json5 import locate

            # The including file comes before what it includes, of that the later before the earlier.
            for file in (_File(self.path, self.text), *reversed(self.included)):
                below = keys[len(file.at) :] if keys[: len(file.at)] == file.at else ()
                if found := locate(file.text, below) if below else None:
                    return file.path, below, found
        return self.path, keys, (None, None)

    def origin(self, keys: KeyPath, text: str) -> tuple[Path, int | None, int | None]:
        """File, line and column of a key path whose value has this text, wherever it was included from."""
        from openclaw.config.json5 import locate

        files = (_File(self.path, self.text), *self.included)
        for file in reversed(files):  # of a merge the later wins; but the including file wins over what it includes
            below = keys[len(file.at) :] if keys[: len(file.at)] == file.at else None
            found = locate(file.text, below) if below and text in file.text else None
            if found and text in file.text.splitlines()[found[0] - 1]:
                return file.path, *found
        for file in files:  # in a list that was joined, or on a line of its own
            before, there, _ = file.text.partition(text)
            if there:
                return file.path, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
        return self.path, None, None


def read(path: Path) -> Config:
    """Reads `path` with its `$include`s; `${VAR}` waits for `resolve`, because the config feeds the environment."""
    try:
        text = _text(path)
    except FileNotFoundError:
        nowhere = leads_nowhere(path)
        problem = Problem("unreadable", f"cannot be read: {nowhere}", path)
        return Config(path, exists=True, problems=(problem,)) if nowhere else Config(path)
    except Unreadable as error:
        kind: ProblemKind = "unparsable" if error.line else "unreadable"
        return Config(path, exists=True, problems=(Problem(kind, error.message, path, error.line, error.column),))
    try:
        parsed = _parse(text, path)
    except Unreadable as error:
        problem = Problem("unparsable", error.message, path, error.line, error.column)
        return Config(path, exists=True, text=text, problems=(problem,))
    trace = _Trace([], [])
    merged = _include(parsed, _File(path, text), (), trace)
    if not isinstance(merged, dict):
        trace.problems.append(Problem("shape", "the top level is not an object", path, 1, 1))
        merged = {}
    problems, included = tuple(trace.problems), tuple(trace.files)
    return Config(path, True, text, parsed, merged, merged, problems, included)


def resolve(config: Config, env: Mapping[str, str]) -> Config:
    """`${VAR}` replaced in every string (auth-spec §2.3). What no layer provides stays as it is and is a problem."""
    missing: list[tuple[str, KeyPath]] = []
    value = _substitute(config.merged, env, (), missing)
    problems = tuple(_unresolved(config, name, keys) for name, keys in missing)
    return replace(config, value=value, problems=config.problems + problems)


def replaced(values: Mapping[str, str], env: Mapping[str, str]) -> dict[str, str]:
    """The same texts with `${VAR}` replaced in them, where it is set."""
    return {name: _substitute(text, env, (name,), []) for name, text in values.items()}


def references(value: str) -> list[str]:
    """The variables that a config string refers to."""
    return [match["name"] for match in REFERENCE.finditer(value) if match["name"]]


def dotted(keys: KeyPath) -> str:
    """A key path as OpenClaw prints it: `a.b[0].c`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    return text.removeprefix(".") or "<root>"


def _text(path: Path) -> str:
    """The text of a regular file. Raises FileNotFoundError, else Unreadable; with a line where it is not UTF-8."""
    from stat import S_ISDIR, S_ISREG

    data = b""
    try:
        mode = path.stat().st_mode
        if not S_ISREG(mode):  # a FIFO or a device could be read for ever
            raise Unreadable("is a directory" if S_ISDIR(mode) else "is not a regular file", path=path)
        data = path.read_bytes()
        return data.decode("utf-8")
    except FileNotFoundError:
        raise
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = len(before.rpartition(b"\n")[2].decode("utf-8")) + 1
        raise Unreadable("not UTF-8", path=path, line=before.count(b"\n") + 1, column=column) from None
    except ValueError:  # NUL or half a surrogate pair, which JSON can write into an $include
        reason = "is not a name that a file can have"
    raise Unreadable(reason, path=path)


def _parse(text: str, path: Path) -> Any:
    from openclaw.config.json5 import loads

    return loads(text, path)


def _unresolved(config: Config, name: str, keys: KeyPath) -> Problem:
    path, line, column = config.origin(keys, "${" + name + "}")
    message = f"${{{name}}} at {dotted(keys)} refers to a variable that is not set or empty"
    return Problem("variable", message, path, line, column, keys)


def _substitute(value: Any, env: Mapping[str, str], keys: KeyPath, missing: list[tuple[str, KeyPath]]) -> Any:
    if isinstance(value, dict):
        return {key: _substitute(item, env, (*keys, key), missing) for key, item in value.items()}
    if isinstance(value, list):
        return [_substitute(item, env, (*keys, index), missing) for index, item in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value

    def replacement(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "${" + match["escaped"] + "}"
        if env.get(match["name"]):
            return env[match["name"]]
        missing.append((match["name"], keys))
        return match[0]

    return REFERENCE.sub(replacement, value)


@frozen
class _File:
    """A config file that is being read. `at` is where it is included, `above` the chain of files that include it."""

    path: Path
    text: str
    at: KeyPath = ()
    above: tuple[Path, ...] = ()

    def problem(self, keys: KeyPath, message: str) -> Problem:
        """A problem of the `$include` at `keys` of this file."""
        from openclaw.config.json5 import locate

        line, column = locate(self.text, (*keys, "$include")) or (None, None)
        whole = (*self.at, *keys)
        return Problem("include", f"$include at {dotted(whole)} {message}", self.path, line, column, whole)


@frozen
class _Trace:
    """What reading a config with its includes leaves behind."""

    problems: list[Problem]
    files: list[_File]


def _include(value: Any, file: _File, keys: KeyPath, trace: _Trace) -> Any:
    """`$include` resolved (auth-spec §2.2). A directive that cannot be followed is a problem and counts as `{}`."""
    if isinstance(value, list):
        return [_include(item, file, (*keys, index), trace) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    rest = {key: _include(item, file, (*keys, key), trace) for key, item in value.items() if key != "$include"}
    if "$include" not in value:
        return rest
    names = value["$include"]
    if isinstance(names, str):
        included = _included(names, file, keys, trace)
    elif isinstance(names, list) and all(isinstance(name, str) for name in names):
        included = {}
        for name in names:
            included = merge(included, _included(name, file, keys, trace))
    else:
        trace.problems.append(file.problem(keys, "is not a path or a list of paths"))
        return rest
    if rest and not isinstance(included, dict):
        trace.problems.append(file.problem(keys, "has keys beside it but includes no object"))
        return rest
    return merge(included, rest) if rest else included


def _included(name: str, file: _File, keys: KeyPath, trace: _Trace) -> Any:
    import os
    from pathlib import Path

    target = Path(os.path.normpath(file.path.parent / name))
    chain = (*file.above, file.path)
    whole = (*file.at, *keys)
    if target in chain:
        trace.problems.append(file.problem(keys, f"includes itself (circular): {name}"))
        return {}
    if len(chain) > MAX_INCLUDE_DEPTH:
        trace.problems.append(file.problem(keys, f"is nested deeper than {MAX_INCLUDE_DEPTH} files: {name}"))
        return {}
    try:
        text = _text(target)
        parsed = _parse(text, target)
    except FileNotFoundError:
        trace.problems.append(file.problem(keys, f"names a file that does not exist: {name}"))
    except Unreadable as error:
        if error.line:  # its own mistake, and its own place
            message = f"$include at {dotted(whole)}: {error.message}"
            trace.problems.append(Problem("include", message, target, error.line, error.column, whole))
        else:
            trace.problems.append(file.problem(keys, f"names a file that {error.message}: {name}"))
    else:
        included = _File(target, text, whole, chain)
        trace.files.append(included)
        return _include(parsed, included, (), trace)
    return {}


def merge(below: Any, above: Any) -> Any:
    """OpenClaw's deep merge: objects recurse, arrays are concatenated, anything else: the later wins."""
    if isinstance(below, dict) and isinstance(above, dict):
        merged = dict(below)
        for key, item in above.items():
            merged[key] = merge(merged[key], item) if key in merged else item
        return merged
    if isinstance(below, list) and isinstance(above, list):
        return below + above
    return above
