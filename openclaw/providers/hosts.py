"""Where requests go: to the provider itself, to somebody in between, or to a server in this house."""

from __future__ import annotations

import re


def host_of(url: str) -> str:
    """The host of a URL in lower case; "" where there is none."""
    match = re.match(r"\s*[a-z][a-z0-9+.-]*://(?:[^@/?#]*@)?(\[[^\]]+\]|[^/:?#\s]+)", url, re.IGNORECASE)
    return match[1].lower() if match else ""


def is_local(url: str) -> bool:
    """Whether a base URL names this host or one of the local network: there a key may be any text."""
    host = host_of(url).strip("[]")
    if not host:
        return False
    if "." not in host and ":" not in host:
        return True  # localhost, or a neighbour by name: a container, a machine of the household
    if host.endswith((".local", ".lan", ".internal", ".localhost", ".home.arpa", ".ts.net")):
        return True
    import ipaddress

    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # 100.64.0.0/10 is nobody's on the internet: Tailscale's, or that of a provider's own network (RFC 6598).
    return address.is_private or address.is_link_local or address in ipaddress.ip_network("100.64.0.0/10")


def is_own_url(provider: str, base_url: str) -> bool:
    """Whether requests go to the provider's own host: no base URL is set, or one of the provider's."""
    if not host_of(base_url):
        return True
    from openclaw.providers.catalog import load

    entry = load().get(provider)
    own = (entry.base_url, *(url for _, url in entry.regions)) if entry else ()
    return host_of(base_url) in {host_of(url) for url in own}
