"""References to secrets that stand elsewhere (openclaw-new §4, SecretRefs): where they lead, and why one does not.

OpenClaw 2026.9 says "indeterminate" to each of them but a variable; here the file or the entry is looked at. A program
(`exec`) is not run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from openclaw.config.views import table
from openclaw.frozen import frozen
from openclaw.secret import Secret
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openclaw.environment.layers import Environment

VARIABLE = re.compile(r"\$(?:\{([A-Z_][A-Z0-9_]*)\}|([A-Z_][A-Z0-9_]*))")
MAX_BYTES = 1024 * 1024  # of a file, where the config says nothing


@frozen
class Reference:
    """`source` is env, file, exec or store; `provider` an alias of `secrets.providers`; `id` what to ask it for."""

    source: str
    provider: str
    id: str

    def __str__(self) -> str:
        return f"{self.source}:{self.id}"


@frozen
class Found:
    """What a reference leads to: the secret, or why there is none. `known` is False where only a run could tell."""

    secret: Secret | None = None
    trouble: str = ""
    known: bool = True


@frozen
class Place:
    """What references are looked up in."""

    config: Mapping[str, Any]
    environment: Environment
    database: Path | None  # the shared state database

    def find(self, reference: Reference) -> Found:
        """Follows a reference. Reads files, runs nothing."""
        ways = {"env": self._variable, "file": self._file, "exec": self._program, "store": self._entry}
        way = ways.get(reference.source)
        return way(reference) if way else Found(trouble=f"its source {reference.source!r} is none that OpenClaw has")

    def _provider(self, reference: Reference) -> dict[str, Any] | str:
        """The entry of `secrets.providers`, or why there is none."""
        entry = table(self.config, "secrets", "providers").get(reference.provider)
        if not isinstance(entry, dict):
            built_in = reference.provider == "default" and reference.source in ("env", "store")
            return {} if built_in else f"secrets.providers.{reference.provider} is not in the config"
        if entry.get("source") != reference.source:
            return f"secrets.providers.{reference.provider} is no source of the kind {reference.source}"
        return entry

    def _variable(self, reference: Reference) -> Found:
        entry = self._provider(reference)
        if isinstance(entry, str):
            return Found(trouble=entry)
        listed = entry.get("allowlist")
        if isinstance(listed, list) and reference.id not in listed:
            return Found(trouble=f"the allowlist of secrets.providers.{reference.provider} lacks {reference.id}")
        if value := self.environment.usable(reference.id):
            return Found(Secret(value))
        state = "set but empty" if reference.id in self.environment.values else "not set"
        return Found(trouble=f"it is kept in the variable {reference.id}, which is {state}")

    def _file(self, reference: Reference) -> Found:
        entry = self._provider(reference)
        if isinstance(entry, str):
            return Found(trouble=entry)
        path, single = entry.get("path"), entry.get("mode") == "singleValue"
        if not isinstance(path, str) or not path:
            return Found(trouble=f"secrets.providers.{reference.provider} names no file")
        if single != (reference.id == "value"):
            return Found(trouble=f"its id {reference.id!r} does not fit the mode of {reference.provider}")
        text = _private_text(path, entry)
        return text if isinstance(text, Found) else _in_text(text, path, "" if single else reference.id)

    def _program(self, reference: Reference) -> Found:
        entry = self._provider(reference)
        if isinstance(entry, str):
            return Found(trouble=entry)
        import os

        command = entry.get("command")
        if not isinstance(command, str) or not os.access(command, os.X_OK):
            return Found(trouble=f"the program {command!r} of {reference.provider} cannot be started")
        return Found(trouble=f"it is given by the program {command}, which was not run", known=False)

    def _entry(self, reference: Reference) -> Found:
        from openclaw.credentials.sqlite import secret_entry

        found = secret_entry(self.database, reference.id) if self.database else None
        if isinstance(found, Secret):
            return Found(found)
        return Found(trouble=found or f"OpenClaw's secret store has no entry {reference.id}")


def reference_in(value: Any) -> Reference | None:
    """A reference as it is written: an object, or the text `${NAME}` or `$NAME`; None for anything else."""
    if isinstance(value, dict) and isinstance(value.get("source"), str):
        provider, name = value.get("provider"), value.get("id")
        return Reference(value["source"], provider if isinstance(provider, str) else "default", str(name or ""))
    match = VARIABLE.fullmatch(js_trim(value)) if isinstance(value, str) else None
    return Reference("env", "default", match[1] or match[2]) if match else None


def _private_text(path: str, entry: Mapping[str, Any]) -> str | Found:
    """The text of a file that OpenClaw would accept: regular, one link, private (openclaw-new §4)."""
    import os
    import stat
    from pathlib import Path

    file = Path(os.path.expanduser(path))  # noqa: PTH111 - "~" alone, without another user's name
    limit = entry.get("maxBytes")
    try:
        found = file.lstat()
        reason = ""
        if stat.S_ISLNK(found.st_mode):
            reason = "is a symbolic link"
        elif not stat.S_ISREG(found.st_mode):
            reason = "is not a regular file"
        elif found.st_nlink > 1:
            reason = "has further hard links"
        elif found.st_mode & 0o077:
            reason = f"has mode {stat.S_IMODE(found.st_mode):o}, and must be private (chmod 600)"
        elif found.st_size > (limit if isinstance(limit, int) else MAX_BYTES):
            reason = "is too large"
        if reason:
            return Found(trouble=f"its file {path} {reason}")
        return file.read_text("utf-8")
    except FileNotFoundError:
        return Found(trouble=f"its file {path} does not exist")
    except (OSError, ValueError) as error:
        return Found(trouble=f"its file {path} cannot be read: {getattr(error, 'strerror', None) or 'no UTF-8'}")


def _in_text(text: str, path: str, pointer: str) -> Found:
    """The secret in a file: the whole text, or what a JSON pointer leads to."""
    value: Any = text
    if pointer:
        import json

        try:
            value = json.loads(text)
        except ValueError:
            return Found(trouble=f"its file {path} is not valid JSON")
        for key in pointer.lstrip("/").split("/"):
            key = key.replace("~1", "/").replace("~0", "~")
            value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, str):
        return Found(trouble=f"its file {path} has no text at {pointer}")
    return Found(Secret(js_trim(value))) if js_trim(value) else Found(trouble=f"its file {path} is empty")
