"""The public surface for check and fact authors. Third parties import only this module."""

from openclaw.check import Check, NotApplicable, Unknown, check
from openclaw.facts import Fact, Unavailable, fact
from openclaw.finding import Finding, Location, Remedy, Severity

__all__ = [
    "Check", "Fact", "Finding", "Location", "NotApplicable", "Remedy", "Severity", "Unavailable", "Unknown", "check",
    "fact",
]  # fmt: skip
