"""Applying a plan: all of it or nothing, with a receipt that `openclaw undo` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw import proc
from openclaw.change import atomic, directories
from openclaw.change.compose import compose, early, late
from openclaw.change.journal import FileRecord, Journal, Receipt, digest
from openclaw.change.plan import Chmod, DeleteKey, MoveFile, Plan, Run, SetKey, secrets_of
from openclaw.change.signals import Signals
from openclaw.change.transaction import Transaction, locked, mode_of
from openclaw.change.verify import verify
from openclaw.errors import Failure
from openclaw.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openclaw.change.compose import Draft
    from openclaw.change.lock import Era
    from openclaw.change.plan import Change


def apply(
    plan: Plan,
    *,
    journal: Journal,
    home: Path,
    lock_era: Era = "directory",
    title: str,
    now: int,
    run: Callable[..., proc.Done | proc.NotDone] = proc.run,
) -> Receipt:
    """Does what the plan says. `now` is in milliseconds since the epoch, `home` the user's home directory.

    Contents come first, as one step, under the locks of the credential stores among them: composed again from what is
    there then, snapshot, written, read back. Modes, commands and what follows a command come after it, in plan order
    and without the locks, which those commands may want themselves. Whatever fails, what was changed is put back (not
    what commands did), and the failure is raised. Nothing to do: a receipt with `changed == False`, and no trace.
    """
    drafts = compose(early(plan), atomic.read)
    if not drafts and not any(map(_needed, late(plan))):
        return _nothing(title, now)
    with journal.alone():
        # again, because somebody else may have done the same while we waited
        drafts = compose(early(plan), atomic.read)
        if not drafts and not any(map(_needed, late(plan))):
            return _nothing(title, now)
        return _Apply(plan, journal, home, lock_era, run).go(title, now, drafts)


def overwritten(receipt: Receipt) -> tuple[Path, ...]:
    """The files of a receipt that are not what was written any more: a running gateway may flush its own copy.

    To be asked a moment after a store write (user-pain, FM 14). Raises Unreadable.
    """
    records = (record for record in receipt.files if not record.only_mode)
    return tuple(record.path for record in records if digest(atomic.read(record.path)) != record.after)


def _nothing(title: str, now: int) -> Receipt:
    return Receipt("", title, now, changed=False)


def _needed(change: Change) -> bool:
    return not isinstance(change, Chmod) or mode_of(change.path) != change.mode


class _Apply:
    def __init__(
        self, plan: Plan, journal: Journal, home: Path, era: Era, run: Callable[..., proc.Done | proc.NotDone]
    ) -> None:
        self._plan = plan
        self._journal = journal
        self._home = home
        self._era = era
        self._run_program = run
        self._files = Transaction()
        self._signals = Signals()
        self._receipt: Receipt | None = None
        self._stores: list[Path] = []
        self._ran: list[str] = []
        self._stuck: tuple[Path, ...] = ()  # what could not be put back

    def go(self, title: str, now: int, drafts: tuple[Draft, ...]) -> Receipt:
        self._signals.catch()
        try:
            receipt = self._begin(title, now, drafts)
            directories.make(receipt.directories)
            self._contents_locked()
            for change in filter(_needed, late(self._plan)):
                self._step(change)
            receipt = self._finished(title, now)
        except BaseException as error:
            with self._signals.ending():
                self._fail(error)
            raise
        with self._signals.ending():
            return receipt

    @property
    def _started(self) -> Receipt:
        assert self._receipt is not None  # noqa: S101 - set by the first step
        return self._receipt

    def _begin(self, title: str, now: int, drafts: tuple[Draft, ...]) -> Receipt:
        moved = [change.target for change in late(self._plan) if isinstance(change, MoveFile)]
        written = [draft.path for draft in drafts if draft.after is not None]
        self._receipt = self._journal.begin(
            title,
            now,
            era=self._era,
            stores=stores_of(self._plan),
            made=directories.missing([*written, *moved]),
            irreversible=[self._shown(change) for change in self._plan if isinstance(change, Run)],
        )
        return self._receipt

    def _contents_locked(self) -> None:
        self._stores = [path for path in stores_of(self._plan) if path.parent.is_dir()]
        with locked(self._stores, self._era) as check:
            try:
                self._contents(compose(early(self._plan), atomic.read), check)
            except BaseException:
                with self._signals.deferred():
                    self._stuck += self._files.back()
                raise

    def _contents(self, drafts: tuple[Draft, ...], check: Callable[[], None]) -> None:
        modes = [draft.final_mode(mode_of(draft.moved_from or draft.path)) for draft in drafts]
        receipt = self._started
        for draft, mode in zip(drafts, modes, strict=True):
            receipt = self._journal.add(receipt, _record(draft, mode), draft.before)
        self._receipt = self._journal.save(receipt)
        for draft, mode in zip(drafts, modes, strict=True):
            check()
            self._files.replace(draft.path, draft.before, draft.after, mode)
            verify(draft)

    def _step(self, change: Change) -> None:
        if isinstance(change, Chmod):
            record = FileRecord(change.path, None, None, mode_of(change.path), change.mode, only_mode=True)
            self._receipt = self._journal.save(self._journal.add(self._started, record, None))
            self._files.chmod(change.path, change.mode)
        elif isinstance(change, Run):
            self._run(change)
        else:
            self._contents(compose((change,), atomic.read), lambda: None)

    def _run(self, change: Run) -> None:
        stdin = None if change.stdin is None else change.stdin.reveal()
        done = self._run_program(change.argv, timeout=change.timeout, env=change.env, stdin=stdin)
        if isinstance(done, proc.Done) and done.code == 0:
            self._ran.append(self._shown(change))
            return
        from openclaw.redact import scrub

        if isinstance(done, proc.NotDone):
            reason = done.reason
        else:
            said = (done.err.strip() or done.out.strip() or "no message").splitlines()[-1]
            reason = f"exit code {done.code}: {said}"
        raise Failure(
            f"A command of the plan failed: {scrub(reason, secrets_of(self._plan))}",
            hint="The files that had been changed were put back.",
            commands=(self._shown(change),),
        )

    def _shown(self, change: Run) -> str:
        from openclaw.redact import scrub

        return scrub(command(change), secrets_of(self._plan))

    def _finished(self, title: str, now: int) -> Receipt:
        receipt = self._started
        if not receipt.files and not self._ran:  # somebody else did the same while we waited for the lock
            self._clean_up()
            return _nothing(title, now)
        files = tuple(replace(record, mode_after=mode_of(record.path)) for record in receipt.files)
        return self._journal.finish(replace(receipt, files=files))

    def _fail(self, error: BaseException) -> None:
        """Puts back what is not yet, and forgets the receipt when nothing is left of it."""
        if self._receipt is None:
            return
        if self._files.pending:
            self._stuck += self._taken_back()
        if isinstance(error, Failure) and self._ran:
            error.hint = f"{error.hint} What these commands did stays: {'; '.join(self._ran)}.".strip()
        if not self._stuck:
            try:
                self._clean_up()
            except Failure as trouble:
                self._stuck = (trouble.path or self._home,)
        if self._stuck:
            raise self._half_way(error) from error

    def _taken_back(self) -> tuple[Path, ...]:
        try:
            with locked(self._stores, self._era):
                return self._files.back()
        except Failure:  # a lock cannot be had
            return self._files.pending

    def _half_way(self, error: BaseException) -> Failure:
        from openclaw.text import joined, tilde

        names = joined([tilde(path, self._home) for path in dict.fromkeys(self._stuck)])
        cause = error.message if isinstance(error, Failure) else "It was interrupted."
        return Failure(
            f"{cause} The change is half done, because this could not be put back: {names}.",
            path=self._stuck[0],
            hint="Another program changed it meanwhile, or it cannot be written. What was there before is kept.",
            commands=(f"openclaw undo {self._started.id}",),
        )

    def _clean_up(self) -> None:
        directories.remove_empty(self._started.directories)
        self._journal.discard(self._started)


def stores_of(plan: Plan) -> tuple[Path, ...]:
    """The credential stores that the plan changes: those that are edited under OpenClaw's lock."""
    edits = (change for change in plan if isinstance(change, SetKey | DeleteKey))
    return tuple(dict.fromkeys(change.path for change in edits if change.locked))


def command(change: Run) -> str:
    """The command line of a step, for people and shells; without what goes to its standard input."""
    from shlex import join

    return join(change.argv)


def _record(draft: Draft, mode: int) -> FileRecord:
    after = digest(draft.after)
    return FileRecord(
        draft.path,
        digest(draft.before),
        after,
        mode_of(draft.path),
        None if after is None else mode,
    )
