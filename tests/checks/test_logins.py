"""credentials/: no-refresh and shared-refresh."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.checks import installations as i
from tests.checks import mending
from tests.doctor.homes import NOW, REPOSITORY, write

REFRESH = "r-FAKE-refresh-token-of-a-login"
CODEX = {"tokens": {"access_token": "a-FAKE-of-codex", "refresh_token": REFRESH}}


def claude(access: str = i.TOKEN, refresh: str = "r-FAKE-of-claude", expires: int = NOW + i.HOUR) -> str:
    return json.dumps({"claudeAiOauth": {"accessToken": access, "refreshToken": refresh, "expiresAt": expires}})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    i.config(tmp_path / "home")
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("left", "severity"), [(i.HOUR, "warning"), (30 * 24 * i.HOUR, "warning"), (0, "error"), (-i.HOUR, "error")]
)
def test_a_login_without_a_refresh_token(home: Path, left: int, severity: str) -> None:
    i.store(home, {"openai-codex:default": i.login(refresh=None, expires=NOW + left)})  # type: ignore[arg-type]
    finding = i.only(home, "no-refresh")
    assert i.word(finding) == f"{severity} manual"
    assert not {"credentials/expired", "credentials/expiring"} & i.ids(home)


def test_a_login_that_is_refreshed_is_fine_and_expired_is_information(home: Path) -> None:
    i.store(home, {"openai-codex:default": i.login()})
    assert not {name for name in i.ids(home) if "refresh" in name}
    i.store(home, {"openai-codex:default": i.login(expires=NOW - i.HOUR)})
    assert i.only(home, "expired").severity.word == "info"
    # Newer OpenClaw renews what its plugins know.
    i.database(home, {"openai:default": i.login(provider="openai", expires=NOW - i.HOUR)})
    assert i.only(home, "expired").severity.word == "info"


def test_the_access_token_of_a_sibling_or_of_the_claude_cli_is_no_token_of_its_own(home: Path) -> None:
    i.store(home, {"anthropic:manual": i.token(), "anthropic:login": i.login(provider="anthropic", access=i.TOKEN)})
    finding = i.only(home, "no-refresh")
    assert i.word(finding) == "warning manual"
    assert finding.target == "anthropic:manual"
    assert "anthropic:login" in finding.message
    i.store(home, {"anthropic:manual": i.token()})
    assert mending.findings(home, "credentials/no-refresh") == []
    file = write(home / ".claude" / ".credentials.json", claude())
    assert "Claude Code" in i.only(home, "no-refresh").message
    write(file, claude(expires=NOW - 1))
    assert i.only(home, "no-refresh").severity.word == "error"
    write(file, "{not json")
    assert mending.findings(home, "credentials/no-refresh") == []


def test_a_copy_of_mains_login_is_taken_out_of_the_other_agent(home: Path) -> None:
    i.config(home, agents=("work",))
    i.store(home, {"openai-codex:default": i.login(), "anthropic:default": i.key()})
    i.store(
        home,
        {"openai-codex:default": i.login(), "anthropic:default": i.key()},
        "work",
        order={"openai-codex": ["openai-codex:default"]},
    )
    finding = i.only(home, "shared-refresh")
    assert i.word(finding) == "error confirm"
    assert "agent work" in finding.message
    assert REFRESH not in repr(finding)
    i.mended(home, "shared-refresh")
    i.obeyed(home, finding)


def test_a_login_that_another_program_has_is_its_own(home: Path) -> None:
    i.store(home, {"openai-codex:default": i.login()})
    write(home / ".codex" / "auth.json", json.dumps(CODEX))
    finding = i.only(home, "shared-refresh")
    assert i.word(finding) == "error manual"
    assert "the Codex CLI" in finding.message
    elsewhere = write(home / "c" / "auth.json", json.dumps(CODEX))
    write(home / ".codex" / "auth.json", "{}")
    assert mending.findings(home, "credentials/shared-refresh") == []
    assert i.only(home, "shared-refresh", CODEX_HOME=str(elsewhere.parent))


def test_two_agents_without_main_have_to_log_in(home: Path) -> None:
    i.config(home, agents=("work", "play"))
    i.store(home, {"anthropic:default": i.key()})
    for agent in ("work", "play"):
        i.store(home, {"openai-codex:default": i.login()}, agent)
    assert i.word(i.only(home, "shared-refresh")) == "error manual"


def test_masks_markers_links_and_other_logins_are_not_shared(home: Path) -> None:
    i.config(home, agents=("work",))
    for refresh in ("__OPENCLAW_REDACTED__", "openclaw-oauth-refresh-fence:v1:00:failed:refresh:00"):
        for agent in ("main", "work"):
            i.store(home, {"openai-codex:default": i.login(refresh)}, agent)
        assert mending.findings(home, "credentials/shared-refresh") == []
    i.store(home, {"openai-codex:default": i.login("r-FAKE-one")})
    i.store(home, {"openai-codex:default": i.login("r-FAKE-two")}, "work")
    assert mending.findings(home, "credentials/shared-refresh") == []
    path = i.folder(home, "work") / "auth-profiles.json"
    path.unlink()
    path.symlink_to(i.folder(home) / "auth-profiles.json")
    assert mending.findings(home, "credentials/shared-refresh") == []
    assert mending.findings(home, "credentials/store-symlink")


def test_what_openclaw_itself_copies_from_another_program_is_not_shared(home: Path) -> None:
    i.config(home, agents=("work",))
    for agent in ("main", "work"):
        i.store(home, {"qwen-portal:qwen-cli": i.login(provider="qwen-portal")}, agent)
    assert mending.findings(home, "credentials/shared-refresh") == []


def test_in_the_sqlite_era_the_command_is_openclaws(home: Path) -> None:
    i.config(home, agents=("work",))
    i.database(home, {"openai:default": i.login(provider="openai")})
    i.agent_database(home, {"openai:default": i.login(provider="openai")}, "work")
    finding = i.only(home, "shared-refresh")
    assert i.word(finding) == "error manual"
    assert i.printed(finding) == ("openclaw models auth logout openai:default --agent work",)


AS_NOBODY = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from tests.checks import mending
def state():
    found = mending.diagnose(mending.call(Path(sys.argv[2]))).outcomes
    return next(item.state for item in found if item.check_id == "credentials/shared-refresh")
first = state()  # everything is loaded before the user changes: the interpreter may be closed to others
os.setgroups([]); os.setgid(65534); os.setuid(65534)
print(first, state())
"""


def test_a_file_that_is_closed_to_us_is_unknown() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    with tempfile.TemporaryDirectory(prefix="openclaw-test-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        Path(folder).chmod(0o755)
        i.config(home)
        i.store(home, {"openai-codex:default": i.login("r-FAKE-another")})
        for path in (home, *home.rglob("*")):
            os.chown(path, 65534, 65534)
        write(home / ".codex" / "auth.json", json.dumps(CODEX))
        (home / ".codex").chmod(0o755)
        argv = [sys.executable, "-c", AS_NOBODY, str(REPOSITORY), str(home)]
        done = subprocess.run(argv, cwd="/", capture_output=True, text=True, timeout=60, check=False)
        assert done.stdout.split() == ["passed", "unknown"], done.stderr
