"""The doctor's checks of its plugins: what could not be loaded, and what claims to be somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.check import NotApplicable, check
from openclaw.finding import Finding, Location, Remedy, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doctor.plugins import Problem, Told


@check("doctor/plugin-failed", Severity.WARNING)
def plugin_failed(plugged: Told) -> Iterator[Finding]:
    """A plugin could not be loaded, so its checks were not made."""
    for item in _applies(plugged):
        if item.kind == "failed":
            yield Finding(
                "doctor/plugin-failed",
                Severity.WARNING,
                f"The plugin {item.plugin} is not used: {item.what}",
                item.plugin,
                where=Location(item.path) if item.path else None,
                remedy=Remedy("Update it or take it out; --no-plugins runs the doctor without all plugins."),
            )


@check("doctor/plugin-foreign-id", Severity.WARNING)
def plugin_foreign_id(plugged: Told) -> Iterator[Finding]:
    """A plugin claims an id, a fact or a namespace that is not its own; that part of it is not used."""
    for item in _applies(plugged):
        if item.kind == "foreign-id":
            yield Finding(
                "doctor/plugin-foreign-id",
                Severity.WARNING,
                f"A part of the plugin {item.plugin} is not used: {item.what}",
                f"{item.plugin}: {item.what}",
                where=Location(item.path) if item.path else None,
                remedy=Remedy("Tell its authors: ids begin with the name of the entry point (docs/plugins.md)."),
            )


CHECKS = (plugin_failed, plugin_foreign_id)


def _applies(plugged: Told) -> Iterator[Problem]:
    if not plugged.names:
        raise NotApplicable("no plugin is installed")
    yield from plugged.problems
