"""`models status --check`: the exit code, a sentence for each cause of it, and the commands that lead out.

The codes are OpenClaw's (auth-spec §13.2, openclaw-new §2.2); where it says only "missing" or "indeterminate", the
sentence says why.
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any

from openclaw import collation
from openclaw.credentials.resolve import AWS_DEFAULT, HELD, NOT_INSTALLED, ineligible, resolve
from openclaw.providers.names import env_names
from openclaw.text import joined, js_trim, remaining

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from openclaw.config.views import Model
    from openclaw.credentials.resolve import Candidate, Resolution
    from openclaw.credentials.status import StatusInput

IMPORT = "openclaw real doctor --fix"
# What people take for a variable of OpenClaw: other programs read these.
NOT_READ = {"anthropic": ("CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_API_KEY")}


def missing(used: Iterable[Resolution], rows: set[str], given: StatusInput) -> list[str]:
    """The providers in use without a credential: for 2026.2.x without a row (§13.1); 2026.9 leaves those out that it
    calls indeterminate, see `route_issues`.

    AWS credentials come from outside; the reference reports such a provider as missing, this program does not.
    """
    if given.sources.newer:
        sure = {model.provider for role, model in _models(given) if _has_routes(role, model)}
        found = [item.provider for item in used if _without(item) and (item.provider in sure or not item.indeterminate)]
    else:
        found = [item.provider for item in used if item.provider not in rows and not _aws(item)]
    return sorted(found, key=collation.key)


def route_issues(given: StatusInput) -> list[dict[str, str]]:
    """The models in use of which 2026.9 says that it cannot tell whether they have a credential."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for role, model in _models(given):
        resolution = resolve(model.provider, given.sources, given.agent or "main", model.id)
        stale = resolution.winner is not None and resolution.winner.open
        if stale or (_without(resolution) and resolution.indeterminate and not _has_routes(role, model)):
            opened = any(item.open and item.kind == "profile" for item in resolution.chain)
            issue = {"kind": "indeterminate", "provider": model.provider, "model": model.id}
            issue |= {"evidence": "profile"} if opened else {}
            message = f"Auth readiness could not be confirmed for {model.key}."
            found[model.provider, model.id] = issue | {"message": message}
    return list(found.values())


def _models(given: StatusInput) -> list[tuple[str, Model]]:
    from openclaw.credentials.status import models_in_use

    return models_in_use(given.models)


def _has_routes(role: str, model: Model) -> bool:
    """2026.9 knows the ways to OpenAI's text models, and so says "missing" where nothing is there."""
    return model.provider == "openai" and role != "image model"


