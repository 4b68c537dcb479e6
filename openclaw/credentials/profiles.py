"""A stored credential, read tolerantly: what is there is kept, what is missing or of a wrong type is None."""

from __future__ import annotations

import math
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from openclaw.frozen import frozen
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

# The logins that 2026.2.x renews by itself (auth-spec §9.1); a refresh token of any other provider is of no use to it.
RENEWED = frozenset(
    {"anthropic", "chutes", "github-copilot", "google-antigravity", "google-gemini-cli", "openai-codex", "qwen-portal"}
)
# What 2026.9 leaves in the place of a login that it could not refresh (openclaw-new §1.4).
REFRESH_FENCE = "openclaw-oauth-refresh-fence:"

Health = Literal["ok", "expiring", "expired", "missing", "static"]


@frozen
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
        return not self.reference and self.sent is None

    @property
    def sent(self) -> Secret | None:
        """What OpenClaw sends: the secret without white space around it (auth-spec §7.2); None where it is blank."""
        value = js_trim(self.secret.reveal()) if self.secret else ""
        return Secret(value) if value else None

    @property
    def inactive(self) -> bool:
        """Saved by a sign-in of 2026.9 that was to replace another, and was not put to use (openclaw-new §1.4)."""
        setup = self.raw.get("setup")
        return isinstance(setup, dict) and bool(setup.get("replacement"))

    @property
    def command(self) -> bool:
        """An API key that is the command of OpenClaw's documentation, pasted whole: 2026.9 leaves it out."""
        import re

        value = js_trim(self.secret.reveal()) if self.secret and self.type == "api_key" else ""
        return bool(re.match(r"openclaw\s+onboard(?:\s+.*)?\s+--auth-choice(?:\s|=|$)", value, re.IGNORECASE))

    @property
    def refreshable(self) -> bool:
        """An OAuth login with a refresh token: OpenClaw renews it by itself."""
        return self.type == "oauth" and bool(self.refresh and self.refresh.reveal())

    @property
    def expiry(self) -> int | float | None:
        """Epoch milliseconds from which on it is not accepted; None without one, or where it is no positive number."""
        return positive(self.expires)

    @property
    def misdated(self) -> bool:
        """An `expires` that is no positive number; 2026.9 minds it, null included (openclaw-new §1.4)."""
        return self.expiry is None and (self.expires is not None or "expires" in self.raw)

    @property
    def fenced(self) -> bool:
        """OpenClaw's marker stands in the place of this login: it is refreshing it, or it failed to."""
        return bool(self._fences())

    @property
    def refresh_failed(self) -> bool:
        """The marker of a refresh that failed: somebody has to log in again (openclaw-new §1.4)."""
        return any(":failed:" in value for value in self._fences())

    def _fences(self) -> list[str]:
        values = [item.reveal() for item in (self.secret, self.refresh) if item and self.type == "oauth"]
        return [value for value in map(js_trim, values) if value.startswith(REFRESH_FENCE)]

    def health(self, now: int, *, newer: bool = False) -> Health:
        """OpenClaw's health of a profile (auth-spec §13.1): by its own dates, nothing is asked of the provider.

        `newer`: 2026.6 and later also look at blank secrets and odd dates, and count a login's access token alone.
        Difference on purpose: a token profile without a token is `missing`; the older reference crashes on it (§15).
        """
        if newer and self.fenced:
            return "expired"
        if (newer and (self.blank or self.command)) or (
            self.type == "token" and self.secret is None and not self.reference
        ):
            return "missing"
        if self.type == "api_key" or (self.type == "token" and self.expiry is None):
            return "missing" if newer and self.type == "token" and self.misdated else "static"
        if self.expiry is None:
            return "missing"
        left = self.expiry - now
        if left > WARN_WINDOW or (self.refreshable and not newer):
            return "ok"
        return "expired" if left <= 0 else "expiring"

    def reason_code(self, now: int) -> str:
        """OpenClaw 2026.9's code for what is wrong (openclaw-new §1.4); "" where it is eligible."""
        if self.command:
            return "malformed_api_key"
        if self.fenced:
            return "expired"
        if self.blank and not (self.type == "oauth" and self.refreshable):
            return "missing_credential"
        if self.type != "token" or self.expiry is None:
            return "invalid_expires" if self.type == "token" and self.misdated else ""
        return "expired" if self.expiry <= now else ""

    def expires_trouble(self, now: int, *, newer: bool = False) -> str:
        """Why `expires` cannot be meant as it stands ("" where it can): OpenClaw wants epoch milliseconds.

        `newer`: 2026.9 takes a token without a number there for invalid, also where it is null (openclaw-new §1.4).
        """
        value = self.expires
        if newer and self.type == "token" and value is None and self.misdated:
            return "is null, which this OpenClaw takes for an invalid date"
        if self.type == "api_key" or value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
            return "is not a number"
        if value <= 0:
            return "is not positive"
        if value < PLAUSIBLE_FROM:
            return "is too small for epoch milliseconds (seconds, or a duration?)"
        return "is more than ten years ahead" if value > now + PLAUSIBLE_YEARS else ""


def read_profile(profile_id: str, raw: Any, *, newer: bool = False) -> Profile | str:
    """A profile from a store's entry, or why it is none (auth-spec §3.2).

    `newer` stands for OpenClaw 2026.6 and later, which also takes `mode`, `apiKey` and `"${VAR}"` (openclaw-new §1.4).
    """
    if not isinstance(raw, dict):
        return "is not an object"
    kind = _kind(raw, newer=newer)
    if kind not in SECRET_FIELD:
        return f"has the unknown type {kind!r}" if isinstance(kind, str) else "has no type"
    provider = raw.get("provider")
    if not isinstance(provider, str) or not provider:
        return "has no provider"
    value = raw.get(SECRET_FIELD[kind])
    if value is None and newer and kind == "api_key":
        value = raw.get("apiKey")
    elsewhere = raw.get(REFERENCE_FIELD.get(kind, ""))
    return Profile(
        id=profile_id,
        provider=provider,
        type=kind,  # type: ignore[arg-type] # one of SECRET_FIELD
        secret=_secret(value),
        refresh=_secret(raw.get("refresh")),
        expires=raw.get("expires"),
        email=raw["email"] if isinstance(raw.get("email"), str) else "",
        reference=_is_reference(elsewhere) or _is_reference(value) or (newer and _names_a_variable(value)),
        raw=raw,
    )


def positive(value: Any) -> int | float | None:
    """A finite number above zero as JavaScript prints it (no `.0`); None for anything else, as OpenClaw treats it."""
    found = number(value)
    return found if found is not None and found > 0 else None


def number(value: Any) -> int | float | None:
    """A finite number as JavaScript prints it; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _kind(raw: Mapping[str, Any], *, newer: bool) -> str | None:
    kind = raw.get("type", raw.get("mode") if newer else None)
    if not isinstance(kind, str):
        return None
    return "api_key" if newer and kind == "apiKey" else kind


def _secret(value: Any) -> Secret | None:
    return Secret(value) if isinstance(value, str) else None


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and "source" in value


def _names_a_variable(value: Any) -> bool:
    import re

    return isinstance(value, str) and bool(re.fullmatch(r"\$(?:\{[A-Z_][A-Z0-9_]*\}|[A-Z_][A-Z0-9_]*)", js_trim(value)))
