"""Applying plans: contents, modes, locks, commands, and putting back."""

from __future__ import annotations

import json
import os
import signal
import stat
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.change import apply as applying
from openclaw.change import atomic, transaction, verify
from openclaw.change.apply import apply, overwritten
from openclaw.change.journal import Journal
from openclaw.change.plan import (
    Change,
    Chmod,
    DeleteKey,
    DeleteVariable,
    MoveFile,
    RemoveFile,
    Run,
    SetKey,
    SetVariable,
    WriteFile,
)
from openclaw.errors import Failure, Refusal, Unreadable
from openclaw.proc import Done, NotDone
from openclaw.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from openclaw.change.journal import Receipt

KEY = Secret("sk-ant-FAKE-" + "k" * 60)
NOW = 1_700_000_000_000


class Runner:
    """Stands in for `proc.run`; `answers` by the first word of the command."""

    def __init__(self, **answers: Done | NotDone) -> None:
        self.answers = answers
        self.calls: list[tuple[tuple[str, ...], str | None]] = []

    def __call__(self, argv: Sequence[str], *, stdin: str | None = None, **_: Any) -> Done | NotDone:
        self.calls.append((tuple(argv), stdin))
        return self.answers.get(argv[0], Done(0, "", ""))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


def applied(journal: Journal, home: Path, *plan: Change, run: Any = None) -> Receipt:
    return apply(plan, journal=journal, home=home, title="a test", now=NOW, run=run or Runner())


def tree(folder: Path) -> dict[str, tuple[int, bytes | None]]:
    """Everything below a folder: mode and contents."""
    return {
        str(path.relative_to(folder)): (
            stat.S_IMODE(path.lstat().st_mode),
            path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(folder.rglob("*"))
    }


def test_new_files_and_directories_are_private(journal: Journal, home: Path) -> None:
    store = home / ".openclaw" / "agents" / "main" / "agent" / "auth-profiles.json"
    receipt = applied(
        journal,
        home,
        SetKey(store, ("profiles", "a"), {"key": KEY}, locked=True),
        SetVariable(home / ".openclaw" / ".env", "A_KEY", KEY),
    )
    assert receipt.changed
    assert (receipt.title, receipt.at, receipt.state) == ("a test", NOW, "done")
    assert [record.action for record in receipt.files] == ["created", "created"]
    assert {mode for mode, content in tree(home).values() if content is None} == {0o700}
    assert {mode for mode, content in tree(home).values() if content is not None} == {0o600}
    assert KEY.reveal() in store.read_text()
    assert journal.receipts() == (receipt,)


def test_nothing_to_do_leaves_no_trace(journal: Journal, home: Path) -> None:
    (home / "a.json").write_text('{"a": 1}')
    before = tree(home)
    plan = (SetKey(home / "a.json", ("a",), 1), DeleteKey(home / "no" / "s.json", ("x",), locked=True))
    receipt = applied(journal, home, *plan, Chmod(home / "a.json", stat.S_IMODE((home / "a.json").stat().st_mode)))
    assert not receipt.changed
    assert tree(home) == before
    assert not journal.folder.exists()


def test_modes_are_kept_or_made_stricter(journal: Journal, home: Path) -> None:
    for name, mode in (("plain.json", 0o644), ("secret.json", 0o644), ("strict.json", 0o400)):
        (home / name).write_text("{}")
        (home / name).chmod(mode)
    applied(
        journal,
        home,
        SetKey(home / "plain.json", ("a",), 1),
        SetKey(home / "secret.json", ("a",), KEY),
        SetKey(home / "strict.json", ("a",), 1),
    )
    assert [mode for mode, _ in tree(home).values()] == [0o644, 0o600, 0o400]


def test_all_kinds_of_changes_in_plan_order(journal: Journal, home: Path) -> None:
    unit, old, broken = home / "a.service", home / "old", home / "broken.json"
    for path in (old, broken):
        path.write_text("{ broken")
    seen: list[dict[str, tuple[int, bytes | None]]] = []

    def run(argv: Sequence[str], **_: Any) -> Done:
        seen.append(tree(home))
        return Done(0, "", "")

    receipt = applied(
        journal,
        home,
        WriteFile(unit, b"[Unit]\n", mode=0o644),
        MoveFile(broken, home / "aside.json"),
        SetKey(broken, ("a",), 1),
        Run(("systemctl", "--user", "daemon-reload")),
        Chmod(home, 0o750),
        RemoveFile(old),
        run=run,
    )
    assert receipt.irreversible == ("systemctl --user daemon-reload",)
    assert set(seen[0]) == {"a.service", "aside.json", "broken.json", "old"}
    assert set(tree(home)) == {"a.service", "aside.json", "broken.json"}
    assert (home / "aside.json").read_text() == "{ broken"
    assert stat.S_IMODE(home.stat().st_mode) == 0o750
    assert [record.path.name for record in receipt.files] == ["a.service", "aside.json", "broken.json", "home", "old"]


def test_secrets_reach_a_command_on_its_standard_input_only(journal: Journal, home: Path) -> None:
    run = Runner()
    receipt = applied(journal, home, Run(("openclaw", "models", "auth", "paste-token"), stdin=KEY), run=run)
    assert run.calls == [(("openclaw", "models", "auth", "paste-token"), KEY.reveal())]
    assert receipt.changed
    assert receipt.files == ()
    assert KEY.reveal() not in (journal.folder / "receipts" / "1" / "receipt.json").read_text()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Done(3, "", f"warning\nbad key {KEY.reveal()}\n"), r"exit code 3: bad key <secret …kkkk>$"),
        (Done(1, "", ""), "exit code 1: no message"),
        (NotDone("openclaw was not found"), "openclaw was not found"),
    ],
)
def test_a_failing_command_puts_everything_back(
    journal: Journal, home: Path, answer: Done | NotDone, message: str
) -> None:
    (home / "a.json").write_text("{}")
    (home / "a.json").chmod(0o644)
    (home / "gone").write_text("x")
    before = tree(home)
    with pytest.raises(Failure, match=message) as caught:
        applied(
            journal,
            home,
            SetKey(home / "a.json", ("a",), KEY),
            SetKey(home / "d" / "e" / "s.json", ("b",), KEY, locked=True),
            RemoveFile(home / "gone"),
            Chmod(home, 0o711),
            Run(("first",)),
            Run(("openclaw", "paste"), stdin=KEY),
            run=Runner(openclaw=answer),
        )
    assert KEY.reveal() not in str(caught.value)
    assert caught.value.commands == ("openclaw paste",)
    assert "What these commands did stays: first." in caught.value.hint
    assert tree(home) == before
    assert journal.receipts() == ()


