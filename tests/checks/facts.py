"""Hand-made facts for tests of checks: those of the kit that is shipped."""

from openclaw_testkit.facts import *  # noqa: F403
