"""`models status` for people: which credential each model gets, why not the others, what else is stored, the verdict.

One fact a line, in columns that are as wide as they need to be; nothing is wrapped. Plain ASCII where the terminal
cannot show more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO

from openclaw.frozen import frozen
from openclaw.providers.names import normalise
from openclaw.redact import scrub
from openclaw.text import ascii_locale, count, joined, remaining

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.credentials.status import StatusInput

KINDS = {"api_key": "stored API key", "token": "stored token", "oauth": "stored login"}
SOURCES = {"env": "variable", "config": "config", "aws": "AWS", "adc": "gcloud"}
SHOWN = 12  # candidates of a provider, and other profiles; --json has all
MARKS = {"good": "✓", "bad": "✗", "warn": "!", "lost": "·"}
ASCII_MARKS = {"good": "+", "bad": "x", "warn": "!", "lost": "-"}
COLOURS = {"good": 32, "bad": 31, "warn": 33}


@frozen
class Look:
    """What the terminal can show."""

    unicode: bool = True
    colour: bool = False
    name: str = "openclaw"  # what to type to get this program

    def mark(self, state: str) -> str:
        """One character, coloured where that is wanted."""
        mark = (MARKS if self.unicode else ASCII_MARKS)[state]
        return f"\x1b[{COLOURS[state]}m{mark}\x1b[0m" if self.colour and state in COLOURS else mark

    @property
    def arrow(self) -> str:
        """In front of a command."""
        return "→" if self.unicode else "->"


def look_of(stream: TextIO, env: Mapping[str, str]) -> Look:
    """What a stream can show, by its encoding, NO_COLOR and TERM; and what this program is called here."""
    from openclaw.handover import our_name

    person, dumb = stream.isatty(), env.get("TERM", "") in ("", "dumb")
    colour = person and not dumb and not env.get("NO_COLOR")
    marks = _has_marks(stream.encoding) and not ascii_locale(env)
    return Look(marks and not (person and dumb), colour, our_name(env))


def render(document: dict[str, Any], given: StatusInput, look: Look | None = None) -> str:
    """The whole text. `document` is that of `--json`; nothing is looked up again."""
    return "\n".join(_Page(document, given, look or Look()).lines())


@frozen
class _Page:
    document: dict[str, Any]
    given: StatusInput
    look: Look

    @property
    def auth(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["auth"]
        return found

    def lines(self) -> Iterator[str]:
        yield from _columns([(name, scrub(value)) for name, value in self.head()], "")
        for item in self.auth["resolution"]:
            yield ""
            yield from self.provider(item)
        yield from self.others()
        yield from self.ignored()
        yield from self.probes()
        yield ""
        yield from self.verdict()

    def head(self) -> Iterator[tuple[str, str]]:
        document, home, store = self.document, self.given.home, self.given.sources.store
        resolved, raw = document["resolvedDefault"], document["defaultModel"]
        there = "" if home.config.exists() else " (not there yet)"
        yield "Config", home.short(document["configPath"]) + there
        yield "Auth store", home.short(self.auth["storePath"]) + ("" if store.exists else " (not there yet)")
        if store.legacy:
            yield "Imported", joined([home.short(path) for path in store.legacy])
        if "agentId" in document:
            yield "Agent", document["agentId"]
        yield "Default model", resolved if raw == resolved else f"{resolved} (from {raw})"
        if document["fallbacks"]:
            yield "Fallbacks", ", ".join(document["fallbacks"])
        if document.get("utilityModel", {}).get("source") == "config":
            yield "Utility model", document["utilityModel"]["ref"]
        if document["imageModel"]:
            yield "Image model", ", ".join([document["imageModel"], *document["imageFallbacks"]])
        if self.auth["shellEnvFallback"]["enabled"]:
            yield "Login shell", "asked; gave " + (joined(self.auth["shellEnvFallback"]["appliedKeys"]) or "nothing")

    def provider(self, item: dict[str, Any]) -> Iterator[str]:
        yield scrub(f"{item['provider']} ({self.role(item['provider'])})")
        if not item["winner"]:
            yield f"  {self.look.mark('bad')} " + ("nothing that can be used" if item["chain"] else "no credential")
        rows: list[tuple[str, ...]] = []
        for entry in sorted(item["chain"], key=lambda entry: not entry["used"])[:SHOWN]:
            rows.append((f"{self.look.mark(self.state(entry))} {scrub(entry['name'])}", scrub(self.described(entry))))
            if entry["used"] and entry["fingerprint"] != "none":
                rows.append(("", scrub(entry["fingerprint"])))
            if answer := self.answer(entry):
                rows.append(("", answer))
        yield from _columns(rows)
        yield from self.more(len(item["chain"]))
        if not item["winner"] and not self.waits(item):
            yield from (f"  {self.look.arrow} {scrub(command)}" for command in item["commands"])

    def answer(self, entry: dict[str, Any]) -> str:
        """What the provider said when it was last asked."""
        if "lastAnswer" not in entry.get("facts", {}):
            return ""
        from openclaw.probing.text import last_answer

        return last_answer(entry["facts"], self.given.sources.now)

    def probes(self) -> Iterator[str]:
        if "probes" in self.auth:
            from openclaw.probing import text

            yield ""
            yield from text.lines(self.auth["probes"], self.look)

    def waits(self, item: dict[str, Any]) -> bool:
        """Whether a credential of the provider is only held back for some time."""
        held = {entry["profileId"] for entry in self.auth["unusableProfiles"]}
        return any(entry["name"] in held for entry in item["chain"])

    def role(self, provider: str) -> str:
        models = self.given.models
        roles = {
            "default model": [models.default],
            "fallback": models.fallback_models(),
            "image model": models.image_models(),
            "utility model": filter(None, [models.utility_model()]) if models.utility_source == "config" else (),
        }
        return joined([role for role, found in roles.items() if any(model.provider == provider for model in found)])

    def state(self, entry: dict[str, Any]) -> str:
        if not entry["used"]:
            return "lost"
        if entry.get("facts", {}).get("accepted") is False:
            return "bad"
        profile = self.given.sources.store.profiles.get(entry["name"]) if entry["source"] == "profile" else None
        if profile is None:
            return "good"
        health = profile.health(self.given.sources.now, newer=self.given.sources.newer)
        return "good" if health in ("ok", "static") else "warn"

    def described(self, entry: dict[str, Any]) -> str:
        """`stored token, expires in 29d`, `variable of ~/.openclaw/.env:3; a stored profile comes first`."""
        if entry["source"] == "profile":
            what = self.stored(entry["name"])
        else:
            what = SOURCES[entry["source"]] + (f" of {entry['where']}" if "where" in entry else "")
        if entry["why"] == "used":
            return what
        return f"{what}; {entry['why']}" if what else str(entry["why"])

    def stored(self, profile_id: str) -> str:
        """What kind of profile it is, until when it holds, and whether something holds it back."""
        sources = self.given.sources
        profile = sources.store.profiles.get(profile_id)
        if profile is None:
            return ""
        parts = [KINDS[profile.type] + (f" ({profile.email})" if profile.email else "")]
        if profile.type != "api_key" and profile.expiry is not None:
            left = profile.expiry - sources.now
            parts.append(f"expires in {remaining(left)}" if left > 0 else f"expired {remaining(-left)} ago")
        hold = next((item for item in self.auth["unusableProfiles"] if item["profileId"] == profile_id), None)
        if hold:
            reason = f" ({hold['reason']})" if "reason" in hold else ""
            parts.append(f"{hold['kind']}{reason} for {remaining(hold['remainingMs'])}")
        return ", ".join(parts)

    def others(self) -> Iterator[str]:
        """What is there for providers that no model uses."""
        used = {item["provider"] for item in self.auth["resolution"]}
        names: dict[tuple[str, str], str] = {}  # (provider, name) → what it is, "" for a profile
        for row in self.auth["providers"]:
            provider = row["provider"]
            if normalise(provider) in used:
                continue
            names |= {(provider, item.id): "" for item in self.given.sources.store.of(provider)}
            if "env" in row:
                names[provider, row["env"]["source"].removeprefix("env: ")] = SOURCES["env"]
            if "modelsJson" in row:
                names[provider, f"models.providers.{provider}.apiKey"] = SOURCES["config"]
        if names:
            yield ""
            yield "Not used by any model"
            shown = list(names.items())[:SHOWN]
            asked = {entry["name"]: self.answer(entry) for entry in self.auth.get("notInUse", ())}
            described = [(p, name, what or self.stored(name), asked.get(name)) for (p, name), what in shown]
            yield from _columns(
                [
                    (scrub(p), scrub(name), "; ".join([scrub(what), *filter(None, [said])]))
                    for p, name, what, said in described
                ]
            )
            yield from self.more(len(names))

    def ignored(self) -> Iterator[str]:
        rejected = self.given.sources.store.rejected
        if rejected:
            yield ""
            yield "Ignored by OpenClaw"
            yield from _columns([(scrub(name), scrub(why)) for name, why in list(rejected.items())[:SHOWN]])
            yield from self.more(len(rejected))

    def more(self, total: int) -> Iterator[str]:
        if total > SHOWN:
            yield f"  and {total - SHOWN} more: {self.look.name} models status --json"

    def verdict(self) -> Iterator[str]:
        check = self.auth["check"]
        states = {0: "good", 1: "bad", 2: "warn"}
        if check["causes"]:
            for cause in check["causes"][:SHOWN]:
                yield f"{self.look.mark(states[check['exitCode']])} {scrub(cause)}"
            yield from self.more(len(check["causes"]))
            said = {command for item in self.auth["resolution"] for command in item["commands"]}
            for command in check["commands"]:
                if command not in said:
                    yield f"  {self.look.arrow} {scrub(command)}"
            return
        idle = joined([item["provider"] for item in self.auth["resolution"] if not item["winner"]])
        if idle:
            yield f"{self.look.mark('warn')} {scrub(idle)}: a credential is there, but none that can be used now."
        else:
            used = count(len(self.auth["resolution"]), "provider")
            refused = [
                entry["name"]
                for item in self.auth["resolution"]
                for entry in item["chain"]
                if self.state(entry) == "bad"
            ]
            if refused:
                yield f"{self.look.mark('bad')} {scrub(joined(refused))}: refused by the provider when last asked."
                return
            asked = "the answers are above" if "probes" in self.auth else "no provider was asked"
            yield f"{self.look.mark('good')} Every model has a credential ({used} in use); {asked}."


def _has_marks(encoding: str | None) -> bool:
    try:
        "".join((*MARKS.values(), "→")).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _columns(rows: list[tuple[str, ...]], indent: str = "  ") -> Iterator[str]:
    """The rows in columns, each as wide as its widest cell; the last one is left as it is."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)][:-1]
    for row in rows:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)]
        yield (indent + "  ".join([*cells, row[-1]])).rstrip()


def _width(cell: str) -> int:
    """Columns of a cell, colours left out."""
    import re
    import unicodedata

    text = re.sub(r"\x1b\[\d+m", "", cell)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
