"""A report with one of everything, for the tests of renderers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from doctor.render.frame import Frame
from doctor.report import Aside, Outcome, Report
from openclaw.exits import Exit
from openclaw.finding import Finding, Location, Remedy, Severity

USER = Path("/home/eve")
NOW = 1_770_000_000_000  # 2026-02-02T02:40:00Z
KEY = "sk-proj-" + "FAKE" * 12
EVIL = [
    "a|b `c` <script>alert(1)</script> *d* _e_ [f](g) #h ~~i~~ & @someone",
    "line\nbreak\rreturn\ttab\x1b[2J\x00nul\ufffe",
    "::error::injected %0A % , : ]]> \"quoted\" 'single' \\",
    "日本語の長い名前 émigré 🦞 \u202eevil \ud800",
    f"key {KEY} in a message",
    "```\nfence\n``` `` ` ```` <!-- --> </details>",
]


def finding(message: str, severity: Severity = Severity.ERROR, check_id: str = "credentials/x", **more: str) -> Finding:
    """One with a place, a target, evidence and a remedy, all of them made of the message."""
    where = Location(more.get("path", f"/home/eve/.openclaw/{message}"), 4, 7)
    remedy = Remedy(f"Mend {message}", (f"openclaw undo # {message}",), "confirm")
    return Finding(check_id, severity, message, more.get("target", message), {"what": message}, where, remedy)


EXPIRED = finding(
    "anthropic:a expired 3d ago",
    check_id="credentials/expired",
    path="/home/eve/.openclaw/a b.json",
    target="anthropic:a",
)
BARE = Finding("config/missing", Severity.WARNING, "There is no config")
NOTE = Finding("host/node", Severity.INFO, "Node 22", "node")
SILENCED = finding("key is short", check_id="credentials/truncated", path="/etc/key")
KNOWN = finding("open", Severity.WARNING, check_id="security/readable-by-others", path="/work/tree/.env")

OUTCOMES = (
    Outcome("config/missing", "found", "There is a config", findings=(BARE,)),
    Outcome("credentials/expired", "found", "No token is past its expiry", findings=(EXPIRED,)),
    Outcome("credentials/none", "passed", "There is a credential"),
    Outcome("credentials/truncated", "found", "Whole", aside=(Aside(SILENCED, "known, fixed soon", "2026-12-31"),)),
    Outcome("env/daemon-blind", "skipped", "x", "no gateway service is installed"),
    Outcome("host/clock", "crashed", "x", "KeyError at clock:12"),
    Outcome("host/disk-full", "unknown", "x", "disk could not be collected in time"),
    Outcome("host/node", "found", "Node", findings=(NOTE,)),
    Outcome("security/readable-by-others", "found", "Closed", aside=(Aside(KNOWN, known=True),)),
)
HOST = {"os": "linux", "era": "json", "openclawVersion": "2026.2.3", "stateDir": "~/.openclaw"}
REPORT = Report(OUTCOMES, HOST)
FRAME = Frame(USER, NOW, Exit.CRASHED, root="/work/tree")


def evil(text: str) -> Report:
    """A report about a text that somebody put into a file."""
    outcomes = (
        Outcome("credentials/x", "found", "title", findings=(finding(text), finding(text, Severity.INFO))),
        Outcome("credentials/y", "unknown", "title", text),
        Outcome("credentials/z", "found", "title", aside=(Aside(finding(text), text),)),
    )
    return Report(outcomes, {**HOST, "container": text})


def quiet(report: Report) -> Report:
    """The same with what is known not shown."""
    return replace(report, new_only=True)
