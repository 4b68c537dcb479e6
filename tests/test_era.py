"""Which generation of OpenClaw: any trace of 2026.6 or later means that no auth-profiles.json is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from openclaw.era import determine, parse_version, program_version
from openclaw.home import Home, locate

if TYPE_CHECKING:
    from pathlib import Path


def home_with(tmp_path: Path, *files: str) -> Home:
    for name in files:
        path = tmp_path / ".openclaw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    return locate({}, tmp_path, tmp_path)


def installed(folder: Path, version: str, *, name: str = "openclaw") -> Path:
    package = folder / "lib" / "node_modules" / "openclaw"
    package.mkdir(parents=True)
    (package / "package.json").write_text(f'{{"name": "{name}", "version": "{version}"}}')
    entry = package / "openclaw.mjs"
    entry.write_text("#!/usr/bin/env node\n")
    program = folder / "bin" / "openclaw"
    program.parent.mkdir()
    program.symlink_to(entry)
    return program


DATABASE, STORE = "state/openclaw.sqlite", "agents/main/agent/auth-profiles.json"


@pytest.mark.parametrize(
    ("files", "stamp", "program", "era"),
    [
        ([], None, None, "unknown"),
        ([DATABASE], None, None, "sqlite"),
        ([DATABASE], "2026.2.3", "2026.2.3", "sqlite"),
        ([STORE], None, None, "json"),
        (["agents/work/agent/auth-profiles.json"], None, None, "json"),
        ([STORE], None, "2026.9.6", "sqlite"),
        ([STORE, DATABASE], None, None, "sqlite"),
        ([], "2026.2.3", None, "json"),
        ([], "2026.5.31", None, "json"),
        ([], "2026.6.0", None, "sqlite"),
        ([], "2026.10.1", None, "sqlite"),
        ([], "2027.1.1", None, "sqlite"),
        ([], None, "2026.2.3", "json"),
        ([], None, "2026.6.1-beta.2", "sqlite"),
        # One of both is enough: an older program in front of a newer installation must not make us write its store.
        ([], "2026.9.6", "2026.2.3", "sqlite"),
        ([], "2026.2.3", "2026.9.6", "sqlite"),
        ([], 7, None, "unknown"),
        ([], "soon", None, "unknown"),
    ],
)
def test_the_era(tmp_path: Path, files: list[str], stamp: Any, program: str | None, era: str) -> None:
    home = home_with(tmp_path, *files)
    real = installed(tmp_path / "npm", program) if program else None
    found = determine(home, {"meta": {"lastTouchedVersion": stamp}}, real)
    assert found.name == era
    assert found.program == real
    assert found.why
    assert found.version == (program or (stamp if isinstance(stamp, str) else ""))


@pytest.mark.parametrize("config", [{}, {"meta": None}, {"meta": []}, {"meta": {"lastTouchedVersion": None}}])
def test_a_config_of_any_shape(tmp_path: Path, config: dict[str, Any]) -> None:
    assert determine(home_with(tmp_path), config, None).name == "unknown"


def test_the_built_in_model_follows_the_era(tmp_path: Path) -> None:
    assert determine(home_with(tmp_path, STORE), {}, None).default_model == "anthropic/claude-opus-4-5"
    assert determine(home_with(tmp_path, DATABASE), {}, None).default_model == "openai/gpt-6-astra"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("2026.2.3", (2026, 2)), ("2026.10", (2026, 10)), ("2026.6.1-beta", (2026, 6)), ("26.1", None), ("", None)],
)
def test_versions(text: str, wanted: tuple[int, int] | None) -> None:
    assert parse_version(text) == wanted


@pytest.mark.parametrize(
    "line",
    [
        'exec node "{root}/store/node_modules/openclaw/openclaw.mjs" "$@"',
        "exec node '{root}/store/node_modules/openclaw/dist/entry.js' \"$@\"",
        '  exec node  "$basedir/../store/node_modules/openclaw/openclaw.mjs" "$@"',
    ],
)
def test_the_small_scripts_of_other_package_managers(tmp_path: Path, line: str) -> None:
    package = tmp_path / "store" / "node_modules" / "openclaw"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"name": "openclaw", "version": "2026.9.6"}')
    shim = tmp_path / "bin" / "openclaw"
    shim.parent.mkdir()
    shim.write_text("#!/bin/sh\n" + line.replace("{root}", str(tmp_path)) + "\n")
    assert program_version(shim) == "2026.9.6"


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"name": "other", "version": "1"}', '{"name": "openclaw"}'])
def test_a_package_that_tells_nothing(tmp_path: Path, text: str) -> None:
    program = installed(tmp_path, "1")
    (program.resolve().parent / "package.json").write_text(text)
    assert program_version(program) == ""


def test_a_program_that_is_gone_or_binary(tmp_path: Path) -> None:
    assert program_version(tmp_path / "none") == ""
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 100)
    assert program_version(tmp_path / "binary") == ""
