"""Our readers against the real ones: npm's dotenv, python-dotenv, systemd and sh.

`OPENCLAW_TEST_NODE_MODULES` names a `node_modules` with dotenv 17; without it, npm installs one into the cache.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openclaw.environment.dialects import Reading, parse_python_dotenv, parse_sh, parse_systemd
from openclaw.environment.dotenv import node_values, set_variable
from openclaw.errors import Refusal

pytestmark = pytest.mark.interop

HERE = Path(__file__).parent
CORPUS: list[str] = json.loads((HERE / "tricky_env_files.json").read_text())
USER_SYSTEMD = HERE.parent / "tools" / "user-systemd"
Variables: TypeAlias = dict[str, str]
# Reads each text by itself; None where the reader gave up on the file.
Reader: TypeAlias = Callable[[list[str]], list[Variables | None]]

OWN = {"PWD", "OLDPWD", "PATH", "_", "SHLVL"}  # what a shell sets for itself
nasty_values = st.text("'\"`#$\\ %é日=!{}()~;&|<>*?:,aB1\t\u0081\u2028", max_size=16)
PIECES = ["A", "B", "A=", "B=", "export ", "'", '"', "`", "\\", "#", " #", " ", "\n", "\nA=", "\nB=", "\r\n", "x", ":"]
MORE_PIECES = [": ", "=", "${A}", "\\n", "\ufeff", "é", "\u2028", "'x'", '"y"', "\t", "$"]
nasty_files = st.lists(st.sampled_from(PIECES + MORE_PIECES), max_size=12).map("".join)
# Lines that sh mostly takes for assignments: anything else is left out, because it would be run.
sh_values = st.lists(st.sampled_from([*"'\"\\$#~:=ax", '"', "'", "é", "'x'", '"y"', "\\$", "\u0081", "\n"]), max_size=6)
sh_files = st.lists(st.tuples(st.sampled_from(["A=", "export A=", "B="]), sh_values.map("".join)), max_size=3).map(
    lambda lines: "".join(f"{head}{value}\n" for head, value in lines)
)
few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _files(folder: Path, texts: list[str]) -> list[Path]:
    """One file for each text, in a fresh folder."""
    fresh = folder / str(len(list(folder.iterdir())))
    fresh.mkdir()
    paths = [fresh / f"{number}.env" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, newline="")
    return paths


def _dumped(path: Path) -> Variables:
    return dict(pair.split("=", 1) for pair in path.read_bytes().decode().split("\0") if pair)


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """npm's dotenv, all texts in one process."""
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    modules = os.environ.get("OPENCLAW_TEST_NODE_MODULES") or str(_installed_dotenv())
    script = tmp_path_factory.mktemp("node") / "read.cjs"
    script.write_text(
        "const dotenv = require(process.argv[2] + '/dotenv')\n"
        "const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'))\n"
        "console.log(JSON.stringify(texts.map((text) => dotenv.parse(text))))\n"
    )

    def read(texts: list[str]) -> list[Variables | None]:
        argv = ["node", str(script), modules]
        done = subprocess.run(argv, input=json.dumps(texts), capture_output=True, text=True, timeout=60, check=True)
        return list(json.loads(done.stdout))

    return read


def _installed_dotenv() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "openclaw-interop" / "dotenv"
    if not (cache / "node_modules" / "dotenv").is_dir():
        if not shutil.which("npm"):
            pytest.skip("npm is not installed, and OPENCLAW_TEST_NODE_MODULES is not set")
        cache.mkdir(parents=True, exist_ok=True)
        argv = ["npm", "install", "--prefix", str(cache), "--no-audit", "--no-fund", "--ignore-scripts", "dotenv@17"]
        try:
            subprocess.run(argv, capture_output=True, timeout=90, check=True)
        except (subprocess.SubprocessError, OSError) as error:
            pytest.skip(f"npm could not install dotenv@17: {type(error).__name__}")
    return cache / "node_modules"


