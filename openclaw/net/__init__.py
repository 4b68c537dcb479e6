"""HTTP requests of ours: few, small, with a deadline that holds, and with the phase in which each one ended.

DNS, TCP, TLS, proxy and HTTP fail for different reasons and have different remedies. Nothing is tried twice, and no
redirect is followed: a credential goes to no other address than the one that was shown.
"""

from openclaw.net.asking import ask
from openclaw.net.connecting import proxy_for
from openclaw.net.values import CAP, Answer, Request, retry_after, skew

__all__ = ["CAP", "Answer", "Request", "ask", "proxy_for", "retry_after", "skew"]
