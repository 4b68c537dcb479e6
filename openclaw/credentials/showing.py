"""Values as `models status` shows them: masked when they are secrets, whole when they only say where one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.providers.names import all_env_names
from openclaw.secret import fingerprint, mask
from openclaw.text import js_trim

if TYPE_CHECKING:
    from openclaw.environment.layers import Environment

AUTHENTICATED = "<authenticated>"  # the reference's word for credentials that another program holds


def shown(value: str, environment: Environment) -> str:
    """The reference's mask (auth-spec §13.1); the name of a variable and a reference to one stay readable."""
    return js_trim(value) if _says_where(js_trim(value), environment) else mask(value)


def identified(value: str, environment: Environment) -> str:
    """The fingerprint, or what the value says where it is no secret."""
    text = js_trim(value)
    return f"the text {text}" if _says_where(text, environment) else fingerprint(text)


def _says_where(text: str, environment: Environment) -> bool:
    """Whether it is the name of a variable that this host or OpenClaw knows, or `${NAME}`: that is no secret."""
    import re

    if match := re.fullmatch(r"\$*\{[A-Z_][A-Z0-9_]*\}", text):
        return bool(match[0].startswith("$"))
    return text in all_env_names() or (text in environment.values and bool(re.fullmatch(r"[A-Z][A-Z0-9_]*", text)))
