"""The installation and its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw import installation as installations
from openclaw.facts import fact
from openclaw.frozen import frozen

if TYPE_CHECKING:
    from openclaw.config.reading import Config
    from openclaw.environment.layers import Environment
    from openclaw.era import Era
    from openclaw.home import Home
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation

SHELL_LIMIT = 4.0  # seconds that a diagnosis gives the login shell; OpenClaw itself waits 15


@frozen
class Clock:
    """`now` in milliseconds since the epoch, as all of OpenClaw's times."""

    now: int


@fact(deadline=SHELL_LIMIT + 4)
def installation(call: Invocation) -> Installation:
    """Paths, config, environment, era. Broken parts are values."""
    return installations.load(call, shell_limit=SHELL_LIMIT)


@fact()
def home(installation: Installation) -> Home:
    """Where everything lives."""
    return installation.home


@fact()
def config(installation: Installation) -> Config:
    """openclaw.json, with its problems."""
    return installation.config


@fact()
def environment(installation: Installation) -> Environment:
    """The variables that a command started here sees. Unavailable when an env file could not be read."""
    for problem in installation.problems:
        raise problem
    return installation.environment


@fact()
def era(installation: Installation) -> Era:
    """Which generation of OpenClaw this is."""
    return installation.era


@fact()
def clock(call: Invocation) -> Clock:
    """The time of this run."""
    return Clock(call.now)
