"""What holds for every check: ids, pages, purity, layers, and commands that this program really takes."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import checks
from checks import fixes
from checks.remedies import LOGINS, NOT_BY_KEY, obtain
from doctor.registry import all_checks
from openclaw.facts import BUILTIN, builtin
from openclaw.providers.catalog import load

if TYPE_CHECKING:
    from openclaw.check import Check

ROOT = Path(__file__).parents[2]
EXPLAIN = ROOT / "checks" / "explain"
CHECKS = checks.load()
FORBIDDEN = {"os", "subprocess", "socket", "pathlib", "time", "datetime", "shutil", "sys", "io", "tempfile", "logging"}
LAYERS = ("wizard", "doctor", "checks", "openclaw")  # each may import itself and what stands behind it
CLICK = {"openclaw/cli.py", "openclaw/lazy.py"}  # with openclaw/commands: the only ones below `doctor` that know click


def test_ids_are_unique_and_well_formed_and_name_no_severity() -> None:
    ids = [item.id for item in CHECKS]
    assert len(ids) == len(set(ids)) > 30
    for name in ids:
        assert re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+)+", name)
        assert not {"error", "warning", "info", "critical"} & set(re.split(r"[/-]", name))


def test_every_check_has_a_title_and_names_known_facts() -> None:
    for item in CHECKS:
        assert item.title, item.id
        assert set(item.needs) <= BUILTIN.keys() | {"call"}, item.id
    assert all(builtin(name) for name in BUILTIN)


def test_every_check_has_a_page_and_every_page_a_check() -> None:
    pages = {str(page.relative_to(EXPLAIN).with_suffix("")) for page in EXPLAIN.rglob("*.md")}
    assert pages == {item.id for item in all_checks()}


@pytest.mark.parametrize("item", all_checks(), ids=lambda item: item.id)
def test_a_page_says_what_it_means_how_it_is_fixed_and_how_it_is_left_out(item: Check) -> None:
    text = (EXPLAIN / f"{item.id}.md").read_text("utf-8")
    assert text.startswith(f"# {item.id}\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["What it means", "How it is fixed", "How to leave it out"]
    assert f"--skip {item.id}`" in text
    assert f"openclaw doctor silence {item.id} --reason WHY`" in text


def test_every_fix_repairs_a_known_check() -> None:
    found = fixes.load()
    assert found.keys() == fixes.IDS
    here = {path.stem for path in (ROOT / "checks" / "fixes").glob("*.py")}
    assert here - fixes.MODULES.keys() == {"__init__", "places"}
    assert found.keys() <= {item.id for item in CHECKS}
    for item in found.values():
        assert item.title, item.check_id
        assert set(item.needs) <= BUILTIN.keys() | {"call"}, item.check_id


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(tree: ast.AST) -> set[str]:
    """Full names of what a tree imports, at any depth."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def at_import_time(tree: ast.Module) -> set[str]:
    """What a module imports when it is loaded: not inside functions, not for type checkers."""
    todo: list[ast.stmt] = list(tree.body)
    found: set[str] = set()
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= imported(ast.Module([node], []))
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.ClassDef) and not for_types(node):
            todo += node.body
    return found


@pytest.mark.parametrize("path", modules("checks"), ids=lambda path: path.name)
def test_checks_are_pure(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    # A plan names its files as paths.
    forbidden = FORBIDDEN - {"pathlib"} if path.parent.name == "fixes" else FORBIDDEN
    assert not {name.partition(".")[0] for name in imported(tree)} & forbidden
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"print", "open", "input", "exec", "eval", "__import__"}


@pytest.mark.parametrize(
    "path", [path for name in LAYERS for path in modules(name)], ids=lambda path: str(path.relative_to(ROOT))
)
def test_layers_import_downwards_only(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    allowed = set(LAYERS[LAYERS.index(package) :])
    used = {name.partition(".")[0] for name in imported(ast.parse(path.read_text("utf-8")))}
    # The root command loads commands by name, and handover compares names with its table; neither is an import.
    assert used & set(LAYERS) <= allowed


@pytest.mark.parametrize(
    "path", [*modules("openclaw"), *modules("checks")], ids=lambda path: str(path.relative_to(ROOT))
)
def test_nothing_outside_the_standard_library_is_loaded_with_a_module(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    used = {module.partition(".")[0] for module in at_import_time(ast.parse(path.read_text("utf-8")))}
    third_party = used - set(sys.stdlib_module_names) - set(LAYERS)
    allowed = {"click"} if name in CLICK or name.startswith("openclaw/commands/") else set()
    assert third_party <= allowed


def test_onboard_takes_every_provider_that_a_remedy_sends_to_it() -> None:
    for item in load().providers:
        by_key = "api_key" in item.auth and item.chat and not item.needs and not item.local
        sent = obtain(item.id)[0].startswith("openclaw onboard ")
        assert not sent or by_key, item.id
        if item.id in LOGINS | NOT_BY_KEY:
            assert not by_key, item.id
