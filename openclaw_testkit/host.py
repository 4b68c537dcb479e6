"""A throw-away host: a home directory, a PATH with nothing of this machine on it, a clock that stands still."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openclaw.invocation import Invocation
from openclaw_testkit.canaries import check_clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from doctor.report import Report
    from openclaw.api import Check, Fact, Finding, Fix, Plan
    from openclaw.change.journal import Journal

NOW = 1_770_000_000_000  # milliseconds since the epoch: 2 February 2026
LIMIT = 60  # seconds for one run of the program


@dataclass(frozen=True)
class Run:
    """One run of the program. No canary is in it: `FakeHost.doctor` has looked."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as the one JSON document that it is with `--json`."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    def ids(self, severity: str = "") -> list[str]:
        """The ids of the findings, of one severity where one is given."""
        return [item["checkId"] for item in self.document["findings"] if severity in ("", item["severity"])]


@dataclass(frozen=True)
class FakeHost:
    """`root` is an empty directory. `now` is the time there, in milliseconds since the epoch."""

    root: Path
    now: int = NOW
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for folder in (self.home, self.bin):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def home(self) -> Path:
        """The home directory."""
        return self.root / "home"

    @property
    def bin(self) -> Path:
        """The only directory on PATH."""
        return self.root / "bin"

    @property
    def state(self) -> Path:
        """OpenClaw's state directory; it comes into being with the first file."""
        return self.home / ".openclaw"

    def write(self, path: str | Path, text: str | bytes, mode: int = 0o600) -> Path:
        """A file below the home directory; the directories above it are private."""
        file = self.home / path
        for folder in reversed(file.parents):
            if not folder.exists():
                folder.mkdir(mode=0o700)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        file.chmod(mode)
        return file

    def config(self, value: dict[str, Any] | str) -> Path:
        """`openclaw.json`: a document, or its text with comments."""
        return self.write(
            ".openclaw/openclaw.json", value if isinstance(value, str) else json.dumps(value, indent=2) + "\n"
        )

    def store(self, profiles: dict[str, Any], agent: str = "main", **members: Any) -> Path:
        """The credential store of an agent, as OpenClaw has it before 2026.6."""
        document = {"version": 1, "profiles": profiles, **members}
        return self.write(f".openclaw/agents/{agent}/agent/auth-profiles.json", json.dumps(document, indent=2) + "\n")

    def dotenv(self, **variables: str) -> Path:
        """`<state>/.env`."""
        return self.write(".openclaw/.env", "".join(f"{name}={value}\n" for name, value in variables.items()))

    def program(self, name: str, script: str) -> Path:
        """An executable on PATH: a script with its first line, or lines for sh."""
        path = self.bin / name
        path.write_text(script if script.startswith("#!") else f"#!/bin/sh\n{script}")
        path.chmod(0o755)
        return path

    def call(self, **env: str) -> Invocation:
        """What a command that is started there is given."""
        values = {"HOME": str(self.home), "PATH": str(self.bin), **self.env, **env}
        return Invocation(values, self.home, self.home, self.now)

    def facts(self, *names: str, extra: Iterable[Fact] = (), **env: str) -> dict[str, Any]:
        """These facts of the host, collected; `extra` are facts of the plugin."""
        from doctor.collect import collect
        from openclaw.facts import builtin

        own = {item.name: item for item in extra}
        return collect(names, {"call": self.call(**env), "asking": None}, lambda name: own.get(name) or builtin(name))

    def report(self, *checks: Check, extra: Iterable[Fact] = (), fixes: Iterable[Fix] = (), **env: str) -> Report:
        """The report of a run of these checks, with the facts and fixes of the plugin."""
        from doctor import plugins
        from doctor.engine import diagnose

        known = plugins.Plugged(
            facts={item.name: item for item in extra}, fixes={item.check_id: item for item in fixes}
        )  # fmt: skip
        with plugins.using(known):
            return diagnose(self.call(**env), checks)

    def findings(
        self, *checks: Check, extra: Iterable[Fact] = (), fixes: Iterable[Fix] = (), **env: str
    ) -> list[Finding]:
        """What these checks find; a check that could not be made, or crashed, is an error."""
        report = self.report(*checks, extra=extra, fixes=fixes, **env)
        bad = [item for item in report.outcomes if item.state in ("unknown", "crashed")]
        assert not bad, "; ".join(f"{item.check_id}: {item.reason}" for item in bad)
        return list(report.findings)

    def plan(self, fix: Fix, finding: Finding, extra: Iterable[Fact] = (), **env: str) -> Plan:
        """What a fix would change for a finding."""
        facts = self.facts(*fix.needs, extra=extra, **env)
        return fix.plan(finding, *(facts[name] for name in fix.needs))

    def apply(self, plan: Plan) -> Journal:
        """Really makes the changes; `undo` takes them back. Their preview must not show a canary."""
        from openclaw.change import atomic
        from openclaw.change.apply import apply
        from openclaw.change.compose import compose
        from openclaw.change.journal import Journal
        from openclaw.change.preview import as_json, preview, text

        shown = preview(plan, compose(plan, atomic.read), self.home)
        check_clean(text(shown), json.dumps(as_json(shown)), repr(plan))
        journal = Journal(self.root / "journal")
        assert apply(plan, journal=journal, home=self.home, title="a fix", now=self.now).changed
        return journal

    def undo(self, journal: Journal) -> None:
        """Takes the last changes back."""
        from openclaw.change.undo import undo

        undo(journal)

    def tree(self) -> dict[str, tuple[int, bytes]]:
        """Every file and directory of the home with its mode and contents: to see that nothing changed."""
        found: dict[str, tuple[int, bytes]] = {}
        for folder, names, files in os.walk(self.home):
            for name in (*names, *files):
                path = Path(folder) / name
                regular = path.is_file() and not path.is_symlink()
                data = path.read_bytes() if regular else str(path.readlink()).encode() if path.is_symlink() else b""
                found[str(path.relative_to(self.home))] = path.lstat().st_mode, data
        return found

    def doctor(self, *args: str, paths: Sequence[Path | str] = (), **env: str) -> Run:
        """`openclaw doctor …` there, as a process of its own; `paths` go in front of its PYTHONPATH."""
        done = subprocess.run(
            [sys.executable, "-m", "openclaw", "doctor", *args],
            env=self.environment(paths, **env), cwd=self.home, capture_output=True, text=True, timeout=LIMIT,
            check=False, stdin=subprocess.DEVNULL, errors="surrogateescape",
        )  # fmt: skip
        check_clean(done.stdout, done.stderr)
        return Run(done.returncode, done.stdout, done.stderr)

    def environment(self, paths: Sequence[Path | str] = (), **env: str) -> dict[str, str]:
        """The variables of a process there: nothing of this one but where Python finds its modules."""
        import openclaw

        inherited = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
        modules = [*map(str, paths), *inherited, str(Path(openclaw.__file__).parents[1])]
        return {
            "HOME": str(self.home),
            "PATH": str(self.bin),
            "PYTHONPATH": os.pathsep.join(modules),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OPENCLAW_NOW_MS": str(self.now),
            "LC_ALL": "C.UTF-8",
            **self.env,
            **env,
        }
