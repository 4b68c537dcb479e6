"""Every command that a finding prints is run as it is printed; where it claims to mend, the finding is gone then."""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from openclaw.finding import Severity
from openclaw.handover import our_name
from tests.corpus import remedied, running
from tests.corpus import test_corpus as corpus
from tests.corpus.world import Case, difference, findings, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openclaw.finding import Finding
    from tests.corpus.world import World

OWN = {f"remedied-{case.name}": case for case in remedied.CASES}
CASES = {**corpus.CASES, **OWN}
# Said of nearly every world here (no gateway, no OpenClaw): once is enough.
EVERYWHERE = ("gateway/unreachable", "service/manager", "host/node")
# What no command takes away in these worlds, and why: check → reason.
STAYS = {
    "terminal/no-tty": "no command gives a terminal; the one that is printed works without",
    "security/secret-in-log": "the key in the log has to be replaced; the command only closes the log",
    "credentials/claude-code-only": "supported by OpenClaw: worth knowing as long as the token is stored",
}
# Commands that cannot work in one world, and why: case, check → reason.
CANNOT = {
    ("stores-empty_list_of_profiles", "credentials/none"): "the store has another shape; the wizard says where",
    ("refusals-unknown_key_and_a_missing_credential", "credentials/missing"): "a config of an unknown version is "
    "held to the strictest one by whoever writes",
    ("configs-interrupted_onboarding", "config/setup-incomplete"): "its journal is made up; tests/wizard has real ones",
}
# What a config has that OpenClaw refuses, or cannot read.
REFUSED = ("config/rejected", "config/unparsable", "config/include-broken", "config/unresolved-variable")
# Where the commands stand that are never run.
WITHOUT = tuple(
    zip(("hosts-port_taken", "hosts-key_on_a_command_line", "hosts-refusals_in_the_log"), running.NEVER, strict=True)
)
WITH_BLANKS = (
    "stores-store_cut_off_with_a_backup", "stores-two_agents_one_file", "stores-store_is_a_directory",
    "configs-config_broken_with_a_backup", "configs-config_is_a_directory", "hosts-mode_of_env",
    "hosts-two_state_directories", "hosts-state_directory_in_a_work_tree", "variables-env_file_of_windows",
    "variables-env_file_with_a_mark", "newer-old_store_with_another_key",
)  # fmt: skip
_done: set[tuple[str, tuple[str, ...]]] = set()


# A command is a program that is started: every third installation is tried always, the others by `make interop-all`.
EVERY = 3
OFTEN = [name for number, name in enumerate(CASES) if name in OWN or number % EVERY == 0]
SELDOM = [pytest.param(name, marks=(pytest.mark.interop, pytest.mark.long)) for name in CASES if name not in set(OFTEN)]


@pytest.mark.parametrize("name", [*OFTEN, *SELDOM])
def test_every_command_does_what_it_says(name: str, tmp_path: Path) -> None:
    assert "\n".join(troubles(name, tmp_path)) == ""


@pytest.mark.parametrize("name", OWN)
def test_what_is_found_there(name: str, tmp_path: Path) -> None:
    with _world(OWN[name], tmp_path) as made:
        assert difference(OWN[name].expects, findings(made.examined())) == {}


@pytest.mark.parametrize("name", [*OWN, *WITH_BLANKS])
def test_paths_with_blanks(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "it's a place"
    folder.mkdir()
    assert "\n".join(troubles(name, folder)) == ""


def test_the_exceptions_are_counted() -> None:
    assert (len(STAYS), len(CANNOT), len(running.NEVER), len(running.SAYS)) == (3, 3, 3, 6)
    assert {case for case, _ in CANNOT} <= CASES.keys()


@pytest.mark.parametrize(("name", "pattern"), WITHOUT)
def test_what_is_not_run_is_printed(name: str, pattern: str, tmp_path: Path) -> None:
    with _world(CASES[name], tmp_path) as made:
        commands = [command for item in findings(made.examined()) if item.remedy for command in item.remedy.commands]
    assert any(re.fullmatch(pattern, command) for command in commands)
    assert pattern in running.NEVER


def troubles(name: str, folder: Path) -> list[str]:
    """What goes wrong with the commands of every finding, each in a world of its own."""
    wrong, keys = [], []
    with _world(CASES[name], folder) as made:
        for item in findings(made.examined()):
            if _is_of_interest(item, made) and (name, item.check_id) not in CANNOT:
                if running.only_looks(_commands(item), our_name(made.env)):
                    wrong += _obey(made, item)
                else:
                    keys.append(_key(item))
    for key in keys:
        with _world(CASES[name], folder) as made:
            item = next(item for item in findings(made.examined()) if _key(item) == key)
            wrong += _obey(made, item)
    return wrong


@contextmanager
def _world(case: Case, folder: Path) -> Iterator[World]:
    """Always in the same place: the commands have its paths in them."""
    place = folder / "w"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    with world(place) as made:
        case.build(made)
        made.settle()
        yield made


def _is_of_interest(item: Finding, made: World) -> bool:
    if not item.remedy or not item.remedy.commands:
        return False
    if item.check_id not in EVERYWHERE:
        return True
    key = item.check_id, tuple(command.replace(str(made.home), "") for command in item.remedy.commands)
    new = key not in _done
    _done.add(key)
    return new


def _commands(item: Finding) -> tuple[str, ...]:
    return item.remedy.commands if item.remedy else ()


def _obey(made: World, finding: Finding) -> list[str]:
    """What goes wrong when somebody types all commands of a finding, one after the other."""
    name, commands = our_name(made.env), _commands(finding)
    looks = running.only_looks(commands, name)
    if not looks and _config_first(made, finding):
        return []
    before, replaced = _kept(made), _kept(made, "*.sqlite")  # of its database OpenClaw keeps no copies
    wrong = []
    for command in commands:
        if running.reason_not_to(command):
            continue
        ran = running.run(made, command, name)
        if (ran.code and not running.expected(command, name)) or not running.can_be_edited(command):
            wrong.append(f"{finding.check_id}: {command}: {ran.code}: {ran.said}")
    if lost := before - _kept(made) - replaced:
        wrong.append(f"{finding.check_id}: lost {sorted(lost)}")
    if looks or finding.check_id in STAYS or not running.mends(commands, name):
        return wrong
    made.settle()
    left = [item for item in findings(made.examined()) if _key(item) == _key(finding)]
    return wrong + [f"{item.check_id} {item.target} is still there after {commands}: {item.message}" for item in left]


def _config_first(made: World, finding: Finding) -> bool:
    """Whether the config has to be mended first: nothing that writes goes on with one that OpenClaw refuses."""
    others = (item for item in findings(made.examined()) if item.check_id.startswith("config/"))
    refused = any(item.severity == Severity.ERROR and item.check_id in REFUSED for item in others)
    return refused and not finding.check_id.startswith("config/")


def _key(item: Finding) -> tuple[str, str]:
    return item.check_id, re.sub(r"\d{5}", "PORT", item.target)


def _kept(made: World, pattern: str = "*") -> set[str]:
    """The made-up secrets in the files of the home, and in what can be taken back."""
    words: set[str] = set()
    for path in made.home.rglob(pattern):
        if path.is_file():
            words |= set(re.findall(r"[A-Za-z0-9_.-]{16,}", path.read_bytes().decode("utf-8", "replace")))
    return {word for word in words if any(mark in word for mark in ("FAKE", "EKAF", "fade"))}
