"""The way to a server: proxies, certificate authorities, and connections that tell how far they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from urllib3 import PoolManager

    from openclaw.net.values import Progress

PROXY_VARIABLES = {"https": ("https_proxy", "HTTPS_PROXY"), "http": ("http_proxy", "HTTP_PROXY")}
CA_VARIABLES = ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def manager_for(url: str, seconds: float, env: Mapping[str, str], progress: Progress) -> PoolManager:
    """urllib3's manager with connections that tell how far they are."""
    from urllib3 import PoolManager
    from urllib3.exceptions import LocationValueError

    proxy = proxy_for(url, env)
    context = tls_context(env) if url.lower().startswith("https:") or proxy.startswith("https:") else None
    try:
        manager = _through(proxy, context) if proxy else PoolManager(ssl_context=context)
    except LocationValueError:
        progress.phase = "proxy"
        raise
    manager.pool_classes_by_scheme = _pools(progress, proxied=bool(proxy), seconds=seconds)
    return manager


def _through(proxy: str, context: ssl.SSLContext | None) -> PoolManager:
    """The manager for a proxy. Raises `LocationValueError` where that is no address."""
    from urllib3 import ProxyManager, make_headers
    from urllib3.util import parse_url

    parsed = parse_url(proxy)
    secret = make_headers(proxy_basic_auth=_unquoted(parsed.auth)) if parsed.auth else None
    return ProxyManager(
        f"{parsed.scheme}://{parsed.netloc}", proxy_headers=secret, ssl_context=context, proxy_ssl_context=context
    )


def _unquoted(text: str) -> str:
    from urllib.parse import unquote

    return unquote(text)


def _pools(progress: Progress, *, proxied: bool, seconds: float) -> dict[str, type]:
    """Pools whose connections note the phase. A stalled TLS handshake must not look like a slow answer."""
    import socket

    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.exceptions import NameResolutionError

    def resolve(connection: HTTPConnection) -> None:
        progress.phase = "dns"
        try:
            socket.getaddrinfo(connection._dns_host, connection.port, 0, socket.SOCK_STREAM)  # noqa: SLF001
        except socket.gaierror as error:
            raise NameResolutionError(connection.host, connection, error) from error
        progress.phase = "tcp"

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            resolve(self)
            found = super()._new_conn()
            progress.phase = "http"
            return found

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            resolve(self)
            found = super()._new_conn()
            found.settimeout(seconds)
            progress.phase = "proxy" if proxied else "tls"
            return found

        def _tunnel(self) -> None:
            super()._tunnel()
            progress.phase = "tls"

        def connect(self) -> None:
            super().connect()
            progress.phase = "http"

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def tls_context(env: Mapping[str, str]) -> ssl.SSLContext:
    """TLS with the system's certificate authorities, and with those that a company's variables add."""
    import ssl
    from pathlib import Path

    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for name in CA_VARIABLES:
        path = env.get(name, "")
        if path and Path(path).is_file():
            try:
                context.load_verify_locations(path)
            except (ssl.SSLError, OSError):  # it was meant for another program; the system's remain
                continue
    return context


def proxy_for(url: str, env: Mapping[str, str]) -> str:
    """The proxy for a URL by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, as curl reads them; "" for none."""
    from urllib.parse import urlsplit
    from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined] # missing in its stubs

    parts = urlsplit(url)
    excluded = env.get("no_proxy") or env.get("NO_PROXY") or ""
    host = parts.netloc.rpartition("@")[2]
    if excluded and proxy_bypass_environment(host, {"no": excluded}):
        return ""
    names = (*PROXY_VARIABLES.get(parts.scheme.lower(), ()), "all_proxy", "ALL_PROXY")
    value = next((found for name in names if (found := env.get(name, "").strip())), "")
    value = value if not value or "://" in value else f"http://{value}"
    return "" if _loopback(url) and not _loopback(value) else value


def _loopback(url: str) -> bool:
    """Whether an address is this machine: no other one's proxy reaches it, and none needs to see what goes there."""
    import ipaddress
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
