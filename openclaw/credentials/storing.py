"""Plans that store a credential: as a profile or in `<state>/.env`, with what the config needs to use it.

Pure: an installation and a credential in, a plan out. Which store is written follows the era (design: two eras of
OpenClaw): the JSON store in the json era and where nothing is known yet; in the SQLite era the installed program's own
command, because an `auth-profiles.json` there blocks every model command (openclaw-new §1.7).
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.change.plan import DeleteKey, Plan, Run, SetKey, SetVariable
from openclaw.config.views import auth_order, declared, table
from openclaw.credentials.profiles import SECRET_FIELD
from openclaw.credentials.resolve import ineligible, resolve
from openclaw.credentials.stores import Store, read_json
from openclaw.errors import Refusal
from openclaw.frozen import frozen
from openclaw.home import DEFAULT_AGENT, STORE_NAME
from openclaw.providers.names import normalise, variables_of
from openclaw.secret import Secret
from openclaw.text import joined

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.config.views import Agent
    from openclaw.credentials.profiles import Profile
    from openclaw.installation import Installation

EMPTY_STORE = '{\n  "version": 1,\n  "profiles": {}\n}\n'
SECRETS = frozenset({"key", "token", "apiKey", "access", "refresh", "idToken"})
OF_THE_OLD_SECRET = ("expires", "email", "keyRef", "tokenRef")  # what a new secret of a profile makes wrong
HIDES = "naming one profile hides the others of its provider"
GATEWAY_TOKEN_BYTES = 24  # 48 hex digits, as the reference generates them (wizard-doctor-spec §2.7)


@frozen
class Deposit:
    """A credential to be stored as a profile. `expires` is epoch milliseconds."""

    provider: str
    kind: Literal["api_key", "token"]
    secret: Secret = field(repr=False)
    profile_id: str = ""
    expires: int | None = None

    @property
    def id(self) -> str:
        """The profile id: the given one, else `<provider>:default` for a key, `<provider>:manual` for a token (§10)."""
        return self.profile_id or f"{self.provider}:{'manual' if self.kind == 'token' else 'default'}"

    def document(self) -> dict[str, Any]:
        """The profile as it stands in a store."""
        value = {"type": self.kind, "provider": self.provider, SECRET_FIELD[self.kind]: self.secret}
        return value if self.expires is None else {**value, "expires": self.expires}


def profile_plan(found: Installation, deposit: Deposit, agent: Agent, known: Store | None = None) -> Plan:
    """Stores a profile for an agent and lets the config name it.

    `known` is the agent's effective store, where it was read before: nothing is read again, and this is pure.
    """
    store = found.store_of(agent) if known is None else known
    if found.era.name == "sqlite":
        # Their command declares the new profile and nothing else, which would hide the others there, too.
        siblings = _declarations(found, _siblings(found, deposit, store), HIDES)
        return (*siblings, *paste_plan(found, deposit, agent))
    if failure := store.failure():
        raise failure
    path = found.agent_dir(agent) / STORE_NAME
    own = read_json(path, agent.id, found.home.oauth_file) if known is None else _part(known, path, agent.id)
    steps = (*adopted(found, path, agent, known), *profile_steps(path, deposit.id, deposit.document(), own))
    for key, ids in store.order.items():
        if normalise(key) == deposit.provider and deposit.id not in ids:
            ordered = [deposit.id, *ids]
            steps += (SetKey(path, ("order", key), ordered, locked=True, why="the order would leave it out"),)
            break
    return (*steps, *declaration_plan(found, deposit, store))


def profile_steps(
    path: Path, profile_id: str, document: dict[str, Any], own: Store, why: str = "the credential"
) -> Plan:
    """The profile as one member; of one of the same type that is there, what OpenClaw does not know about it stays.

    `document` is the profile with its secrets as `Secret`, `own` the store at `path` as it is.
    """
    present = own.profiles.get(profile_id) if own.exists else None
    keys, kind = ("profiles", profile_id), document["type"]
    if present is None or present.type != kind:
        return (SetKey(path, keys, document, locked=True, template=EMPTY_STORE, why=why),)
    steps: Plan = tuple(
        SetKey(path, (*keys, name), value, locked=True, why=why)
        for name, value in document.items()
        if isinstance(value, Secret) or present.raw.get(name) != value
    )
    stale = [name for name in OF_THE_OLD_SECRET if name in present.raw and name not in document]
    return steps + tuple(DeleteKey(path, (*keys, name), locked=True, why="of the old credential") for name in stale)


def wrapped(profile: Profile) -> dict[str, Any]:
    """A profile as it stands in its store, its secrets wrapped again so that no preview shows them."""
    return {
        key: Secret(value) if key in SECRETS and isinstance(value, str) else value for key, value in profile.raw.items()
    }


def adopted(found: Installation, path: Path, agent: Agent, known: Store | None = None) -> Plan:
    """What OpenClaw imports from older files as long as there is no store, so that a new store has it too (§3.5).

    Another agent than main imports only where main has no profile at all. `known` as in `profile_plan`.
    """
    main, oauth = found.home.main_agent_dir / STORE_NAME, found.home.oauth_file
    own = read_json(path, agent.id, oauth) if known is None else _part(known, path, agent.id)
    if not own.legacy:
        return ()
    if path != main and (read_json(main, oauth=oauth) if known is None else _part(known, main, DEFAULT_AGENT)).profiles:
        return ()
    names = joined([found.home.short(item) for item in own.legacy])
    why = f"OpenClaw reads {names} only as long as there is no store"
    return tuple(
        SetKey(path, ("profiles", item.id), wrapped(item), locked=True, template=EMPTY_STORE, why=why)
        for item in own.profiles.values()
    )


def _part(store: Store, path: Path, agent: str) -> Store:
    """What an effective store has of one agent's file, or of the older files in its stead; else an empty store."""
    for part in store.parts:
        if (found := _part(part, path, agent)).exists or found.legacy:
            return found
    mine = store.path == path or (store.legacy and store.agent == agent)
    return store if mine and not store.parts else Store(path, agent)


