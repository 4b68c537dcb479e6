"""Every path rule of auth-spec §1, one row each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw import home as homes
from openclaw.errors import Failure, RootUsageFailure
from openclaw.home import Home, expand, leads_nowhere, locate, normalise_agent, profile_environment, user_home

USER, CWD = Path("/h"), Path("/w")


def made(tmp_path: Path, *files: str) -> Path:
    for name in files:
        path = tmp_path / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")
    return tmp_path


def found(tmp_path: Path, env: dict[str, str], *, newer: bool = False) -> Home:
    full = {name: value.replace("@", str(tmp_path)) for name, value in env.items()}
    return locate(full, tmp_path, tmp_path / "cwd", newer=newer)


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("/a/b", "/a/b"),
        ("  /a/b\t", "/a/b"),
        ("~", "/h"),
        ("~/x", "/h/x"),
        ("~\\x", "/h\\x"),
        ("~x", "/w/~x"),
        ("/a/~", "/a/~"),
        ("rel/x", "/w/rel/x"),
        ("./a/../b/", "/w/b"),
        ("/a//b/./c/..", "/a/b"),
        ("//a", "/a"),
        ("../..", "/"),
        ("\ufeff/a\u00a0", "/a"),
    ],
)
def test_an_override_is_trimmed_expanded_and_made_absolute(raw: str, wanted: str) -> None:
    assert str(expand(raw, USER, CWD)) == wanted


def test_a_home_at_the_root_gives_no_double_slash() -> None:
    assert str(expand("~/x", Path("/"), CWD)) == "/x"


@given(st.text(alphabet="ab/~. ", min_size=1))
def test_expanded_paths_are_absolute_and_normal(raw: str) -> None:
    path = str(expand(raw, USER, CWD))
    assert path.startswith("/")
    assert not path.startswith("//")
    assert path == os.path.normpath(path)


@pytest.mark.parametrize(
    ("files", "env", "state", "source"),
    [
        ([], {}, ".openclaw", "default"),
        ([".openclaw/"], {}, ".openclaw", "default"),
        ([".clawdbot/"], {}, ".clawdbot", "legacy directory"),
        ([".moltbot/"], {}, ".moltbot", "legacy directory"),
        ([".moldbot/"], {}, ".moldbot", "legacy directory"),
        ([".moldbot/", ".moltbot/"], {}, ".moltbot", "legacy directory"),
        ([".clawdbot/", ".moltbot/"], {}, ".clawdbot", "legacy directory"),
        ([".openclaw/", ".clawdbot/"], {}, ".openclaw", "default"),
        ([], {"OPENCLAW_STATE_DIR": "@/st"}, "st", "OPENCLAW_STATE_DIR"),
        ([], {"CLAWDBOT_STATE_DIR": "@/st"}, "st", "CLAWDBOT_STATE_DIR"),
        ([], {"OPENCLAW_STATE_DIR": "@/a", "CLAWDBOT_STATE_DIR": "@/b"}, "a", "OPENCLAW_STATE_DIR"),
        ([], {"OPENCLAW_STATE_DIR": "  ", "CLAWDBOT_STATE_DIR": "@/b"}, "b", "CLAWDBOT_STATE_DIR"),
        ([], {"OPENCLAW_STATE_DIR": ""}, ".openclaw", "default"),
        ([], {"OPENCLAW_STATE_DIR": "~/x"}, "x", "OPENCLAW_STATE_DIR"),
        ([], {"OPENCLAW_STATE_DIR": "rel"}, "cwd/rel", "OPENCLAW_STATE_DIR"),
        # Not honoured by 2026.2.3
        ([], {"MOLTBOT_STATE_DIR": "@/x", "OPENCLAW_HOME": "@/y", "OPENCLAW_PROFILE": "z"}, ".openclaw", "default"),
    ],
)
def test_the_state_directory(tmp_path: Path, files: list[str], env: dict[str, str], state: str, source: str) -> None:
    home = found(made(tmp_path, *files), env)
    assert home.state == tmp_path / state
    assert home.state_from == source
    assert home.env_file == home.state / ".env"
    assert home.moved == bool(env.get("OPENCLAW_STATE_DIR", "").strip() or env.get("CLAWDBOT_STATE_DIR"))


@pytest.mark.parametrize(
    ("files", "env", "config"),
    [
        ([], {}, ".openclaw/openclaw.json"),
        ([".openclaw/clawdbot.json"], {}, ".openclaw/clawdbot.json"),
        ([".openclaw/moltbot.json", ".openclaw/moldbot.json"], {}, ".openclaw/moltbot.json"),
        ([".openclaw/openclaw.json", ".openclaw/clawdbot.json"], {}, ".openclaw/openclaw.json"),
        ([".clawdbot/clawdbot.json"], {}, ".clawdbot/clawdbot.json"),
        ([".openclaw/", ".moltbot/openclaw.json"], {}, ".moltbot/openclaw.json"),
        ([".clawdbot/", ".moltbot/openclaw.json"], {}, ".moltbot/openclaw.json"),
        ([".clawdbot/"], {}, ".clawdbot/openclaw.json"),
        # A state override comes first, the home directories are still searched behind it.
        (["st/openclaw.json", ".openclaw/openclaw.json"], {"OPENCLAW_STATE_DIR": "@/st"}, "st/openclaw.json"),
        (["st/moldbot.json", ".openclaw/openclaw.json"], {"OPENCLAW_STATE_DIR": "@/st"}, "st/moldbot.json"),
        (["st/", ".openclaw/openclaw.json"], {"OPENCLAW_STATE_DIR": "@/st"}, ".openclaw/openclaw.json"),
        ([], {"OPENCLAW_STATE_DIR": "@/st"}, "st/openclaw.json"),
        # A config override is the only candidate, existing or not.
        ([".openclaw/openclaw.json"], {"OPENCLAW_CONFIG_PATH": "@/c.json"}, "c.json"),
        (["c.json"], {"CLAWDBOT_CONFIG_PATH": "@/c.json"}, "c.json"),
        (["b"], {"OPENCLAW_CONFIG_PATH": "@/a", "CLAWDBOT_CONFIG_PATH": "@/b"}, "a"),
        (["b"], {"OPENCLAW_CONFIG_PATH": " ", "CLAWDBOT_CONFIG_PATH": "@/b"}, "b"),
        ([], {"OPENCLAW_CONFIG_PATH": "~/c"}, "c"),
        ([], {"OPENCLAW_CONFIG_PATH": "c"}, "cwd/c"),
        # A CLAWDBOT_CONFIG_PATH that does not exist is not written to.
        ([], {"CLAWDBOT_CONFIG_PATH": "@/none"}, ".openclaw/openclaw.json"),
        ([], {"CLAWDBOT_CONFIG_PATH": "@/none", "CLAWDBOT_STATE_DIR": "@/st"}, "st/openclaw.json"),
        ([], {"MOLTBOT_CONFIG_PATH": "@/x"}, ".openclaw/openclaw.json"),
    ],
)
def test_the_config_path(tmp_path: Path, files: list[str], env: dict[str, str], config: str) -> None:
    assert found(made(tmp_path, *files), env).config == tmp_path / config


@pytest.mark.parametrize(
    ("env", "state", "config"),
    [
        ({}, ".openclaw", ".openclaw/openclaw.json"),
        ({"CLAWDBOT_STATE_DIR": "@/st", "CLAWDBOT_CONFIG_PATH": "@/c"}, ".openclaw", ".openclaw/openclaw.json"),
        ({"OPENCLAW_HOME": "@/other"}, "other/.openclaw", "other/.openclaw/openclaw.json"),
        ({"OPENCLAW_HOME": "~/other"}, "other/.openclaw", "other/.openclaw/openclaw.json"),
        ({"OPENCLAW_HOME": " "}, ".openclaw", ".openclaw/openclaw.json"),
        ({"OPENCLAW_HOME": "@/o", "OPENCLAW_STATE_DIR": "~/st"}, "o/st", "o/st/openclaw.json"),
    ],
)
def test_the_rules_of_newer_openclaw(tmp_path: Path, env: dict[str, str], state: str, config: str) -> None:
    home = found(tmp_path, env, newer=True)
    assert (home.state, home.config) == (tmp_path / state, tmp_path / config)
    assert home.short(tmp_path / "x") == "~/x"  # people know their own home directory


def test_looking_creates_nothing(tmp_path: Path) -> None:
    found(tmp_path, {"OPENCLAW_STATE_DIR": "@/st"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ({}, ".openclaw/agents/main/agent"),
        ({"OPENCLAW_AGENT_DIR": "@/a"}, "a"),
        ({"PI_CODING_AGENT_DIR": "@/p"}, "p"),
        ({"OPENCLAW_AGENT_DIR": "@/a", "PI_CODING_AGENT_DIR": "@/p"}, "a"),
        ({"OPENCLAW_AGENT_DIR": " ", "PI_CODING_AGENT_DIR": "@/p"}, "p"),
        ({"CLAWDBOT_AGENT_DIR": "@/x"}, ".openclaw/agents/main/agent"),
        ({"OPENCLAW_STATE_DIR": "@/s"}, "s/agents/main/agent"),
    ],
)
def test_the_main_store_directory(tmp_path: Path, env: dict[str, str], folder: str) -> None:
    assert found(tmp_path, env).main_agent_dir == tmp_path / folder


def test_an_agent_directory_is_the_configured_one_or_below_the_state_directory(tmp_path: Path) -> None:
    home = found(tmp_path, {"OPENCLAW_AGENT_DIR": "@/ignored"})
    assert home.agent_dir("work") == tmp_path / ".openclaw/agents/work/agent"
    assert home.agent_dir("work", "  ") == tmp_path / ".openclaw/agents/work/agent"
    assert home.agent_dir("work", " ~/w ") == tmp_path / "w"
    assert home.agent_dir("work", "w") == tmp_path / "cwd/w"
    assert home.shared_database == tmp_path / ".openclaw/state/openclaw.sqlite"


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("", "main"),
        ("  ", "main"),
        ("Main", "main"),
        (" Work ", "work"),
        ("my_agent-2", "my_agent-2"),
        ("My Agent!!", "my-agent"),
        ("-x-", "x"),
        ("--", "main"),
        ("é", "main"),
        ("aéb", "a-b"),
        ("_x", "_x"),
        ("a" * 64, "a" * 64),
        ("a" * 65, "a" * 64),
        ("a" * 63 + "!b", "a" * 63 + "-"),
        ("\u212a", "k"),  # KELVIN SIGN
    ],
)
def test_agent_ids(raw: str, wanted: str) -> None:
    assert normalise_agent(raw) == wanted


@given(st.text())
def test_normal_agent_ids_are_safe_as_directory_names(raw: str) -> None:
    name = normalise_agent(raw)
    assert name
    assert len(name) <= 64
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")


@pytest.mark.parametrize(
    ("name", "env", "wanted"),
    [
        ("work", {}, {"STATE_DIR": "/h/.openclaw-work", "CONFIG_PATH": "/h/.openclaw-work/openclaw.json"}),
        ("Work", {}, {"STATE_DIR": "/h/.openclaw-Work", "CONFIG_PATH": "/h/.openclaw-Work/openclaw.json"}),
        (" work ", {}, {"STATE_DIR": "/h/.openclaw-work", "CONFIG_PATH": "/h/.openclaw-work/openclaw.json"}),
        ("Default", {}, {"STATE_DIR": "/h/.openclaw", "CONFIG_PATH": "/h/.openclaw/openclaw.json"}),
        ("w", {"OPENCLAW_STATE_DIR": "/s"}, {"CONFIG_PATH": "/s/openclaw.json"}),
        ("w", {"OPENCLAW_STATE_DIR": " ~/s "}, {"CONFIG_PATH": "~/s/openclaw.json"}),
        (
            "w", {"OPENCLAW_STATE_DIR": " "},
            {"STATE_DIR": "/h/.openclaw-w", "CONFIG_PATH": "/h/.openclaw-w/openclaw.json"},
        ),
        ("w", {"OPENCLAW_CONFIG_PATH": "/c"}, {"STATE_DIR": "/h/.openclaw-w"}),
        ("w", {"CLAWDBOT_STATE_DIR": "/s", "OPENCLAW_CONFIG_PATH": "/c"}, {"STATE_DIR": "/h/.openclaw-w"}),
        (
            "dev", {},
            {"STATE_DIR": "/h/.openclaw-dev", "CONFIG_PATH": "/h/.openclaw-dev/openclaw.json", "GATEWAY_PORT": "19001"},
        ),
        (
            "dev", {"OPENCLAW_GATEWAY_PORT": "1", "OPENCLAW_STATE_DIR": "/s", "OPENCLAW_CONFIG_PATH": "/c"}, {},
        ),
        ("Dev", {}, {"STATE_DIR": "/h/.openclaw-Dev", "CONFIG_PATH": "/h/.openclaw-Dev/openclaw.json"}),
    ],
)  # fmt: skip
def test_what_a_profile_adds(name: str, env: dict[str, str], wanted: dict[str, str]) -> None:
    added = profile_environment(name, env, USER)
    assert added == {"OPENCLAW_PROFILE": name.strip()} | {f"OPENCLAW_{key}": value for key, value in wanted.items()}


@pytest.mark.parametrize("name", ["", " ", "bad name", "-x", "_x", "a/b", "..", "é", "a" * 65, "--dev"])
def test_a_profile_name_that_cannot_be(name: str) -> None:
    with pytest.raises(RootUsageFailure) as caught:
        profile_environment(name, {}, USER)
    assert caught.value.exit_code == 2


def test_the_home_directory() -> None:
    assert user_home({"HOME": "/x"}) == Path("/x")
    assert user_home({"HOME": "rel"}) == Path.cwd() / "rel"
    assert user_home({}) == user_home({"HOME": ""})
    assert user_home({}).is_absolute()


def test_a_user_without_any_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)
    with pytest.raises(Failure, match="no home directory"):
        user_home({})


@pytest.mark.skipif(os.getuid() != 0, reason="dropping to another user needs root")
def test_what_another_user_may_not_look_at_is_not_absent(tmp_path: Path) -> None:
    """An installation made by root: the config exists as far as we know, and no exception hides that."""
    state = tmp_path / ".openclaw"
    (tmp_path / ".clawdbot").mkdir()
    (tmp_path / ".clawdbot" / "clawdbot.json").write_text("{}")
    state.mkdir(mode=0o700)
    script = (
        "import os, sys; os.setgid(65534); os.setuid(65534)\n"
        "from pathlib import Path; from openclaw.home import locate; from openclaw.config.reading import read\n"
        "home = locate({}, Path(sys.argv[1]), Path('/'))\n"
        "print(home.config, [p.kind for p in read(home.config).problems])"
    )
    # The sources must be readable for that user too, so they are imported before it is dropped.
    warm = "import openclaw.home, openclaw.config.reading, openclaw.config.json5, openclaw.text, stat\n"
    for folder in (tmp_path, *tmp_path.parents):
        if folder not in (Path("/"), Path("/tmp")):
            folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-c", warm + script, str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=Path(homes.__file__).parent.parent,
    )  # fmt: skip
    assert done.stdout.strip() == f"{state}/openclaw.json ['unreadable']", done.stderr


@pytest.mark.parametrize(
    ("env", "wanted"),
    [
        ({}, ".openclaw/credentials/oauth.json"),
        ({"OPENCLAW_OAUTH_DIR": " "}, ".openclaw/credentials/oauth.json"),
        ({"OPENCLAW_OAUTH_DIR": "~/logins"}, "logins/oauth.json"),
        ({"OPENCLAW_OAUTH_DIR": "@/there/"}, "there/oauth.json"),
        ({"OPENCLAW_OAUTH_DIR": "here"}, "cwd/here/oauth.json"),
        ({"OPENCLAW_STATE_DIR": "@/s"}, "s/credentials/oauth.json"),
        ({"OPENCLAW_AGENT_DIR": "@/a"}, ".openclaw/credentials/oauth.json"),
        ({"CLAWDBOT_OAUTH_DIR": "@/old"}, ".openclaw/credentials/oauth.json"),
    ],
)
def test_where_older_logins_are(tmp_path: Path, env: dict[str, str], wanted: str) -> None:
    assert found(tmp_path, env).oauth_file == tmp_path / wanted


def test_a_link_that_leads_nowhere_is_to_blame(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "good").symlink_to("there")
    (tmp_path / "bad").symlink_to("/nowhere/at/all")
    (tmp_path / "itself").symlink_to("itself")
    for name in ("there", "there/file", "absent", "absent/below/file", "good", "good/file"):
        assert leads_nowhere(tmp_path / name) == ""
    assert leads_nowhere(tmp_path / "bad") == "it is a link to /nowhere/at/all, and nothing is there"
    assert leads_nowhere(tmp_path / "bad" / "a" / "b").startswith(f"{tmp_path}/bad is a link")
    assert leads_nowhere(tmp_path / "itself")
