"""Which credentials are asked about: all candidates of the providers in use, and every stored profile. Pure."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.credentials.resolve import resolve
from openclaw.credentials.status import in_use
from openclaw.errors import UsageFailure
from openclaw.frozen import frozen
from openclaw.providers.catalog import load
from openclaw.providers.names import normalise
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from openclaw.config.views import Model, Models
    from openclaw.credentials.resolve import Candidate, Sources
    from openclaw.providers.probes import Status
    from openclaw.secret import Secret

# The reference's own sentences (wizard-doctor-spec §7.5).
EXCLUDED = "Excluded by auth.order for this provider."
NOT_THERE = "Auth profile credentials are missing or expired."


@frozen
class Target:
    """One credential in one place. `skip` is why it cannot be asked about, "" where it can.

    `model` is `provider/model`, "" where none is known; `used`: it is what OpenClaw sends for the provider now.
    """

    provider: str
    name: str  # profile id, variable, config key path
    source: Literal["profile", "env", "models.json"]
    secret: Secret | None
    mode: str = "api_key"
    model: str = ""
    agent: str = "main"
    used: bool = False
    skip: str = ""
    skip_status: Status = "unknown"
    default_model: bool = False  # `model` is one that an agent uses, and not only an example
    entry: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def model_id(self) -> str:
        """The model as its provider knows it."""
        return self.model.partition("/")[2]


def targets(
    sources: Sources, models: Models, *, agent: str = "main", provider: str | None = None, profiles: Sequence[str] = ()
) -> list[Target]:
    """The targets of one agent, provider by provider, in the order in which OpenClaw would try them."""
    used = in_use(models)
    stored = [normalise(item.provider) for item in sources.store.profiles.values()]
    names = list(dict.fromkeys([*used, *stored])) if provider is None else [normalise(provider)]
    found = [
        item
        for name in names
        for item in _of_provider(name, sources, models, agent, everything=name in used or provider is not None)
    ]
    if not profiles:
        return found
    return [item for item in found if item.source == "profile" and item.name in profiles]


def checked(sources: Sources, provider: str | None, profiles: Sequence[str]) -> None:
    """Raises where somebody asks for a provider or a profile that is not there; the reference says nothing."""
    known = {normalise(item.provider) for item in sources.store.profiles.values()}
    unknown = [name for name in profiles if name not in sources.store.profiles]
    if unknown:
        there = joined(sorted(sources.store.profiles)[:12]) or "none"
        raise UsageFailure(f"--probe-profile: there is no profile {joined(unknown)}", hint=f"stored: {there}")
    name = normalise(provider) if provider is not None else ""
    if provider is not None and not (name in known or sources.entry(name) or load().get(name)):
        raise UsageFailure(f"--probe-provider: there is no provider {provider}", commands=("openclaw models status",))


def _of_provider(name: str, sources: Sources, models: Models, agent: str, *, everything: bool) -> Iterator[Target]:
    resolution = resolve(name, sources, agent)
    entry = (sources.entry(name) or ("", {}))[1]
    model, in_models = _model(name, sources, models, entry)
    for item in resolution.chain:
        stored = item.kind == "profile"
        if (stored and item.profile is None) or not (stored or everything) or item.why == "set but empty":
            continue
        yield Target(
            name, item.name, _source(item), item.secret, _mode(item), model, agent, item is resolution.winner,
            _skip(item, sources), default_model=in_models, entry=entry,
        )  # fmt: skip


def _source(item: Candidate) -> Literal["profile", "env", "models.json"]:
    return "profile" if item.kind == "profile" else "models.json" if item.kind == "config" else "env"


def _mode(item: Candidate) -> str:
    if item.profile:
        return item.profile.type
    return "oauth" if "OAUTH_TOKEN" in item.name else "api_key"


def _skip(item: Candidate, sources: Sources) -> str:
    """Why a candidate cannot be asked about. What is only held back by a cooldown can be."""
    profile = item.profile
    if item.kind in ("aws", "adc"):
        return ""  # the catalogue says why
    if profile is None:
        return "" if item.secret else "The secret stands elsewhere; it was not looked up."
    if not item.expected:
        if item.why.startswith("not in the order"):
            return EXCLUDED
        return f"{NOT_THERE} {item.why}." if profile.blank or item.why == "it is expired" else f"Not used: {item.why}."
    if profile.reference and not profile.sent:
        return "The secret stands elsewhere; it was not looked up."
    if profile.type == "oauth" and (profile.fenced or profile.expiry is None or profile.expiry <= sources.now):
        if profile.refreshable and not profile.fenced:
            return "Its access token is past its time; OpenClaw renews it, this program never does."
        return f"{NOT_THERE} {item.why}."
    return "" if profile.sent else f"{NOT_THERE} {item.why}."


def _model(name: str, sources: Sources, models: Models, entry: Mapping[str, Any]) -> tuple[str, bool]:
    """(`provider/model`, whether OpenClaw uses it): the first configured one of the provider, else an example."""
    configured: list[Model] = [models.default, *models.fallback_models(), *models.image_models()]
    configured += [model for text in models.allowed if (model := models.parse(text))]
    mine = next((item for item in configured if normalise(item.provider) == name), None)
    if mine:
        return mine.key, models.default.provider == name
    listed = entry.get("models")
    first = listed[0] if isinstance(listed, list) and listed else None
    if isinstance(first, dict) and isinstance(first.get("id"), str):
        return f"{name}/{first['id']}", False
    known = load().get(name)
    return (known.model(newer=sources.newer) if known else ""), False
