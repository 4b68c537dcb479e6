"""The logins of Qwen Code and of the MiniMax CLI over a store (auth-spec §4)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.credentials import external
from openclaw.facts import credentials as facts
from tests.credentials.conftest import NOW

if TYPE_CHECKING:
    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.stores import Store
    from tests.credentials.conftest import Host

QWEN, MINIMAX = "qwen-portal:qwen-cli", "minimax-portal:minimax-cli"
LATER = NOW + 3_600_000
FILE = {"access_token": "FAKE-file-access", "refresh_token": "FAKE-file-refresh", "expiry_date": LATER}
RECORDED = Path(__file__).parents[1] / "recorded" / "27-qwen-minimax-sync"


def login(**more: Any) -> dict[str, Any]:
    found = {"type": "oauth", "provider": "qwen-portal", "access": "FAKE-a", "refresh": "FAKE-r", "expires": NOW + 1}
    return {**found, **more}


def effective(host: Host, agent: str | None = None) -> Store:
    found = host.load()
    return found.store_of(found.agent(agent))


def taken(store: Store) -> bool:
    profile: Profile | None = store.profiles.get(QWEN)
    return profile is not None and profile.raw == {
        "type": "oauth", "provider": "qwen-portal", "access": "FAKE-file-access", "refresh": "FAKE-file-refresh",
        "expires": LATER,
    }  # fmt: skip


STORED: list[tuple[str, Any, bool]] = [
    ("nothing", None, True),
    ("one that still has time", login(expires=NOW + 600_001), False),
    ("one that has ten minutes", login(expires=NOW + 600_000), True),
    ("one without a date", login(expires=None), False),
    ("one whose date is a text", login(expires="soon"), False),
    ("an expired one", login(expires=NOW - 1), True),
    ("an old one, and the file is older still", login(expires=LATER + 1 - 3_600_000), True),
    ("a token that still has time", {"type": "token", "provider": "qwen-portal", "token": "x"}, False),
    ("a token that has none", {"type": "token", "provider": "qwen-portal", "token": "x", "expires": NOW}, True),
    ("an API key", {"type": "api_key", "provider": "qwen-portal", "key": "x"}, True),
    ("one of another provider", login(provider="qwen", expires=NOW + 10**9), True),
    ("the same", login(access="FAKE-file-access", refresh="FAKE-file-refresh", expires=LATER), False),
    ("one with an account", login(accountId="me"), True),
    ("no profile", 17, True),
]


@pytest.mark.parametrize(("stored", "expected"), [row[1:] for row in STORED], ids=[row[0] for row in STORED])
def test_when_the_file_counts(host: Host, stored: Any, expected: bool) -> None:
    host.write(host.home / ".qwen" / "oauth_creds.json", FILE)
    host.store({"profiles": {} if stored is None else {QWEN: stored}})
    before = host.store_path().read_bytes()
    store = effective(host)
    if stored != login(access="FAKE-file-access", refresh="FAKE-file-refresh", expires=LATER):
        assert taken(store) is expected
    assert (store.owner(QWEN).path.name == "oauth_creds.json") is expected
    assert host.store_path().read_bytes() == before


def test_a_file_that_is_older_than_a_login_with_little_time_does_not_count(host: Host) -> None:
    host.write(host.home / ".qwen" / "oauth_creds.json", {**FILE, "expiry_date": NOW + 1})
    host.store({"profiles": {QWEN: login(expires=NOW + 2)}})
    assert effective(host).profiles[QWEN].raw == login(expires=NOW + 2)


FILES: list[Any] = [
    {**FILE, "access_token": ""},
    {**FILE, "refresh_token": 1},
    {**FILE, "expiry_date": "1"},
    {**FILE, "expiry_date": None},
    {**FILE, "expiry_date": True},
    {"access_token": "x"},
    [],
    "{",
    b"\xff",
]


@pytest.mark.parametrize("content", FILES)
def test_a_file_that_is_not_whole_counts_for_nothing(host: Host, content: Any) -> None:
    host.write(host.home / ".qwen" / "oauth_creds.json", content)
    host.store({"profiles": {}})
    assert effective(host).profiles == {}


def test_without_a_file_the_store_is_the_same_object(host: Host) -> None:
    host.store({"profiles": {QWEN: login()}})
    store = effective(host)
    assert external.laid_over(store, external.logins(host.home), NOW) is store


def test_without_a_store_there_are_still_logins(host: Host) -> None:
    host.write(host.home / ".minimax" / "oauth_creds.json", FILE)
    store = effective(host)
    assert (set(store.profiles), store.exists) == ({MINIMAX}, False)
    assert not host.store_path().exists()


def test_a_broken_store_stays_broken(host: Host) -> None:
    host.write(host.home / ".qwen" / "oauth_creds.json", FILE)
    host.store("{")
    store = effective(host)
    assert store.failure()
    assert store.profiles == {}


def test_an_agent_without_a_store_has_mains(host: Host) -> None:
    """It gets a copy of main's, which is not asked for the files again (auth-spec §3.3)."""
    host.write(host.home / ".qwen" / "oauth_creds.json", FILE)
    host.config({"agents": {"list": [{"id": "main"}, {"id": "work"}]}})
    fresh = login(expires=NOW + 10**9)
    host.store({"profiles": {QWEN: fresh}})
    assert effective(host, "work").profiles[QWEN].raw == fresh
    host.store({"profiles": {}}, "work")  # a store of its own asks the files itself
    assert taken(effective(host, "work"))
    assert facts.stores.collect(host.load()).effective["work"].profiles.keys() == {QWEN}


