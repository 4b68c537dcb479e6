"""The journal and what `openclaw undo` does with it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from openclaw.change import atomic
from openclaw.change.apply import apply
from openclaw.change.journal import KEPT, FileRecord, Journal, Receipt, digest, open_for
from openclaw.change.place import folder_for
from openclaw.change.plan import Change, Chmod, MoveFile, RemoveFile, Run, SetKey, SetVariable, WriteFile
from openclaw.change.undo import listing, undo
from openclaw.commands.undo import undo as command
from openclaw.errors import Failure, Refusal, Unreadable, UsageFailure
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = Secret("sk-ant-FAKE-" + "k" * 60)
OLD_KEY = "sk-ant-FAKE-" + "o" * 60


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return open_for(tmp_path / "home" / ".openclaw", {}, tmp_path / "home")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    (path / ".openclaw").mkdir(parents=True)
    return path


def applied(journal: Journal, home: Path, *plan: Change, now: int = 1) -> Receipt:
    from openclaw.proc import Done

    return apply(plan, journal=journal, home=home, title="a test", now=now, run=lambda *_, **__: Done(0, "", ""))


def tree(folder: Path) -> dict[str, tuple[int, bytes | None]]:
    return {
        str(path.relative_to(folder)): (
            stat.S_IMODE(path.lstat().st_mode),
            path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(folder.rglob("*"))
    }


def state(home: Path) -> dict[str, tuple[int, bytes | None]]:
    return tree(home / ".openclaw")


def full_plan(home: Path) -> tuple[Change, ...]:
    """Every kind of change, on files of every kind of past."""
    state_dir = home / ".openclaw"
    config = state_dir / "openclaw.json"
    config.write_text(f'{{"a": 1, "token": "{OLD_KEY}"}}')
    config.chmod(0o644)
    (state_dir / "old").write_text("old")
    (state_dir / "old").chmod(0o640)
    (state_dir / "broken.json").write_text("{broken")
    (state_dir / "open").write_text("x")
    (state_dir / "open").chmod(0o664)
    return (
        SetKey(config, ("a",), KEY),
        SetKey(state_dir / "agents" / "main" / "auth-profiles.json", ("p",), {"key": KEY}, locked=True),
        SetVariable(state_dir / ".env", "A", KEY),
        RemoveFile(state_dir / "old"),
        MoveFile(state_dir / "broken.json", state_dir / "aside.json"),
        SetKey(state_dir / "broken.json", ("fresh",), True),
        Chmod(state_dir / "open", 0o600),
        Run(("systemctl", "--user", "daemon-reload")),
        RemoveFile(state_dir / "aside.json"),
    )


class TestWhere:
    def test_one_folder_for_each_state_directory(self, tmp_path: Path) -> None:
        user = tmp_path / "home"
        folders = {folder_for(user / name, {}, user) for name in (".openclaw", ".openclaw-work", ".clawdbot")}
        assert len(folders) == 3
        base = user / ".local" / "state" / "openclaw-onboard"
        assert {folder.parent for folder in folders} == {base}
        name = folder_for(user / ".openclaw", {}, user).name
        assert name.startswith("openclaw-")
        assert len(name) == len("openclaw-") + 8
        assert folder_for(Path("/srv/a/state"), {}, user) != folder_for(Path("/srv/b/state"), {}, user)
        assert not base.exists()

    @pytest.mark.parametrize(("value", "used"), [("/elsewhere", True), ("", False), ("relative", False)])
    def test_xdg_state_home(self, tmp_path: Path, value: str, used: bool) -> None:
        folder = folder_for(tmp_path / ".openclaw", {"XDG_STATE_HOME": value}, tmp_path)
        assert folder.is_relative_to("/elsewhere") is used


class TestJournal:
    def test_looking_makes_nothing(self, journal: Journal, home: Path) -> None:
        assert listing(journal) == ()
        assert not journal.folder.exists()

    def test_everything_is_private_and_secrets_are_in_the_snapshots_only(self, journal: Journal, home: Path) -> None:
        applied(journal, home, *full_plan(home))
        content = tree(home / ".local")
        assert {mode for mode, data in content.values() if data is None} == {0o700}
        assert {mode for mode, data in content.values() if data is not None} == {0o600}
        with_secret = {name for name, (_, data) in content.items() if data and b"FAKE" in data}
        assert with_secret
        assert all(name.endswith(".before") for name in with_secret)

    def test_a_receipt_survives_the_file(self, journal: Journal, home: Path) -> None:
        receipt = applied(journal, home, *full_plan(home), now=1_700_000_000_000)
        assert Journal(journal.folder).receipts() == (receipt,)
        assert receipt.irreversible == ("systemctl --user daemon-reload",)

    def test_names_that_are_no_text_survive(self, journal: Journal, home: Path) -> None:
        path = home / "b\udcffd.env"
        applied(journal, home, SetVariable(path, "A", KEY))
        undo(journal)
        assert not path.exists()

    def test_the_newest_are_kept(self, journal: Journal, home: Path) -> None:
        for number in range(KEPT + 3):
            applied(journal, home, SetVariable(home / ".env", "A", Secret(str(number))), now=number)
        found = listing(journal)
        assert [receipt.at for receipt in found] == list(range(KEPT + 2, 2, -1))
        assert found[0].id == str(KEPT + 3)
        assert len(list((journal.folder / "receipts").iterdir())) == KEPT

    def test_a_damaged_receipt_is_an_error_and_no_absence(self, journal: Journal, home: Path) -> None:
        applied(journal, home, SetVariable(home / ".env", "A", KEY))
        (journal.folder / "receipts" / "1" / "receipt.json").write_text('{"id": "1"')
        with pytest.raises(Unreadable, match="damaged"):
            undo(journal)
        (journal.folder / "receipts" / "1" / "receipt.json").write_text("[]")
        with pytest.raises(Unreadable, match="damaged"):
            listing(journal)

    def test_a_receipt_that_was_never_written_is_no_receipt(self, journal: Journal, home: Path) -> None:
        (journal.folder / "receipts" / "7").mkdir(parents=True)
        (journal.folder / "receipts" / "notes").mkdir()
        assert listing(journal) == ()
        assert applied(journal, home, SetVariable(home / ".env", "A", KEY)).id == "8"

    def test_two_at_the_same_time_get_two_numbers(self, journal: Journal) -> None:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(4) as pool:
            ids = list(pool.map(lambda number: journal.begin("t", number).id, range(12)))
        assert len(set(ids)) == 12


class TestUndo:
    def test_contents_modes_and_absence_come_back(self, journal: Journal, home: Path) -> None:
        plan = full_plan(home)
        before = state(home)
        applied(journal, home, *plan)
        assert state(home) != before
        result = undo(journal)
        assert state(home) == before
        assert {file.path.name for file in result.files} >= {"openclaw.json", ".env", "old", "broken.json", "open"}
        assert result.receipt.state == "undone"
        assert not list((journal.folder / "receipts" / "1").glob("*.before"))
        assert listing(journal) == (result.receipt,)

    def test_a_dry_run_changes_nothing(self, journal: Journal, home: Path) -> None:
        applied(journal, home, *full_plan(home))
        before = tree(home)
        result = undo(journal, dry_run=True)
        assert result.dry_run
        assert len(result.files) == 6
        assert tree(home) == before

    def test_it_refuses_and_says_which_when_a_file_changed_since(self, journal: Journal, home: Path) -> None:
        applied(journal, home, *full_plan(home))
        (home / ".openclaw" / ".env").write_text("A=mine\n")
        before = tree(home)
        for dry_run in (True, False):
            with pytest.raises(Refusal, match=r"\.env") as caught:
                undo(journal, dry_run=dry_run)
            assert "openclaw.json" not in caught.value.message
            assert tree(home) == before

    @pytest.mark.parametrize("name", ["openclaw.json", "agents/main/auth-profiles.json"])
    def test_it_refuses_when_a_file_was_removed_that_is_to_be_changed(
        self, journal: Journal, home: Path, name: str
    ) -> None:
        applied(journal, home, *full_plan(home))
        (home / ".openclaw" / name).unlink()
        if name == "openclaw.json":
            with pytest.raises(Refusal):
                undo(journal)
        else:  # it was not there before either
            undo(journal)

    def test_an_unreadable_file_stops_it(self, journal: Journal, home: Path) -> None:
        applied(journal, home, SetVariable(home / ".env", "A", KEY))
        (home / ".env").unlink()
        (home / ".env").mkdir()
        with pytest.raises(Failure):
            undo(journal)

    def test_newest_first_and_by_number(self, journal: Journal, home: Path) -> None:
        env = home / ".env"
        for value in ("1", "2", "3"):
            applied(journal, home, SetVariable(env, "A", Secret(value)))
        with pytest.raises(Refusal):
            undo(journal, "2")
        undo(journal)
        assert env.read_text() == "A=2\n"
        undo(journal, "2")
        assert env.read_text() == "A=1\n"
        with pytest.raises(Refusal, match="undone already"):
            undo(journal, "2")
        undo(journal)
        assert not env.exists()
        with pytest.raises(Failure, match="nothing to undo"):
            undo(journal)
        with pytest.raises(Failure, match="no receipt 99"):
            undo(journal, "99")

    def test_a_new_change_after_an_undo_is_undone_by_itself(self, journal: Journal, home: Path) -> None:
        applied(journal, home, SetVariable(home / ".env", "A", Secret("1")))
        undo(journal)
        applied(journal, home, SetVariable(home / ".env", "B", Secret("1")))
        undo(journal)
        assert [receipt.state for receipt in listing(journal)] == ["undone", "undone"]

    def test_made_directories_stay_when_something_is_in_them(self, journal: Journal, home: Path) -> None:
        store = home / "a" / "b" / "s.json"
        applied(journal, home, SetKey(store, ("a",), 1, locked=True))
        (home / "a" / "mine").write_text("x")
        undo(journal)
        assert not store.parent.exists()
        assert (home / "a" / "mine").exists()

    def test_a_store_is_restored_under_its_lock(
        self, journal: Journal, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = home / "s.json"
        store.write_text("{}")
        receipt = apply(
            (SetKey(store, ("a",), 1, locked=True),), journal=journal, home=home, lock_era="file", title="t", now=1
        )
        seen: list[bool] = []
        real = atomic.write

        def write(path: Path, *rest: Any, **options: Any) -> None:
            if path == store:
                seen.append((home / "s.json.lock").is_file())
            real(path, *rest, **options)

        monkeypatch.setattr(atomic, "write", write)
        undo(journal, receipt.id)
        assert seen == [True]
        assert store.read_text() == "{}"
        assert not (home / "s.json.lock").exists()

    def test_a_mode_that_somebody_set_since_stays(self, journal: Journal, home: Path) -> None:
        path = home / "f"
        path.write_text("x")
        path.chmod(0o644)
        applied(journal, home, Chmod(path, 0o600))
        path.chmod(0o400)
        undo(journal)
        assert stat.S_IMODE(path.stat().st_mode) == 0o400

    def test_a_snapshot_that_is_gone_or_changed_stops_it(self, journal: Journal, home: Path) -> None:
        (home / ".env").write_text("A=1\n")
        applied(journal, home, SetVariable(home / ".env", "A", KEY), WriteFile(home / "new", b"x"))
        before = state(home)
        (snapshot,) = (journal.folder / "receipts" / "1").glob("*.before")
        snapshot.write_text("something else")
        with pytest.raises(Unreadable):
            undo(journal)
        snapshot.unlink()
        with pytest.raises(Unreadable):
            undo(journal)
        assert state(home) == before
        assert (home / "new").exists()

    def test_what_fails_half_way_is_as_if_it_had_not_begun(
        self, journal: Journal, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        applied(journal, home, *full_plan(home))
        after = state(home)
        real = atomic.remove

        def remove(path: Path) -> None:
            if path.name == ".env":
                raise Failure("no")
            real(path)

        with monkeypatch.context() as patch:
            patch.setattr(atomic, "remove", remove)
            with pytest.raises(Failure, match="no"):
                undo(journal)
        assert state(home) == after
        undo(journal)

    @pytest.mark.parametrize("written", [0, 1, 2])
    def test_a_started_receipt_can_be_undone(self, journal: Journal, home: Path, written: int) -> None:
        """As a kill leaves it: some files are new, some are old, one has a temporary file beside it."""
        files = [home / name for name in ("a", "b")]
        receipt = journal.begin("killed", 1)
        for number, path in enumerate(files):
            path.write_text("old")
            record = FileRecord(path, digest(b"old"), digest(b"new"), 0o600, 0o600)
            receipt = journal.add(receipt, record, b"old")
            if number < written:
                path.write_text("new")
        journal.save(receipt)
        leftover = home / f".a{atomic.LEFTOVER}0123456789abcdef"
        leftover.write_text("half")
        assert listing(journal)[0].state == "started"
        undo(journal)
        assert [path.read_text() for path in files] == ["old", "old"]
        assert not leftover.exists()


class TestCommand:
    @pytest.fixture
    def run(self, home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
        def run(*arguments: str) -> str:
            code = command.main(args=list(arguments), standalone_mode=False, obj={"HOME": str(home)})
            assert code == 0
            return capsys.readouterr().out

        return run

    def test_nothing_yet(self, run: Any) -> None:
        assert "nothing to undo" in run("--list")
        assert json.loads(run("--list", "--json")) == {"ok": True, "receipts": []}
        with pytest.raises(Failure) as caught:
            run()
        assert caught.value.exit_code == 1

    def test_the_whole_way(self, run: Any, journal: Journal, home: Path) -> None:
        before = state(home)
        plan = full_plan(home)
        applied(journal, home, *plan, now=1_700_000_000_000)
        assert run("--list") == "   1  2023-11-14 22:13 UTC  a test: 7 files\n"
        would = run("--dry-run")
        assert would.startswith("Would undo: a test (1, 2023-11-14 22:13 UTC)\n")
        assert "  would restore ~/.openclaw/openclaw.json\n" in would
        document = json.loads(run("1", "--json"))
        assert document["ok"]
        assert document["dryRun"] is False
        assert document["receipt"]["state"] == "undone"
        assert {"path": "~/.openclaw/.env", "action": "created"} in document["files"]
        assert document["notUndone"] == ["systemctl --user daemon-reload"]
        assert run("--list").endswith("(undone)\n")
        assert set(before) <= set(state(home))

    def test_the_words(self, run: Any, journal: Journal, home: Path) -> None:
        applied(journal, home, *full_plan(home))
        lines = run().splitlines()
        assert lines[1:] == [
            "  restored ~/.openclaw/openclaw.json",
            "  removed ~/.openclaw/agents/main/auth-profiles.json",
            "  removed ~/.openclaw/.env",
            "  brought back ~/.openclaw/old",
            "  restored ~/.openclaw/broken.json",
            "  mode restored: ~/.openclaw/open",
            "  not undone, because commands cannot be: systemctl --user daemon-reload",
        ]

    @pytest.mark.parametrize("arguments", [("--list", "1"), ("--list", "--dry-run")])
    def test_usage(self, run: Any, arguments: tuple[str, ...]) -> None:
        with pytest.raises(UsageFailure):
            run(*arguments)
        with pytest.raises(click.UsageError):
            run("1", "2")

    def test_another_installation_has_another_journal(
        self, run: Any, journal: Journal, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        applied(journal, home, SetVariable(home / ".env", "A", KEY))
        env = {"HOME": str(home), "OPENCLAW_STATE_DIR": str(tmp_path / "other")}
        command.main(args=["--list"], standalone_mode=False, obj=env)
        assert "nothing to undo" in capsys.readouterr().out
