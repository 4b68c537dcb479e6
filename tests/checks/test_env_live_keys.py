"""env/: no fix of an env file loses a key that somebody could still use; each is applied, checked and undone."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from doctor.fixing import merge, propose
from openclaw.change import atomic
from tests.checks import mending
from tests.doctor.homes import write

if TYPE_CHECKING:
    from pathlib import Path

REAL, OTHER = "sk-proj-FAKE-EXAMPLE-0000000000001", "sk-proj-FAKE-EXAMPLE-0000000000002"
NAME = "OPENAI_API_KEY"
IDS = ("env/empty", "env/dotenv-duplicate", "env/dotenv-syntax")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    (made / ".openclaw").mkdir(parents=True)
    return made


def env_file(home: Path, text: str | bytes) -> Path:
    path = home / ".openclaw" / ".env"
    write(path, "")
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(0o600)
    return path


def all_at_once(home: Path, *ids: str) -> bool:
    """Whether `doctor --fix` of these checks changed something, with all fixes in one plan, as there."""
    from checks import fixes
    from doctor.collect import collect
    from openclaw.facts import builtin

    known = fixes.load()
    found = [item for item in mending.findings(home) if item.check_id in ids]
    needs = {need for item in found for need in known[item.check_id].needs}
    facts = collect(sorted({*needs, "era"}), {"call": mending.call(home)}, builtin)
    proposals, _ = propose(found, facts, known)
    plan = merge(proposals, atomic.read).plan
    if plan:
        mending.applied(home, plan)
    return bool(plan)


CASES = [
    (f"{NAME}={REAL}\n{NAME}=\n", f"{NAME}={REAL}\n"),
    (f"{NAME}={REAL}\nA=1\n{NAME}=''\n{NAME}=  \n", f"A=1\n{NAME}={REAL}\n"),
    (f"{NAME}={OTHER}\n{NAME}={REAL}\n{NAME}=\n", f"{NAME}={REAL}\n"),
    (f"{NAME}=\n{NAME}=\n", ""),
    (f"# mine\n{NAME}=\nB=2\n", "# mine\nB=2\n"),
]


@pytest.mark.parametrize(("text", "after"), CASES)
@pytest.mark.parametrize("ids", [("env/empty",), ("env/dotenv-duplicate",), IDS])
def test_a_key_beside_an_empty_line_stays(home: Path, text: str, after: str, ids: tuple[str, ...]) -> None:
    path = env_file(home, text)
    before = mending.contents(home)
    found = [item for item in mending.findings(home) if item.check_id in ids]
    if text.count(NAME) == 1 and ids == ("env/dotenv-duplicate",):
        assert found == []
        return
    journal = mending.applied(home, mending.plan_for(home, found))
    assert path.read_text() == after
    assert [item.check_id for item in mending.findings(home) if item.check_id in IDS] == []
    mending.undone(journal)
    assert mending.contents(home) == before
    assert [item for item in mending.findings(home) if item.check_id in ids] == found


@pytest.mark.parametrize(("text", "after"), CASES)
def test_nor_does_the_whole_run_lose_it(home: Path, text: str, after: str) -> None:
    path = env_file(home, text)
    assert all_at_once(home, *IDS)
    assert path.read_text() == after


@pytest.mark.parametrize("last", [f"{NAME} =", f"export {NAME}=", f"{NAME}: "])
def test_nor_does_rewriting_an_empty_last_line(home: Path, last: str) -> None:
    path = env_file(home, f"{NAME}={REAL}\n{last}\n")
    while all_at_once(home, *IDS):
        assert f"{NAME}={REAL}\n" in path.read_text()
    assert path.read_text() == f"{NAME}={REAL}\n"


def test_what_is_set_twice_and_counts_is_kept_as_it_was(home: Path) -> None:
    path = env_file(home, f"{NAME}=\n{NAME}={OTHER}\n{NAME}={REAL}\n")
    assert [item.check_id for item in mending.findings(home, "env/empty")] == []
    [finding] = mending.findings(home, "env/dotenv-duplicate")
    assert finding.message == f"{NAME} is set 3 times; line 3 wins over line 1 and line 2"
    assert all_at_once(home, *IDS)
    assert path.read_text() == f"{NAME}={REAL}\n"


def test_an_empty_line_that_wins_is_named_with_the_one_that_has_the_key(home: Path) -> None:
    env_file(home, f"{NAME}={REAL}\n{NAME}=\n")
    [finding] = mending.findings(home, "env/dotenv-duplicate")
    assert finding.message == f"{NAME} is set 2 times; line 2 wins over line 1, and is empty: line 1 has a value"
    assert finding.remedy
    assert finding.remedy.text == "Keep line 1 only."
    assert REAL not in str(finding)


@pytest.mark.parametrize(
    "text",
    [
        f"OPENROUTER_API_KEY=\nOPEN_ROUTER_API_KEY={REAL}\n",
        f"OPEN_ROUTER_API_KEY={REAL}\nOPENROUTER_API_KEY=\n",
        f"OPEN_ROUTER_API_KEY={OTHER}\nOPEN_ROUTER_API_KEY={REAL}\nOPENROUTER_API_KEY=\n",
    ],
)
def test_a_misspelt_key_beside_the_right_name_without_a_value(home: Path, text: str) -> None:
    path = env_file(home, text)
    ids = (*IDS, "env/misspelt")
    while all_at_once(home, *ids):
        assert REAL in path.read_text()
    assert path.read_text() == f"OPENROUTER_API_KEY={REAL}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


LINES = f"# OLD_KEY={OTHER}\nA_KEY={REAL}\nB='two words'\n"
ENCODED = {
    "bom": b"\xef\xbb\xbf" + LINES.removeprefix("# ").encode(),
    "crlf": LINES.replace("\n", "\r\n").encode(),
    "cr": f"A=1\rA_KEY={REAL}\r\n".encode(),
    "both": b"\xef\xbb\xbf" + LINES.removeprefix("# ").replace("\n", "\r\n").encode(),
    "utf-16": LINES.replace("\n", "\r\n").encode("utf-16"),
    "utf-16, big": b"\xfe\xff" + LINES.encode("utf-16-be"),
}


@pytest.mark.parametrize("kind", ENCODED)
def test_what_belongs_to_the_whole_file_is_mended_for_all_its_lines(home: Path, kind: str) -> None:
    from openclaw.environment.dotenv import node_values

    path = env_file(home, ENCODED[kind])
    before = mending.contents(home)
    found = mending.findings(home, "env/dotenv-syntax")
    assert len(found) == (2 if kind in ("both", "cr") else 1)
    assert {item.remedy.fix for item in found if item.remedy} == {"confirm"}
    plan = mending.plan_for(home, found)
    assert len(plan) == 1
    for secret in (REAL, OTHER):
        assert secret not in mending.shown(home, plan)
        assert "\0".join(secret) not in mending.shown(home, plan).replace("\\x00", "\0")
    journal = mending.applied(home, plan)
    data = path.read_bytes()
    assert b"\r" not in data
    assert not data.startswith(b"\xef\xbb\xbf")
    assert node_values(data.decode())["A_KEY"] == REAL
    assert mending.findings(home, "env/dotenv-syntax") == []
    mending.undone(journal)
    assert mending.contents(home) == before
    assert mending.findings(home, "env/dotenv-syntax") == found


def test_other_lines_and_bytes_of_such_a_file_stay(home: Path) -> None:
    path = env_file(home, b"\xef\xbb\xbfA=1\r\n# caf\xe9\r\n\r\nB='x\r\ny'\r\nC=1")
    mending.applied(home, mending.plan_for(home, [mending.findings(home, "env/dotenv-syntax")[0]]))
    assert path.read_bytes() == b"A=1\n# caf\xe9\n\nB='x\ny'\nC=1"


@pytest.mark.parametrize("text", [f"A=1\n{NAME}={REAL}\n", "A=1\nB='x y'", "# \ufeff\nA=1\n"])
def test_files_of_an_ordinary_kind_are_left_alone(home: Path, text: str) -> None:
    env_file(home, text)
    assert mending.findings(home, "env/dotenv-syntax") == []


def test_a_line_of_a_file_with_other_line_ends_is_mended_with_them(home: Path) -> None:
    path = env_file(home, f"A_KEY = {REAL}\r\n{NAME}=\r\n{NAME}=\r\nB=1\r\n".encode())
    assert all_at_once(home, *IDS)
    assert path.read_bytes() == f"B=1\nA_KEY={REAL}\n".encode()
    assert [item for item in mending.findings(home) if item.check_id in IDS] == []


def test_what_only_begins_as_utf_16_is_left_as_it_is(home: Path) -> None:
    from openclaw.errors import Refusal

    path = env_file(home, b"\xff\xfeA\0=")
    [finding] = mending.findings(home, "env/dotenv-syntax")
    with pytest.raises(Refusal, match="begins as UTF-16"):
        mending.applied(home, mending.plan_for(home, [finding]))
    assert path.read_bytes() == b"\xff\xfeA\0="


def test_nothing_is_added_to_a_file_in_utf_16() -> None:
    from openclaw.environment.dotenv import set_variable
    from openclaw.errors import Refusal

    text = "A=1\n".encode("utf-16").decode("utf-8", "surrogateescape")
    with pytest.raises(Refusal, match="UTF-16") as error:
        set_variable(text, "B", "1")
    assert error.value.commands == ("openclaw doctor --fix --only env/dotenv-syntax",)


def test_the_line_ends_of_a_project_are_its_own(home: Path) -> None:
    write(home / ".env", f"{NAME}=x#y\r\nB=1\r\n")
    assert [item.target for item in mending.findings(home, "env/dotenv-syntax")] == [NAME]