def declaration_plan(found: Installation, deposit: Deposit, store: Store) -> Plan:
    """`auth.profiles` of the config (§10.6). One entry hides the others of the provider, so they are declared too."""
    own = {deposit.id: {"provider": deposit.provider, "mode": deposit.kind}}
    steps = (
        *_declarations(found, own, "the config names it"),
        *_declarations(found, _siblings(found, deposit, store), HIDES),
    )
    path = found.config.path
    order = auth_order(found.config.value).get(deposit.provider)
    if order is not None and order[:1] != [deposit.id]:
        ordered = [deposit.id, *(item for item in order if item != deposit.id)]
        steps += (SetKey(path, ("auth", "order", deposit.provider), ordered, why="auth.order: the newest first"),)
    return steps


def _siblings(found: Installation, deposit: Deposit, store: Store) -> dict[str, dict[str, str]]:
    """Config entries for the usable profiles of the provider that a first entry would hide."""
    if any(normalise(item.provider) == deposit.provider for item in declared(found.config.value).values()):
        return {}
    return {
        item.id: {"provider": item.provider, "mode": item.type}
        for item in store.of(deposit.provider)
        if item.id != deposit.id and not ineligible(item, None, found.now)
    }


def _declarations(found: Installation, entries: dict[str, dict[str, str]], why: str) -> Plan:
    names = declared(found.config.value)
    return tuple(
        SetKey(found.config.path, ("auth", "profiles", name), entry, why=why)
        for name, entry in entries.items()
        if _differs(names.get(name), entry)
    )


def variable_plan(found: Installation, name: str, secret: Secret) -> Plan:
    """Stores a key in `<state>/.env`, which every era and every daemon reads."""
    return (SetVariable(found.home.env_file, name, secret, why="the daemon reads this file"),)


def variable_for(provider: str) -> str:
    """The variable for a provider's API key: the first that is not for OAuth tokens, else `<ID>_API_KEY`."""
    import re

    names = [name for name in variables_of(provider) if "OAUTH" not in name]
    return names[0] if names else re.sub(r"[^A-Z0-9]+", "_", provider.upper()).strip("_") + "_API_KEY"


def shadowing(found: Installation, provider: str, agent: Agent) -> list[Profile]:
    """The stored profiles that win over a key in the environment: once one is eligible, no variable is asked (§7.4)."""
    resolution = resolve(provider, found.sources(found.store_of(agent)), agent.id)
    return [item.profile for item in resolution.chain if item.expected and item.profile]


def model_plan(found: Installation, provider: str, agent: Agent, model: str, *, asked: bool) -> Plan:
    """Sets the default model where the provider needs it: asked for, or none is set and the built-in one is of no use.

    A model that the config names is the user's choice and stays. An agent that is not the default one never changes
    the model of all: only its own, and only when asked.
    """
    models = found.models(agent)
    if not model or (models.explicit and models.default_text == model):
        return ()
    if agent.id != found.agents.default:
        keys = _own_model_keys(found, agent)
        return (SetKey(found.config.path, keys, model, why=f"the model of agent {agent.id}"),) if asked and keys else ()
    if not asked:
        # Which default an OpenClaw that is not installed yet will have is not known, so it is written down.
        settled = found.era.name != "unknown"
        credential = resolve(models.default.provider, found.sources(found.store_of(agent)), agent.id).winner
        if models.explicit or (settled and (models.default.provider == provider or credential)):
            return ()
    current = table(found.config.parsed if isinstance(found.config.parsed, dict) else {}, "agents", "defaults").get(
        "model"
    )
    keys = ("agents", "defaults", "model") if isinstance(current, str) else ("agents", "defaults", "model", "primary")
    value: Any = {"primary": model} if isinstance(current, str) else model  # text is refused by 2026.2.x
    return (SetKey(found.config.path, keys, value, why="the default model: one of this provider"),)


