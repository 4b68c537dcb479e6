"""docs/checks.md, from code, fixes and pages: `python -m doctor.reference > docs/checks.md` makes it anew."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from doctor.pages import FIXED, MEANS, page
from doctor.render.human import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.check import Check
    from openclaw.fix import Fix

HEAD = """# The checks of openclaw doctor

Made by `python -m doctor.reference` from the checks, the fixes and the pages in `checks/explain/`. In a terminal:
`openclaw doctor list`, `openclaw doctor explain ID`.

- **Severity** is the worst one that a check reports: *error*, a credential, the config or the service will not work;
  *warning*, it works now, or only partly; *info*, worth knowing.
- **Fix**: *auto*, `openclaw doctor --fix` repairs it without asking; *confirm*, after a yes (or with `--yes`);
  *manual*, the exact commands are printed. One finding may be manual where others of its check are not.
- `openclaw doctor --skip ID` leaves a check out of one run, and `openclaw doctor silence ID --reason WHY` out of all.
"""


def text() -> str:
    """The whole page."""
    from doctor.registry import all_checks, known_fixes

    areas: dict[str, list[Check]] = {}
    for item in all_checks():
        areas.setdefault(item.area, []).append(item)
    fixes = known_fixes()
    parts = [HEAD]
    for area in sorted(areas, key=lambda name: list(AREAS).index(name) if name in AREAS else len(AREAS)):
        parts += [*_area(AREAS.get(area, area), areas[area], fixes)]
    return "\n".join(parts)


def _area(title: str, checks: list[Check], fixes: Mapping[str, Fix]) -> Iterator[str]:
    from doctor.fixing import fix_class

    yield f"## {title}\n"
    yield "| Check | Severity | Fix | Tags |\n| --- | --- | --- | --- |"
    for item in checks:
        anchor = item.id.replace("/", "")
        tags = ", ".join(sorted(item.tags))
        yield f"| [{item.id}](#{anchor}) | {item.severity.word} | {fix_class(item.id, fixes)} | {tags} |"
    yield ""
    for item in checks:
        yield f"### {item.id}\n\n*{item.title}.*\n"
        found = page(item.id)
        if found:
            yield from (f"**{heading}**\n\n{found.section(heading)}\n" for heading in (MEANS, FIXED))


if __name__ == "__main__":
    sys.stdout.write(text())
