"""A host whose user has a systemd that is a script: what it is asked stands in its log, what runs in its files."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

UNIT = "openclaw-gateway.service"
KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER_KEY = "sk-ant-api03-FAKE" + "zY9-" * 22
OPENAI = "sk-proj-FAKE0123456789abcdef0123456789abcdef"
# Only the host is made up; the program that runs in it is as it is.
BOOTED = """
from openclaw import platforms
real = platforms.exists
platforms.exists = lambda root, path: str(path) == "/run/systemd/system" or real(root, path)
"""
SYSTEMCTL = r"""#!/bin/sh
here={here}
echo "$*" >> "$here/log"
sleep {slow}
for last; do :; done
unit="$HOME/.config/systemd/user/$last"
case " $* " in
  *" show-environment "*)
    [ -n "{unreachable}" ] && {{ echo "Failed to connect to bus: made up" >&2; exit 1; }}
    echo "HOME=$HOME"; echo "PATH=/usr/bin:/bin" ;;
  *" show "*)
    if [ -e "$unit" ]; then echo LoadState=loaded; echo "FragmentPath=$unit"; echo UnitFileState=enabled
    else echo LoadState=not-found; fi
    if [ -e "$here/pid" ]; then echo ActiveState=active; echo SubState=running; echo "MainPID=$(cat "$here/pid")"
    else echo ActiveState=inactive; echo SubState=dead; echo MainPID=0; fi
    echo Result=success; echo NRestarts=0; echo ExecMainStatus=0; echo NeedDaemonReload=no ;;
  *" start "*|*" restart "*)
    [ -n "{refuses}" ] && {{ echo "Job for $last failed: made up" >&2; exit 1; }}
    echo $((4000000 + $(wc -l < "$here/log"))) > "$here/pid" ;;
esac
"""


@dataclass(frozen=True)
class Host:
    """The folder of the scripts. `env` is what a terminal on this host has besides the usual."""

    path: Path

    @property
    def env(self) -> dict[str, str]:
        """Programs, runtime directory and the module that makes the host one that systemd runs."""
        return {
            "PATH": f"{self.path}/bin:/usr/bin:/bin",
            "XDG_RUNTIME_DIR": f"{self.path}/run",
            "PYTHONPATH": str(self.path),
        }

    @property
    def done(self) -> list[str]:
        """What the service manager was told to do, without what it was asked."""
        path = self.path / "log"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if " show" not in line]


def serviced(path: Path, *, slow: float = 0, refuses: bool = False, unreachable: bool = False) -> Host:
    """Makes that host below a folder. `slow`: seconds that each answer takes; `refuses`: nothing is ever started."""
    if sys.platform != "linux":
        pytest.skip("a host with systemd is one with Linux")
    for name in ("bin", "run"):
        (path / name).mkdir(parents=True)
    (path / "run" / "bus").touch()
    (path / "sitecustomize.py").write_text(BOOTED)
    said = {"refuses": "yes" if refuses else "", "unreachable": "yes" if unreachable else ""}
    program(path / "bin" / "systemctl", SYSTEMCTL.format(here=path, slow=slow, **said))
    program(path / "bin" / "openclaw", "#!/bin/sh\nexit 0\n")
    return Host(path)


def program(path: Path, text: str) -> None:
    """Writes a script."""
    path.write_text(text)
    path.chmod(0o755)


def install(home: Path, host: Host) -> None:
    """The gateway's service as it is once it is installed and runs."""
    unit = home / ".config" / "systemd" / "user" / UNIT
    unit.parent.mkdir(parents=True)
    unit.write_text("[Service]\nExecStart=/bin/sleep 1000\n")
    (host.path / "pid").write_text("3999999")


def write(home: Path, files: Mapping[str, Any]) -> None:
    """Private files of an installation, by their names below its state directory; what is no text becomes JSON."""
    for name, content in files.items():
        path = home / ".openclaw" / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        path.chmod(0o600)


def stored(**profiles: Mapping[str, str]) -> dict[str, Any]:
    """A store of profiles; `anthropic__default` stands for `anthropic:default`."""
    return {"version": 1, "profiles": {name.replace("__", ":"): value for name, value in profiles.items()}}
