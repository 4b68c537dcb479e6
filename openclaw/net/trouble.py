"""Why a request failed, in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.net.values import DOING, SAYS_NO

if TYPE_CHECKING:
    from openclaw.net.values import Progress


def explained(error: Exception, progress: Progress, seconds: float) -> tuple[bool, str]:
    """(whether time was up, why in words) of an exception; sets the phase where the exception knows it better.

    urllib3's own texts name the URL and the object; only the innermost cause is told.
    """
    import ssl

    from urllib3.exceptions import NewConnectionError, ProxyError, ProxySchemeUnknown
    from urllib3.exceptions import TimeoutError as Timeout

    causes = _causes(error)
    # A refused connection is a kind of time-out to urllib3, and not to people.
    if any(isinstance(item, Timeout | TimeoutError) and not isinstance(item, NewConnectionError) for item in causes):
        return True, f"no answer in {seconds:.1f} s, while {DOING.get(progress.phase, 'waiting')}"
    verify = next((item for item in causes if isinstance(item, ssl.SSLCertVerificationError)), None)
    if verify is not None:
        progress.phase = "tls"
        return False, f"the certificate is not trusted: {verify.verify_message or verify.reason}"
    if any(isinstance(item, ProxySchemeUnknown) for item in causes):
        progress.phase = "proxy"
        return False, "proxies of this kind are not supported: only http:// and https:// ones"
    if any(isinstance(item, ProxyError) for item in causes) and progress.phase not in ("dns", "tls"):
        progress.phase = "proxy"
    tunnel = next((str(item) for item in causes if "Tunnel connection failed" in str(item)), "")
    if tunnel:
        progress.phase = "proxy"
        return False, f"{SAYS_NO}: {tunnel.partition('failed: ')[2] or tunnel}"[:200]
    return False, _reason(causes[-1])


def _causes(error: BaseException) -> list[BaseException]:
    """An exception and what stands behind it, outermost first."""
    found: list[BaseException] = []
    current: object = error
    while isinstance(current, BaseException) and current not in found and len(found) < 10:
        found.append(current)
        inner = getattr(current, "reason", None) or getattr(current, "original_error", None)
        current = inner if isinstance(inner, BaseException) else current.__cause__ or current.__context__
    return found


def _reason(error: BaseException) -> str:
    import ssl

    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {(error.reason or 'no common ground').replace('_', ' ').lower()}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return {
        "RemoteDisconnected": "the server closed the connection without an answer",
        "LocationParseError": "the address cannot be read",
    }.get(type(error).__name__, f"the connection broke ({type(error).__name__})")