def check(
    given: StatusInput, absent: list[str], used: list[Resolution], health: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """The exit code with its causes and the commands of `commands`."""
    newer = given.sources.newer
    dated = _dated(health, used, newer=newer)
    lacking = [item for item in used if (_without(item) if newer else item.provider in absent)]
    bad = [item for item in dated if item["status"] in ("expired", "missing")]
    stale = {item.winner.name for item in used if newer and item.winner and item.winner.open}
    bad += [item for item in dated if item["profileId"] in stale and item not in bad]
    soon = [item for item in dated if item["status"] == "expiring"]
    if not (given.blockers or lacking or bad):
        code = 2 if soon else 0
        return {"exitCode": code, "causes": _sentences(soon), "commands": [_renewal(item) for item in soon] * newer}
    causes = [_blocked(str(path), given) for path in given.blockers]
    causes += [_why_missing(item, given) for item in lacking]
    ways = [IMPORT] if given.blockers else []
    ways += [command for item in lacking for command in commands(item, given)]
    ways += [_renewal(item) for item in bad]
    return {"exitCode": 1, "causes": causes + _sentences(bad), "commands": list(dict.fromkeys(ways))}


def _dated(health: Mapping[str, list[dict[str, Any]]], used: list[Resolution], *, newer: bool) -> list[dict[str, Any]]:
    """The tokens and logins that the verdict looks at: for 2026.9 those that are used."""
    found = [item for items in health.values() for item in items if item["type"] != "api_key"]
    winners = {item.winner.name for item in used if item.winner and item.winner.kind == "profile"}
    return [item for item in found if item["profileId"] in winners] if newer else found


def _sentences(health: list[dict[str, Any]]) -> list[str]:
    return [_sentence(item) for item in health]


# ---- causes --------------------------------------------------------------------------------------------------------


def _without(found: Resolution) -> bool:
    """2026.9 takes AWS' own chain for a credential, whether or not it would give one (seen with 2026.9.6)."""
    return found.winner is None


def _aws(found: Resolution) -> bool:
    return any(item.kind == "aws" and item.name != AWS_DEFAULT for item in found.chain)


def _blocked(path: str, given: StatusInput) -> str:
    return (
        f"{given.home.short(path)} is a store of an older version, and this OpenClaw refuses every command while it is "
        "there: let its `doctor --fix` import it (a stored profile of the same id stays as it is), or move it away"
    )


def _sentence(health: Mapping[str, Any]) -> str:
    name, left = health["profileId"], health.get("remainingMs")
    if health["status"] == "expiring":
        return f"{name} expires in {remaining(left or 0)}"
    if health["status"] == "expired":
        return f"{name} expired {remaining(-(left or 0))} ago"
    return f"{name} has no valid expiry" if health["type"] == "oauth" else f"{name} has no token"


def _why_missing(found: Resolution, given: StatusInput) -> str:
    reasons = [f"{item.name}: {_reason(item, given)}" for item in found.chain if item.name != AWS_DEFAULT]
    what = "no usable credential" if reasons else "no credential"
    reasons += _elsewhere(found.provider, given)
    place = f"{found.provider} is in use{_role(found.provider, given)} and has {what}"
    return place + (f" ({'; '.join(reasons)})" if reasons else "")


def _role(provider: str, given: StatusInput) -> str:
    """` (default model openai/gpt-6-astra)`, and that nobody chose it where nobody did."""
    if not given.sources.newer:
        return ""
    roles = [f"{role} {model.key}" for role, model in _models(given) if model.provider == provider]
    if given.models.default.provider == provider and not given.models.explicit:
        roles[0] += ", because the config names none"
    return f" ({joined(roles[:1])})" if roles else ""


def _reason(item: Candidate, given: StatusInput) -> str:
    """Why a candidate does not count, with what cannot be told without the files."""
    if item.kind == "env" and item.why == "set but empty":
        environment = given.sources.environment
        layer, below = environment.origin.get(item.name), _hidden(item.name, given)
        where = "in " + (
            _place(layer.path, layer.lines.get(item.name), given) if layer and layer.path else "this shell"
        )
        return f"set but empty {where}" + (f", which hides the value in {below}" if below else "")
    if given.sources.newer and item.why == HELD:
        return f"{item.why}{_hold(item.name, given)}"
    if item.kind == "profile" and "auth" in given.sources.config and "of the config is empty" in item.why:
        return item.why.replace("the config", "the config (auth.order)")
    database = given.home.shared_database
    if item.why.endswith("not stored") and given.sources.newer and not _there(given):
        return f"{item.why}: {given.home.short(database)} does not exist"
    return item.why


def _hold(profile_id: str, given: StatusInput) -> str:
    """` of 3h (billing)`."""
    stats = given.sources.store.usage[profile_id]
    left = given.sources.store.unusable_until(profile_id) - given.sources.now
    names = ("disabledReason", "blockedReason", "cooldownReason")
    reason = next((value for name in names if isinstance(value := stats.get(name), str) and value), "")
    return f" of {remaining(left)}" + (f" ({reason})" if reason else "")


def _there(given: StatusInput) -> bool:
    from openclaw.home import there

    return given.sources.store.exists or there(given.home.shared_database)


def _hidden(name: str, given: StatusInput) -> str:
    """Where a variable has a value that an empty one in front of it hides; "" where nowhere."""
    for layer in given.sources.environment.layers:
        if layer.path and js_trim(layer.values.get(name, "")) and name not in layer.blocked:
            return _place(layer.path, layer.lines.get(name), given)
    return ""


def _elsewhere(provider: str, given: StatusInput) -> list[str]:
    """Values that somebody set for this provider, and that OpenClaw does not look at."""
    environment, found = given.sources.environment, []
    for layer in environment.layers:
        for name in env_names(provider, newer=given.sources.newer):
            if name in layer.blocked and js_trim(layer.values.get(name, "")) and layer.path:
                place = _place(layer.path, layer.lines.get(name), given)
                found.append(
                    f"{name} stands in {place}, the .env of this directory: OpenClaw takes no credentials from there; "
                    f"move the line to {given.home.short(given.home.env_file)}"
                )
    found += [
        f"{name} is set, but OpenClaw does not read it"
        for name in NOT_READ.get(provider, ())
        if environment.usable(name)
    ]
    return found


def _place(path: Path, line: int | None, given: StatusInput) -> str:
    return given.home.short(path) + (f":{line}" if line else "")


# ---- ways out ------------------------------------------------------------------------------------------------------


def commands(found: Resolution, given: StatusInput) -> list[str]:
    """What to type for a provider without a usable credential; the general way where nothing special is in the way."""
    if any(item.why == HELD for item in found.chain):
        return []  # it passes by itself
    special = [command for item in found.chain for command in _way(item, found, given)]
    if special:
        return list(dict.fromkeys(special))
    if found.provider == "anthropic":
        return ["openclaw onboard", "openclaw models auth paste-token --provider anthropic"]
    return [f"openclaw onboard --provider {quote(found.provider)}"]


def _way(item: Candidate, found: Resolution, given: StatusInput) -> Iterator[str]:
    sources, profile = given.sources, item.profile
    if item.kind == "env" and item.why == "set but empty":
        layer = sources.environment.origin.get(item.name)
        if layer and layer.name == "process" and _hidden(item.name, given):
            yield f"unset {item.name}"
    if item.kind == "env" and item.why.endswith(NOT_INSTALLED):
        yield f"openclaw plugins install @openclaw/{sources.lacks_plugin(found.provider)}-provider"
    if profile is None or not sources.newer:
        return
    if item.why.startswith("the config says mode"):
        yield f"openclaw config set {quote(f'auth.profiles.{item.name}.mode')} {profile.type}"
    elif item.why.startswith("the config declares other") or "is empty: it allows" in item.why:
        usable = not ineligible(profile, sources.declared.get(item.name), sources.now, newer=True)
        if usable:
            yield f"openclaw models auth order set --provider {quote(found.provider)} {quote(item.name)}"
    elif "expir" in item.why or profile.fenced:
        yield _again(found.provider, item.name, profile.type)
    elif item.open and " has mode " in item.why:
        path = item.why.removeprefix("its file ").partition(" has mode ")[0]
        yield f"chmod 600 {quote(path)}"


def _again(provider: str, profile_id: str, kind: str) -> str:
    if kind == "token":
        return f"openclaw models auth paste-token --provider {quote(provider)} --profile-id {quote(profile_id)}"
    return f"openclaw models auth login --provider {quote(provider)} --profile-id {quote(profile_id)}"


def _renewal(health: Mapping[str, Any]) -> str:
    return _again(health["provider"], health["profileId"], health["type"])