def test_what_a_command_changed_is_not_overwritten_when_putting_back(journal: Journal, home: Path) -> None:
    path = home / "a.json"
    path.write_text("{}")

    def run(argv: Sequence[str], **_: Any) -> Done:
        path.write_text('{"theirs": 1}')
        return Done(1, "", "no")

    with pytest.raises(Failure, match=r"half done.*~/a\.json") as caught:
        applied(journal, home, SetKey(path, ("a",), 1), Run(("x",)), run=run)
    assert path.read_text() == '{"theirs": 1}'
    assert caught.value.commands == ("openclaw undo 1",)
    (receipt,) = journal.receipts()
    assert receipt.state == "started"
    assert journal.snapshot(receipt, receipt.files[0]) == b"{}"


def test_what_was_written_is_read_back(journal: Journal, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "a.json").write_text('{"a": 1}')
    before = tree(home)
    monkeypatch.setattr(verify, "_means_json", lambda *_: False)
    with pytest.raises(Failure, match="another meaning"):
        applied(journal, home, SetVariable(home / ".env", "A", KEY), SetKey(home / "a.json", ("a",), 2))
    assert tree(home) == before


@pytest.mark.parametrize(
    ("content", "plan", "good"),
    [
        ('{"a": {"b": 1}}', (SetKey, ("a", "b"), 2), '{"a": {"b": 2}}'),
        ('{"a": [1, {"b": 1}]}', (SetKey, ("a", 1, "b"), 2), '{"a": [1, {"b": 2}]}'),
        ("// none\n", (SetKey, ("a", "b"), [KEY]), f'{{"a": {{"b": ["{KEY.reveal()}"]}}}}'),
        ('{"a": {"b": 1, "c": 2}}', (DeleteKey, ("a", "b")), '{"a": {"c": 2}}'),
        ('{"a": [1, 2, 3]}', (DeleteKey, ("a", 1)), '{"a": [1, 3]}'),
    ],
)
def test_the_independent_reader(home: Path, content: str, plan: Any, good: str) -> None:
    from openclaw.change.compose import Draft

    path = home / "a.json"
    change = plan[0](path, *plan[1:])
    for written, fails in ((good, False), (good.replace("1", "7").replace("2", "7").replace("sk-", "sk_"), True)):
        path.write_text(written)
        draft = Draft(path, content.encode(), written.encode(), None, (change,))
        if fails:
            with pytest.raises(Failure):
                verify.verify(draft)
        else:
            verify.verify(draft)


