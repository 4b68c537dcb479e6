"""SARIF 2.1.0: the schema's rules for what is written, and what code scanning needs besides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from doctor.pages import page
from doctor.registry import all_checks
from doctor.render import sarif
from tests.doctor.reports import EVIL, EXPIRED, FRAME, KEY, REPORT, evil, quiet

VALIDATOR = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parent / "sarif.schema.json").read_text("utf-8")),
    format_checker=jsonschema.FormatChecker(),
)
RULES = [(item, page(item.id)) for item in all_checks()]


def run(text: str) -> dict[str, Any]:
    """The one run of a document, after everything that the standard says about it."""
    document = json.loads(text)
    VALIDATOR.validate(document)
    [found] = document["runs"]
    rules = found["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["partialFingerprints"]
        for place in result["locations"]:
            artifact = place["physicalLocation"]["artifactLocation"]
            assert artifact.get("uriBaseId", "HOME") in found["originalUriBaseIds"]
            if "uriBaseId" in artifact:
                assert not artifact["uri"].startswith("/")
    for note in found["invocations"][0]["toolExecutionNotifications"]:
        assert rules[note["associatedRule"]["index"]]["id"] == note["associatedRule"]["id"]
    assert isinstance(found, dict)
    return found


def test_results() -> None:
    found = run(sarif.render(REPORT, FRAME, RULES))
    results = {item["ruleId"]: item for item in found["results"]}
    expired = results["credentials/expired"]
    assert expired["level"] == "error"
    assert expired["message"]["text"].splitlines()[0] == EXPIRED.message
    assert expired["partialFingerprints"] == {"openclawDoctor/v1": EXPIRED.fingerprint}
    assert expired["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": ".openclaw/a%20b.json", "uriBaseId": "HOME"},
                "region": {"startLine": 4, "startColumn": 7},
            },
            "logicalLocations": [{"fullyQualifiedName": "anthropic:a"}],
        }
    ]
    assert results["host/node"]["level"] == "note"
    bare = results["config/missing"]["locations"][0]["physicalLocation"]
    assert bare == {"artifactLocation": {"uri": ".openclaw", "uriBaseId": "HOME"}}


def test_what_does_not_count() -> None:
    results = {item["ruleId"]: item for item in run(sarif.render(REPORT, FRAME, RULES))["results"]}
    [suppression] = results["credentials/truncated"]["suppressions"]
    assert suppression == {
        "kind": "external",
        "status": "accepted",
        "justification": "known, fixed soon (until 2026-12-31)",
    }
    etc = results["credentials/truncated"]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert etc == {"uri": "file:///etc/key"}
    known = results["security/readable-by-others"]
    assert known["baselineState"] == "unchanged"
    place = known["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": ".env", "uriBaseId": "SRCROOT"}
    assert results["config/missing"]["baselineState"] == "new"
    hidden = run(sarif.render(quiet(REPORT), FRAME, RULES))["results"]
    assert "security/readable-by-others" not in {item["ruleId"] for item in hidden}


def test_rules_have_the_help_of_their_pages() -> None:
    rules = {rule["id"]: rule for rule in run(sarif.render(REPORT, FRAME, RULES))["tool"]["driver"]["rules"]}
    rule = rules["credentials/expired"]
    assert "## How it is fixed" in rule["help"]["markdown"]
    assert "`" not in rule["help"]["text"]
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert {"credentials", "auth", "smoke"} <= set(rule["properties"]["tags"])
    assert set(rules) == {item.check_id for item in REPORT.outcomes}


def test_how_the_run_went() -> None:
    [invocation] = run(sarif.render(REPORT, FRAME, RULES))["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
    assert invocation["endTimeUtc"] == "2026-02-02T02:40:00Z"
    notes = {item["associatedRule"]["id"]: item["level"] for item in invocation["toolExecutionNotifications"]}
    assert notes == {"host/clock": "error", "host/disk-full": "warning"}


@pytest.mark.parametrize("text", EVIL)
def test_any_text(text: str) -> None:
    rendered = sarif.render(evil(text), FRAME)
    run(rendered)
    rendered.encode("utf-8")
    assert KEY not in rendered
