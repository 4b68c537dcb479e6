"""Prometheus' text format."""

from __future__ import annotations

import re

import pytest

from doctor.render import prometheus
from tests.doctor.reports import EVIL, FRAME, KEY, REPORT, evil

NAME, LABEL = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r"[a-zA-Z_][a-zA-Z0-9_]*"
VALUE = r'"(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}={VALUE}(?:,{LABEL}={VALUE})*)\}})? (\d+)")


def read(text: str) -> dict[str, float]:
    """Samples by name with labels; every line is of the format, each metric has its two comments, none comes twice."""
    found: dict[str, float] = {}
    metric = ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            assert re.fullmatch(rf"# HELP {NAME} .+", line)
            metric = line.split()[2]
        elif line.startswith("#"):
            assert line == f"# TYPE {metric} gauge"
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            assert match[1] == metric
            key = line.rsplit(" ", 1)[0]
            assert key not in found
            found[key] = float(match[3])
    return found


def test_the_report() -> None:
    found = read(prometheus.render(REPORT, FRAME))
    prefix = "openclaw_doctor_"
    assert found[f'{prefix}findings{{severity="error"}}'] == 1
    assert found[f'{prefix}findings{{severity="warning"}}'] == 1
    assert found[f'{prefix}findings{{severity="info"}}'] == 1
    assert found[f'{prefix}check_findings{{check="credentials/expired",severity="error"}}'] == 1
    assert found[f"{prefix}silenced_findings"] == 1
    assert found[f"{prefix}known_findings"] == 1
    assert found[f'{prefix}checks{{outcome="crashed"}}'] == 1
    assert found[f'{prefix}check_outcome{{check="host/disk-full",outcome="unknown"}}'] == 1
    assert (found[f"{prefix}ok"], found[f"{prefix}exit_code"]) == (0, 3)
    assert found[f"{prefix}last_run_timestamp_seconds"] == 1_770_000_000
    assert any(key.startswith(f'{prefix}info{{version="') for key in found)


@pytest.mark.parametrize("text", EVIL)
def test_any_text(text: str) -> None:
    rendered = prometheus.render(evil(text), FRAME)
    read(rendered)
    assert KEY not in rendered
