"""Secrets that slipped into a line that everybody can read: neither shown nor kept, whatever the question was."""

from __future__ import annotations

SLIPPED = (
    "It looks like a secret, so it is neither shown nor kept. A key is asked for separately, in a line that is hidden."
)
# Ids that their owners make of letters and digits, as they make keys.
LIKE_KEYS = ("account_id", "gateway_id")


def slipped(text: str) -> bool:
    """Whether a text that is no secret holds one: the shape of a well-known key, a password in a URL, a token."""
    from openclaw.credentials.shapes import diagnose
    from openclaw.providers.names import issuer
    from openclaw.redact import secrets_in

    if secrets_in(text) or any(issuer(word) and len(word) >= LEAST for word in text.split()):
        return True
    # An address is not a secret where a secret is asked for, and no slip where an address is.
    wrong = diagnose(text, "anthropic", "api_key")
    return any(item.slug == "credentials/gateway-token-as-key" or _of_a_login(item.what) for item in wrong)


def keepable(question: str, text: str) -> bool:
    """Whether an answer may stand in a file: also what only might be a key is left out, and asked for again."""
    from openclaw.redact import in_arguments

    return not slipped(text) and (question in LIKE_KEYS or not in_arguments([text]))


LEAST = 12  # characters of what is taken for a key by its first ones: `sk-` alone may begin a name


def _of_a_login(what: str) -> bool:
    return any(name in what for name in ("signed in to Claude", "Claude login", "sign-in page", "administration key"))
