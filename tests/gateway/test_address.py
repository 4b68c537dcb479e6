"""Where the gateway should answer, and with which secret."""

from __future__ import annotations

from typing import Any

import pytest

from openclaw.environment.layers import Environment, Layer, combine
from openclaw.gateway.address import address_of

TOKEN = "gateway-token-FAKE-EXAMPLE-0123456789"


def env(**values: str) -> Environment:
    return combine([Layer("process", values)])


@pytest.mark.parametrize(
    ("section", "variables", "argv", "expected"),
    [
        ({}, {}, (), (18789, "default")),
        ({"port": 19000}, {}, (), (19000, "config")),
        ({"port": 19000}, {"OPENCLAW_GATEWAY_PORT": "19001"}, (), (19001, "OPENCLAW_GATEWAY_PORT")),
        ({"port": 1}, {"OPENCLAW_GATEWAY_PORT": "2"}, ("node", "x", "--port", "3"), (3, "service arguments")),
        ({"port": 1}, {}, ("node", "--port=3"), (3, "service arguments")),
        ({"port": 1}, {}, ("node", "--port"), (1, "config")),
        ({"port": "x"}, {"OPENCLAW_GATEWAY_PORT": "99999"}, ("--port", "0"), (18789, "default")),
        ({"port": True}, {}, (), (18789, "default")),
    ],
)
def test_the_port(section: dict[str, Any], variables: dict[str, str], argv: Any, expected: tuple[int, str]) -> None:
    found = address_of({"gateway": section}, env(**variables), argv)
    assert (found.port, found.port_from) == expected


@pytest.mark.parametrize(
    ("section", "url"),
    [
        ({}, "ws://127.0.0.1:18789/"),
        ({"bind": "lan"}, "ws://127.0.0.1:18789/"),
        ({"bind": "custom", "customBindHost": "192.0.2.7"}, "ws://192.0.2.7:18789/"),
        ({"bind": "custom", "customBindHost": "0.0.0.0"}, "ws://127.0.0.1:18789/"),
        ({"bind": "custom", "customBindHost": "::1"}, "ws://[::1]:18789/"),
        ({"tls": {"enabled": True}}, "wss://127.0.0.1:18789/"),
        ({"mode": "remote", "remote": {"url": "wss://gw.example/ws"}}, "wss://gw.example:443/ws"),
        ({"mode": "remote", "remote": {"url": "ws://gw.example:18789"}}, "ws://gw.example:18789/"),
        ({"mode": "remote", "remote": {"url": "wss://u:pw-FAKE@gw.example:1/"}}, "wss://gw.example:1/"),
        ({"bind": 7}, "ws://127.0.0.1:18789/"),
    ],
)
def test_the_address(section: dict[str, Any], url: str) -> None:
    assert address_of({"gateway": section}, env()).url == url


@pytest.mark.parametrize("remote", [{}, {"url": 7}, {"url": "ws://[x"}, {"url": "ws://h:99999999"}, "text"])
def test_a_broken_remote_address_is_no_crash(remote: Any) -> None:
    assert address_of({"gateway": {"mode": "remote", "remote": remote}}, env()).remote


@pytest.mark.parametrize(
    ("auth", "variables", "expected"),
    [
        ({"token": TOKEN}, {"OPENCLAW_GATEWAY_TOKEN": "other"}, ("token", TOKEN, "gateway.auth.token")),
        ({}, {"OPENCLAW_GATEWAY_TOKEN": TOKEN}, ("token", TOKEN, "OPENCLAW_GATEWAY_TOKEN")),
        ({"mode": "password", "token": "x", "password": TOKEN}, {}, ("password", TOKEN, "gateway.auth.password")),
        ({"mode": "password", "token": "x"}, {"OPENCLAW_GATEWAY_TOKEN": "y"}, ("none", None, "")),
        ({"password": TOKEN}, {}, ("password", TOKEN, "gateway.auth.password")),
        ({"token": {"source": "env", "id": "MINE"}}, {"MINE": TOKEN}, ("token", TOKEN, "MINE")),
        ({}, {}, ("none", None, "")),
        ({"token": " "}, {}, ("none", None, "")),
    ],
)
def test_the_secret(auth: dict[str, Any], variables: dict[str, str], expected: tuple[str, str | None, str]) -> None:
    found = address_of({"gateway": {"auth": auth}}, env(**variables))
    value = found.secret.reveal() if found.secret else None
    assert (found.kind, value, found.secret_from) == expected
    assert TOKEN not in repr(found)


def test_a_secret_elsewhere_is_not_known() -> None:
    found = address_of({"gateway": {"auth": {"token": {"source": "exec", "id": "x"}}}}, env())
    assert (found.secret, found.kind) == (None, "token")
    assert "cannot look up" in found.unresolved


def test_the_remote_secret_is_its_own() -> None:
    section = {"mode": "remote", "remote": {"url": "ws://h:1", "token": TOKEN}, "auth": {"token": "local"}}
    found = address_of({"gateway": section}, env())
    assert (found.secret_from, found.secret and found.secret.reveal()) == ("gateway.remote.token", TOKEN)


@pytest.mark.parametrize(
    ("older", "variables", "expected"),
    [
        (True, {"CLAWDBOT_GATEWAY_TOKEN": TOKEN, "CLAWDBOT_GATEWAY_PORT": "7"}, (7, "CLAWDBOT_GATEWAY_TOKEN")),
        (True, {"CLAWDBOT_GATEWAY_TOKEN": "x", "OPENCLAW_GATEWAY_TOKEN": TOKEN}, (18789, "OPENCLAW_GATEWAY_TOKEN")),
        (True, {"OPENCLAW_GATEWAY_PORT": "8", "CLAWDBOT_GATEWAY_PORT": "7"}, (8, "")),
        (True, {"OPENCLAW_GATEWAY_PORT": "x", "CLAWDBOT_GATEWAY_PORT": "7"}, (18789, "")),
        (True, {"MOLTBOT_GATEWAY_TOKEN": TOKEN}, (18789, "")),
        (False, {"CLAWDBOT_GATEWAY_TOKEN": TOKEN, "CLAWDBOT_GATEWAY_PORT": "7"}, (18789, "")),
    ],
)
def test_names_of_before_the_rename(older: bool, variables: dict[str, str], expected: tuple[int, str]) -> None:
    found = address_of({"gateway": {"mode": "local"}}, combine([Layer("process", variables)]), older=older)
    assert (found.port, found.secret_from) == expected


@pytest.mark.parametrize("written", ["${GWT}", "x-${GWT}"])
def test_a_reference_that_nothing_resolves_is_not_sent(written: str) -> None:
    config = {"gateway": {"mode": "local", "auth": {"token": written}}}
    found = address_of(config, combine([Layer("process", {"OPENCLAW_GATEWAY_TOKEN": TOKEN})]))
    assert (found.kind, found.secret, "GWT" in found.unresolved) == ("token", None, True)
    assert not address_of({"gateway": {"auth": {"token": "a$b{c}"}}}, combine([])).unresolved
