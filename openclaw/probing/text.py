"""Answers of providers for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.providers.classify import WORDS
from openclaw.redact import scrub
from openclaw.text import count, remaining

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.commands.status_text import Look


def lines(probes: Mapping[str, Any], look: Look) -> Iterator[str]:
    """The section of `--probe`: a line for each target, what it means and what to do below it."""
    from openclaw.handover import runnable

    results = probes["results"]
    yield "What the providers say"
    width = max((len(scrub(item["label"])) for item in results), default=0)
    other = max((len(scrub(item["provider"])) for item in results), default=0)
    for item in results:
        name, provider = scrub(item["label"]).ljust(width), scrub(item["provider"]).ljust(other)
        said = f"{item['mark']}: {word(item)}" if "mark" in item else word(item)
        yield f"  {look.mark(state(item))} {name}  {provider}  {said}{_latency(item)}".rstrip()
        if item["status"] != "ok" or item["class"] != "ok" or not item["recognised"]:
            yield from (f"      {text}" for text in (item["meaning"], _said(item), item["remedy"]) if text)
        if item.get("modelOffered") is False:
            yield f"      {scrub(item['model'])} is not among the models that it may use."
        if "retryAfter" in item:
            yield f"      it asks to wait {waiting(item['retryAfter'])}"
        if not item["ownHost"]:
            yield f"      asked {scrub(item['host'])}, by the base URL in the config"
        yield from (f"      {look.arrow} {runnable(command, look.name)}" for command in item["commands"])
    if not results:
        yield "  nobody to ask: there is no credential"
    asked = sum("latencyMs" in item for item in results)
    yield f"Asked about {asked} of {count(len(results), 'credential')} in {probes['durationMs'] / 1000:.1f} s."


def state(item: Mapping[str, Any]) -> str:
    """The mark of a result."""
    if item["status"] == "ok":
        return "good"
    return "bad" if item["rejected"] else "warn" if "latencyMs" in item or item["class"] == "config" else "lost"


def word(item: Mapping[str, Any]) -> str:
    """The class in words; what was not asked is not "unclear"."""
    if "latencyMs" not in item:
        return "not asked"
    if item["class"] == "ok" and not item["recognised"]:
        return "answers"
    if item["class"] == "network":
        return f"not reached ({item['phase']})"
    return (
        WORDS[item["class"]]
        if item["rejected"] or item["recognised"]
        else f"{WORDS[item['class']]}, which proves nothing"
    )


def waiting(seconds: int) -> str:
    """`20 s`, `5m`, `1h`."""
    return f"{seconds} s" if seconds < 60 else remaining(seconds * 1000)


def _latency(item: Mapping[str, Any]) -> str:
    return f", {item['latencyMs']} ms" if "latencyMs" in item else ""


def _said(item: Mapping[str, Any]) -> str:
    error = scrub(item.get("error", ""))
    return f"it said: {error}" if error and "latencyMs" in item and error != item["meaning"] else ""


def last_answer(facts: Mapping[str, Any], now: int) -> str:
    """`accepted 5m ago (models status --probe)`; "" where it was never asked."""
    last = facts.get("lastAnswer")
    if not last:
        return ""
    ago = remaining(now - last["at"]) if now > last["at"] else "0m"
    words = {
        True: "accepted by the provider",
        False: f"refused by the provider: {WORDS.get(last['class'], last['class'])}",
    }
    if "mark" in facts:
        words[False] = f"{facts['mark']}: refused by the provider: restricted"
    what = words.get(facts["accepted"], f"asked, no clear answer: {WORDS.get(last['class'], last['class'])}")
    return scrub(f"{what}, {ago} ago ({last['source']})")
