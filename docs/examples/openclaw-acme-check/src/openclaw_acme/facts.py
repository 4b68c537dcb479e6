"""Facts: what is true on the host. All reading happens here, and nothing is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openclaw.api import fact

if TYPE_CHECKING:
    from pathlib import Path

    from openclaw.api import Home

NAME = "HTTPS_PROXY"


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy in the env file that the gateway reads; "" where there is none. Plain data: it fits into a bundle."""

    path: Path
    value: str


@fact(deadline=2.0)
def acme_proxy(home: Home) -> Proxy:
    """The proxy that is set for the gateway. An OSError would make the fact unavailable, and the check unknown."""
    try:
        lines = home.env_file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        lines = []
    values = [line.partition("=")[2].strip() for line in lines if line.startswith(f"{NAME}=")]
    return Proxy(home.env_file, values[-1] if values else "")