def _own_model_keys(found: Installation, agent: Agent) -> tuple[str | int, ...]:
    """Where the model of an agent stands or would stand in the config; () for an agent that it does not list."""
    section = table(found.config.value, "agents")
    listed = section.get("list")
    keys: tuple[str | int, ...] = ()
    if isinstance(listed, list):
        ids = [entry.get("id") if isinstance(entry, dict) else None for entry in listed]
        keys = ("agents", "list", ids.index(agent.raw_id), "model") if agent.raw_id in ids else ()
    elif agent.raw_id in table(section, "entries"):
        keys = ("agents", "entries", agent.raw_id, "model")
    return (*keys, "primary") if keys and isinstance(agent.model, dict) else keys


def provider_entry_plan(
    found: Installation,
    provider: str,
    *,
    base_url: str,
    api: str,
    models: tuple[str, ...],
    variable: str | None,
    asked: str = "",
) -> Plan:
    """`models.providers.<id>` for a provider that OpenClaw does not build in. The key stays a `${VAR}` reference.

    A new entry lists `models`, and so does one without any; of one that is there only what differs is set, and
    `asked`, a model that was asked for, joins its rows.
    """
    existing = table(found.config.value, "models", "providers", provider)
    entry: dict[str, Any] = {"baseUrl": base_url, "api": api}
    if variable:
        entry["apiKey"] = f"${{{variable}}}"
    if not existing:
        rows = [{"id": model, "name": model} for model in models]
        return (
            SetKey(
                found.config.path,
                ("models", "providers", provider),
                {**entry, "models": rows},
                why=f"models.providers.{provider}: OpenClaw does not know this provider",
            ),
        )
    listed = existing.get("models")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    wanted = models if not rows else (asked,) if asked and asked not in [row.get("id") for row in rows] else ()
    if wanted:
        entry["models"] = [*rows, *({"id": model, "name": model} for model in wanted)]
    return tuple(
        SetKey(found.config.path, ("models", "providers", provider, key), value)
        for key, value in entry.items()
        if existing.get(key) != value
    )


def fresh_config_plan(found: Installation) -> Plan:
    """What a new config needs so that a gateway can start with it; an existing one is left as it is."""
    if found.config.exists:
        return ()
    token = gateway_secret()
    path = found.config.path
    return (
        SetKey(path, ("gateway", "mode"), "local", why="gateway.mode: without it the gateway refuses to start"),
        SetKey(path, ("gateway", "auth"), {"mode": "token", "token": token}, why="gateway.auth: for its clients"),
    )


def gateway_secret() -> Secret:
    """A new token for the gateway's own clients, as OpenClaw makes it: 48 hex digits."""
    import secrets

    return Secret(secrets.token_hex(GATEWAY_TOKEN_BYTES))


def stand_in(provider: str) -> Secret:
    """What stands in the place of a key where a local service needs none, as OpenClaw has it: `ollama-local`."""
    return Secret(f"{provider}-local")


def deposit_of(profile: Profile) -> Deposit:
    """A stored static credential as one that is to be stored once more. It has a value of its own."""
    assert profile.sent is not None  # noqa: S101 - the callers look
    expires = profile.expiry if profile.type == "token" else None
    kind: Literal["api_key", "token"] = "token" if profile.type == "token" else "api_key"
    return Deposit(
        normalise(profile.provider), kind, profile.sent, profile.id, None if expires is None else int(expires)
    )


def paste_plan(found: Installation, deposit: Deposit, agent: Agent) -> Plan:
    """The installed OpenClaw's own command that stores a credential for an agent.

    An id that the shared store has and the agent's own does not is replaced in the shared store (seen with 2026.9.6).
    """
    verb = "paste-api-key" if deposit.kind == "api_key" else "paste-token"
    if found.era.program is None:
        raise Refusal(
            "this installation keeps its credentials in a SQLite database, which only OpenClaw itself writes, "
            "and OpenClaw was not found on PATH",
            path=found.home.shared_database,
            hint="install it, or keep the key in the env file: openclaw onboard --store env",
            commands=("npm install -g openclaw@latest",),
        )
    argv = [str(found.era.program), "models", "auth", verb, "--provider", deposit.provider, "--profile-id", deposit.id]
    if deposit.expires is not None:
        argv += ["--expires-in", f"{max(0, deposit.expires - found.now)}ms"]
    argv += ["--agent", agent.id]  # with several configured, it changes nothing without one
    return (theirs(found, *argv, stdin=deposit.secret),)


def theirs(found: Installation, *argv: str, stdin: Secret | None = None) -> Run:
    """The installed OpenClaw's own command, which writes its own database.

    Its environment is ours with what `--profile` and `--dev` add, or it would write to another installation.
    """
    process = found.environment.layer("process")
    env = None if process is None else dict(process.values)
    return Run(argv, stdin=stdin, env=env, why="only OpenClaw itself writes its database")


def _differs(entry: Any, wanted: dict[str, str]) -> bool:
    return entry is None or (entry.provider, entry.mode) != (wanted["provider"], wanted["mode"])
