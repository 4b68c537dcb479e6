"""Typed views of a resolved config value. Each is tolerant: a part of the wrong type counts as not being there."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from openclaw.frozen import frozen
from openclaw.home import DEFAULT_AGENT, normalise_agent
from openclaw.providers.names import normalise
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The built-in default of 2026.2.x; 2026.9 has another (openclaw-new §0.9): see `era.Era.default_model`.
DEFAULT_PROVIDER = "anthropic"
DEFAULT_MODEL = "anthropic/claude-opus-4-5"

# Aliases that 2026.2.x adds to models listed without one (auth-spec §2.5).
DEFAULT_ALIASES = {
    "anthropic/claude-opus-4-5": "opus",
    "anthropic/claude-sonnet-4-5": "sonnet",
    "openai/gpt-5.2": "gpt",
    "openai/gpt-5-mini": "gpt-mini",
    "google/gemini-3-pro-preview": "gemini",
    "google/gemini-3-flash-preview": "gemini-flash",
}
# The same of 2026.9.6, which gives Anthropic's API keys a further model, and every provider a cheap one for chores.
NEWER_ALIASES = {
    "anthropic/claude-opus-5": "opus",
    "anthropic/claude-sonnet-5": "sonnet",
    "openai/gpt-5.4": "gpt",
    "openai/gpt-5.4-mini": "gpt-mini",
    "openai/gpt-5.4-nano": "gpt-nano",
    "google/gemini-3.1-pro-preview": "gemini",
    "google/gemini-3-flash-preview": "gemini-flash",
    "google/gemini-3.1-flash-lite": "gemini-flash-lite",
}
WITH_ANTHROPIC_KEY = ("anthropic/claude-sonnet-5", "anthropic/claude-sonnet-4-6")
UTILITY_MODELS = {"anthropic": "anthropic/claude-haiku-4-5", "openai": "openai/gpt-5.6-luna"}
MODEL_NAMES = {
    ("anthropic", "opus-4.5"): "claude-opus-4-5",
    ("anthropic", "sonnet-4.5"): "claude-sonnet-4-5",
    ("google", "gemini-3-pro"): "gemini-3-pro-preview",
    ("google", "gemini-3-flash"): "gemini-3-flash-preview",
}


@frozen
class Agent:
    """One configured agent. `model` is its own model setting as it stands in the config."""

    id: str
    raw_id: str
    agent_dir: str | None = None
    model: Any = None
    utility: Any = None  # its own utility model (2026.9)
    policy: Any = None  # its own model policy (2026.9)
    asked: bool = field(default=False, compare=False)  # somebody named it: its own directory counts, not a variable's


@frozen
class Agents:
    """The configured agents; without a list there is only `main`."""

    listed: tuple[Agent, ...]
    default: str

    def get(self, raw: str) -> Agent | None:
        """The agent of that id, or None where the real program says "unknown agent"."""
        wanted = normalise_agent(raw)
        return next((agent for agent in self.listed if agent.id == wanted), None)


@frozen
class Declared:
    """An entry of `auth.profiles`: what the config says about a stored credential."""

    id: str
    provider: str
    mode: str
    email: str = ""


@frozen
class Model:
    """A model reference: `text` as configured, provider and id as resolved."""

    text: str
    provider: str
    id: str

    @property
    def key(self) -> str:
        """`provider/model`."""
        return f"{self.provider}/{self.id}"


@frozen
class Models:
    """Which models an agent uses. `default_text` is what the config says, `default` what it means."""

    default_text: str
    default: Model
    explicit: bool  # False: nothing is configured and the built-in default applies
    fallbacks: tuple[str, ...] = ()
    image: str | None = None
    image_fallbacks: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()
    default_source: str = "defaults"  # "agent" where the agent has its own
    fallbacks_source: str = "defaults"
    bare_provider: str = DEFAULT_PROVIDER  # of a reference without a slash
    utility: str | None = None  # the model for chores (2026.9)
    utility_source: str = "none"  # config, provider-default, disabled

    def fallback_models(self) -> Iterator[Model]:
        """The fallbacks that are well-formed references."""
        yield from filter(None, (self.parse(text) for text in self.fallbacks))

    def image_models(self) -> Iterator[Model]:
        """Image model and its fallbacks."""
        texts = ([self.image] if self.image else []) + list(self.image_fallbacks)
        yield from filter(None, (self.parse(text) for text in texts))

    def utility_model(self) -> Model | None:
        """The model for chores, where there is one."""
        return self.parse(self.utility) if self.utility else None

    @property
    def newer(self) -> bool:
        """Of OpenClaw 2026.9, by its built-in default."""
        return self.bare_provider != DEFAULT_PROVIDER

    def parse(self, text: str) -> Model | None:
        """A reference with aliases resolved."""
        return parse_model(_target(text, self.aliases) or text, self.bare_provider)


def parse_model(text: str, default_provider: str = DEFAULT_PROVIDER) -> Model | None:
    """`provider/model`, split at the first slash (auth-spec §5.2); None where a side is empty.

    `default_provider` tells the generation, too: 2026.9 leaves the names of providers and models as they are.
    """
    newer = default_provider != DEFAULT_PROVIDER
    trimmed = js_trim(text)
    provider, slash, model = trimmed.partition("/")
    if not slash:
        provider, model = default_provider, trimmed
    provider, model = js_trim(provider).lower() if newer else normalise(provider), js_trim(model)
    if not provider or not model:
        return None
    return Model(text, provider, model if newer else MODEL_NAMES.get((provider, model.lower()), model))


def agents(config: Mapping[str, Any]) -> Agents:
    """`agents.list` of 2026.2.x, `agents.entries` of 2026.9. The first `default`, else the first, is the default one.

    Of two entries with one id the first counts.
    """
    section = table(config, "agents")
    entries = section.get("list")
    if not isinstance(entries, list):
        entries = [
            {"id": name, **value} for name, value in table(section, "entries").items() if isinstance(value, dict)
        ]
    found = [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]
    if not found:
        return Agents((Agent(DEFAULT_AGENT, DEFAULT_AGENT),), DEFAULT_AGENT)
    listed = tuple(
        Agent(
            normalise_agent(entry["id"]),
            entry["id"],
            _text(entry.get("agentDir")),
            entry.get("model"),
            entry.get("utilityModel"),
            entry.get("modelPolicy"),
        )
        for entry in found
    )
    chosen = next((index for index, entry in enumerate(found) if entry.get("default")), 0)
    unique = {agent.id: agent for agent in reversed(listed)}
    return Agents(tuple(unique[name] for name in dict.fromkeys(agent.id for agent in listed)), listed[chosen].id)


def models(
    config: Mapping[str, Any], agent: Agent | None = None, built_in: str = DEFAULT_MODEL, anthropic_mode: str = ""
) -> Models:
    """The models of an agent, or of the defaults. `anthropic_mode` is that of `anthropic_auth_mode`.

    `built_in` tells the generation: aliases that OpenClaw adds, and the allowlist that an Anthropic API key makes, are
    of 2026.2.x; a reference without a slash means the provider of the built-in default in both.
    """
    older = built_in == DEFAULT_MODEL
    defaults = table(config, "agents", "defaults")
    primary, fallbacks = _model_setting(defaults.get("model"))
    default_source = fallbacks_source = "defaults"
    if agent is not None:
        own_primary, own_fallbacks = _model_setting(agent.model)
        if own_primary:
            primary, default_source = own_primary, "agent"
        if own_fallbacks is not None:
            fallbacks, fallbacks_source = own_fallbacks, "agent"
    listed = {key: item for key, item in table(defaults, "models").items() if isinstance(key, str)}
    if anthropic_mode == "api_key" and not older and any(_by_anthropic(key) for key in listed):
        listed |= {key: {} for key in WITH_ANTHROPIC_KEY if key not in listed}
    aliases = _aliases(listed, DEFAULT_ALIASES if older else NEWER_ALIASES)
    text = js_trim(primary or built_in)
    bare = built_in.partition("/")[0]
    standard = parse_model(built_in, bare) or Model(built_in, DEFAULT_PROVIDER, built_in)
    default = _default_model(text, aliases, standard, () if older else tuple(listed))
    allowed = list(listed) if older else _allowed(config, agent, listed)
    utility, utility_source = (None, "none") if older else _utility(defaults, agent, default.provider)
    if anthropic_mode == "api_key" and older:
        allowed = _with_injected(allowed, table(config, "agents", "defaults"))
    image, image_fallbacks = _model_setting(defaults.get("imageModel"))
    return Models(
        text,
        default,
        bool(primary),
        tuple(fallbacks or ()),
        image,
        tuple(image_fallbacks or ()),
        aliases,
        tuple(allowed),
        default_source,
        fallbacks_source,
        standard.provider,
        utility,
        utility_source,
    )


def anthropic_auth_mode(config: Mapping[str, Any], env: Mapping[str, str]) -> str:
    """OpenClaw's guess how Anthropic is paid for (auth-spec §2.5): `api_key`, `oauth` or ""."""
    if not isinstance(table(config, "agents").get("defaults"), dict):
        return ""
    mine = {item.id: item.mode for item in declared(config).values() if item.provider == "anthropic"}
    order = table(config, "auth", "order").get("anthropic")
    for profile in order if isinstance(order, list) else []:
        if isinstance(profile, str) and profile in mine:
            return "api_key" if mine[profile] == "api_key" else "oauth"
    modes = {"api_key" if mode == "api_key" else "oauth" for mode in mine.values()}
    if len(modes) == 1:
        return modes.pop()
    if js_trim(env.get("ANTHROPIC_OAUTH_TOKEN", "")):
        return "oauth"
    return "api_key" if js_trim(env.get("ANTHROPIC_API_KEY", "")) else ""


