"""The provider catalogue: catalog.toml joined with the names that stand in `openclaw.providers.names`."""

from __future__ import annotations

import functools
from typing import Any

from openclaw.frozen import frozen
from openclaw.providers.names import (
    ALIASES,
    KEY_PREFIXES,
    LOCAL,
    NEWER_ENV,
    all_env_names,
    env_names,
    normalise,
    owners_of,
    variables_of,
)

__all__ = [
    "Catalog", "Probe", "Provider", "all_env_names", "env_names", "load", "normalise", "owners_of", "variables_of",
]  # fmt: skip


@frozen
class Probe:
    """How one finds out with one small request whether a provider accepts a credential.

    kind    get: a list or an account that only a good key may read; message: one message, for one token;
            none: no reliable probe, and `why`
    path    of `get`, below the base URL
    auth    bearer, x-api-key, x-goog-api-key, token (Deepgram's)
    lists   `get` answers with the models that the key may use
    proves  False: it shows that the server is there, and nothing about the key
    """

    kind: str = "message"
    path: str = ""
    auth: str = "bearer"
    lists: bool = False
    proves: bool = True
    why: str = ""


@frozen
class Provider:
    """One provider. Strings are "" and tuples empty where nothing is known or needed."""

    id: str
    label: str
    hint: str = ""
    env: tuple[str, ...] = ()  # in order; where 2026.2.3 has no such provider: what its entry refers to
    newer_env: tuple[str, ...] = ()  # what OpenClaw 2026.9 reads, where that differs
    aliases: tuple[str, ...] = ()
    builtin: bool = True  # 2026.2.3 knows it; otherwise it needs an entry in `models.providers`
    newer_builtin: bool = True  # the same for 2026.9; a plugin that has to be installed is not built in
    auth: tuple[str, ...] = ("api_key",)  # how one signs in: api_key, token, oauth, aws, adc, none
    api: str = ""  # the wire format, by OpenClaw's name
    base_url: str = ""
    regions: tuple[tuple[str, str], ...] = ()  # (name, base URL) of twins whose keys are not interchangeable
    default_model: str = ""  # `provider/model` that onboarding sets (2026.2.3)
    newer_model: str = ""  # the same for 2026.9, where it differs
    alias: str = ""  # what onboarding calls that model in `agents.defaults.models`
    models: tuple[str, ...] = ()  # ids for the entry of a provider that is not built in
    needs: tuple[str, ...] = ()  # what must be asked for beside the credential
    key_prefixes: tuple[str, ...] = ()  # known beginnings; soft, never a reason to refuse
    console: str = ""  # where a key is made
    billing: str = ""
    docs: str = ""
    probe: Probe = Probe()
    chat: bool = True  # False: speech only, never a default model

    @property
    def local(self) -> bool:
        """A server of the user's own that takes any key or none."""
        return self.id in LOCAL

    def model(self, *, newer: bool = False) -> str:
        """The default model to set, for OpenClaw 2026.2.3 or (`newer`) 2026.9."""
        return (newer and self.newer_model) or self.default_model


@frozen
class Catalog:
    """All providers, in the order in which people are offered them."""

    providers: tuple[Provider, ...]

    def get(self, provider: str) -> Provider | None:
        """A provider by id or alias; None for one that is not in the catalogue."""
        name = normalise(provider)
        return next((item for item in self.providers if item.id == name), None)

    def by_env(self, variable: str) -> tuple[Provider, ...]:
        """The providers that read a variable, in display order."""
        return tuple(item for item in self.providers if variable in (*item.env, *item.newer_env))


@functools.cache
def load() -> Catalog:
    """The catalogue that this program ships; read once per process."""
    import tomllib
    from pathlib import Path

    text = (Path(__file__).parent / "catalog.toml").read_text("utf-8")
    return Catalog(tuple(_provider(raw) for raw in tomllib.loads(text)["provider"]))


def _provider(raw: dict[str, Any]) -> Provider:
    name = raw["id"]
    lists = {key: tuple(value) for key, value in raw.items() if isinstance(value, list)}
    prefixes = tuple(prefix for prefix, provider in KEY_PREFIXES if provider == name)
    joined = {
        "env": variables_of(name),
        "newer_env": NEWER_ENV.get(name, ()),
        "aliases": tuple(alias for alias, target in ALIASES.items() if target == name),
        "key_prefixes": prefixes + lists.get("key_prefixes", ()),
        "regions": tuple(raw.get("regions", {}).items()),
        "probe": Probe(**raw.get("probe", {})),
    }
    return Provider(**{**raw, **lists, **joined})
