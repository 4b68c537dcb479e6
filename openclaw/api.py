"""The public surface for authors of checks, facts and fixes. Third parties import only this module."""

from openclaw.check import Check, NotApplicable, Unknown, check
from openclaw.facts import Fact, Unavailable, fact
from openclaw.finding import Finding, Location, Remedy, Severity
from openclaw.fix import Fix, Unfixable, fix

__all__ = [
    "Check", "Fact", "Finding", "Fix", "Location", "NotApplicable", "Remedy", "Severity", "Unavailable", "Unfixable",
    "Unknown", "check", "fact", "fix",
]  # fmt: skip
