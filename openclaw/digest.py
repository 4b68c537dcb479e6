"""SHA-256 without OpenSSL."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MODULES = ("_sha2", "_sha256", "hashlib")  # Python 3.12 and later, 3.11, anywhere


def sha256(data: bytes) -> str:
    """The hex digits."""
    return str(_function()(data).hexdigest())


@cache
def _function() -> Callable[[bytes], Any]:
    """hashlib comes last, because it loads OpenSSL: 4 ms that every `models status` would pay."""
    for name in MODULES:
        try:
            found: Callable[[bytes], Any] = import_module(name).sha256
        except (ImportError, AttributeError):
            continue
        return found
    raise AssertionError("hashlib has no sha256")
