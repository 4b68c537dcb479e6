"""Plugins: found without importlib.metadata, loaded in time, kept to their own names, and never a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from doctor import plugins, registry
from doctor.plugins import finding
from doctor.plugins.finding import EntryPoint
from doctor.plugins.loading import load
from openclaw.api import Finding, Severity, check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw_testkit.host import FakeHost

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
CONFIG = '{ gateway: { mode: "local" } }'
HEAD = "from openclaw.api import *\nfrom openclaw.api import Check, Finding, Reporter, Severity, check, fact, fix\n"
CHECK = """
@check("{id}", Severity.ERROR)
def {name}({facts}):
    "A thing is so."
    yield Finding("{id}", Severity.ERROR, "it is so")
"""


def distribution(folder: Path, name: str = "acme", *, code: str = "", groups: str = "checks", value: str = "") -> Path:
    """An installed distribution: a module and its metadata."""
    module = f"plug_{name.replace('-', '_')}"
    folder.mkdir(exist_ok=True)
    (folder / f"{module}.py").write_text(HEAD + code)
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    points = "".join(f"[openclaw.{group}]\n{name} = {value or module}\n" for group in groups.split())
    (info / "entry_points.txt").write_text(f"[console_scripts]\nx = y:z\n{points}")
    return folder


def a_check(check_id: str = "acme/thing", name: str = "thing", facts: str = "") -> str:
    return CHECK.format(id=check_id, name=name, facts=facts)


def messages(run: Any) -> dict[str, str]:
    return {item["checkId"]: item["message"] for item in run.document["findings"] if item["severity"] != "info"}


@pytest.fixture
def host(fake_host: FakeHost) -> FakeHost:
    fake_host.config(CONFIG)
    return fake_host


# ---- entry points --------------------------------------------------------------------------------------------------


def test_a_check_of_a_plugin_is_run_listed_selected_and_left_out(host: FakeHost, tmp_path: Path) -> None:
    there = [distribution(tmp_path / "site", code=a_check())]
    before = host.tree()
    run = host.doctor("--json", paths=there)
    assert messages(run)["acme/thing"] == "it is so"
    assert run.code == 1
    assert host.doctor("--json", "--only", "acme", paths=there).ids() == ["acme/thing"]
    assert "acme/thing" in host.doctor("list", paths=there).out
    assert "acme/thing" not in host.doctor("--no-plugins", "list", paths=there).out
    without = host.doctor("--json", "--no-plugins", paths=there)
    assert "acme/thing" not in without.ids()
    outcomes = {item["checkId"]: item for item in without.document["outcomes"]}
    assert outcomes["doctor/plugin-failed"]["outcome"] == "skipped"
    assert host.tree() == before


def test_a_fact_of_a_plugin_may_build_on_ours(host: FakeHost, tmp_path: Path) -> None:
    code = (
        "@fact()\ndef acme_place(home):\n    return str(home.state)\n"
        "@check('acme/place', Severity.WARNING)\ndef place(acme_place, clock):\n    'Where.'\n"
        "    yield Finding('acme/place', Severity.WARNING, f'{acme_place} {clock.now}')\n"
    )
    there = [distribution(tmp_path / "site", code=code, groups="checks facts")]
    assert messages(host.doctor("--json", "--only", "acme", paths=there)) == {
        "acme/place": f"{host.state} {host.now}"
    }  # fmt: skip


FAULTY = {
    "raises": ("raise RuntimeError('sk-ant-api03-C4n4ryFAKEC4n4ryFAKE')", "RuntimeError"),
    "leaves": ("import sys; sys.exit(7)", "SystemExit"),
    "wants what is not there": ("import no_such_module_of_acme", "no_such_module_of_acme"),
    "is no Python": ("def (:", "SyntaxError"),
    "hangs": ("import time; time.sleep(600)", "was not loaded within"),
    "prints": ("print('hello from acme')" + a_check(), ""),
}


@pytest.mark.parametrize(("code", "said"), FAULTY.values(), ids=list(FAULTY))
def test_a_plugin_that_cannot_be_loaded_is_a_finding(code: str, said: str, host: FakeHost, tmp_path: Path) -> None:
    site = distribution(tmp_path / "site", code=code)
    distribution(site, "other", code=a_check("other/fine", "fine"))
    run = host.doctor("--json", paths=[site])
    found = messages(run)
    assert found["other/fine"]
    assert said in found.get("doctor/plugin-failed", "")
    assert bool(said) == ("doctor/plugin-failed" in found)
    assert "Traceback" not in run.out + run.err


FOREIGN = {
    "a built-in id": (a_check("credentials/none"), "checks", "acme", "credentials/none"),
    "a new id in our area": (a_check("host/mine"), "checks", "acme", "host/mine"),
    "another plugin's": (a_check("other/fine"), "checks", "acme", "other/fine"),
    "no id": (a_check("acme"), "checks", "acme", "it claims acme:"),
    "an area of ours": (a_check("credentials/mine"), "checks", "credentials", "of openclaw-onboard"),
    "a fact of ours": ("@fact()\ndef clock():\n    return 1\n", "facts", "acme", "it claims clock"),
    "a fix of ours": (
        "@fix('credentials/none')\ndef x(finding):\n    return ()\n",
        "fixes",
        "acme",
        "credentials/none",
    ),
    "a form of ours": ("r = Reporter('json', str)", "reporters", "acme", "it claims json"),
}


@pytest.mark.parametrize(("code", "groups", "name", "said"), FOREIGN.values(), ids=list(FOREIGN))
def test_what_is_not_its_own_is_not_taken(
    code: str, groups: str, name: str, said: str, host: FakeHost, tmp_path: Path
) -> None:
    site = distribution(tmp_path / "site", "other", code=a_check("other/fine", "fine"))
    plain = host.doctor("--json", paths=[site])
    distribution(site, name, code=code, groups=groups)
    run = host.doctor("--json", paths=[site])
    found = messages(run)
    assert said in found.pop("doctor/plugin-foreign-id")
    assert found == messages(plain)
    assert run.code == plain.code == 1


def test_two_plugins_of_one_name_do_not_mix(tmp_path: Path) -> None:
    points = [EntryPoint("openclaw.checks", "acme", "plug_acme", owner, "x") for owner in ("one", "two")]
    found = load(points, [])
    assert [(item.kind, item.plugin) for item in found.problems] == [("failed", "one"), ("foreign-id", "two")]


def test_a_check_of_a_plugin_that_crashes_is_crashed_and_the_rest_runs(host: FakeHost, tmp_path: Path) -> None:
    there = [distribution(tmp_path / "site", code=a_check() + "\nthing = check('acme/x', Severity.ERROR)(lambda: 1/0)")]
    run = host.doctor("--json", paths=there)
    assert run.code == 3
    assert run.document["checksCrashed"] == 1
    assert run.document["checksRun"] > 20


def test_a_reporter_of_a_plugin_is_a_form(host: FakeHost, tmp_path: Path) -> None:
    code = (
        "good = Reporter('acme', lambda document: f\"{document['counts']['error']} errors\")\n"
        "bad = Reporter('acme-bad', lambda _: 1 / 0)\n"
    )
    there = [distribution(tmp_path / "site", code=code, groups="reporters")]
    assert host.doctor("--format", "acme", paths=there).out.endswith("errors\n")
    host.doctor("--output", "acme:out.txt", paths=there)
    assert (host.home / "out.txt").read_text().strip().endswith("errors")
    run = host.doctor("--format", "acme-bad", paths=there)
    assert run.code == 3
    assert "acme-bad failed: ZeroDivisionError" in run.err
    assert host.doctor("--format", "acne", paths=there).code == 2


def test_two_runs_in_one_process_know_different_plugins() -> None:
    @check("acme/one", Severity.INFO)
    def one() -> list[Finding]:
        """One."""
        return []

    with plugins.using(plugins.Plugged(("acme",), (one,))):
        assert one in registry.known_checks()
        with plugins.using(plugins.NOTHING):
            assert one not in registry.known_checks()
    assert one not in registry.known_checks()


def test_finding_them_loads_nothing_and_takes_what_imports_would_take(tmp_path: Path) -> None:
    first = distribution(tmp_path / "first", code=a_check())
    second = distribution(tmp_path / "second", code=a_check())
    odd = tmp_path / "odd"
    (odd / "odd-1.dist-info").mkdir(parents=True)
    (odd / "odd-1.dist-info" / "entry_points.txt").write_bytes(b"[openclaw.checks]\n\xff\n= x\nodd\n[other]\na = b\n")
    places = [str(first), str(second), str(odd), str(tmp_path / "missing"), ""]
    found = [item for item in finding.entry_points(places) if item.name == "acme"]
    assert [item.path for item in found] == [str(first / "plug_acme-1.0.dist-info" / "entry_points.txt")]


# ---- programs ------------------------------------------------------------------------------------------------------


def printing(document: object, code: int = 0) -> str:
    return f"cat <<'END'\n{json.dumps(document) if not isinstance(document, str) else document}\nEND\nexit {code}\n"


GOOD = {
    "schemaVersion": 1,
    "findings": [
        {
            "checkId": "disk/smart", "severity": "warning", "message": "the disk is old", "target": "sda",
            "path": "/dev/sda", "line": 3, "fixHint": "Replace it.", "commands": ["smartctl -a /dev/sda"],
            "evidence": {"age": "9 years"},
        }
    ],
}  # fmt: skip


@pytest.fixture
def path_host(host: FakeHost) -> FakeHost:
    for name in ("sh", "cat", "sleep"):
        (host.bin / name).symlink_to(Path("/bin") / name)
    return host


def test_a_program_on_path_adds_its_findings(path_host: FakeHost) -> None:
    path_host.program("openclaw-check-disk", printing(GOOD))
    jsonschema.validate(GOOD, json.loads((SCHEMAS / "check-findings.schema.json").read_text()))
    run = path_host.doctor("--json", "--only", "disk")
    [item] = run.document["findings"]
    assert item["checkId"] == "disk/smart"
    assert item["fix"] == "manual"
    assert item["commands"] == ["smartctl -a /dev/sda"]
    assert "the disk is old" in path_host.doctor("--only", "disk").out
    assert "disk/program" not in path_host.doctor("--no-plugins", "list").out


def with_finding(**members: Any) -> dict[str, Any]:
    return {"schemaVersion": 1, "findings": [{**GOOD["findings"][0], **members}]}  # type: ignore[index]


WRONG = {
    "not JSON": (printing("oops {"), "not valid JSON"),
    "nothing": ("exit 0", "not valid JSON"),
    "nested": (printing("[" * 100_000), "not valid JSON"),
    "a crash": (printing(GOOD, 1), "exit code 1"),
    "a signal": ("kill -9 $$", "exit code"),
    "no version": (printing({"findings": []}), "schemaVersion"),
    "a list": (printing([GOOD]), "schemaVersion"),
    "a built-in id": (printing(with_finding(checkId="credentials/none")), "credentials/none"),
    "no severity": (printing(with_finding(severity="fatal")), "severity"),
    "no text": (printing(with_finding(message={})), "message"),
    "odd commands": (printing(with_finding(commands="rm -rf /")), "commands"),
    "no object": (printing({"schemaVersion": 1, "findings": [7]}), "no object"),
}


@pytest.mark.parametrize(("script", "said"), WRONG.values(), ids=list(WRONG))
def test_a_program_that_fails_is_a_finding(script: str, said: str, path_host: FakeHost) -> None:
    path_host.program("openclaw-check-disk", script)
    run = path_host.doctor("--json", "--only", "disk")
    [item] = run.document["findings"]
    assert item["checkId"] == "disk/program"
    assert said in item["message"]
    assert "Traceback" not in run.err


def test_a_program_that_hangs_is_unknown(path_host: FakeHost) -> None:
    path_host.program("openclaw-check-disk", "sleep 600")
    run = path_host.doctor("--json", "--only", "disk", "--timeout", "2")
    [outcome] = [item for item in run.document["outcomes"] if item["checkId"] == "disk/program"]
    assert outcome["outcome"] == "unknown"
    assert run.code == 0


def test_a_program_cannot_take_an_area_of_ours(path_host: FakeHost) -> None:
    path_host.program("openclaw-check-credentials", printing({"schemaVersion": 1, "findings": []}))
    path_host.program("openclaw-check-Bad_Name", "exit 0")
    found = messages(path_host.doctor("--json", "--only", "doctor"))
    assert "credentials/" in found["doctor/plugin-foreign-id"]
    assert "Bad_Name" in found["doctor/plugin-failed"]


def test_bundles_replay_what_plugins_found(path_host: FakeHost, tmp_path: Path, canaries: Mapping[str, str]) -> None:
    path_host.program("openclaw-check-disk", printing(GOOD))
    code = (
        "from dataclasses import dataclass\n@dataclass\nclass Acme:\n    note: str\n    values: dict\n"
        f"@fact()\ndef acme_note():\n    return Acme('{canaries['openai']}', {{'apiKey': '{canaries['google']}'}})\n"
        "@check('acme/note', Severity.ERROR)\ndef note(acme_note):\n    'A note.'\n"
        "    yield Finding('acme/note', Severity.ERROR, f'{len(acme_note.note)} {len(acme_note.values)}')\n"
    )
    there = [distribution(tmp_path / "site", code=code, groups="checks facts")]
    file = tmp_path / "b.zip"
    assert path_host.doctor("bundle", str(file), paths=there).code == 0
    before = messages(path_host.doctor("--json", paths=there))
    (path_host.bin / "openclaw-check-disk").write_text("#!/bin/sh\nexit 3\n")
    assert messages(path_host.doctor("--facts", str(file), "--json", paths=there)) == before
    assert {"acme/note", "disk/smart"} <= before.keys()
    run = path_host.doctor("--facts", str(file), "--json", "--no-plugins")
    assert "acme/note" in run.err
    assert "acme/note" not in run.ids()
