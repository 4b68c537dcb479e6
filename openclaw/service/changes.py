"""What a running gateway was started from and does not read again: which of it changed since. A restart is for that.

Told apart from what changes without a restart being needed: OpenClaw reads its config again by itself, its `env` block
excepted, and writes it as well. Credential stores are none of it: up to 2026.5 every use of a credential reads the file
again (auth-spec §3.3), and the commands of later versions tell the running gateway (`models.authRefresh`, seen with
2026.9.6). The time of a store would say nothing: the gateway writes there while it works.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from openclaw.home import matches
from openclaw.service.live import TOLERANCE, Changed, changed_since

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openclaw.installation import Installation
    from openclaw.service.base import GatewayService
    from openclaw.service.live import SourceKind

FILE_LAYERS = ("cwd", "state", "gateway")  # read once, when the gateway starts


def changes(started: int, service: GatewayService, found: Installation) -> tuple[Changed, ...]:
    """What changed after `started` (milliseconds since the epoch) and reaches the process only by a restart."""
    return tuple(item for item in changed_since(started, sources(service, found)) if _counts(item, started, found))


def sources(service: GatewayService, found: Installation) -> Iterator[tuple[SourceKind, Path]]:
    """The files that a gateway reads when it starts, and not again. Of the config that is its `env` block."""
    if service.definition:
        yield "unit", service.definition
    yield from (("drop-in", path) for path in service.drop_ins)
    yield from (("environment file", file.path) for file in service.environment_files)
    yield "env file", found.home.env_file
    for layer in found.environment.layers:
        if layer.name in FILE_LAYERS and layer.path:
            yield "env file", layer.path
    if found.config.exists:
        yield "config", found.config.path


def _counts(item: Changed, started: int, found: Installation) -> bool:
    """A config counts unless its `env` block is the one that the process was started with, by OpenClaw's backups.

    A backup is made of what is replaced, at that moment: the oldest one that is younger than the process was in force
    when that started. Without one, a block that is there is taken to be new, and of one that is gone nothing is known.
    """
    if item.kind != "config":
        return True
    from openclaw.config import reading
    from openclaw.config.views import env_block

    times: dict[Path, int] = {}
    for path in matches(item.path.parent, f"{item.path.name}.bak*"):
        with contextlib.suppress(OSError):
            times[path] = path.stat().st_mtime_ns // 1_000_000
    since = [path for path in sorted(times, key=times.__getitem__) if times[path] > started + TOLERANCE]
    now = env_block(found.config.merged)
    if not since:
        return bool(now)
    then = reading.read(since[0])
    return bool(now) if then.problems else env_block(then.merged) != now
