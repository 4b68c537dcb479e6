"""What `gateway status` tells on every kind of host whose manager does not answer: what it is, and the way to run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pytest

from openclaw import cli
from openclaw.proc import Done, NotDone
from openclaw.service import detect as detection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from openclaw.service.base import Run

RUN = "openclaw gateway run"
BOOTED = "/run/systemd/system/"
BUS = "/run/user/1000/bus"
ALICE = "alice:x:1000:1000::/home/alice:/bin/sh\n"
# As systemctl 252 and 255 print it, in the places where users met it (user-pain FM 11).
NO_MEDIUM = Done(1, "", "Failed to connect to bus: No medium found\n")
NO_FILE = Done(1, "", "Failed to connect to bus: No such file or directory\n")
DENIED = Done(1, "", "Failed to connect to bus: Permission denied\n")
HUNG = NotDone("systemctl gave no answer in 3 s", timed_out=True)


class Host(NamedTuple):
    """A recorded host: what is there, what systemctl answers, and the words that have to be in the report."""

    name: str
    files: Mapping[str, str]
    says: tuple[str, ...]
    env: Mapping[str, str] = {}
    answer: Done | NotDone = NotDone("systemctl was not found")
    uid: int = 1000
    platform: str = "linux"


HOSTS = [
    Host("plain Linux without systemd", {}, ("/run/systemd/system does not exist", RUN)),
    Host("OpenRC", {"/run/openrc/": ""}, ("OpenRC, not systemd", "supervise-daemon", RUN)),
    Host("runit", {"/run/runit/": ""}, ("runit, not systemd", "executable `run` file", RUN)),
    Host("s6", {"/run/s6/": ""}, ("s6, not systemd", RUN)),
    Host("Docker", {"/.dockerenv": ""}, ("Docker container", "--restart=unless-stopped", RUN), uid=0),
    Host("Podman", {"/run/.containerenv": ""}, ("Podman container", RUN)),
    Host("Kubernetes", {}, ("Kubernetes pod", "Secret", RUN), {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}),
    Host("Docker with systemd in it", {"/.dockerenv": "", BOOTED: ""},
         ("no user bus", "container's command", RUN), uid=0),
    Host("WSL without systemd", {"/proc/sys/kernel/osrelease": "5.15.0-microsoft-standard-WSL2"},
         ("WSL without systemd", "/etc/wsl.conf", "wsl.exe --shutdown", RUN)),
    Host("WSL with systemd and no bus", {BOOTED: "", "/proc/sys/kernel/osrelease": "5.15.0-microsoft-standard-WSL2"},
         ("no user bus at /run/user/1000/bus", "loginctl enable-linger alice", "wsl.exe --shutdown", RUN)),
    Host("Termux", {}, ("Termux on Android", "termux-wake-lock", "termux-services", RUN), {"TERMUX_VERSION": "0.118"}),
    Host("cron, Ansible: no bus", {BOOTED: "", "/etc/os-release": "ID=debian\n"},
         ("no user bus", "sudo loginctl enable-linger alice", "export XDG_RUNTIME_DIR=/run/user/1000",
          "apt-get install -y dbus-user-session", RUN)),
    Host("root without a bus", {BOOTED: "", "/etc/os-release": "ID=fedora\n"},
         ("no user bus at /run/user/0/bus", "loginctl enable-linger root", RUN), uid=0),
    Host("sudo", {BOOTED: ""}, ("run this as alice, without sudo",), {"SUDO_USER": "alice"}, uid=0),
    Host("sudo -u", {BOOTED: "", "/etc/passwd": ALICE},
         ("no user bus", "enable-linger alice", "machinectl shell alice@", RUN), {"SUDO_USER": "bob", "USER": "alice"}),
    Host("a bus without a manager", {BOOTED: "", BUS: ""}, ("No medium found", "enable-linger", RUN), answer=NO_MEDIUM),
    Host("a bus that is gone", {BOOTED: "", BUS: ""}, ("No such file or directory", RUN), answer=NO_FILE),
    Host("another user's bus", {BOOTED: "", BUS: ""}, ("Permission denied", RUN), answer=DENIED),
    Host("a manager that hangs", {BOOTED: "", BUS: ""},
         ("no answer in 3 s", "systemctl --no-pager status user@1000.service", RUN), answer=HUNG),
    Host("no systemctl", {BOOTED: "", BUS: ""}, ("systemctl was not found", "command -v systemctl", RUN)),
    Host("macOS without a desktop session", {"/bin/launchctl": ""},
         ("launchd has no session gui/1000", "log in to the desktop", RUN), platform="darwin",
         answer=Done(125, "", "Domain does not support specified action")),
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_every_host_is_told_what_it_is_and_how_the_gateway_runs_there(
    host: Host,
    tmp_path: Path,
    put: Callable[..., Path],
    answering: Callable[..., Run],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for path, text in {"/etc/passwd": ALICE, **host.files}.items() if host.uid else host.files.items():
        put(path, text)
    home = put("/home/alice/")
    for name in ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "SUDO_USER", "WSL_DISTRO_NAME", "WSL_INTEROP"):
        monkeypatch.delenv(name, raising=False)
    user = "root" if host.uid == 0 else "alice"
    for name, value in {"HOME": str(home), "USER": user, "PATH": "/usr/bin:/bin", **host.env}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(home)
    run = answering({"show-environment": host.answer, "launchctl": host.answer})
    recorded = partial(detection.detect, root=tmp_path, run=run, platform=host.platform, uid=host.uid)
    monkeypatch.setattr(detection, "detect", recorded)
    assert cli.run(["gateway", "status"]) == 1
    out, err = capfd.readouterr()
    shown = " ".join(out.split())
    assert [words for words in host.says if words not in shown] == []
    assert err == ""
    assert cli.run(["gateway", "start"]) == 1
    assert "Traceback" not in capfd.readouterr().err
