"""Every installation of the corpus gets exactly the findings that it should, and each of them keeps its promises.

An installation that you do not find here is diagnosed by the same conditions: what is expected is derived from the
catalogue of checks, not from what was printed.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

import checks
from doctor.render import human
from doctor.render import json as machine
from openclaw.exits import Exit
from openclaw.handover import our_name
from tests.corpus import (
    configs,
    consequences,
    further,
    gaps,
    healthy,
    hosts,
    newer,
    refusals,
    single,
    stores,
    variables,
)
from tests.corpus.commands import ours, refused_by_shell, trouble
from tests.corpus.mending import mend, promised
from tests.corpus.world import Case, counted, difference, findings, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doctor.engine import Examined
    from tests.corpus.world import World

MODULES = (healthy, single, stores, variables, configs, hosts, newer, further, refusals, consequences, gaps)
CASES = {f"{module.__name__.rpartition('.')[2]}-{case.name}": case for module in MODULES for case in module.CASES}
CHECKS = checks.load()
# What comes to light when the cause is mended, and was not said before because of it.
REVEALED = {
    "credentials/foreign-key": {"credentials/missing"},  # the key went to its own provider
    "config/unparsable": {"config/missing", "credentials/none"},  # it was moved aside: nobody has a copy of it
    "env/frozen-in-unit": {"env/daemon-stale"},  # the manager has to read its unit again, and is not asked to here
    "env/daemon-differs": {"env/daemon-stale"},
    "service/claude-not-on-path": {"env/daemon-stale"},
}
# Where the product is not yet as the catalogue wants it: case → why.
KNOWN: dict[str, str] = {}


@pytest.fixture(params=[pytest.param(case, id=name) for name, case in CASES.items()])
def case(request: pytest.FixtureRequest) -> Case:
    """Each of them."""
    found: Case = request.param
    return found


@pytest.fixture
def made(case: Case, tmp_path: Path) -> Iterator[World]:
    """Its home and host."""
    with world(tmp_path) as found:
        case.build(found)
        found.settle()
        yield found


def test_what_is_found_what_is_printed_and_what_is_mended(
    case: Case, made: World, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.id
    if name in KNOWN:
        request.applymarker(pytest.mark.xfail(reason=KNOWN[name], strict=True))
    seen = made.examined()
    found = findings(seen)
    assert [(item.check_id, item.reason) for item in seen.report.outcomes if item.state == "crashed"] == []
    assert difference(case.expects, found) == {}
    assert [key for key, times in counted(found).items() if times > 1] == []
    _no_secret_is_shown(seen, made)
    _commands_can_be_typed(seen, made)
    _promises_are_kept(seen, made)


def _no_secret_is_shown(seen: Examined, made: World) -> None:
    texts = [
        machine.render(seen.report, code=Exit.FAILED, user=made.home),
        human.render(seen.report, user=made.home),
        repr(seen.facts) + repr(seen.report),
        json.dumps([dict(item.evidence) for item in findings(seen)]),
    ]
    assert [(word, text) for word in made.secrets() for text in texts if word in text] == []


def _commands_can_be_typed(seen: Examined, made: World) -> None:
    commands = {command for item in findings(seen) if item.remedy for command in item.remedy.commands}
    assert refused_by_shell(commands) == []
    called = [words for command in commands for words in ours(command, our_name(made.env))]
    assert [(words, why) for words in called if (why := trouble(words))] == []
    _commands_are_shown_as_they_are(seen, made)


def _commands_are_shown_as_they_are(seen: Examined, made: World) -> None:
    """What hides secrets, wraps lines and shortens paths leaves the commands of the remedies alone."""
    listed = [list(item.remedy.commands) if item.remedy else [] for item in seen.report.findings]
    shown = json.loads(machine.render(seen.report, code=Exit.FAILED, user=made.home))
    assert Counter(map(tuple, listed)) == Counter(tuple(item.get("commands", ())) for item in shown["findings"])
    lines = human.render(seen.report, user=made.home, style=human.Style(verbose=True)).splitlines()
    commands = {command for commands in listed for command in commands}
    assert [command for command in commands if not any(line.endswith(f" {command}") for line in lines)] == []


def _promises_are_kept(seen: Examined, made: World) -> None:
    found = promised(seen)
    if not found:
        return
    outcome = mend(seen, found, made)
    assert [word for word in made.secrets() if word in outcome.shown] == []
    assert outcome.still == []
    revealed = {check_id for item in found for check_id in REVEALED.get(item.check_id, ())}
    assert [text for text in outcome.new if text.split()[1] not in revealed] == []
    assert outcome.restored


def test_every_check_has_an_installation_that_makes_it_speak() -> None:
    said = {entry.split()[1] for case in CASES.values() for entry in case.expects}
    needs_answers = {item.id for item in CHECKS if "live" in item.tags}  # of providers: tests of their own
    assert {item.id for item in CHECKS} - needs_answers - said == set()
    assert said <= {item.id for item in CHECKS}


def test_every_severity_of_a_check_with_several_is_there() -> None:
    said = {tuple(entry.split()[:2]) for case in CASES.values() for entry in case.expects}
    most = Counter(check_id for _, check_id in said)
    several = (
        "credentials/expired", "credentials/missing", "credentials/wrong-kind", "credentials/whitespace",
        "credentials/no-refresh", "credentials/claude-code-only", "credentials/config-mismatch",
        "credentials/undeclared", "credentials/sqlite-store", "env/dotenv-syntax", "config/missing",
        "service/manager", "gateway/unreachable", "claude/cli-missing", "terminal/no-tty", "host/node",
    )  # fmt: skip
    assert [check_id for check_id in several if most[check_id] < 2] == []


def test_what_is_called_a_secret_would_be_noticed(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        healthy.profile_only(made)
        assert len(made.secrets()) >= 2


def test_a_wrong_command_would_be_noticed() -> None:
    assert trouble(["models", "auth", "paste-token", "--provider"])
    assert trouble(["models", "auth", "paste-token", "--nothing"])
    assert trouble(["modles", "status"])
    assert not trouble(["models", "auth", "paste-token", "--provider", "anthropic"])
    assert refused_by_shell(["ls", "echo 'open"]) == ["echo 'open"]
    name = f"{sys.executable} -m openclaw"
    assert list(ours(f"a 'b|c' | {name} undo && openclaw doctor", name)) == [["undo"], ["doctor"]]
