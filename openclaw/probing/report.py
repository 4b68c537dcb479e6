"""Results as data: `auth.probes` of `models status --json` (wizard-doctor-spec §7.5), and facts about a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw import record
from openclaw.credentials.resolve import Candidate, resolve
from openclaw.providers.advice import CLAUDE_CODE_ONLY, Place, advise, claude_code_only
from openclaw.providers.names import normalise
from openclaw.redact import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openclaw.credentials.profiles import Profile
    from openclaw.credentials.resolve import Sources
    from openclaw.probing.run import Options, Result, Run
    from openclaw.probing.targets import Target
    from openclaw.record import Last


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


def place_of(target: Target, *, newer: bool, default: str = "main") -> Place:
    """Where the credential of a target stands, for the commands."""
    agent = "" if target.agent == default else target.agent
    return Place(agent, target.name if target.source == "profile" else "", target.mode, newer)


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
    advice = advise(verdict, target.provider, place_of(target, newer=newer))
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
        "meaning": scrub(advice.meaning),
        "remedy": scrub(advice.remedy),
        "commands": list(advice.commands),
        "phase": item.phase,
        "host": item.host,
        "ownHost": not item.foreign,
    }
    if item.wait is not None:
        found["retryAfter"] = item.wait
    if item.mark:
        found["mark"] = item.mark
    return found | ({} if item.offered is None else {"modelOffered": item.offered})


# ---- the three facts -----------------------------------------------------------------------------------------------


def add_facts(auth: dict[str, Any], sources: Sources, agent: str, known: Mapping[str, Last]) -> None:
    """The three facts of each credential: there, in order as far as it shows, accepted.

    For the candidates in `auth.resolution`, and in `auth.notInUse` for the other stored profiles.
    """
    for item in auth["resolution"]:
        chain = resolve(item["provider"], sources, agent).chain
        for entry, candidate in zip(item["chain"], chain, strict=True):
            entry["facts"] = facts_of(candidate, item["provider"], sources.now, known, newer=sources.newer)
    shown = {entry["name"] for item in auth["resolution"] for entry in item["chain"] if entry["source"] == "profile"}
    auth["notInUse"] = [
        {
            "provider": item.provider,
            "name": item.id,
            "facts": profile_facts(item, sources.now, known, newer=sources.newer),
        }
        for item in sources.store.profiles.values()
        if item.id not in shown
    ]


def profile_facts(profile: Profile, now: int, known: Mapping[str, Last], *, newer: bool) -> dict[str, Any]:
    """The three facts of a stored profile, whether a model uses it or not."""
    item = Candidate("profile", profile.id, profile.sent, True, "", profile)
    return facts_of(item, profile.provider, now, known, newer=newer)


def facts_of(item: Candidate, provider: str, now: int, known: Mapping[str, Last], *, newer: bool) -> dict[str, Any]:
    """present, locallyValid (None: nothing here tells), accepted (None: unknown) with class, time and source.

    `mark` is "Claude Code only" where Anthropic said so when it was last asked.
    """
    profile, last = item.profile, record.last(known, provider, item.name, item.secret)
    present = bool(item.secret) or item.kind in ("aws", "adc") or bool(profile and profile.reference)
    valid: bool | None = None
    if profile and profile.type != "api_key":
        valid = profile.health(now, newer=newer) not in ("expired", "missing")
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
        if last.accepted is False and claude_code_only(last.cls, normalise(provider)):
            found["mark"] = CLAUDE_CODE_ONLY
    return found
