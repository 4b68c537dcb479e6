"""What the collectors see of files: which hold secrets, who may write above them, what could mend a broken one."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from doctor.collect import collect
from openclaw.facts import Unavailable, builtin, files
from openclaw.invocation import Invocation
from openclaw.service.base import EnvironmentFile, GatewayService
from tests.doctor import homes
from tests.doctor.homes import NOW, state, store_path, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return homes.healthy(folder)


def facts(home: Path, *names: str, gateway: GatewayService | None = None, **env: str) -> Any:
    call = Invocation({"HOME": str(home), "PATH": "/nowhere", **env}, home, home, NOW)
    known = collect(names, {"call": call, "gateway": gateway}, builtin)
    found = [known[name] for name in names]
    assert not any(isinstance(item, Unavailable) for item in found), found
    return found[0] if len(found) == 1 else found


def secret_files(home: Path, **members: Any) -> set[str]:
    return {entry.path.removeprefix(f"{home}/") for entry in facts(home, "secret_files", **members).files}


def test_files_that_hold_secrets(home: Path) -> None:
    folder = store_path(home).parent
    names = (".env", ".env.old", "gateway.env", "service-env/ai.openclaw.gateway.env", "openclaw.json.bak.2")
    for name in names:
        write(state(home) / name, "X=1\n")
    for name in ("auth-profiles.json.bak", "models.json", "../sessions/1.jsonl"):
        write(folder / name, "{}")
    for name in ("auth-profiles.json.lock", "openclaw.json.example"):
        write(folder / name, "{}")
    write(state(home) / "openclaw.json.lock", "1")
    found = secret_files(home)
    assert {f".openclaw/{name}" for name in names} <= found
    assert not any(name.endswith((".lock", ".example")) for name in found)
    assert any(name.endswith("1.jsonl") for name in found)


def test_the_env_file_of_the_working_directory_counts_where_it_has_a_providers_key(home: Path) -> None:
    write(home / ".env", "DJANGO_SECRET=x\n")
    assert ".env" not in secret_files(home)
    write(home / ".env", "GROQ_API_KEY=x\n")
    assert ".env" in secret_files(home)


def test_a_service_file_counts_where_it_has_a_key(home: Path) -> None:
    from openclaw.finding import Location

    unit, other = write(home / "gateway.service", "x"), write(home / "unit.env", "x")
    where = Location(str(unit), 3)
    file = EnvironmentFile(other, optional=False, state="read")
    service = GatewayService(
        "g",
        installed=True,
        restart="",
        origins={"HOME": where},
        environment_files=(file,),
    )
    assert secret_files(home, gateway=service) & {"gateway.service", "unit.env"} == {"unit.env"}
    keyed = replace(service, origins={"OPENCLAW_GATEWAY_TOKEN": where})
    assert "gateway.service" in secret_files(home, gateway=keyed)


def test_directories_are_looked_at_up_to_the_home_directory_or_the_state_directory(home: Path, tmp_path: Path) -> None:
    paths = {entry.path for entry in facts(home, "secret_files").directories}
    assert str(home) in paths
    assert str(tmp_path) not in paths
    elsewhere = tmp_path / "srv" / "openclaw"
    state(home).rename(tmp_path / "moved")
    elsewhere.parent.mkdir()
    (tmp_path / "moved").rename(elsewhere)
    found = facts(home, "secret_files", OPENCLAW_STATE_DIR=str(elsewhere))
    assert {entry.path for entry in found.directories} == {
        str(elsewhere / name) for name in ("", "agents", "agents/main", "agents/main/agent")
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="changing owner and group needs root")
def test_a_group_of_ones_own_is_nobody_else() -> None:
    import grp

    assert files._own_group(0, 0) is True  # root's group has root's name
    shared = next(item.gr_gid for item in grp.getgrall() if item.gr_name != "root")
    assert files._own_group(shared, 0) is False
    assert files._own_group(4_000_000, 0) is False


def test_what_could_mend_a_broken_store(home: Path) -> None:
    path = write(store_path(home), "{")
    whole = '{"profiles": {"a": {"type": "api_key", "provider": "x", "key": "y"}}}'
    for number, (name, text) in enumerate((("bak", whole), ("bak.1", "{"))):
        os.utime(write(path.with_name(f"{path.name}.{name}"), text), (number, number))
    found = facts(home, "broken_stores")[str(path)]
    assert found.backup == f"{path}.bak"
    assert found.obstacle is None


def test_a_directory_in_the_place_of_a_store_is_the_obstacle(home: Path) -> None:
    store_path(home).unlink()
    store_path(home).mkdir()
    found = facts(home, "broken_stores")[str(store_path(home))]
    assert found.obstacle
    assert (found.obstacle.path, found.obstacle.directory) == (str(store_path(home)), True)


def test_nothing_is_said_about_a_config_that_is_whole(home: Path) -> None:
    assert facts(home, "broken_config") == files.Broken(str(state(home) / "openclaw.json"))


def test_held_has_what_counts_here_and_what_only_the_daemon_sees(home: Path) -> None:
    write(state(home) / ".env", "OPENAI_API_KEY=of-the-daemon-FAKE\n\nDEEPSEEK_API_KEY=deep-FAKE\n")
    write(home / ".env", "OPENAI_API_KEY=of-the-directory-FAKE\n")
    held = [item for item in facts(home, "held", OPENAI_API_KEY="of-the-shell-FAKE") if item.source == "env"]
    seen = {
        (item.target, item.where.path if item.where else "", item.where.line if item.where else None) for item in held
    }
    env = str(state(home) / ".env")
    assert seen == {("OPENAI_API_KEY", "", None), ("OPENAI_API_KEY", env, 1), ("DEEPSEEK_API_KEY", env, 3)}


def test_held_knows_the_gateways_own_token(home: Path) -> None:
    homes.store(home, {"openai:x": {"type": "api_key", "provider": "openai", "key": "FAKE-gateway-token"}})
    found = facts(home, "held")
    assert [item.target for item in found if item.is_gateway_token] == ["openai:x"]
    [own] = [item for item in found if item.source == "gateway"]
    assert own.target == "gateway.auth.token"
    assert own.where.line == 3


def test_routes_say_what_could_not_be_read(home: Path) -> None:
    write(store_path(home), "{")
    assert "auth-profiles.json" in facts(home, "routes").unread[0]
    write(state(home) / "openclaw.json", "{")
    assert facts(home, "routes").guessed == "the config could not be read"
