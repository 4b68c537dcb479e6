"""`openclaw doctor list`: every check that there is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from doctor.output import tell
from openclaw.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Show only checks with this tag; repeatable.")
def list_(*, as_json: bool, tags: tuple[str, ...]) -> Exit:
    """Show every check: its id, worst severity, fix class, tags, title and page.

    Fix class: auto is repaired by `doctor --fix` without asking, confirm after a yes, manual by hand. One finding may
    still be manual where others of its check are not.
    """
    checks = documents(tags)
    if as_json:
        tell(json.dumps({"schemaVersion": 1, "ok": True, "checks": checks}, indent=2, ensure_ascii=False))
    else:
        tell("\n".join(_lines(checks)))
    return Exit.OK


def documents(tags: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The checks as data, by id (docs/schemas/doctor-list.schema.json)."""
    from doctor.fixing import fix_class
    from doctor.registry import all_checks, known_fixes
    from doctor.render.json import page
    from doctor.select import tagged

    fixes = known_fixes()
    return [
        {
            "checkId": item.id,
            "severity": item.severity.word,
            "fix": fix_class(item.id, fixes),
            "tags": sorted(item.tags),
            "title": item.title,
            "docs": page(item.id),
        }
        for item in tagged(all_checks(), tags)
    ]


def _lines(checks: Iterable[dict[str, Any]]) -> Iterator[str]:
    for item in checks:
        tags = f" ({', '.join(item['tags'])})" if item["tags"] else ""
        yield f"{item['checkId']}  {item['severity']}, {item['fix']}{tags}"
        yield f"    {item['title']}"
        if item["docs"]:
            yield f"    {item['docs']}"
