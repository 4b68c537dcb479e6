"""Span edits on every config of the recorded installations: the edit is made, and nothing else changes."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from openclaw.config.edits import delete, set_value
from openclaw.config.guard import check_edit
from openclaw.config.json5 import loads

RECORDED = Path(__file__).parents[1] / "recorded"
CONFIGS = sorted(RECORDED.glob("*/home/**/openclaw.json"))
KEYS = (
    ("auth", "profiles", "anthropic:new"),
    ("agents", "defaults", "model", "primary"),
    ("models", "providers", "deepseek"),
    ("gateway", "mode"),
)


def patched(value: Any, keys: tuple[str, ...], new: Any) -> Any:
    """The document with one key set."""
    document = copy.deepcopy(value)
    parent = document
    for key in keys[:-1]:
        parent = parent.setdefault(key, {})
    parent[keys[-1]] = new
    return document


def through_text(value: Any, keys: tuple[str, ...]) -> bool:
    """Whether the path leads through something that is no object: such an edit is refused."""
    for key in keys[:-1]:
        value = value.get(key, {})
        if not isinstance(value, dict):
            return True
    return False


def test_there_are_recorded_configs() -> None:
    assert len(CONFIGS) > 20


@pytest.mark.parametrize("keys", KEYS, ids=".".join)
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.relative_to(RECORDED).parts[0])
def test_a_key_is_set_and_deleted_and_all_else_stays(path: Path, keys: tuple[str, ...]) -> None:
    text = path.read_text("utf-8")
    before = loads(text)
    if through_text(before, keys):
        pytest.skip("the path leads through text here")
    new = {"provider": "x", "mode": "token"}
    edited = set_value(text, keys, new)
    assert loads(edited) == patched(before, keys, new)
    check_edit(text, edited, [keys])
    removed = delete(edited, keys)
    after = loads(removed)
    expected = patched(before, keys, new)
    parent = expected
    for key in keys[:-1]:
        parent = parent[key]
    del parent[keys[-1]]
    assert after == expected
