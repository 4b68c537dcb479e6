"""What an OpenClaw of a known version refuses in a config that is otherwise whole; only the parts that matter here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.config.reading import Problem
from openclaw.config.views import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.config.reading import Config
    from openclaw.era import Era


def rejections(config: Config, era: Era) -> tuple[Problem, ...]:
    """The problems that make this OpenClaw refuse the whole config. Nothing where its version is not known."""
    return tuple(_older(config)) if era.name == "json" else ()


def _older(config: Config) -> Iterator[Problem]:
    """2026.2.x wants an object for the models of the defaults; newer versions also take text (auth-spec §2.4)."""
    defaults = table(config.merged, "agents", "defaults")
    for name in ("model", "imageModel"):
        if isinstance(defaults.get(name), str):
            keys = ("agents", "defaults", name)
            line, column = config.place(*keys)
            message = f'{".".join(keys)} is text; this OpenClaw wants {{"primary": "…"}} and refuses the whole config'
            yield Problem("rejected", message, config.path, line, column, keys)