@pytest.fixture(scope="session")
def python_dotenv(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """python-dotenv without interpolation, from files, because it opens them with universal newlines."""
    dotenv = pytest.importorskip("dotenv")
    folder = tmp_path_factory.mktemp("python-dotenv")

    def read(texts: list[str]) -> list[Variables | None]:
        seen = [dotenv.dotenv_values(path, interpolate=False) for path in _files(folder, texts)]
        return [{name: value for name, value in values.items() if value is not None} for values in seen]

    return read


@pytest.fixture(scope="session")
def sh(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """`set -a; . FILE` in an empty folder and environment, without a PATH to run anything from."""
    env_program = shutil.which("env")
    if not Path("/bin/sh").exists() or not env_program:
        pytest.skip("no sh or env")
    folder, empty = tmp_path_factory.mktemp("sh"), tmp_path_factory.mktemp("empty")
    script = 'set -a; . "$1" >/dev/null 2>&1; exec "$2" -0'

    def one(path: Path) -> Variables | None:
        argv = ["/bin/sh", "-c", script, "sh", str(path), env_program]
        done = subprocess.run(argv, env={"PATH": "/nowhere"}, cwd=empty, capture_output=True, timeout=10, check=False)
        path.with_suffix(".out").write_bytes(done.stdout)
        seen = _dumped(path.with_suffix(".out"))
        return {name: value for name, value in seen.items() if name not in OWN} if seen else None

    def read(texts: list[str]) -> list[Variables | None]:
        return [one(path) for path in _files(folder, texts)]

    return read


@pytest.fixture(scope="session")
def systemd(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """`EnvironmentFile=` of a real `systemd --user`: one unit for each text, started in one go."""
    folder = tmp_path_factory.mktemp("systemd")
    home = tmp_path_factory.mktemp("home")
    units = home / ".config" / "systemd" / "user"
    units.mkdir(parents=True)

    def read(texts: list[str]) -> list[Variables | None]:
        for unit in units.iterdir():
            unit.unlink()
        plain, *paths = _files(folder, ["", *texts])
        for number, path in enumerate([plain, *paths]):
            dump = f"ExecStart=/bin/sh -c 'exec env -0 >{path.with_suffix('.out')}'"
            unit = units / f"read-{number}.service"
            unit.write_text(f"[Service]\nType=oneshot\nEnvironmentFile={path}\n{dump}\n")
        names = " ".join(f"read-{number}.service" for number in range(len(paths) + 1))
        script = plain.with_name("start.sh")
        script.write_text(f"systemctl --user daemon-reload\nsystemctl --user start {names}\nexit 0\n")
        argv = [str(USER_SYSTEMD), "sh", str(script)]
        done = subprocess.run(
            argv, env={**os.environ, "HOME": str(home)}, capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode == 3:
            pytest.skip(done.stderr.strip())
        own = _dumped(plain.with_suffix(".out")).keys()
        seen = [path.with_suffix(".out") for path in paths]
        return [
            {name: value for name, value in _dumped(path).items() if name not in own} if path.exists() else None
            for path in seen
        ]

    return read


def _same(texts: list[str], ours: Callable[[str], Variables], real: Reader) -> None:
    for text, seen in zip(texts, real(texts), strict=True):
        assert ours(text) == seen, repr(text)


def _certain(text: str) -> bool:
    """Whether sh reads the whole file as plain assignments: the rest would run what is in it."""
    return not parse_sh(text).errors


def _version() -> int:
    done = subprocess.run(["systemctl", "--version"], capture_output=True, text=True, timeout=10, check=False)
    digits = done.stdout.split()[1:2]
    return int(digits[0].split(".")[0].split("~")[0]) if digits else 0


def _continued_comment(text: str) -> bool:
    """Read in another way since systemd 254."""
    return any(line.lstrip().startswith(("#", ";")) and line.endswith("\\") for line in text.splitlines())


def test_node_reads_the_corpus_alike(node: Reader) -> None:
    _same(CORPUS, node_values, node)


def test_python_dotenv_reads_the_corpus_alike(python_dotenv: Reader) -> None:
    _same(CORPUS, lambda text: parse_python_dotenv(text).values, python_dotenv)


def test_sh_reads_the_corpus_alike(sh: Reader) -> None:
    texts = [text for text in CORPUS if _certain(text)]
    assert len(texts) > 100
    _same(texts, lambda text: parse_sh(text).values, sh)


def test_systemd_reads_the_corpus_alike(systemd: Reader) -> None:
    _same(CORPUS, lambda text: parse_systemd(text).values, systemd)


def test_systemd_continues_a_comment_before_254(systemd: Reader) -> None:
    text = "# c \\\nA=1\nB=2\n"
    if _version() >= 254:
        assert systemd([text]) == [{"A": "1", "B": "2"}]
    else:
        assert systemd([text]) == [parse_systemd(text).values]


@few
@given(st.lists(nasty_files, min_size=50, max_size=100))
def test_node_reads_anything_alike(node: Reader, texts: list[str]) -> None:
    _same(texts, node_values, node)


@few
@given(st.lists(nasty_files, min_size=20, max_size=60))
def test_python_dotenv_reads_anything_alike(python_dotenv: Reader, texts: list[str]) -> None:
    _same(texts, lambda text: parse_python_dotenv(text).values, python_dotenv)


@few
@given(st.lists(sh_files, min_size=20, max_size=50))
def test_sh_reads_anything_alike(sh: Reader, texts: list[str]) -> None:
    _same([text for text in texts if _certain(text)], lambda text: parse_sh(text).values, sh)


@settings(few, max_examples=3)
@given(st.lists(nasty_files, min_size=30, max_size=60))
def test_systemd_reads_anything_alike(systemd: Reader, texts: list[str]) -> None:
    texts = [text for text in texts if not _continued_comment(text)]
    _same(texts, lambda text: parse_systemd(text).values, systemd)


def _written(values: list[str]) -> tuple[str, Variables]:
    """One file with every value that can be written, and what it must read as."""
    text, expected = "", {}
    for number, value in enumerate(values):
        name = f"V{number}"
        try:
            text += set_variable("", name, value)
        except Refusal:
            continue
        expected[name] = value
    return text, expected


SAMPLES = [
    "sk-FAKE-EXAMPLE-key_1.2", "two words", "it's", 'say "hi"', "a#b", "a #b", "#", "$HOME", "a$", "`id`", "$(id)",
    "a\\b", "~", "~/x", "*", "a;b", "a&b", "a|b", "(x)", "{a,b}", "a=b==", "%h%%", "!", "", " ", " x ", "\tx", "é日",
    "a\u2028b", "\u00a0x", "http://h.example/p?q=1&r=2#f", "\x1b[0m", "\x81", "'", '"', "`", "--", "0", "\\", "a\\",
    "\\n", "\\\\", "${X}", "'\"", "a\nb", "'`", "'$x",
]  # fmt: skip


def test_only_these_samples_cannot_be_written() -> None:
    _, expected = _written(SAMPLES)
    refused = {value for value in SAMPLES if value not in expected.values()}
    assert refused == {"\\", "a\\", "\\\\", "${X}", "'\"", "a\nb", "'`", "'$x"}


@pytest.mark.parametrize("reader", ["node", "python_dotenv", "sh", "systemd"])
def test_written_samples_are_read_back(reader: str, request: pytest.FixtureRequest) -> None:
    text, expected = _written(SAMPLES)
    real: Reader = request.getfixturevalue(reader)
    assert real([text]) == [expected]


@few
@given(st.lists(nasty_values, min_size=20, max_size=60))
def test_written_values_are_read_back(node: Reader, python_dotenv: Reader, sh: Reader, values: list[str]) -> None:
    text, expected = _written(values)
    for real in (node, python_dotenv, sh):
        assert real([text]) == [expected]


@settings(few, max_examples=4)
@given(st.lists(nasty_values, min_size=60, max_size=150))
def test_written_values_are_read_back_by_systemd(systemd: Reader, values: list[str]) -> None:
    text, expected = _written(values)
    assert systemd([text]) == [expected]


def test_python_dotenv_expands_nothing_that_we_write() -> None:
    from io import StringIO

    dotenv = pytest.importorskip("dotenv")
    text, expected = _written(SAMPLES)
    assert dotenv.dotenv_values(stream=StringIO(text), interpolate=True) == expected


@pytest.mark.parametrize("reader", ["node", "python_dotenv", "sh", "systemd"])
def test_the_last_duplicate_wins_everywhere(reader: str, request: pytest.FixtureRequest) -> None:
    real: Reader = request.getfixturevalue(reader)
    assert real(["A=1\nB=x\nA='2'\n"]) == [{"A": "2", "B": "x"}]


def test_python_dotenv_expansion_is_seen() -> None:
    from io import StringIO

    dotenv = pytest.importorskip("dotenv")
    for text in CORPUS:
        reading: Reading = parse_python_dotenv(text)
        expanded = dotenv.dotenv_values(stream=StringIO(text.replace("\r\n", "\n")), interpolate=True)
        assert {name for name, value in reading.values.items() if expanded.get(name) != value} <= reading.expands