def test_an_agent_has_mains_logins_beside_what_both_would_import(host: Host) -> None:
    """Main and the agent have no store, and both would import the same older file."""
    host.write(host.home / ".qwen" / "oauth_creds.json", FILE)
    host.config({"agents": {"list": [{"id": "main"}, {"id": "work"}]}})
    old = {"anthropic": {"access": "FAKE-a", "refresh": "FAKE-r", "expires": NOW + 1}}
    host.write(host.home / ".openclaw" / "credentials" / "oauth.json", old)
    assert effective(host, "work").profiles.keys() == effective(host).profiles.keys() == {QWEN, "anthropic:default"}


def test_the_doctor_sees_the_same(host: Host) -> None:
    host.write(host.home / ".qwen" / "oauth_creds.json", FILE)
    host.store({"profiles": {}})
    stores = facts.stores.collect(host.load())
    assert taken(stores.effective["main"])
    assert stores.own["main"].profiles == {}  # what stands in the file


def test_newer_openclaw_does_not_read_them(host: Host) -> None:
    host.write(host.home / ".qwen" / "oauth_creds.json", FILE)
    host.config({"meta": {"lastTouchedVersion": "2026.9.6"}})
    assert effective(host).profiles == {}


def test_the_recorded_case_shows_what_the_reference_shows(tmp_path: Path) -> None:
    """The same document; the reference writes it, and two log lines before it."""
    import os
    import shutil
    import sys

    home = tmp_path / "home"
    shutil.copytree(RECORDED / "home", home)
    env = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "OPENCLAW_NOW_MS": str(NOW),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    argv = [sys.executable, "-m", "openclaw", *json.loads((RECORDED / "cmd.json").read_text())["argv"]]
    done = subprocess.run(argv, env=env, cwd=home, capture_output=True, text=True, timeout=60, check=True)
    wanted = (RECORDED / "expected-stdout.txt").read_text().replace("@HOME@", str(home))
    found = json.loads(done.stdout)
    for name in ("resolution", "check", "notInUse"):  # ours
        del found["auth"][name]
    assert found == json.loads(wanted[wanted.index("{\n") :])
