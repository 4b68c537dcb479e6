"""Our lock against those that it was made for: npm proper-lockfile 4.1.2, and the one of an installed OpenClaw."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from openclaw.change import lock as module
from openclaw.change.lock import lock
from openclaw.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.change.lock import Era

pytestmark = pytest.mark.interop

REPOSITORY = Path(module.__file__).parents[2]
CACHE = Path(os.environ.get("OPENCLAW_INTEROP_CACHE") or Path.home() / ".cache" / "openclaw-interop")
OPENCLAW = CACHE / "openclaw-2026.9.6" / "node_modules" / "openclaw"
PACKAGE = "proper-lockfile@4.1.2"
PROCESSES, ROUNDS = 3, 100  # of each side
LONGEST = 50  # seconds for one stress

# Increments the counter, and notes who did it: `python` and `node` must both get their turns.
PYTHON = """
import json, os, pathlib, sys, time
from openclaw.change import atomic, lock as module

store, era, rounds, stale = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
module.FIRST_WAIT, module.LONGEST_WAIT = 0.004, 0.03  # the test is short of time, not of locks
if "TOGETHER" in os.environ:
    print("ready", flush=True)
    sys.stdin.readline()
for _ in range(rounds):
    with module.lock(store, era=era, stale=stale) as held:
        content = json.loads(atomic.read(store))
        content["count"] += 1
        content["who"] += "p"
        held.check()
        atomic.write(store, json.dumps(content).encode())
    time.sleep(0.002)
"""
NODE = """
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import fs from "node:fs";
const [library, store, kind, rounds, stale, hold] = process.argv.slice(2);
const retries = { retries: 5000, factor: 2, minTimeout: 4, maxTimeout: 30, randomize: true };
let take;
if (kind === "directory") {
  const lockfile = createRequire(library + "/")("proper-lockfile");
  take = () => lockfile.lock(store, { retries, stale: Number(stale) * 1000 });
} else {
  const { acquireFileLock } = await import(pathToFileURL(library + "/dist/plugin-sdk/file-lock.js"));
  take = async () => (await acquireFileLock(store, { retries, stale: Number(stale) * 1000 })).release;
}
if (process.env.TOGETHER) {
  console.log("ready");
  fs.readSync(0, Buffer.alloc(1));
}
for (let round = 0; round < Number(rounds); round++) {
  const release = await take();
  if (hold) {
    console.log("held");
    await new Promise((resolve) => setTimeout(resolve, Number(hold) * 1000));
  }
  const content = JSON.parse(fs.readFileSync(store, "utf8"));
  content.count += 1;
  content.who += "n";
  fs.writeFileSync(store, JSON.stringify(content));
  await release();
  await new Promise((resolve) => setTimeout(resolve, 2));
}
"""


@pytest.fixture(scope="module")
def library() -> Path:
    """The directory in which proper-lockfile is installed."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("needs node and npm")
    directory = CACHE / "proper-lockfile"
    if not (directory / "node_modules" / "proper-lockfile" / "package.json").exists():
        directory.mkdir(parents=True, exist_ok=True)
        argv = ["npm", "install", "--prefix", str(directory), "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm took too long to install {PACKAGE}")
        if done.returncode:
            pytest.skip(f"npm could not install {PACKAGE}: {done.stderr.strip()[-200:]}")
    return directory


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "auth-profiles.json"
    path.write_text('{"count": 0, "who": ""}')
    path.chmod(0o600)
    return path


@pytest.fixture
def node_script(tmp_path: Path) -> Path:
    script = tmp_path / "child.mjs"
    script.write_text(NODE)
    return script


@pytest.fixture
def openclaw_node() -> str:
    """A Node that can load the installed OpenClaw's own lock."""
    node = CACHE / "node" / "bin" / "node"
    if not (OPENCLAW / "dist" / "plugin-sdk" / "file-lock.js").exists() or not node.exists():
        pytest.skip("OpenClaw 2026.9.6 is not installed: tests/tools/real-openclaw 2026.9.6")
    return str(node)


def stress(store: Path, era: Era, node: list[str]) -> None:
    """Both sides at the same time: who starts faster waits for the others."""
    argv = [sys.executable, "-c", PYTHON, str(store), era, str(ROUNDS), "30"]
    children = [child(side, TOGETHER="yes") for _ in range(PROCESSES) for side in (argv, node)]
    for one in children:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in children:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    finish(children)


def child(argv: list[str], **environment: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY), **environment}
    pipe = subprocess.PIPE
    return subprocess.Popen(argv, env=env, text=True, stdin=pipe, stdout=pipe, stderr=pipe)


def finish(children: list[subprocess.Popen[str]]) -> None:
    """Waits for all of them, for as long as a stress may take; each must have succeeded."""
    end = time.monotonic() + LONGEST
    try:
        for one in children:
            _, err = one.communicate(timeout=max(0.1, end - time.monotonic()))
            assert one.returncode == 0, err
    finally:
        for one in children:
            one.kill()
            one.wait()