def declared(config: Mapping[str, Any]) -> dict[str, Declared]:
    """`auth.profiles`, in file order."""
    return {
        name: Declared(name, item["provider"], _text(item.get("mode")) or "", _text(item.get("email")) or "")
        for name, item in table(config, "auth", "profiles").items()
        if isinstance(item, dict) and isinstance(item.get("provider"), str)
    }


def auth_order(config: Mapping[str, Any]) -> dict[str, list[str]]:
    """`auth.order`; keys as written."""
    return {
        key: [item for item in value if isinstance(item, str)]
        for key, value in table(config, "auth", "order").items()
        if isinstance(value, list)
    }


def provider_entries(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """`models.providers`; keys as written."""
    return {key: item for key, item in table(config, "models", "providers").items() if isinstance(item, dict)}


def provider_entry(config: Mapping[str, Any], provider: str) -> tuple[str, dict[str, Any]] | None:
    """The entry of a provider: the exact key, else the first with an equal normalised id (auth-spec §5.4)."""
    entries = provider_entries(config)
    if provider in entries:
        return provider, entries[provider]
    wanted = normalise(provider)
    return next(((key, item) for key, item in entries.items() if normalise(key) == wanted), None)


def env_block(config: Mapping[str, Any]) -> dict[str, str]:
    """Variables of the config's `env` block (auth-spec §6.3): `vars`, then other strings, which win."""
    section = table(config, "env")
    found = {name: value for name, value in table(section, "vars").items() if isinstance(value, str) and value}
    others = {name: value for name, value in section.items() if name not in ("shellEnv", "vars")}
    return found | {name: value for name, value in others.items() if isinstance(value, str) and js_trim(value)}


def gateway(config: Mapping[str, Any]) -> dict[str, Any]:
    """The `gateway` section."""
    return table(config, "gateway")


def table(value: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """The object at a key path; empty where there is none."""
    current: Any = value
    for key in keys:
        current = current.get(key) if isinstance(current, dict) else None
    return current if isinstance(current, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and js_trim(value) else None


def _model_setting(value: Any) -> tuple[str | None, list[str] | None]:
    """(primary, fallbacks) of a model setting, which is a string or an object; fallbacks None where not given."""
    if isinstance(value, str):
        return _text(value), None
    if not isinstance(value, dict):
        return None, None
    fallbacks = value.get("fallbacks")
    texts = [item for item in fallbacks if isinstance(item, str)] if isinstance(fallbacks, list) else None
    return _text(value.get("primary")), texts


def _with_injected(allowed: list[str], defaults: Mapping[str, Any]) -> list[str]:
    """With an Anthropic API key 2026.2.x adds the primary model, which makes the list an allowlist (auth-spec §2.5).

    It parses the raw text, so an alias without a slash is added as `anthropic/<alias>`.
    """
    primary, _ = _model_setting(defaults.get("model"))
    model = parse_model(primary) if primary else None
    if model is None or model.provider != "anthropic" or model.key in allowed:
        return allowed
    return [*allowed, model.key]


def _by_anthropic(key: str) -> bool:
    """A model that 2026.9 takes for one of Anthropic's when it adds another (an API key is declared)."""
    model = parse_model(key)
    if model is None or model.provider == "anthropic":
        return model is not None
    return model.provider == "amazon-bedrock" and "anthropic.claude" in model.id.lower()


def _utility(defaults: Mapping[str, Any], agent: Agent | None, provider: str) -> tuple[str | None, str]:
    """(the model for chores, where it is from): the agent's, the defaults', else the provider's own; "" is none."""
    own = agent.utility if agent is not None and isinstance(agent.utility, str) else defaults.get("utilityModel")
    if isinstance(own, str):
        return (js_trim(own), "config") if js_trim(own) else (None, "disabled")
    found = UTILITY_MODELS.get(provider)
    return found, "provider-default" if found else "none"


def _allowed(config: Mapping[str, Any], agent: Agent | None, listed: Mapping[str, Any]) -> list[str]:
    """The allowlist of 2026.9: a policy, or the listed models of a config that was not moved to policies yet."""
    defaults = table(config, "agents", "defaults")
    for policy in (agent.policy if agent else None, defaults.get("modelPolicy")):
        if isinstance(policy, dict) and isinstance(policy.get("allow"), list):
            return sorted({item for item in policy["allow"] if isinstance(item, str)})
    if table(config, "meta", "migrations").get("modelPolicyAllowlist") or isinstance(defaults.get("modelPolicy"), dict):
        return []
    return sorted(key for key in listed if js_trim(key)) if table(defaults, "models") else []


def _aliases(listed: Mapping[str, Any], added: Mapping[str, str]) -> dict[str, str]:
    return {alias: key for key, item in listed.items() if (alias := _alias(item, added.get(key)))}


def _alias(item: Any, added: str | None) -> str:
    """An alias of its own, a blank one included ("none"), else the one that OpenClaw adds."""
    own = item.get("alias", added) if isinstance(item, dict) else None
    return js_trim(own) if isinstance(own, str) else ""


def _target(text: str, aliases: Mapping[str, str]) -> str | None:
    """What an alias stands for; matched trimmed and without regard to case, and only where there is no slash.

    Of equal aliases the last counts; one of a key that is no model reference counts for nothing.
    """
    wanted = js_trim(text).lower()
    found = (key for alias, key in reversed(list(aliases.items())) if alias.lower() == wanted and parse_model(key))
    return None if "/" in wanted else next(found, None)


def _default_model(text: str, aliases: Mapping[str, str], standard: Model, listed: tuple[str, ...]) -> Model:
    """The default model of a trimmed text; a reference with an empty side means the built-in default.

    Without a slash and no alias the text stands verbatim (auth-spec §5.2), under the provider of the one listed model
    of that name (newer OpenClaw), else under that of the built-in default.
    """
    reference = text if "/" in text else _target(text, aliases)
    if reference is not None:
        return parse_model(reference, standard.provider) or standard
    homes = {model.provider for key in listed if (model := parse_model(key)) and model.id == text}
    return Model(text, homes.pop() if len(homes) == 1 else standard.provider, text)