def test_the_independent_reader_of_variables(home: Path) -> None:
    from openclaw.change.compose import Draft

    path = home / ".env"
    path.write_text("A=2\nB=1\n")
    changes = (SetVariable(path, "A", Secret("2")), DeleteVariable(path, "C"))
    verify.verify(Draft(path, b"A=1\nB=1\nC=1\n", b"A=2\nB=1\n", None, changes))
    with pytest.raises(Failure):
        verify.verify(Draft(path, b"A=1\nB=0\nC=1\n", b"A=2\nB=1\n", None, changes))


def test_a_broken_source_stops_all_of_it(journal: Journal, home: Path) -> None:
    (home / "a.json").write_text("{broken")
    before = tree(home)
    with pytest.raises(Unreadable):
        applied(journal, home, SetVariable(home / ".env", "A", KEY), SetKey(home / "a.json", ("a",), 1))
    assert tree(home) == before
    assert not journal.folder.exists()


def test_the_store_is_locked_while_it_is_written_and_composed_again(
    journal: Journal, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = home / "auth-profiles.json"
    store.write_text('{"profiles": {}}')
    real = atomic.write
    seen: list[bool] = []

    def write(path: Path, data: bytes, **options: Any) -> None:
        if path == store:
            seen.append((home / "auth-profiles.json.lock").is_dir())
        real(path, data, **options)

    monkeypatch.setattr(atomic, "write", write)
    real_locked = transaction.locked

    def locked(*arguments: Any) -> Any:
        store.write_text('{"profiles": {"theirs": 1}}')  # while we wait for the lock
        return real_locked(*arguments)

    monkeypatch.setattr(applying, "locked", locked)
    receipt = applied(journal, home, SetKey(store, ("profiles", "ours"), 2, locked=True))
    assert seen == [True]
    assert store.read_text() == '{"profiles": {"theirs": 1, "ours": 2}}'
    assert journal.snapshot(receipt, receipt.files[0]) == b'{"profiles": {"theirs": 1}}'
    assert not (home / "auth-profiles.json.lock").exists()


def test_somebody_else_did_the_same_while_we_waited(
    journal: Journal, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = home / "d" / "s.json"
    real_locked = transaction.locked

    def locked(*arguments: Any) -> Any:
        store.write_text('{"a": 1}')
        return real_locked(*arguments)

    monkeypatch.setattr(applying, "locked", locked)
    assert not applied(journal, home, SetKey(store, ("a",), 1, locked=True)).changed
    assert journal.receipts() == ()
    assert store.read_text() == '{"a": 1}'


def test_the_newer_lock_format(journal: Journal, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = home / "s.json"
    seen: list[bool] = []
    real = verify.verify

    def verified(draft: Any) -> None:
        seen.append((home / "s.json.lock").is_file())
        real(draft)

    monkeypatch.setattr(applying, "verify", verified)
    plan = (SetKey(store, ("a",), 1, locked=True),)
    receipt = apply(plan, journal=journal, home=home, lock_era="file", title="t", now=1)
    assert seen == [True]
    assert receipt.era == "file"
    assert not (home / "s.json.lock").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError])
def test_an_interruption_puts_everything_back(
    journal: Journal, home: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    store, env = home / "x" / "s.json", home / ".env"
    env.write_text("A=1\n")
    before = tree(home)

    def interrupted(draft: Any) -> None:
        if draft.path == env:
            raise error

    monkeypatch.setattr(applying, "verify", interrupted)
    with pytest.raises(error):
        applied(journal, home, SetKey(store, ("a",), KEY, locked=True), SetVariable(env, "A", KEY))
    assert tree(home) == before
    assert journal.receipts() == ()


def test_a_signal_puts_everything_back_and_then_kills(tmp_path: Path, home: Path) -> None:
    (home / ".env").write_text("A=1\n")
    before = tree(home)
    child = os.fork()
    if child == 0:
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            plan = (SetVariable(home / ".env", "A", KEY), Run(("x",)))

            def run(*_: Any, **__: Any) -> Done:
                os.kill(os.getpid(), signal.SIGTERM)
                return Done(0, "", "")

            apply(plan, journal=Journal(tmp_path / "journal"), home=home, title="t", now=1, run=run)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGTERM
    assert tree(home) == before
    assert Journal(tmp_path / "journal").receipts() == ()


def test_a_file_that_changes_between_looking_and_writing_is_left_alone(
    journal: Journal, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home / "a.json"
    path.write_text("{}")
    real = Journal.save

    def save(self: Journal, receipt: Receipt) -> Receipt:
        path.write_text('{"theirs": 1}')
        return real(self, receipt)

    monkeypatch.setattr(Journal, "save", save)
    with pytest.raises(Failure, match="Another program changed the file"):
        applied(journal, home, SetVariable(home / ".env", "A", KEY), SetKey(path, ("a",), 1))
    assert tree(home) == {"a.json": (tree(home)["a.json"][0], b'{"theirs": 1}')}


def test_a_gateway_that_flushes_its_own_copy_is_noticed(journal: Journal, home: Path) -> None:
    receipt = applied(journal, home, SetKey(home / "s.json", ("a",), 1, locked=True), Chmod(home, 0o711))
    assert overwritten(receipt) == ()
    (home / "s.json").write_text("{}")
    assert overwritten(receipt) == (home / "s.json",)


def test_a_symbolic_link_stays_one(journal: Journal, home: Path) -> None:
    (home / "real.json").write_text("{}")
    (home / "link.json").symlink_to("real.json")
    applied(journal, home, SetKey(home / "link.json", ("a",), 1))
    assert (home / "link.json").is_symlink()
    assert json.loads((home / "real.json").read_text()) == {"a": 1}


def test_a_mode_of_what_is_not_there(journal: Journal, home: Path) -> None:
    with pytest.raises(Failure):
        applied(journal, home, Chmod(home / "missing", 0o600))
    assert journal.receipts() == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to make a link of another user")
def test_a_link_of_another_user_is_no_way_to_change_modes(journal: Journal, home: Path) -> None:
    (home / "ours").write_text("x")
    (home / "ours").chmod(0o644)
    (home / "link").symlink_to("ours")
    os.chown(home / "link", 65534, 65534, follow_symlinks=False)
    with pytest.raises(Refusal):
        applied(journal, home, Chmod(home / "link", 0o600))
    assert stat.S_IMODE((home / "ours").stat().st_mode) == 0o644


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, as under sudo")
def test_under_sudo_what_is_new_belongs_to_the_user(tmp_path: Path, home: Path) -> None:
    os.chown(home, 1234, 1234)
    journal = Journal(home / ".local" / "state" / "openclaw-onboard" / "x")
    applied(journal, home, SetKey(home / ".openclaw" / "a" / "s.json", ("a",), KEY, locked=True))
    assert {path.stat().st_uid for path in home.rglob("*")} == {1234}


def test_a_lost_lock_stops_the_next_write_and_puts_the_first_back(
    journal: Journal, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = home / "a.json", home / "b.json"
    second.write_text("{}")
    before = tree(home)
    real = verify.verify

    def verified(draft: Any) -> None:
        real(draft)
        (home / "b.json.lock").rmdir()  # as another program does that takes it for abandoned

    monkeypatch.setattr(applying, "verify", verified)
    with pytest.raises(Failure, match="lock of the store was lost"):
        applied(journal, home, SetKey(first, ("a",), 1, locked=True), SetKey(second, ("a",), 1, locked=True))
    assert tree(home) == before
    assert journal.receipts() == ()