def check_counter(store: Path) -> None:
    content = json.loads(store.read_text())
    assert content["count"] == 2 * PROCESSES * ROUNDS
    assert Counter(content["who"]) == {"p": PROCESSES * ROUNDS, "n": PROCESSES * ROUNDS}
    turns = sum(before != after for before, after in pairwise(content["who"]))
    assert turns > 20, f"the two sides took only {turns} turns"
    assert store.stat().st_mode & 0o777 == 0o600


def test_six_processes_count_to_six_hundred(library: Path, store: Path, node_script: Path) -> None:
    node = ["node", str(node_script), str(library), str(store), "directory", str(ROUNDS), "30"]
    stress(store, "directory", node)
    check_counter(store)
    assert sorted(path.name for path in store.parent.iterdir()) == ["auth-profiles.json", "child.mjs"]


def test_with_openclaws_own_lock_too(openclaw_node: str, store: Path, node_script: Path) -> None:
    node = [openclaw_node, str(node_script), str(OPENCLAW), str(store), "file", str(ROUNDS), "30"]
    stress(store, "file", node)
    check_counter(store)
    assert sorted(path.name for path in store.parent.iterdir()) == ["auth-profiles.json", "child.mjs"]


class Holding:
    """A Node process in the middle of holding the lock."""

    def __init__(self, argv: list[str]) -> None:
        self.process = child(argv)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "held\n"


@pytest.fixture
def holding() -> Iterator[list[Holding]]:
    started: list[Holding] = []
    yield started
    for one in started:
        one.process.kill()
        one.process.communicate()


def test_a_lock_that_node_holds_is_respected(
    library: Path, store: Path, node_script: Path, holding: list[Holding]
) -> None:
    """For longer than its first refresh (stale is 2 s, as short as proper-lockfile allows)."""
    holding.append(Holding(["node", str(node_script), str(library), str(store), "directory", "1", "2", "60"]))
    started = time.monotonic()
    with pytest.raises(Failure, match="not released"), lock(store, stale=2, timeout=3):
        pytest.fail("entered")
    assert time.monotonic() - started >= 3
    holding[0].process.kill()  # now it becomes stale
    holding[0].process.wait()
    with lock(store, stale=2, timeout=10) as held:
        held.check()


def test_node_respects_a_lock_that_we_hold(library: Path, store: Path, node_script: Path) -> None:
    with lock(store, stale=2) as held:
        node = child(["node", str(node_script), str(library), str(store), "directory", "1", "2"])
        with pytest.raises(subprocess.TimeoutExpired):
            node.wait(3)
        assert not held.compromised
        assert json.loads(store.read_text())["count"] == 0
    finish([node])
    assert json.loads(store.read_text())["count"] == 1


def test_node_takes_over_what_we_left_behind(library: Path, store: Path, node_script: Path) -> None:
    left = Path(f"{store}.lock")
    left.mkdir()
    os.utime(left, (time.time() - 31, time.time() - 31))
    finish([child(["node", str(node_script), str(library), str(store), "directory", "1", "30"])])
    assert json.loads(store.read_text())["count"] == 1
    assert not left.exists()


def test_openclaw_and_we_take_over_each_others_locks(
    openclaw_node: str, store: Path, node_script: Path, holding: list[Holding]
) -> None:
    openclaw = [openclaw_node, str(node_script), str(OPENCLAW), str(store), "file", "1", "30"]
    holding.append(Holding([*openclaw, "60"]))
    with pytest.raises(Failure, match=f"by process {holding[0].process.pid}"), lock(store, era="file", timeout=0.3):
        pytest.fail("entered")
    with pytest.raises(Failure, match="not released"), lock(store, era="directory", timeout=0.3):
        pytest.fail("entered")
    holding[0].process.kill()
    holding[0].process.wait()
    with pytest.raises(Failure, match="abandoned") as caught, lock(store, era="directory", timeout=0.3):
        pytest.fail("entered")
    assert caught.value.commands == (f"rm {store}.lock",)
    with lock(store, era="file", timeout=5):
        node = child(openclaw)
        with pytest.raises(subprocess.TimeoutExpired):
            node.wait(1)
    finish([node])
    code = "import sys, os, pathlib; from openclaw.change.lock import lock; "
    code += "lock(pathlib.Path(sys.argv[1]), era='file').__enter__(); os._exit(0)"
    finish([child([sys.executable, "-c", code, str(store)])])
    assert Path(f"{store}.lock").exists()
    finish([child(openclaw)])
    assert json.loads(store.read_text())["count"] == 2
    assert sorted(path.name for path in store.parent.iterdir()) == ["auth-profiles.json", "child.mjs"]
