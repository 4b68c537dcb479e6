"""credentials/: stores and orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks import stores as area
from openclaw.check import Unknown
from tests.checks import facts as f

if TYPE_CHECKING:
    from openclaw.finding import Finding

PROFILE = {"type": "api_key", "provider": "openai", "key": f.OPENAI_KEY}
PATH = str(f.STORE_PATH)


def commands(finding: Finding) -> tuple[str, ...]:
    assert finding.remedy
    return finding.remedy.commands


def test_good_stores_have_no_findings() -> None:
    good = f.stores(f.store({"openai:default": PROFILE}, order={"openai": ["openai:default"]}))
    assert f.found(area.bad_fields, good) == []
    assert f.found(area.store_corrupt, good, {}) == []
    assert f.found(area.store_unreadable, good, {}) == []
    assert f.found(area.sqlite_unreadable, good, {}) == []
    assert f.found(area.order_unknown, good, f.config()) == []


def test_a_corrupt_store_has_a_place_and_its_newest_backup() -> None:
    stores = f.stores(f.broken_store())
    [finding] = f.found(area.store_corrupt, stores, {PATH: f.broken(backup=f"{PATH}.bak.1")})
    assert finding.where
    assert (finding.where.path, finding.where.line, finding.where.column) == (PATH, 3, 7)
    assert finding.remedy
    assert finding.remedy.fix == "confirm"
    assert "auth-profiles.json.bak.1" in finding.remedy.text
    assert commands(finding) == (
        f"${{EDITOR:-vi}} +3 {PATH}",
        f"cp -p {PATH} {PATH}.broken && cp -p {PATH}.bak.1 {PATH}",
    )
    [finding] = f.found(area.store_corrupt, stores, {PATH: f.broken()})
    assert commands(finding) == (f"${{EDITOR:-vi}} +3 {PATH}",)
    assert f.found(area.store_unreadable, stores, {PATH: f.broken()}) == []


@pytest.mark.parametrize(
    ("obstacle", "command"),
    [
        (f.file(PATH, 0o600, uid=0), f"sudo chown 1000 {PATH}"),
        (f.file("/home/eve/agents", 0o700, uid=0, directory=True), "sudo chown -R 1000 /home/eve/agents"),
        (f.file(PATH, 0o000), f"chmod u+rw {PATH}"),
        (f.file("/home/eve/.openclaw", 0o600, directory=True), "chmod u+rwx /home/eve/.openclaw"),
        (f.file(PATH, 0o700, directory=True), f"mv {PATH} {PATH}.moved"),
        (None, f"ls -l {PATH}"),
    ],
)  # fmt: skip
def test_an_unreadable_store_has_the_command_that_opens_it(obstacle: object, command: str) -> None:
    stores = f.stores(f.broken_store("unreadable", "cannot be read: Permission denied"))
    [finding] = f.found(area.store_unreadable, stores, {PATH: f.broken(obstacle=obstacle)})
    assert "what it holds is unknown" in finding.message
    assert commands(finding) == (command,)


def test_a_database_that_cannot_be_looked_into() -> None:
    path = str(f.HOME.shared_database)
    stores = f.stores(f.broken_store("unreadable", "has schema 99; this program knows up to 18", sqlite=True))
    [finding] = f.found(area.sqlite_unreadable, stores, {path: f.broken(f.HOME.shared_database)})
    assert "schema 99" in finding.message
    assert commands(finding) == ("openclaw real doctor",)
    assert f.found(area.store_unreadable, stores, {path: f.broken(f.HOME.shared_database)}) == []
    obstacle = f.file(path, 0o600, uid=0)
    [finding] = f.found(area.sqlite_unreadable, stores, {path: f.broken(f.HOME.shared_database, obstacle=obstacle)})
    assert commands(finding) == (f"sudo chown 1000 {path}",)


def test_bad_fields_never_repeat_what_stands_in_the_place_of_a_type() -> None:
    stores = f.stores(
        f.store({"openai": {"apiKey": "x"}, "y": "z", "w": {"type": "CANARY-FAKE", "provider": "openai"}})
    )
    found = f.found(area.bad_fields, stores)
    assert [item.target for item in found] == ["openai", "y", "w"]
    assert "CANARY" not in repr(found)


def test_an_order_that_names_a_stranger() -> None:
    other = {"type": "api_key", "provider": "groq", "key": "gsk_FAKE"}
    order = {"openai": ["openai:gone", "openai:default", "openai:gone", "groq:default"]}
    stores = f.stores(f.store({"openai:default": PROFILE, "groq:default": other}, order=order))
    gone, foreign = f.found(area.order_unknown, stores, f.config())
    assert "not stored" in gone.message
    assert "of groq" in foreign.message
    assert commands(gone) == ("openclaw models auth order set --provider openai openai:default",)


def test_an_order_of_strangers_only_is_cleared_for_its_agent() -> None:
    stores = f.stores(f.store(), f.store({}, agent="work", order={"openai": ["openai:gone"]}))
    [finding] = f.found(area.order_unknown, stores, f.config())
    assert commands(finding) == ("openclaw models auth order clear --provider openai --agent work",)


def test_an_order_in_the_config_looks_at_every_agent() -> None:
    config = f.config({"auth": {"order": {"openai": ["openai:work", "openai:gone"]}}})
    stores = f.stores(f.store(), f.store({"openai:work": PROFILE}, agent="work"))
    [finding] = f.found(area.order_unknown, stores, config)
    assert finding.target == "openai/openai:gone"
    assert commands(finding) == (f"${{EDITOR:-vi}} {f.HOME.config}",)


def test_an_inherited_profile_is_no_stranger_and_aliases_are_one_provider() -> None:
    zai = {"type": "api_key", "provider": "z.ai", "key": "FAKE"}
    stores = f.stores(f.store({"zai:default": zai}), f.store({}, agent="work", order={"zai": ["zai:default"]}))
    assert f.found(area.order_unknown, stores, f.config()) == []


def test_an_order_is_not_judged_against_a_store_that_could_not_be_read() -> None:
    with pytest.raises(Unknown):
        f.found(area.order_unknown, f.stores(f.broken_store()), f.config({"auth": {"order": {"openai": ["x"]}}}))
