"""Running the checks on the facts of a bundle: offline, and without a look at this host."""

from __future__ import annotations

import json
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doctor.codec import decode
from openclaw import __version__
from openclaw.errors import Failure, Unreadable
from openclaw.facts import BUILTIN, Unavailable
from openclaw.frozen import frozen
from openclaw.invocation import Invocation
from openclaw.secret import stating

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from doctor.engine import Examined
    from openclaw.check import Check

FACTS = "facts.json"
FORMAT = 1
LARGEST = 256 << 20  # bytes of the facts; of an archive a quarter
ABSENT = "it is not in this bundle"


@frozen
class Recording:
    """The facts of a run as JSON, and what the run was given. `stated`: the fingerprints of made-up values.

    `name`: how this program is called there. `now` in milliseconds since the epoch. `checks`: which were run.
    """

    facts: dict[str, Any] = field(repr=False)
    stated: Mapping[str, str] = field(repr=False)
    user: str
    cwd: str
    now: int
    name: str
    checks: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    version: str = __version__

    def document(self) -> dict[str, Any]:
        """As it stands in a bundle."""
        return {
            "format": FORMAT,
            "program": {"name": "openclaw-onboard", "version": self.version},
            "run": {"user": self.user, "cwd": self.cwd, "now": self.now, "name": self.name},
            "checks": list(self.checks),
            "leftOut": dict(self.left_out),
            "fingerprints": dict(self.stated),
            "facts": self.facts,
        }


def replay(
    recording: Recording, checks: Sequence[Check], rest: Iterable[Check] = (), modules: Iterable[str] = ()
) -> Examined:
    """The report of these checks on recorded facts. Nothing is collected: what is not recorded is unavailable."""
    from doctor.engine import examine

    facts = decode(recording.facts, modules)
    needs = {need for item in checks for need in item.needs}
    absent = {name: Unavailable(recording.left_out.get(name, ABSENT)) for name in (*BUILTIN, *needs)}
    call = Invocation({}, Path(recording.cwd), Path(recording.user), recording.now)
    with stating(recording.stated):
        return examine(call, checks, rest, given={**absent, **facts}, name=recording.name)


def load(path: Path) -> Recording:
    """Reads a bundle, or the `facts.json` of one. Raises Unreadable for anything else, however it is made."""
    data = _data(path)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable("is no bundle: its facts are not valid JSON", path=path) from error
    try:
        return _recording(document)
    except (KeyError, TypeError, AttributeError) as error:
        raise Unreadable("is no bundle of the doctor", path=path, hint="`openclaw doctor bundle` makes one") from error
    except Failure as error:
        raise Unreadable(error.message, path=path, hint=error.hint) from error


def _recording(document: Any) -> Recording:
    if document["format"] != FORMAT:
        raise Unreadable("is a bundle of another format", hint="use the version of openclaw-onboard that made it")
    run, facts, stated = document["run"], document["facts"], document["fingerprints"]
    left_out, checks = document["leftOut"], document["checks"]
    texts = [run["user"], run["cwd"], run["name"], document["program"]["version"], *checks]
    texts += [*stated, *stated.values(), *left_out, *left_out.values()]
    sound = isinstance(run["now"], int) and isinstance(facts, dict) and all(isinstance(text, str) for text in texts)
    if not sound or any(name.startswith("$") for name in facts):
        raise TypeError
    return Recording(
        facts, stated, run["user"], run["cwd"], run["now"], run["name"], tuple(checks), left_out,
        document["program"]["version"],
    )  # fmt: skip


def _data(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(4)
            if head[:2] == b"PK":
                return _unpacked(path)
            data = head + file.read(LARGEST)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}", path=path) from error
    if len(data) > LARGEST:
        raise Unreadable("is too large for a bundle", path=path)
    return data


def _unpacked(path: Path) -> bytes:
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.rpartition("/")[2] == FACTS]
            if len(names) != 1:
                raise Unreadable(f"is no bundle: there is no {FACTS} in it", path=path)
            with archive.open(names[0]) as file:
                data = file.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Unreadable("is no whole zip file", path=path) from error
    if len(data) > LARGEST:
        raise Unreadable("is too large for a bundle", path=path)
    return data
