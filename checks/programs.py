"""host/, the programs: which `openclaw` answers, the Node it needs, and what kind of host they run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.api import Finding, Location, NotApplicable, Remedy, Severity, Unknown, check
from openclaw.handover import INSTALL_COMMAND
from openclaw.semver import satisfies
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.facts.machine import Node, Programs
    from openclaw.home import Home
    from openclaw.platforms import HostKind


@check("host/which-openclaw", Severity.INFO, tags={"host"})
def which_openclaw(programs: Programs, home: Home) -> Iterator[Finding]:
    """More than one `openclaw` on PATH."""
    if len(programs.found) < 2:
        return
    (path, ours), *rest = programs.found
    others = joined([f"{home.short(other)} ({_whose(of_us)})" for other, of_us in rest])
    yield Finding(
        "host/which-openclaw",
        Severity.INFO,
        f"`openclaw` is {home.short(path)} ({_whose(ours)}); behind it on PATH: {others}",
        where=Location(path),
        remedy=Remedy(
            f"`{programs.name}` always is this program.", (f"{programs.name} --version", "which -a openclaw")
        ),
    )


def _whose(ours: bool | None) -> str:
    return {True: "this program", False: "OpenClaw itself", None: "whose it is, is not known"}[ours]


@check("host/node", Severity.WARNING, tags={"host"})
def node_fits(node: Node) -> Iterator[Finding]:
    """OpenClaw's Node is missing or too old."""
    if not node.program:
        remedy = Remedy("Install it where the gateway is meant to run.", (INSTALL_COMMAND,))
        message = "OpenClaw itself is not installed, or not on PATH"
        yield Finding("host/node", Severity.INFO, message, "openclaw", remedy=remedy)
        return
    if not node.wanted:
        raise NotApplicable(f"{node.program} does not say which Node it needs")
    if not node.path:
        message = f"OpenClaw needs Node {node.wanted}, and there is no `node` on PATH"
        yield Finding("host/node", Severity.WARNING, message, "node", remedy=_install_node(node))
        return
    if node.problem:
        raise Unknown(f"`{node.path} --version` gave no version: {node.problem}")
    fits = satisfies(node.version, node.wanted)
    if fits is None:
        raise Unknown(f"whether Node {node.version} is in the range {node.wanted} is not known")
    if not fits:
        message = f"OpenClaw needs Node {node.wanted}; {node.path} is {node.version}"
        where = Location(node.path)
        yield Finding("host/node", Severity.WARNING, message, "node", where=where, remedy=_install_node(node))


def _install_node(node: Node) -> Remedy:
    return Remedy(f"Install a Node of that range ({node.wanted}), then look again.", ("node --version",))


@check("host/container", Severity.INFO, tags={"host"})
def container(host: HostKind) -> Iterator[Finding]:
    """This is a container, WSL or Termux."""
    named = {"wsl": host.wsl, "termux": host.termux}
    kinds = [host.container] if host.container else [name for name, found in named.items() if found]
    words = {"wsl": "WSL (Windows)", "termux": "Termux (Android)", "container": "a container"}
    for kind in kinds:
        what = words.get(kind, f"a container ({kind})")
        remedy = Remedy("Nothing to do: what is printed here fits such a host.")
        yield Finding("host/container", Severity.INFO, f"This is {what}", kind, remedy=remedy)
