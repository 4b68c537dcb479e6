"""The fixtures of the shipped kit, also where the package is installed without its metadata."""

from openclaw_testkit.plugin import canaries as canaries
from openclaw_testkit.plugin import fake_host as fake_host
