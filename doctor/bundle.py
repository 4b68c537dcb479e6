"""A bundle: the facts of a run without their secrets, its report and the versions, in one archive to look through.

Before it is handed out it is tried: the replay of its facts must find what the run found, and none of the secrets that
were taken out may be left anywhere in it.
"""

from __future__ import annotations

import json
import platform
from dataclasses import field
from typing import TYPE_CHECKING, Any

from doctor.codec import Strange, encode
from doctor.engine import HOST_FACTS, examine
from doctor.redacting import redact
from doctor.registry import modules
from doctor.replay import FACTS, FORMAT, Recording, replay
from doctor.report import exit_code
from openclaw import __version__
from openclaw.errors import Refusal
from openclaw.facts import ONLINE
from openclaw.frozen import frozen
from openclaw.handover import our_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from doctor.engine import Examined
    from doctor.redacting import Redaction, Taken
    from doctor.report import Outcome
    from openclaw.check import Check
    from openclaw.invocation import Invocation

NOT_IN_IT = frozenset({"call", "asking", *ONLINE})  # what a run is given, and what is asked for over the network
KEPT = (
    "the paths of files, with the home directory and the user's name in them: a finding is known by its path",
    "the config as data and as text, but for its secrets: models, providers, base URLs, channels, comments",
    "the ids of profiles and agents, and e-mail addresses and account ids where a finding names them",
    "the lengths, well-known beginnings and last four characters of secrets, and the first 8 digits of their SHA-256",
)


@frozen
class Bundle:
    """`files` by name. `left_out`: facts that cannot be written down, and why; their checks cannot be replayed."""

    files: Mapping[str, bytes] = field(repr=False)
    taken: tuple[Taken, ...]
    left_out: Mapping[str, str]


def take(call: Invocation, checks: Sequence[Check], *, seconds: float | None = None) -> Bundle:
    """Looks at the host and makes a bundle of it. Raises Refusal where it would not replay, or keep a secret."""
    examined = examine(call, checks, seconds=seconds)
    return make(examined, call, checks)


def make(examined: Examined, call: Invocation, checks: Sequence[Check]) -> Bundle:
    """A bundle of what was found already."""
    trees, left_out = _encoded(examined, checks)
    clean = redact(trees, _said(examined))
    recording = Recording(
        facts=clean.tree, stated=clean.stated, user=str(call.user), cwd=str(call.cwd), now=call.now,
        name=our_name(call.env), checks=tuple(item.id for item in checks), left_out=left_out,
    )  # fmt: skip
    _check_replay(examined, recording, checks)
    bundle = Bundle(_files(examined, recording, clean, call), clean.taken, left_out)
    _check_secrets(bundle, clean)
    return bundle


def archive(bundle: Bundle, now: int) -> bytes:
    """The bundle as a zip file; the same bundle gives the same bytes."""
    import io
    import zipfile
    from datetime import UTC, datetime

    when = datetime.fromtimestamp(max(now, 315_532_800_000) / 1000, UTC).timetuple()[:6]  # zip begins in 1980
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in bundle.files.items():
            entry = zipfile.ZipInfo(f"openclaw-doctor/{name}", when)
            entry.external_attr = 0o600 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, data)
    return stream.getvalue()


