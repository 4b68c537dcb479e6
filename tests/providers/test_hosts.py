"""Which server a base URL names."""

from __future__ import annotations

import pytest

from openclaw.providers.hosts import host_of, is_local, is_own_url


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.openai.com/v1", "api.openai.com"),
        ("HTTP://user:pw@Host.example:8080/x", "host.example"),
        ("http://[::1]:1234", "[::1]"),
        ("api.openai.com", ""),
        ("", ""),
    ],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://10.1.2.3", True),
        ("http://172.20.0.2", True),
        ("http://box.local:1234", True),
        ("http://host.docker.internal:11434", True),
        ("http://[fd00::1]/", True),
        ("http://169.254.1.1", True),
        ("http://100.64.0.1:11434/v1", True),
        ("http://100.127.255.254", True),
        ("http://box.tail1234.ts.net:11434/v1", True),
        ("http://100.63.255.255", False),
        ("http://100.128.0.1", False),
        ("https://ts.net.example.org", False),
        ("https://api.openai.com", False),
        ("http://8.8.8.8", False),
        ("http://172.32.0.1", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_is_local(url: str, local: bool) -> None:
    assert is_local(url) is local


def test_is_own_url() -> None:
    assert is_own_url("openai", "")
    assert is_own_url("minimax", "https://api.minimaxi.com/anthropic")
    assert not is_own_url("openai", "https://example.com/v1")
    assert not is_own_url("nobody", "https://example.com/v1")
