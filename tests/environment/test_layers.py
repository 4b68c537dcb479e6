"""Which source of a variable wins (auth-spec §6): one row for each rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.environment.layers import SHELL_KEYS, Layer, LayerName, blocked_in_cwd, combine, file_layer, with_shell
from openclaw.errors import Unreadable

if TYPE_CHECKING:
    from openclaw.environment import layers

NAMES: tuple[LayerName, ...] = ("process", "cwd", "state", "gateway", "config", "shell")


def environment(**values: dict[str, str]) -> layers.Environment:
    return combine([Layer(cast("LayerName", name), found) for name, found in values.items()])


@pytest.mark.parametrize(
    ("given_layers", "value", "origin"),
    [
        # the first wins
        ({"process": "a", "cwd": "b", "state": "c", "gateway": "d", "config": "e", "shell": "f"}, "a", "process"),
        ({"cwd": "b", "state": "c", "gateway": "d", "config": "e", "shell": "f"}, "b", "cwd"),
        ({"state": "c", "gateway": "d", "config": "e", "shell": "f"}, "c", "state"),
        ({"gateway": "d", "config": "e", "shell": "f"}, "d", "gateway"),
        ({"config": "e", "shell": "f"}, "e", "config"),
        ({"shell": "f"}, "f", "shell"),
        # a file does not replace a variable that is present, empty or blank
        ({"process": "", "cwd": "b", "state": "c"}, "", "process"),
        ({"process": " ", "state": "c"}, " ", "process"),
        ({"cwd": "", "state": "c", "gateway": "d"}, "", "cwd"),
        # config and shell do
        ({"process": "", "state": "c", "config": "e"}, "e", "config"),
        ({"process": " \t", "config": "e"}, "e", "config"),
        ({"process": "\x1c", "config": "e"}, "\x1c", "process"),  # not blank to JavaScript
        ({"process": "\ufeff", "config": "e"}, "e", "config"),
        ({"state": "", "shell": "f"}, "f", "shell"),
        ({"process": "", "config": " ", "shell": "f"}, "f", "shell"),
        ({"process": "a", "config": "e", "shell": "f"}, "a", "process"),
    ],
)
def test_who_wins(given_layers: dict[str, str], value: str, origin: str) -> None:
    found = environment(**{name: {"OPENAI_API_KEY": text} for name, text in given_layers.items()})
    assert found.values["OPENAI_API_KEY"] == value
    assert found.origin["OPENAI_API_KEY"].name == origin


@pytest.mark.parametrize(
    ("given_layers", "value", "origin"),
    [
        ({"process": {"Z_AI_API_KEY": "z"}}, "z", "process"),
        ({"process": {"Z_AI_API_KEY": "z", "ZAI_API_KEY": "own"}}, "own", "process"),
        ({"process": {"Z_AI_API_KEY": "z", "ZAI_API_KEY": " "}}, "z", "process"),
        ({"process": {"Z_AI_API_KEY": " "}}, None, ""),
        # made before the files are read …
        ({"process": {"Z_AI_API_KEY": "z"}, "state": {"ZAI_API_KEY": "file"}}, "z", "process"),
        # … once more after all of them …
        ({"state": {"Z_AI_API_KEY": "z"}}, "z", "state"),
        ({"cwd": {"Z_AI_API_KEY": "z"}, "state": {"ZAI_API_KEY": "file"}}, "file", "state"),
        ({"process": {"ZAI_API_KEY": ""}, "state": {"Z_AI_API_KEY": "z"}}, "z", "state"),
        ({"state": {"Z_AI_API_KEY": "z"}, "config": {"ZAI_API_KEY": "config"}}, "z", "state"),
        # … and not after the config's block
        ({"config": {"Z_AI_API_KEY": "z"}}, None, ""),
        ({"config": {"Z_AI_API_KEY": "z", "ZAI_API_KEY": "config"}}, "config", "config"),
    ],
)
def test_the_alias_of_z_ai(given_layers: dict[str, dict[str, str]], value: str | None, origin: str) -> None:
    found = environment(**given_layers)
    assert found.values.get("ZAI_API_KEY") == value
    assert value is None or found.origin["ZAI_API_KEY"].name == origin


def test_labels_and_blanks() -> None:
    found = environment(process={"A": " a ", "B": " "}, shell={"OPENAI_API_KEY": "k"})
    assert (found.get("A"), found.usable("A"), found.get("none"), found.usable("B")) == (" a ", "a", "", "")
    assert found.source("A") == "env: A"
    assert found.source("OPENAI_API_KEY") == "shell env: OPENAI_API_KEY"
    assert found.source("none") == "env: none"
    assert found.shell_applied == ["OPENAI_API_KEY"]
    assert found.layer("shell") is not None
    assert found.layer("cwd") is None


def test_shell_keys_are_told_in_the_order_they_were_asked_for() -> None:
    shell = Layer("shell", dict.fromkeys(reversed(SHELL_KEYS), "x"))
    base = environment(process={"GEMINI_API_KEY": " "})
    found = with_shell(base, shell, enabled=True)
    assert found.shell_applied == list(SHELL_KEYS)
    assert found.shell_enabled
    failed = with_shell(base, None, enabled=True, problem="no answer")
    assert (failed.values, failed.shell_problem, failed.shell_applied) == (base.values, "no answer", [])


def test_blocked_names_do_not_arrive() -> None:
    cwd = Layer("cwd", {"A": "1", "OPENAI_API_KEY": "k"}, blocked=frozenset({"OPENAI_API_KEY"}))
    found = combine([cwd, Layer("state", {"OPENAI_API_KEY": "other"})])
    assert found.values == {"A": "1", "OPENAI_API_KEY": "other"}


@pytest.mark.parametrize(
    "name",
    [
        "ANTHROPIC_API_KEY", "ANTHROPIC_OAUTH_TOKEN", "GEMINI_API_KEY", "GOOGLE_API_KEY", "DEEPSEEK_API_KEY",
        "GITHUB_TOKEN", "OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH", "CLAWHUB_TOKEN", "ANTHROPIC_API_KEY_2",
        "OPENAI_API_KEY_BACKUP", "CLOUDSDK_CONFIG", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ENDPOINT_URL_S3",
        "AWS_ACCESS_KEY_ID", "OLLAMA_API_HOST", "OPENAI_BASE_URL", "X_ENDPOINT", "MATRIX_HOMESERVER", "PATH",
        "HTTPS_PROXY", "https_proxy", "NO_PROXY", "NODE_TLS_REJECT_UNAUTHORIZED", "HOMEBREW_PREFIX",
        "X_DANGEROUSLY_Y", "PROXY_DISABLE_AUTH", "DISABLE_SSL_VERIFY", "DISABLE_TLS", "SKIP_AUTH", "LD_PRELOAD",
        "SHELL", "HOME", "NODE_OPTIONS", "openai_api_key",
    ],
)  # fmt: skip
def test_what_a_working_directory_may_not_set(name: str) -> None:
    assert blocked_in_cwd([name, "MY_OWN"]) == {name}


@pytest.mark.parametrize(
    "name", ["MY_OWN", "TZ", "DATABASE", "API_HOST_NAME", "MYPATH", "CLAWDBOT_STATE_DIR", "AWSOME"]
)
def test_what_it_may(name: str) -> None:
    assert blocked_in_cwd([name]) == set()


def test_an_env_file_as_a_layer(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert file_layer("state", path) is None
    path.write_text("# only a comment\n")
    assert file_layer("state", path) is None
    path.write_text("A=1\nexport B='two' # c\nA=3\n")
    layer = file_layer("state", path, blocked=["B", "C"])
    assert layer is not None
    assert (layer.values, layer.lines) == ({"A": "3", "B": "two"}, {"A": 3, "B": 2})
    assert layer.path == path
    assert layer.blocked == {"B"}
    path.unlink()
    path.mkdir()
    assert file_layer("state", path) is None  # OpenClaw ignores a directory
    with pytest.raises(Unreadable):
        file_layer("state", Path("/dev/null"))


def test_values_are_not_printed() -> None:
    found = environment(process={"A": "sk-FAKE"}, shell={"OPENAI_API_KEY": "sk-FAKE"})
    assert "FAKE" not in repr(found) + repr(found.layers[0])


VALUES = st.dictionaries(
    st.sampled_from(["A", "B", "ZAI_API_KEY", "Z_AI_API_KEY"]), st.sampled_from(["", " ", "x", "y"])
)


@given(st.lists(VALUES, min_size=6, max_size=6))
def test_a_usable_value_of_an_earlier_layer_is_never_replaced(contents: list[dict[str, str]]) -> None:
    stack = [Layer(name, values) for name, values in zip(NAMES, contents, strict=True)]
    found = combine(stack)
    for name in ("A", "B"):
        usable = next((layer for layer in stack if layer.values.get(name, "").strip()), None)
        present = next((layer for layer in stack if name in layer.values), None)
        if usable is present and usable is not None:
            assert found.origin[name] is usable
        if found.usable(name):
            assert found.values[name] == found.origin[name].values[name]
    assert found.values.keys() == found.origin.keys()
