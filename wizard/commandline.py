"""The words of a command line of `openclaw onboard`: all that is wrong with them is told at once.

click stops at the first unknown option, missing value or wrong choice. Here they are collected in the context, and what
is left is parsed by click as usual. No value is ever repeated in a message: it may be a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from openclaw.text import joined
from wizard.choices import THEIR_FLAGS, meant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

WRONG, WAYS = "openclaw-onboard.wrong", "openclaw-onboard.ways"  # in the context: sentences, and commands that lead on


class Told(click.Command):
    """A command that collects what is wrong with the words in front of click's own parser."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leaves out what is wrong, and keeps the sentences about it."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        kept, problems = screened(args, _valued(options), _once(options))
        for problem in problems:
            wrong(ctx, problem)
        return super().parse_args(ctx, kept)


class OneOf(click.Choice[str]):
    """A choice whose wrong values are collected, because all problems of a command line are told together."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value; None where it is none of the choices."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            if ctx is None or param is None:
                raise
            wrong(
                ctx, f"{param.opts[0]}: {meant(str(value), self.choices)}it is one of {joined([*self.choices], 'or')}"
            )
            return None


def wrong(ctx: click.Context, problem: str, way: str = "") -> None:
    """Keeps a sentence for the one error at the end, and a command that leads on."""
    ctx.meta.setdefault(WRONG, []).append(problem)
    if way:
        ctx.meta.setdefault(WAYS, []).append(way)


def collected(ctx: click.Context) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what is wrong, the commands that lead on)."""
    return tuple(ctx.meta.get(WRONG, ())), tuple(ctx.meta.get(WAYS, ()))


def screened(
    args: Sequence[str], valued: Mapping[str, bool], once: Collection[str] = ()
) -> tuple[list[str], list[str]]:
    """(the words that click may have, what is wrong with the others).

    `valued`: option → whether a value follows it; `once`: those that may not be given twice with different values.
    """
    kept: list[str] = []
    told: list[str] = []
    values: dict[str, str] = {}
    rest = list(args)
    while rest:
        word = rest.pop(0)
        name, sign, value = word.partition("=")
        if name not in valued:
            told.append(_stray(name, valued))
            if name.startswith("-") and not sign and rest and not rest[0].startswith("-"):
                rest.pop(0)  # its value, most likely
        elif not valued[name]:
            told += [f"{name} takes no value"] if sign else []
            kept.append(name)
        elif not sign and (not rest or rest[0].partition("=")[0] in valued):
            told.append(f"{name} needs a value")
        else:
            value = value if sign else rest.pop(0)
            kept += [name, value]
            told += _odd(name, value, values if name in once else {})
    return kept, told


def _odd(name: str, value: str, before: dict[str, str]) -> list[str]:
    if not value.strip():
        return [f"{name}: it is empty"]
    return [f"{name} is given twice with different values"] if before.setdefault(name, value) != value else []


def _stray(name: str, known: Iterable[str]) -> str:
    """What is said about a word that is no option. Only what looks like one is repeated."""
    import re

    if not re.fullmatch(r"--?[A-Za-z][A-Za-z0-9-]{0,39}", name):
        return "there is a word that belongs to no option" if name != "--" else "-- has no meaning here"
    here = THEIR_FLAGS.get(name.removeprefix("--"))
    if here:
        return f"no such option {name} of OpenClaw's own wizard: here it is {here}"
    if here is not None:
        return f"no such option {name}: only OpenClaw's own wizard has it (openclaw real onboard)"
    return f"no such option {name}: {meant(name, known)}".rstrip(": ")


def _valued(options: Iterable[click.Option]) -> dict[str, bool]:
    return {name: not (item.is_flag or item.count) for item in options for name in (*item.opts, *item.secondary_opts)}


def _once(options: Iterable[click.Option]) -> frozenset[str]:
    return frozenset(name for item in options if not item.multiple for name in item.opts)
