"""The worked example under docs/examples: built, installed, tested and run as its README says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw_testkit.host import FakeHost

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "openclaw-acme-check"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the example installed in it; no network, no index."""
    if find_spec("hatchling") is None or find_spec("pip") is None:
        pytest.skip("hatchling and pip are needed to build the example")
    folder = tmp_path_factory.mktemp("example")
    source = Path(shutil.copytree(EXAMPLE, folder / "source", ignore=shutil.ignore_patterns("__pycache__")))
    target = folder / "site"
    done = subprocess.run(
        [
            sys.executable, "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--no-index", "--no-compile",
            "--disable-pip-version-check", "--target", str(target), str(source),
        ],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def test_the_doctor_runs_it_repairs_and_undoes(
    installed: Path, fake_host: FakeHost, canaries: Mapping[str, str]
) -> None:
    env = fake_host.dotenv(ANTHROPIC_API_KEY=canaries["anthropic"])
    before = env.read_text()
    paths = [installed]
    [item] = fake_host.doctor("--only", "acme", "--json", paths=paths).document["findings"]
    assert (item["checkId"], item["severity"], item["fix"]) == ("acme/proxy", "warning", "confirm")
    run = fake_host.doctor("--fix", "--yes", "--only", "acme", "--json", paths=paths)
    assert run.code == 0, run.err
    assert [found["checkId"] for found in run.document["outcome"]["fixed"]] == ["acme/proxy"]
    assert env.read_text() == before + "HTTPS_PROXY=http://proxy.acme.example:3128\n"
    assert fake_host.doctor("--only", "acme", "--json", paths=paths).ids() == []
    assert fake_host.doctor("--only", "acme", "--format", "acme", paths=paths).out == (
        "openclaw.errors=0 openclaw.warnings=0\n"
    )
    undone = subprocess.run(
        [sys.executable, "-m", "openclaw", "undo", run.document["receipt"]["id"]],
        env=fake_host.environment(paths), cwd=fake_host.home, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert undone.returncode == 0, undone.stderr
    assert env.read_text() == before


def test_its_own_tests_pass_with_the_shipped_kit(installed: Path, tmp_path: Path) -> None:
    """In a process of its own: with the pytest plugin by name, as an installed distribution announces it."""
    tests = shutil.copytree(EXAMPLE / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "openclaw_testkit.plugin", str(tests)],
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "PYTHONPATH": f"{installed}:{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


def test_the_kit_is_announced_to_pytest_and_shipped() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["entry-points"]["pytest11"] == {"openclaw_testkit.plugin": "openclaw_testkit.plugin"}
    assert "openclaw_testkit" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
