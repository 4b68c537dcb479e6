"""Results as data: `auth.probes` of `models status --json` (wizard-doctor-spec §7.5), and facts about a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw import record
from openclaw.credentials.resolve import resolve
from openclaw.redact import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openclaw.credentials.resolve import Candidate, Sources
    from openclaw.probing.run import Options, Result, Run
    from openclaw.record import Last

# The commands behind "an API key" and "the Claude CLI" (newer OpenClaw only); extra usage is a switch on a web page.
API_KEY = "openclaw onboard --provider anthropic --method api-key"
CLAUDE_CLI = "openclaw real onboard --auth-choice anthropic-cli"


def document(
    done: Run, options: Options, *, tokens: int, provider: str | None, profiles: Sequence[str], newer: bool = False
) -> dict[str, Any]:
    """The member `auth.probes`: the reference's members in its order, ours after them."""
    asked: dict[str, Any] = {"provider": provider} if provider is not None else {}
    asked |= {
        "profileIds": list(profiles),
        "timeoutMs": round(options.seconds * 1000),
        "concurrency": options.concurrency,
        "maxTokens": tokens,
    }
    return {
        "startedAt": done.started,
        "finishedAt": done.finished,
        "durationMs": done.finished - done.started,
        "totalTargets": len(done.results),
        "options": asked,
        "results": [_result(item, newer=newer) for item in done.results],
    }


def commands(cls: str, provider: str, *, sure: bool = True, newer: bool = False) -> tuple[str, ...]:
    """What to type after an answer of this class; nothing where waiting or a web page is what helps."""
    from openclaw.providers.names import normalise, variables_of

    name = normalise(provider)
    if cls == "auth_restricted" and name == "anthropic":
        return (API_KEY, CLAUDE_CLI) if newer else (API_KEY,)
    if cls in ("auth_bad", "auth_expired", "auth_revoked", "region") and sure:
        if variables_of(name) and name != "cloudflare-ai-gateway":
            return (f"openclaw onboard --provider {name}",)
        return ("openclaw onboard",)
    return ()


def error_of(item: Result) -> str:
    """Why it did not succeed, on one line and without secrets; "" where it did."""
    if item.status == "ok":
        return ""
    said = item.verdict.evidence.get("message") or item.verdict.evidence.get("error", "")
    status = item.verdict.evidence.get("status", "")
    if item.answer is None or not said:
        return scrub(item.verdict.meaning)
    return f"{status} {said}".strip()


def _result(item: Result, *, newer: bool) -> dict[str, Any]:
    target, verdict = item.target, item.verdict
    found: dict[str, Any] = {"provider": target.provider}
    if target.model:
        found["model"] = target.model
    if target.source == "profile":
        found["profileId"] = target.name
    found |= {"label": target.name, "source": target.source, "mode": target.mode, "status": item.status}
    if error := error_of(item):
        found["error"] = error
    if item.answer is not None:
        found["latencyMs"] = item.answer.latency
    found |= {
        "class": verdict.cls,
        "rejected": verdict.rejected,
        "recognised": verdict.recognised,
        "meaning": scrub(verdict.meaning),
        "remedy": scrub(verdict.remedy),
        "commands": list(commands(verdict.cls, target.provider, sure=verdict.sure, newer=newer)),
        "phase": item.phase,
        "host": item.host,
        "ownHost": not item.foreign,
    }
    return found | ({} if item.offered is None else {"modelOffered": item.offered})


# ---- the three facts -----------------------------------------------------------------------------------------------


def add_facts(resolutions: Sequence[dict[str, Any]], sources: Sources, agent: str, known: Mapping[str, Last]) -> None:
    """Gives every candidate of `auth.resolution` its three facts: there, in order as far as it shows, accepted."""
    for item in resolutions:
        chain = resolve(item["provider"], sources, agent).chain
        for entry, candidate in zip(item["chain"], chain, strict=True):
            entry["facts"] = facts(
                candidate, sources, record.last(known, item["provider"], candidate.name, candidate.secret)
            )


def facts(item: Candidate, sources: Sources, last: Last | None) -> dict[str, Any]:
    """present, locallyValid (None: nothing here tells), accepted (None: unknown) with class, time and source."""
    profile = item.profile
    present = bool(item.secret) or item.kind in ("aws", "adc") or bool(profile and profile.reference)
    valid: bool | None = None
    if profile and profile.type != "api_key":
        valid = profile.health(sources.now, newer=sources.newer) not in ("expired", "missing")
    elif present and item.kind not in ("aws", "adc"):
        valid = True
    found: dict[str, Any] = {"present": present, "locallyValid": valid, "accepted": last.accepted if last else None}
    if last:
        found["lastAnswer"] = {
            "class": last.cls,
            "at": last.at,
            "source": last.source,
            "meaning": scrub(last.meaning),
        }
    return found
