"""Running other programs: every way in which one can fail to answer costs its own time-out and no more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from openclaw import proc
from openclaw.proc import Done, NotDone, run


def python(code: str, timeout: float = 10, stdin: str | None = None) -> Done | NotDone:
    return run([sys.executable, "-I", "-c", code], timeout=timeout, stdin=stdin)


def script(path: Path, text: str, mode: int = 0o755) -> str:
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def gone(pid: int) -> bool:
    """Whether a process ends within two seconds."""
    ends = time.monotonic() + 2
    while alive(pid) and time.monotonic() < ends:
        time.sleep(0.02)
    return not alive(pid)


def test_both_streams_and_the_code() -> None:
    answer = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert answer == Done(3, "out\n", "err\n")


def test_a_program_that_dies_of_a_signal() -> None:
    answer = python("import os; os.kill(os.getpid(), 15)")
    assert isinstance(answer, Done)
    assert answer.code == -signal.SIGTERM


def test_standard_input_is_text_or_nothing() -> None:
    assert python("print(input())", stdin="a\u00fc\n") == Done(0, "a\u00fc\n", "")
    assert python("import sys; print(repr(sys.stdin.read()))") == Done(0, "''\n", "")


def test_much_input_and_output_at_the_same_time() -> None:
    text = "x" * 3_000_000
    answer = python("import sys; sys.stdout.write(sys.stdin.read()[:1500000])", stdin=text)
    assert answer == Done(0, text[:1_500_000], "")


def test_input_that_nobody_reads() -> None:
    assert python("print(1)", stdin="x" * 3_000_000) == Done(0, "1\n", "")


def test_bytes_that_are_no_utf_8() -> None:
    answer = python("import sys; sys.stdout.buffer.write(b'a\\xffb')")
    assert answer == Done(0, "a\ufffdb", "")


def test_endless_output_is_cut_and_not_collected() -> None:
    answer = python("import sys; sys.stdout.write('y' * 5_000_000)")
    assert isinstance(answer, Done)
    assert (len(answer.out), answer.cut) == (proc.MAX_OUTPUT, True)
    started = time.monotonic()
    assert isinstance(python("while True: print('y' * 1000)", timeout=0.4), NotDone)
    assert time.monotonic() - started < 3


def test_a_hung_program_is_killed_with_its_whole_group(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = f"sleep 60 & echo $$ $! > {pids}; trap '' TERM INT; sleep 60"
    started = time.monotonic()
    answer = run(["/bin/sh", "-c", code], timeout=0.5)
    assert answer == NotDone("/bin/sh gave no answer in 0.5 s", timed_out=True)
    assert time.monotonic() - started < 3
    assert all(gone(int(pid)) for pid in pids.read_text().split())


def test_a_grandchild_that_keeps_the_pipes_does_not_hold_the_answer_back(tmp_path: Path) -> None:
    """An agent started by a login profile inherits the pipes and lives on; the answer is there all the same."""
    pid = tmp_path / "pid"
    started = time.monotonic()
    answer = run(["/bin/sh", "-c", f"setsid sleep 30 & echo $! > {pid}; echo answer; exit 4"], timeout=20)
    assert answer == Done(4, "answer\n", "")
    assert time.monotonic() - started < 3
    os.kill(int(pid.read_text()), signal.SIGKILL)


def test_a_grandchild_in_a_session_of_its_own_does_not_hang_the_time_out(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    started = time.monotonic()
    answer = run(["/bin/sh", "-c", f"setsid sleep 30 & echo $! > {pid}; sleep 30"], timeout=0.4)
    assert isinstance(answer, NotDone)
    assert answer.timed_out
    assert time.monotonic() - started < 3
    os.kill(int(pid.read_text()), signal.SIGKILL)


def test_a_program_that_closes_its_streams_and_goes_on() -> None:
    assert run(["/bin/sh", "-c", "exec >&- 2>&-; sleep 0.3; exit 5"], timeout=10) == Done(5, "", "")
    answer = run(["/bin/sh", "-c", "exec >&- 2>&-; sleep 30"], timeout=0.3)
    assert isinstance(answer, NotDone)
    assert answer.timed_out


def test_ctrl_c_while_waiting_kills_the_program_too(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    timer = threading.Timer(0.5, signal.pthread_kill, (threading.get_ident(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run(["/bin/sh", "-c", f"echo $$ > {pid}; sleep 30"], timeout=20)
    assert gone(int(pid.read_text()))


def test_programs_that_cannot_be_started(tmp_path: Path) -> None:
    locked = script(tmp_path / "locked", "#!/bin/sh\n", 0o644)
    no_interpreter = script(tmp_path / "no-interpreter", "#!/none/such\n")
    binary = script(tmp_path / "binary", "\x7fELF nonsense")
    missing = tmp_path / "missing"
    answers = {
        "openclaw-no-such-program": "openclaw-no-such-program was not found",
        str(missing): f"{missing} was not found",
        locked: f"{locked} could not be started: Permission denied",
        no_interpreter: f"{no_interpreter} could not be started: the interpreter in its first line was not found",
        binary: f"{binary} could not be started: Exec format error",
        str(tmp_path): f"{tmp_path} could not be started: Permission denied",
    }
    assert {program: run([program], timeout=5) for program in answers} == {
        program: NotDone(reason) for program, reason in answers.items()
    }


def test_a_directory_that_is_gone(tmp_path: Path) -> None:
    answer = run(["/bin/sh", "-c", "true"], timeout=5, cwd=tmp_path / "none")
    assert answer == NotDone(f"/bin/sh could not be started: the directory {tmp_path}/none does not exist")


def test_a_nul_character_is_an_answer_and_no_exception() -> None:
    for answer in (run(["/bin/true", "a\0b"], timeout=5), run(["/bin/true"], timeout=5, env={"A": "secret\0"})):
        assert isinstance(answer, NotDone)
        assert "secret" not in answer.reason


def test_environment_and_directory(tmp_path: Path) -> None:
    assert run(["/bin/sh", "-c", 'echo "$A"; pwd'], timeout=5, env={"A": "1"}, cwd=tmp_path) == Done(
        0, f"1\n{tmp_path}\n", ""
    )


def test_a_program_that_nobody_waits_for_any_more_ends_with_us(tmp_path: Path) -> None:
    """A thread of ours talks to a program that hangs, and we end: it does not stay behind."""
    pid_file = tmp_path / "pid"
    code = (
        "import sys, threading, time\n"
        "from pathlib import Path\n"
        "from openclaw import proc\n"
        f"hang = ['sh', '-c', 'echo $$ > {pid_file}; sleep 60']\n"
        "threading.Thread(target=proc.run, args=(hang,), kwargs={'timeout': 50}, daemon=True).start()\n"
        f"path = Path({str(pid_file)!r})\n"
        "while not (path.exists() and path.read_text().strip()): time.sleep(0.01)\n"
        "sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], timeout=30, check=False)
    assert done.returncode == 7
    pid = int(pid_file.read_text())
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]:
            return
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the program is still there")
