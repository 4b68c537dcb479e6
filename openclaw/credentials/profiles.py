"""A stored credential, read tolerantly: what is there is kept, what is missing or of a wrong type is None."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.secret import Secret
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Mapping

ProfileType = Literal["api_key", "token", "oauth"]
SECRET_FIELD: dict[str, str] = {"api_key": "key", "token": "token", "oauth": "access"}
REFERENCE_FIELD = {"api_key": "keyRef", "token": "tokenRef"}
WARN_WINDOW = 24 * 60 * 60 * 1000  # milliseconds: fixed in OpenClaw (auth-spec §13.1)
PLAUSIBLE_FROM = 1_000_000_000_000  # epoch milliseconds (2001); anything below is seconds or a duration
PLAUSIBLE_YEARS = 10 * 365 * 24 * 60 * 60 * 1000

Health = Literal["ok", "expiring", "expired", "missing", "static"]


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile of a store. `secret` is the key, the token or the access token, as it stands there."""

    id: str
    provider: str
    type: ProfileType
    secret: Secret | None
    refresh: Secret | None = None
    expires: Any = None
    email: str = ""
    reference: bool = False  # the secret stands elsewhere: keyRef, tokenRef, "${VAR}"
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def blank(self) -> bool:
        """Nothing there that could be sent."""
        return not self.reference and not (self.secret and js_trim(self.secret.reveal()))

    @property
    def refreshable(self) -> bool:
        """An OAuth login with a refresh token: OpenClaw renews it by itself."""
        return self.type == "oauth" and bool(self.refresh and self.refresh.reveal())

    @property
    def expiry(self) -> int | float | None:
        """Epoch milliseconds after which it is not accepted; None where it has none or none that is a positive number."""
        value = self.expires
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
            return None
        return value

    def health(self, now: int) -> Health:
        """OpenClaw's health of a profile (auth-spec §13.1): by its own dates, nothing is asked of the provider."""
        if self.type == "api_key" or (self.type == "token" and self.expiry is None):
            return "static"
        if self.expiry is None:
            return "missing"
        left = self.expiry - now
        if self.refreshable or left > WARN_WINDOW:
            return "ok"
        return "expired" if left <= 0 else "expiring"

    def expires_trouble(self, now: int) -> str:
        """Why `expires` cannot be meant as it stands ("" where it can): OpenClaw wants epoch milliseconds."""
        value = self.expires
        if self.type == "api_key" or value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return "is not a number"
        if value <= 0:
            return "is not positive"
        if value < PLAUSIBLE_FROM:
            return "is too small for epoch milliseconds (seconds, or a duration?)"
        return "is more than ten years ahead" if value > now + PLAUSIBLE_YEARS else ""


def read_profile(profile_id: str, raw: Any) -> Profile | str:
    """A profile from a store's entry, or why it is none. Aliases are those that newer OpenClaw accepts (openclaw-new §1.4)."""
    if not isinstance(raw, dict):
        return "is not an object"
    kind: Any = raw.get("type", raw.get("mode"))
    kind = "api_key" if kind == "apiKey" else kind
    if kind not in SECRET_FIELD:
        return f"has the unknown type {kind!r}" if isinstance(kind, str) else "has no type"
    provider = raw.get("provider")
    if not isinstance(provider, str) or not provider:
        return "has no provider"
    value = raw.get(SECRET_FIELD[kind], raw.get("apiKey") if kind == "api_key" else None)
    return Profile(
        id=profile_id,
        provider=provider,
        type=kind,
        secret=Secret(value) if isinstance(value, str) else None,
        refresh=Secret(raw["refresh"]) if isinstance(raw.get("refresh"), str) else None,
        expires=raw.get("expires"),
        email=raw["email"] if isinstance(raw.get("email"), str) else "",
        reference=_is_reference(raw.get(REFERENCE_FIELD.get(kind, ""))) or _is_reference(value),
        raw=raw,
    )


def _is_reference(value: Any) -> bool:
    if isinstance(value, dict):
        return "source" in value
    return isinstance(value, str) and value.startswith("${") and value.endswith("}")
