"""`models status` for people: the verdict per provider first, then what is stored, in the reference's vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.redact import scrub
from openclaw.text import remaining

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.credentials.status import StatusInput

LABEL = 14  # columns of the labels on the left


def render(document: dict[str, Any], given: StatusInput) -> str:
    """The whole text. `document` is that of `--json`; nothing is looked up again."""
    return "\n".join(scrub(line) if line else "" for line in _lines(document, given)).rstrip()


def _lines(document: dict[str, Any], given: StatusInput) -> Iterator[str]:
    auth, short = document["auth"], given.home.short
    resolved = document["resolvedDefault"]
    raw = document["defaultModel"]
    yield _pair("Config", short(document["configPath"]) + ("" if given.home.config.exists() else " (not there yet)"))
    if "agentId" in document:
        yield _pair("Agent", document["agentId"])
    yield _pair("Auth store", short(auth["storePath"]) + ("" if given.sources.store.exists else " (not there yet)"))
    yield _pair("Default model", resolved if raw == resolved else f"{resolved} (from {raw})")
    if document["fallbacks"]:
        yield _pair("Fallbacks", ", ".join(document["fallbacks"]))
    if document["imageModel"]:
        yield _pair("Image model", document["imageModel"])
    if auth["shellEnvFallback"]["enabled"]:
        applied = ", ".join(auth["shellEnvFallback"]["appliedKeys"])
        yield _pair("Login shell", f"asked; gave {applied}" if applied else "asked; gave nothing")
    yield ""
    yield from _used(auth)
    yield from _stored(auth)
    yield from _missing(auth)


def _used(auth: dict[str, Any]) -> Iterator[str]:
    yield "Credential in use"
    for item in auth["resolution"]:
        if item["winner"]:
            won = next(entry for entry in item["chain"] if entry["used"])
            yield f"  {item['provider']}: {won['name']} ({_source(won['source'])}; {won['fingerprint']})"
        else:
            yield f"  {item['provider']}: none"
        for entry in item["chain"]:
            if not entry["used"]:
                yield f"    not {entry['name']}: {entry['why']}"
    yield ""


def _stored(auth: dict[str, Any]) -> Iterator[str]:
    if not auth["providers"]:
        return
    yield "Credentials by provider"
    health = {item["profileId"]: item for item in auth["oauth"]["profiles"]}
    for row in auth["providers"]:
        yield f"  {row['provider']}"
        for label in row["profiles"]["labels"]:
            profile_id = label.partition("=")[0]
            yield f"    {label}{_dates(health.get(profile_id))}"
        if "env" in row:
            yield f"    {row['env']['value']} ({row['env']['source']})"
        if "modelsJson" in row:
            yield f"    {row['modelsJson']['value']} (config models.providers)"
    yield ""


def _dates(health: dict[str, Any] | None) -> str:
    if health is None or health["status"] == "static":
        return ""
    if "remainingMs" not in health:
        return "  expiry unknown"
    left = health["remainingMs"]
    if left > 0:
        return f"  {health['status']}, expires in {remaining(left)}"
    # An OAuth login past its date that can renew itself is "ok" in the reference's words; say why.
    return f"  expired {remaining(-left)} ago" + (", will be refreshed" if health["status"] == "ok" else "")


def _missing(auth: dict[str, Any]) -> Iterator[str]:
    for provider in auth["missingProvidersInUse"]:
        yield f"Missing: {provider} is in use and has no credential"
        if provider == "anthropic":
            yield "  → claude setup-token        (on the gateway host, with a Claude subscription), then"
            yield "    openclaw models auth paste-token --provider anthropic"
            yield "  → openclaw onboard           (to store an API key)"
        else:
            yield f"  → openclaw onboard --provider {provider}"


def _pair(label: str, value: str) -> str:
    return f"{label.ljust(LABEL)}: {value}"


def _source(kind: str) -> str:
    return {"profile": "stored profile", "env": "environment", "config": "config", "aws": "AWS", "adc": "gcloud"}[kind]
