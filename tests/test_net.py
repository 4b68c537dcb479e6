"""Requests of ours against servers that refuse, reset, stall, drip, redirect, and stand behind proxies."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from openclaw import __version__
from openclaw.net import CAP, Answer, Request, ask, proxy_for, skew
from tests.providers.servers import (
    Later,
    certificate,
    drip,
    drip_body,
    proxy,
    reply,
    reset,
    server,
    stall,
)

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "sk-proj-" + "FAKE" * 20
HEADERS = {"Authorization": f"Bearer {SECRET}"}


def one(url: str, seconds: float = 5.0, env: dict[str, str] | None = None) -> Answer:
    return ask([Request("GET", url, HEADERS)], seconds=seconds, env=env or {})[0]


def test_an_answer() -> None:
    with server(reply(401, {"error": "no"}, Date="Tue, 03 Feb 2026 04:05:06 GMT")) as found:
        answer = one(found.url + "/v1/models")
    assert (answer.status, answer.body, answer.phase, answer.complete) == (401, b'{"error": "no"}', "done", True)
    assert answer.headers["date"].startswith("Tue")
    [request] = found.received
    assert request.headers["user-agent"] == f"openclaw-onboard/{__version__}"
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert len(request.raw) < 1024
    assert SECRET not in repr(Request("GET", found.url, HEADERS))


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    answer = one(f"http://127.0.0.1:{port}/")
    assert (answer.status, answer.phase, answer.error) == (None, "tcp", "Connection refused")
    assert not answer.timed_out


def test_a_name_that_does_not_exist() -> None:
    answer = one("https://no-such-host.invalid/v1")
    assert (answer.status, answer.phase, answer.timed_out) == (None, "dns", False)
    assert "invalid" not in answer.error


@pytest.mark.parametrize(("handler", "phase"), [(stall, "http"), (drip, "http")])
def test_a_server_that_does_not_answer_costs_the_time_and_no_more(handler: object, phase: str) -> None:
    with server(handler) as found:  # type: ignore[arg-type]
        started = time.monotonic()
        answer = one(found.url, 0.5)
        assert time.monotonic() - started < 1.0
    assert (answer.status, answer.phase, answer.timed_out) == (None, phase, True)
    assert "while waiting for the answer" in answer.error


def test_a_body_that_drips_does_not_hide_the_status() -> None:
    with server(drip_body) as found:
        started = time.monotonic()
        answer = one(found.url, 0.5)
        assert time.monotonic() - started < 1.0
    assert (answer.status, answer.complete) == (200, False)


def test_a_tls_greeting_that_never_comes() -> None:
    with server(stall, mute=b"") as found:
        answer = one(found.url, 0.5)
    assert (answer.status, answer.phase, answer.timed_out) == (None, "tls", True)


def test_a_reset() -> None:
    with server(reset) as found:
        answer = one(found.url)
    assert (answer.status, answer.phase, answer.timed_out) == (None, "http", False)
    assert answer.error


def test_a_server_that_speaks_no_http() -> None:
    with server(lambda connection, _: connection.sendall(b"SSH-2.0-OpenSSH\r\n")) as found:
        assert one(found.url).phase == "http"
    with server(stall, mute=b"SSH-2.0-OpenSSH\r\n") as found:
        answer = one(found.url)
    assert answer.phase == "tls"
    assert answer.error.startswith("TLS failed")


def test_a_certificate_that_nobody_signed(tmp_path: Path) -> None:
    context, path = certificate(tmp_path)
    with server(reply(200, {}), tls=context) as found:
        answer = one(found.url)
        assert (answer.status, answer.phase) == (None, "tls")
        assert answer.error.startswith("the certificate is not trusted: ")
        assert found.received == []
        for variable in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
            assert one(found.url, 5.0, {variable: str(path)}).status == 200


def test_a_certificate_of_another_host(tmp_path: Path) -> None:
    context, path = certificate(tmp_path, name="other.example")
    with server(reply(200, {}), tls=context) as found:
        answer = one(found.url, 5.0, {"SSL_CERT_FILE": str(path)})
    assert (answer.status, answer.phase) == (None, "tls")
    assert found.received == []


def test_redirects_are_not_followed() -> None:
    with server(reply(200, {})) as other, server(reply(302, b"", Location=other.url)) as found:
        answer = one(found.url)
        assert (answer.status, answer.headers["location"]) == (302, other.url)
    assert other.received == []


def test_only_so_much_of_an_answer_is_kept() -> None:
    with server(reply(200, b"x" * (4 * CAP))) as found:
        answer = one(found.url)
    assert (answer.status, len(answer.body), answer.complete) == (200, CAP, False)


# ---- proxies -------------------------------------------------------------------------------------------------------


def test_through_a_proxy(tmp_path: Path) -> None:
    context, path = certificate(tmp_path)
    with server(proxy) as between, server(reply(200, {}), tls=context) as found, server(reply(200, {})) as plain:
        env = {
            "HTTPS_PROXY": between.url,
            "http_proxy": between.url.replace("//", "//eve:p%40ss@"),
            "SSL_CERT_FILE": str(path),
        }
        assert one(found.url + "/v1", 5.0, env).status == 200
        assert one(plain.url + "/v1", 5.0, env).status == 200
        [tunnel, forwarded] = between.received
        assert tunnel.method == "CONNECT"
        assert SECRET.encode() not in tunnel.raw
        assert forwarded.headers["proxy-authorization"] == "Basic ZXZlOnBAc3M="
        assert found.received[0].headers["authorization"] == HEADERS["Authorization"]
        assert one(plain.url, 5.0, env | {"NO_PROXY": "127.0.0.1"}).status == 200
        assert len(between.received) == 2


def test_a_proxy_that_refuses() -> None:
    with server(reply(407, b"")) as between:
        answer = one("https://api.example/v1", 5.0, {"HTTPS_PROXY": between.url})
    assert (answer.status, answer.phase) == (None, "proxy")
    assert "407" in answer.error
    assert SECRET.encode() not in between.received[0].raw


def test_a_proxy_that_stalls_or_is_not_there_or_of_another_kind() -> None:
    with server(stall) as between:
        answer = one("https://api.example/v1", 0.5, {"HTTPS_PROXY": between.url})
    assert (answer.phase, answer.timed_out) == ("proxy", True)
    assert one("https://api.example/v1", 5.0, {"HTTPS_PROXY": "no-such-proxy.invalid:3128"}).phase == "dns"
    assert one("https://api.example/v1", 5.0, {"ALL_PROXY": "socks5://127.0.0.1:1"}).phase == "proxy"


@pytest.mark.parametrize("value", ["::::", "http://127.0.0.1:99999"])
def test_a_proxy_whose_address_is_none(value: str) -> None:
    answer = one("https://api.example/v1", 5.0, {"HTTPS_PROXY": value})
    assert (answer.status, answer.phase, answer.error) == (None, "proxy", "the address cannot be read")


@pytest.mark.parametrize(
    ("url", "env", "wanted"),
    [
        ("https://a.example/x", {}, ""),
        ("https://a.example/x", {"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ("https://a.example/x", {"https_proxy": "http://q:1", "HTTPS_PROXY": "http://p:1"}, "http://q:1"),
        ("https://a.example/x", {"HTTP_PROXY": "http://p:1"}, ""),
        ("http://a.example/x", {"HTTP_PROXY": "p:1"}, "http://p:1"),
        ("https://a.example/x", {"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ("https://a.example/x", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".example"}, ""),
        ("https://a.example/x", {"HTTPS_PROXY": "http://p:1", "no_proxy": "*"}, ""),
        ("https://a.example:8443/x", {"HTTPS_PROXY": "http://p:1", "no_proxy": "b.example"}, "http://p:1"),
        ("https://a.example/x", {"HTTPS_PROXY": " "}, ""),
        ("http://127.0.0.1:11434/v1", {"HTTP_PROXY": "http://p:1"}, ""),  # no other machine sees what stays on this one
        ("http://[::1]:1/v1", {"ALL_PROXY": "http://p:1"}, ""),
        ("http://localhost:1/v1", {"HTTP_PROXY": "http://127.0.0.1:3128"}, "http://127.0.0.1:3128"),
        ("http://10.0.0.1/v1", {"HTTP_PROXY": "p:1"}, "http://p:1"),
    ],
)
def test_which_proxy(url: str, env: dict[str, str], wanted: str) -> None:
    assert proxy_for(url, env) == wanted


@pytest.mark.interop
def test_through_tinyproxy(tmp_path: Path) -> None:
    """A real proxy, where one is installed (Debian: tinyproxy)."""
    program = shutil.which("tinyproxy")
    if not program:
        pytest.skip("tinyproxy is not here")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    settings = tmp_path / "tinyproxy.conf"
    settings.write_text(f"Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nBasicAuth eve FAKEpass\nTimeout 20\n")
    context, path = certificate(tmp_path)
    running = subprocess.Popen(
        [program, "-d", "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with server(reply(200, {}), tls=context) as found, server(reply(200, {})) as plain:
            env = {"SSL_CERT_FILE": str(path)}
            for name in ("HTTP_PROXY", "HTTPS_PROXY"):
                env[name] = f"http://eve:FAKEpass@127.0.0.1:{port}"
            for _ in range(50):
                if one(plain.url, 5.0, env).status == 200:
                    break
                time.sleep(0.1)
            assert one(plain.url, 5.0, env).status == 200
            assert one(found.url, 5.0, env).status == 200
            wrong = {**env, "HTTPS_PROXY": f"http://127.0.0.1:{port}"}
            answer = one(found.url, 5.0, wrong)
            assert (answer.status, answer.phase) == (None, "proxy")
            assert "407" in answer.error
    finally:
        running.terminate()
        running.wait(10)


# ---- several at once -----------------------------------------------------------------------------------------------


def test_as_many_at_once_as_wanted_and_no_more() -> None:
    slow = Later(0.2, reply(200, {}))
    with server(slow) as found:
        started = time.monotonic()
        answers = ask([Request("GET", found.url)] * 6, seconds=10, env={}, concurrency=3)
        took = time.monotonic() - started
    assert [item.status for item in answers] == [200] * 6
    assert slow.most == 3
    assert 0.35 < took < 1.5


def test_the_whole_run_is_bounded_and_everybody_is_asked() -> None:
    with server(stall) as bad, server(reply(200, {})) as good:
        wanted = [Request("GET", bad.url)] * 3 + [Request("GET", good.url)] * 2
        started = time.monotonic()
        answers = ask(wanted, seconds=1.5, env={}, concurrency=1)
        assert time.monotonic() - started < 2.0
    assert [item.timed_out for item in answers[:3]] == [True] * 3
    assert [item.status for item in answers[3:]] == [200, 200]


def test_no_requests() -> None:
    assert ask([], seconds=1, env={}) == []


def test_the_clock() -> None:
    assert skew(Answer(200, {"date": "Tue, 03 Feb 2026 04:05:06 GMT"}, at=1_770_091_566_000)) == 60_000
    assert skew(Answer(200, {"date": "yesterday"})) is None
    assert skew(Answer()) is None