def _encoded(examined: Examined, checks: Iterable[Check]) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts as JSON with their secrets, all in one, because they share much; and those that are no data."""
    wanted = dict.fromkeys([*HOST_FACTS, *(need for item in checks for need in item.needs)])
    facts = {name: examined.facts[name] for name in wanted if name in examined.facts and name not in NOT_IN_IT}
    left_out: dict[str, str] = {}
    for name, value in facts.items():
        try:
            encode(value)
        except Strange as error:
            left_out[name] = error.message
    return encode({name: value for name, value in facts.items() if name not in left_out}), left_out


def _said(examined: Examined) -> str:
    """All that the report says, in one text."""
    said: list[str] = []
    for item in examined.report.findings:
        said += [item.message, item.target, item.where.path if item.where else "", *item.evidence.values()]
        said += [item.remedy.text, *item.remedy.commands] if item.remedy else []
    return "\n".join([*said, *(outcome.reason for outcome in examined.report.outcomes)])


def _check_replay(examined: Examined, recording: Recording, checks: Sequence[Check]) -> None:
    """The bundle must lead to the same findings."""
    again = {item.check_id: item for item in replay(recording, checks, modules=modules()).report.outcomes}
    lost = {item.id for item in checks if recording.left_out.keys() & set(item.needs)}
    differing = [
        f"{item.check_id} ({_difference(item, again[item.check_id])})"
        for item in examined.report.outcomes
        if item.check_id not in lost and again[item.check_id] != item
    ]
    if differing:
        raise Refusal(
            f"no bundle was written: without the secrets, the replay would not find the same: {', '.join(differing)}",
            hint="this is a defect of ours, please report it; the report itself may be sent instead",
            commands=("openclaw doctor --json",),
        )


def _difference(one: Outcome, other: Outcome) -> str:
    """What differs, in words, without any value."""
    if one.state != other.state:
        return f"{one.state}, then {other.state}"
    if len(one.findings) != len(other.findings):
        return "the number of findings"
    names = ("severity", "message", "target", "evidence", "where", "remedy")
    pairs = list(zip(one.findings, other.findings, strict=True))
    return next((name for name in names if any(getattr(a, name) != getattr(b, name) for a, b in pairs)), "reason")


def _check_secrets(bundle: Bundle, clean: Redaction) -> None:
    """None of what was taken out may be left, in whatever form."""
    data = b"\n".join(bundle.files.values())
    for value in clean.secrets:
        if any(form in data for form in _forms(value)):
            place = next((name for name, file in bundle.files.items() if any(form in file for form in _forms(value))))
            raise Refusal(
                f"no bundle was written: {place} would still have a secret in it",
                hint="this is a defect of ours, please report it",
            )


def _forms(value: str) -> set[bytes]:
    from base64 import b64encode
    from urllib.parse import quote

    data = value.encode("utf-8", "surrogatepass")
    texts = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], quote(value, errors="replace")}
    return {data, b64encode(data), data[::-1], *(text.encode("utf-8", "surrogatepass") for text in texts)}


def _files(examined: Examined, recording: Recording, clean: Redaction, call: Invocation) -> dict[str, bytes]:
    from doctor.render import human
    from doctor.render import json as documents

    report = examined.report
    code = exit_code(report)
    members = {
        "report.json": documents.document(report, code=code, user=call.user),
        "versions.json": _versions(examined),
        "redacted.json": [
            {"place": item.place, "kind": item.kind, "fingerprint": item.mark, "times": item.times}
            for item in clean.taken
        ],
        FACTS: recording.document(),
    }
    texts = {name: json.dumps(value, indent=1 if name == FACTS else 2) + "\n" for name, value in members.items()}
    texts["report.txt"] = human.render(report, user=call.user, style=human.Style(unicode=False, width=100)) + "\n"
    texts = {"MANIFEST.txt": _manifest(recording, clean, call), **texts}
    return {name: text.encode("utf-8", "backslashreplace") for name, text in texts.items()}


def _versions(examined: Examined) -> dict[str, Any]:
    return {
        "openclaw-onboard": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "host": dict(examined.report.host),
    }


def _manifest(recording: Recording, clean: Redaction, call: Invocation) -> str:
    """What is in the bundle, what was taken out and what was not."""
    from datetime import UTC, datetime

    when = datetime.fromtimestamp(call.now / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    lines = [
        f"A bundle of `openclaw doctor`, format {FORMAT}, made {when} by openclaw-onboard {__version__}.",
        "It was written to a file and sent nowhere. Look through it before you give it away.",
        "",
        "MANIFEST.txt   this page",
        "report.txt     the report, to read",
        "report.json    the report, as `openclaw doctor --json` prints it",
        "versions.json  of this program, Python and the system",
        "redacted.json  what was taken out: the first place, the kind, the fingerprint, how often",
        "facts.json     what the checks looked at; `openclaw doctor --facts FILE` finds the same in it, on any machine",
        "",
        f"Taken out ({len(clean.taken)}), and replaced by made-up values of the same length and kind:",
        *(f"  {item.place}: {item.kind}, {item.mark}" for item in clean.taken),
        "",
        "Not taken out:",
        *(f"  {text}" for text in KEPT),
    ]
    if recording.left_out:
        lines += ["", "Facts that cannot be written down; their checks are unknown in a replay:"]
        lines += [f"  {name}: {why}" for name, why in recording.left_out.items()]
    return "\n".join(lines) + "\n"
