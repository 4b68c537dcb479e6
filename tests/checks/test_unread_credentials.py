"""credentials/: what could not be read is unknown, and what could be read is judged all the same."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from doctor.engine import diagnose
from tests.checks import installations as i
from tests.checks import mending
from tests.doctor.homes import NOW, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from doctor.report import Outcome

OF_STORES = ("bad-fields", "expired", "expiring", "expires-unit", "refresh-fence")
OF_VALUES = (
    "foreign-key", "gateway-token-as-key", "local-blank", "placeholder", "redacted", "truncated", "whitespace",
    "wrong-kind",
)  # fmt: skip
A = "anthropic:default"
FENCE = f"openclaw-oauth-refresh-fence:v1:{'fade' * 8}:failed:refresh:{'fade' * 16}"
CONFIG = {**i.ANTHROPIC, "gateway": {"mode": "local", "auth": {"token": "let-me-in-FAKE-please"}}}
BOX = {"baseUrl": "http://127.0.0.1:8000/v1", "apiKey": "", "models": [{"id": "m", "name": "m"}]}
DAY = 24 * i.HOUR


def outcome(home: Path, slug: str) -> Outcome:
    """What became of one check."""
    [found] = [item for item in diagnose(mending.call(home)).outcomes if item.check_id == f"credentials/{slug}"]
    return found


def corrupt_store(home: Path) -> None:
    write(i.folder(home) / "auth-profiles.json", '{"version": 1, "profiles": {"v')


def corrupt_database(home: Path) -> None:
    (i.folder(home) / "auth-profiles.json").unlink()
    write(home / ".openclaw" / "state" / "openclaw.sqlite", b"SQLite format 3\0, and then nothing that is one" * 40)


def corrupt_config(home: Path) -> None:
    write(home / ".openclaw" / "openclaw.json", '{"agents": ')


def lost_include(home: Path) -> None:
    write(home / ".openclaw" / "openclaw.json", '{"$include": "./gone.json5"}')


def endless_env_file(home: Path) -> None:
    path = home / ".openclaw" / ".env"
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(path)  # cannot be opened, whoever tries


@pytest.fixture
def home(tmp_path: Path) -> Path:
    found = tmp_path / "home"
    found.mkdir()
    i.config(found, CONFIG)
    i.store(found, {A: i.key()})
    return found


@pytest.mark.parametrize("slug", [*OF_STORES, *OF_VALUES])
def test_passed_where_all_could_be_read(slug: str, home: Path) -> None:
    assert outcome(home, slug).state == "passed"


@pytest.mark.parametrize("slug", [*OF_STORES, *OF_VALUES])
@pytest.mark.parametrize("spoil", [corrupt_store, corrupt_database])
def test_what_a_store_holds_that_could_not_be_read_is_unknown(
    slug: str, spoil: Callable[[Path], None], home: Path
) -> None:
    spoil(home)
    found = outcome(home, slug)
    assert found.state == "unknown"
    assert "store" in found.reason


@pytest.mark.parametrize("slug", OF_VALUES)
@pytest.mark.parametrize("spoil", [corrupt_config, lost_include, endless_env_file])
def test_what_a_config_or_an_env_file_holds_that_could_not_be_read_is_unknown(
    slug: str, spoil: Callable[[Path], None], home: Path
) -> None:
    spoil(home)
    found = outcome(home, slug)
    assert found.state == "unknown"
    assert "config" in found.reason or ".env" in found.reason


@pytest.mark.parametrize("slug", OF_STORES)
@pytest.mark.parametrize("spoil", [corrupt_config, endless_env_file])
def test_dates_and_members_stand_in_stores_alone(slug: str, spoil: Callable[[Path], None], home: Path) -> None:
    spoil(home)
    assert outcome(home, slug).state == "passed"


FOUND: dict[str, dict[str, Any]] = {
    "bad-fields": {"type": "token", "provider": "anthropic", "apiKey": i.TOKEN},
    "expired": i.token(expires=NOW - DAY),
    "expiring": i.token(expires=NOW + i.HOUR),
    "expires-unit": i.token(expires=(NOW + DAY) // 1000),
    "refresh-fence": i.login(FENCE),
    "foreign-key": i.key(i.OPENAI),
    "gateway-token-as-key": i.key("let-me-in-FAKE-please"),
    "placeholder": i.key("YOUR_API_KEY"),
    "redacted": i.key("__OPENCLAW_REDACTED__"),
    "truncated": i.token("sk-ant-oat01-FAKE" + "FAKE" * 5),
    "whitespace": i.key(f"Bearer {i.KEY}"),
    "wrong-kind": i.key("sk-ant-sid01-" + "FAKE" * 20),
}


@pytest.mark.parametrize("slug", FOUND)
def test_what_was_read_is_judged_where_something_else_could_not_be(slug: str, home: Path) -> None:
    i.store(home, {A: FOUND[slug]})
    write(i.folder(home, "other") / "auth-profiles.json", "{")
    endless_env_file(home)
    found = outcome(home, slug)
    assert [item.check_id for item in found.findings] == [f"credentials/{slug}"]


def test_a_blank_key_of_a_local_server_is_found_where_an_env_file_could_not_be_read(home: Path) -> None:
    i.config(home, {**CONFIG, "models": {"providers": {"box": BOX}}})
    endless_env_file(home)
    assert [item.target for item in outcome(home, "local-blank").findings] == ["models.providers.box.apiKey"]


def test_references_that_could_not_be_read_are_unknown(home: Path) -> None:
    assert outcome(home, "secret-ref-unresolved").state == "skipped"
    corrupt_config(home)
    assert outcome(home, "secret-ref-unresolved").state == "unknown"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_root_reads_what_it_may(home: Path) -> None:
    path = write(home / ".openclaw" / ".env", "OPENAI_API_KEY=YOUR_API_KEY\n")
    os.chown(path, 65534, 65534)
    assert outcome(home, "placeholder").state == "found"
