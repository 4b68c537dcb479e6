"""Where a key of a configuration lives: in the file itself, or in one that it includes (auth-spec §2.2)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from openclaw.errors import Refusal, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from openclaw.config.json5 import KeyPath

MAX_DEPTH = 10  # as OpenClaw


def place_to_set(path: Path, keys: KeyPath, read: Callable[[Path], bytes | None]) -> tuple[Path, KeyPath]:
    """The file and the key path there that decide `keys`; for a new key, those of its nearest existing parent.

    Raises Unreadable when an included file that may have the key cannot be read.
    """
    look = _Look(read)
    for length in range(len(keys), 0, -1):
        found = look.find(path, keys[:length])
        if found is not None:
            return found[0], (*found[1], *keys[length:])
    return path, keys


def place_to_delete(path: Path, keys: KeyPath, read: Callable[[Path], bytes | None]) -> tuple[Path, KeyPath] | None:
    """The file and the key path there that decide `keys`; None: no file has it. After its deletion, another may."""
    return _Look(read).find(path, keys)


class _Look:
    def __init__(self, read: Callable[[Path], bytes | None]) -> None:
        self._read = read

    def find(self, path: Path, keys: KeyPath) -> tuple[Path, KeyPath] | None:
        return self._in_file(path, keys, ())

    def _in_file(self, path: Path, keys: KeyPath, chain: tuple[Path, ...]) -> tuple[Path, KeyPath] | None:
        if path in chain or len(chain) > MAX_DEPTH:
            raise Unreadable("this configuration includes itself, or is nested too deeply", path=path)
        return self._in_value(self._loaded(path, chain), path, (), keys, (*chain, path))

    def _in_value(
        self, value: Any, path: Path, above: KeyPath, keys: KeyPath, chain: tuple[Path, ...]
    ) -> tuple[Path, KeyPath] | None:
        """Keys beside `$include` are laid over what it includes, and later files over earlier ones."""
        if not keys:
            return path, above
        key, rest = keys[0], keys[1:]
        if isinstance(value, list) and isinstance(key, int) and key < len(value):
            return self._in_value(value[key], path, (*above, key), rest, chain)
        if not isinstance(value, dict):
            return None
        if key in value:
            found = self._in_value(value[key], path, (*above, key), rest, chain)
            if found is not None:
                return found
        files = (self._in_file(name, keys, chain) for name in _included(value, path))
        return next((found for found in files if found is not None), None)

    def _loaded(self, path: Path, chain: tuple[Path, ...]) -> Any:
        from openclaw.config.json5 import loads
        from openclaw.config.spans import skip

        data = self._read(path)
        if data is None and chain:
            raise Unreadable("an included file is missing, so it is not known whether it has the key", path=path)
        try:
            text = (data or b"").decode()
        except UnicodeDecodeError as error:
            raise Unreadable(f"not UTF-8 at byte {error.start}", path=path) from None
        return {} if skip(text, 0) == len(text) else loads(text, path)


def _included(value: dict[str, Any], path: Path) -> Iterator[Path]:
    """The included files, the one that wins first."""
    names = value.get("$include", [])
    for name in reversed([names] if isinstance(names, str) else names):
        if not isinstance(name, str):
            raise Refusal("$include is not a path or a list of paths", path=path)
        yield path.__class__(os.path.normpath(path.parent / name))
