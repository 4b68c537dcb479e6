"""A click group of import strings: `--help` shows stored lines, a command is imported when it runs.

click's own documented lazy group imports every command to print its help line; that would cost more than all the rest.
Names that the group does not have belong to the real OpenClaw and are handed over to it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


ARGUMENTS = "openclaw.arguments"  # in `ctx.meta`: the whole command line as it was given


class LazyGroup(click.Group):
    """`lazy` maps names to import strings; `sections` groups them for `--help`; `theirs` names flags that hand over.

    `never`: flags with which that is not done, because what the real program does with them cannot be taken back.
    """

    def __init__(
        self,
        *args: Any,
        lazy: Mapping[str, tuple[str, str]],
        sections: Sequence[tuple[str, Sequence[str]]] = (),
        theirs: Mapping[str, frozenset[str]] | None = None,
        never: Mapping[str, frozenset[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy
        self.sections = sections or (("Commands", list(lazy)),)
        self.theirs = theirs or {}
        self.never = never or {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.lazy:
            return None
        module, _, attribute = self.lazy[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - a wrong import string is a defect of ours
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name.startswith("-"):
            return super().resolve_command(ctx, args)
        if name not in self.lazy or self._is_theirs(name, set(args[1:])):
            from openclaw.commands.real import handing_over

            return name, handing_over, args[1:]
        return super().resolve_command(ctx, args)

    def _is_theirs(self, name: str, flags: set[str]) -> bool:
        nothing: frozenset[str] = frozenset()
        return bool(self.theirs.get(name, nothing) & flags) and not self.never.get(name, nothing) & flags

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        width = max(map(len, self.lazy))
        for title, names in self.sections:
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), self.lazy[name][1]) for name in names])
