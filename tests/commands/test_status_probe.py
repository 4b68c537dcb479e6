"""`models status --probe` and `doctor --live` as programs, against servers on loopback that answer as providers do."""

from __future__ import annotations

import json
import re
import socket
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands.conftest import NOW
from tests.providers.servers import Later, certificate, drip, proxy, reply, reset, server, stall

if TYPE_CHECKING:
    from tests.commands.conftest import Machine, Result
    from tests.providers.servers import Received, Server

ENTRIES = json.loads((Path(__file__).parents[1] / "providers" / "provider_errors.json").read_text("utf-8"))
TOKEN = "sk-ant-oat01-" + "FAKE" * 23 + "abc"
OPENAI = "sk-proj-" + "FAKE" * 20
ANTHROPIC = "sk-ant-api03-" + "FAKE" * 23 + "abc"
KEYS = {
    "anthropic": ("ANTHROPIC_API_KEY", ANTHROPIC), "openai": ("OPENAI_API_KEY", OPENAI),
    "openrouter": ("OPENROUTER_API_KEY", "sk-or-v1-" + "fade" * 16), "google": ("GEMINI_API_KEY", "AIza" + "FAKE" * 9),
    "xai": ("XAI_API_KEY", "xai-" + "FAKE" * 20), "groq": ("GROQ_API_KEY", "gsk_" + "FAKE" * 13),
    "mistral": ("MISTRAL_API_KEY", "FAKEmistral" + "0123456789" * 2),
    "moonshot": ("MOONSHOT_API_KEY", "sk-" + "FAKE" * 12),
    "minimax": ("MINIMAX_API_KEY", "sk-api-" + "FAKE" * 12), "zai": ("ZAI_API_KEY", "FAKEzai" + "0123456789" * 3),
}  # fmt: skip
STATUS_OF = {"billing": "billing", "rate": "rate_limit", "overload": "rate_limit", "config": "format"}
REFUSAL = {
    "type": "error",
    "error": {
        "type": "invalid_request_error",
        "message": "This credential is only authorized for use with Claude Code and cannot be used for other API "
        "requests.",
    },
}
LIST = {"data": [{"id": "gpt-5.2"}, {"id": "claude-opus-4-5-20251101"}]}


def config(machine: Machine, model: str, *providers: str, url: str, **more: Any) -> None:
    entries = {name: {"baseUrl": url, "models": [{"id": "some-model", "name": "x"}], **more} for name in providers}
    value = {
        "gateway": {"mode": "local", "auth": {"token": "FAKE-gateway-token"}},
        "agents": {"defaults": {"model": {"primary": model}}},
        "models": {"providers": entries},
    }
    machine.write(machine.config, value, 0o600)


def profiles(machine: Machine, **found: Any) -> None:
    machine.write(
        machine.store(),
        {"version": 1, "profiles": {name.replace("_", ":"): item for name, item in found.items()}},
        0o600,
    )


def probe(machine: Machine, *args: str, env: dict[str, str] | None = None) -> Result:
    result = machine.run("models", "status", "--probe", "--json", *args, env=env)
    for _, key in KEYS.values():
        assert key not in result.out + result.err
    assert TOKEN not in result.out + result.err
    return result


def results(found: Result) -> list[dict[str, Any]]:
    return list(found.json["auth"]["probes"]["results"])


# ---- what providers say --------------------------------------------------------------------------------------------

ANSWERS = [item for item in ENTRIES if item["status"] and item["provider"].replace("google-gemini", "google") in KEYS]


@pytest.mark.parametrize("entry", ANSWERS, ids=lambda entry: f"{entry['provider']}-{entry['status']}-{entry['class']}")
def test_every_recorded_answer(machine: Machine, entry: dict[str, Any]) -> None:
    provider = entry["provider"].replace("google-gemini", "google")
    name, key = KEYS[provider]
    body = entry.get("body") or {"error": {"message": entry.get("body_contains", "x"), "code": entry["status"]}}
    if "|" in entry["class"]:
        pytest.skip("three codes in one entry: tests/providers/test_classify.py")
    of_a_token = ("oauth" in f"{body}".lower(), "bearer" in f"{body}".lower(), "NOT proof" in entry["meaning"])
    if provider == "anthropic" and any(of_a_token):
        name, key = "ANTHROPIC_OAUTH_TOKEN", TOKEN
    with server(reply(entry["status"], body)) as found:
        config(machine, f"{provider}/some-model", provider, url=found.url)
        [item] = results(probe(machine, env={name: key}))
    assert item["class"] == entry["class"], item
    expected = STATUS_OF.get(entry["class"], "auth")
    assert item["status"] == expected or not item["rejected"], item
    assert item["latencyMs"] >= 0
    assert len(found.received[0].raw) < 1024
    assert key not in found.received[0].target


def test_a_key_that_is_accepted(machine: Machine) -> None:
    with server(reply(200, LIST)) as found:
        config(machine, "openai/gpt-5.2", "openai", url=found.url + "/v1")
        result = probe(machine, "--check", env={"OPENAI_API_KEY": OPENAI})
        text = machine.run("models", "status", "--probe", env={"OPENAI_API_KEY": OPENAI})
    assert result.code == 0
    probes = result.json["auth"]["probes"]
    assert probes["options"] == {"profileIds": [], "timeoutMs": 8000, "concurrency": 2, "maxTokens": 8}
    assert probes["totalTargets"] == 1
    assert probes["durationMs"] == probes["finishedAt"] - probes["startedAt"]
    [item] = probes["results"]
    assert item | {"latencyMs": 0} == {
        "provider": "openai", "model": "openai/gpt-5.2", "label": "OPENAI_API_KEY", "source": "env", "mode": "api_key",
        "status": "ok", "latencyMs": 0, "class": "ok", "rejected": False, "recognised": True,
        "meaning": "The provider accepts the credential.", "remedy": "", "commands": [], "phase": "auth",
        "host": f"127.0.0.1:{found.port}", "ownHost": False, "modelOffered": True,
    }  # fmt: skip
    assert "accepted" in text.out
    assert found.received[0].target == "/v1/models"
    assert found.received[0].headers["user-agent"].startswith("openclaw-onboard/")


@pytest.mark.parametrize("status", [400, 403])
def test_the_refusal_outside_of_claude_code(machine: Machine, status: int) -> None:
    profiles(machine, anthropic_manual={"type": "token", "provider": "anthropic", "token": TOKEN})
    with server(reply(status, REFUSAL)) as found:
        config(machine, "anthropic/claude-opus-4-5", "anthropic", url=found.url, api="anthropic-messages")
        result = probe(machine, "--check")
        text = machine.run("models", "status", "--probe").out
        later_on = machine.run("models", "status").out
        doctor = machine.run("doctor", "--live", "--json")
    assert result.code == 1
    [item] = results(result)
    assert (item["status"], item["class"], item["rejected"]) == ("auth", "auth_restricted", True)
    assert "onboard --provider anthropic --method api-key" in item["commands"][0]
    for way in ("API key", "Claude CLI", "extra usage"):
        assert way in text
    assert "refused by the provider: restricted" in later_on
    [finding] = [item for item in doctor.json["findings"] if item["checkId"] == "live/rejected"]
    assert finding["severity"] == "error"
    assert TOKEN not in doctor.out
    assert {request.headers.get("authorization") for request in found.received} == {f"Bearer {TOKEN}"}
    assert not any("x-api-key" in request.headers or "anthropic-beta" in request.headers for request in found.received)


def test_a_bare_limit_of_a_token_is_no_rejection(machine: Machine) -> None:
    profiles(machine, anthropic_manual={"type": "token", "provider": "anthropic", "token": TOKEN})
    body = {"type": "error", "error": {"type": "rate_limit_error", "message": "Error"}}
    with server(reply(429, body)) as found:
        config(machine, "anthropic/claude-opus-4-5", "anthropic", url=found.url)
        started = time.monotonic()
        result = probe(machine, "--check")
        assert time.monotonic() - started < 5  # asked once
    [item] = results(result)
    assert (result.code, item["status"], item["rejected"], item["recognised"]) == (0, "rate_limit", False, None)
    assert len(found.received) == 1


def test_the_model_is_not_in_the_list(machine: Machine) -> None:
    with server(reply(200, LIST)) as found:
        config(machine, "openai/gpt-4-gone", "openai", url=found.url)
        env = {"OPENAI_API_KEY": OPENAI}
        [item] = results(probe(machine, env=env))
        assert item["modelOffered"] is False
        assert "is not among the models" in machine.run("models", "status", "--probe", env=env).out
        doctor = machine.run("doctor", "--live", "--json", "--only", "live", env=env)
    assert [item["checkId"] for item in doctor.json["findings"]] == ["live/model-unavailable"]


def test_a_service_of_ones_own_is_asked_for_its_models(machine: Machine) -> None:
    key = "FAKE-key-of-no-known-shape-0123456789"
    with server(reply(200, {"data": [{"id": "qwen3-coder"}]})) as found:
        config(machine, "cust/qwen3-cder", "cust", url=found.url + "/v1", apiKey=key)
        doctor = machine.run("doctor", "--live", "--json", "--only", "live")
        text = machine.run("doctor", "--live", "--only", "live").out
    assert doctor.json["findings"], doctor.json["outcomes"]
    [finding] = doctor.json["findings"]
    assert (finding["checkId"], finding["target"]) == ("live/model-unavailable", "cust/qwen3-cder")
    assert finding["commands"][0].endswith("real models set cust/qwen3-coder")
    assert finding["commands"][0] in text
    assert {item.target for item in found.received} == {"/v1/chat/completions", "/v1/models"}
    assert key not in doctor.out + text
    states = {item["checkId"]: item["outcome"] for item in doctor.json["outcomes"]}
    assert states["live/rejected"] == states["live/unknown"] == "passed"


# ---- what networks do ----------------------------------------------------------------------------------------------


def network(machine: Machine, url: str, **env: str) -> dict[str, Any]:
    config(machine, "openai/gpt-5.2", "openai", url=url)
    started = time.monotonic()
    result = probe(machine, "--check", "--probe-timeout", "700", env={"OPENAI_API_KEY": OPENAI, **env})
    assert time.monotonic() - started < 6
    assert result.code == 0  # says nothing about the key
    [item] = results(result)
    assert item["class"] == "network"
    assert item["remedy"]
    return item


def test_phases(machine: Machine, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert network(machine, closed)["phase"] == "tcp"
    assert network(machine, "https://no-such-host.invalid")["phase"] == "dns"
    for handler, phase, status in ((reset, "http", "unknown"), (stall, "http", "timeout"), (drip, "http", "timeout")):
        with server(handler) as found:
            item = network(machine, found.url)
            assert (item["phase"], item["status"]) == (phase, status)
    context, path = certificate(tmp_path)
    with server(reply(200, LIST), tls=context) as found:
        item = network(machine, found.url)
        assert (item["phase"], "not trusted" in item["error"]) == ("tls", True)
        [item] = results(probe(machine, env={"OPENAI_API_KEY": OPENAI, "SSL_CERT_FILE": str(path)}))
        assert item["status"] == "ok"


def test_somebody_in_between(machine: Machine) -> None:
    page = "<!DOCTYPE html><html><title>Hotel login</title></html>"
    for status in (200, 403):
        with server(reply(status, page, Content_Type="text/html")) as found:
            assert network(machine, found.url)["phase"] == "html"
    with server(reply(200, LIST)) as other, server(reply(302, "", Location=other.url)) as found:
        assert network(machine, found.url)["phase"] == "redirect"
    assert other.received == []


def test_through_a_proxy(machine: Machine) -> None:
    with server(proxy) as between, server(reply(200, LIST)) as found:
        config(machine, "openai/gpt-5.2", "openai", url=found.url)
        env = {"OPENAI_API_KEY": OPENAI, "HTTP_PROXY": between.url, "HTTPS_PROXY": between.url}
        [item] = results(probe(machine, env=env))
        assert item["status"] == "ok"
        assert len(between.received) == 1
    with server(reply(407, "")) as between:
        assert network(machine, "https://api.example", HTTPS_PROXY=between.url)["phase"] == "proxy"


# ---- several, and only so many ------------------------------------------------------------------------------------


def many(machine: Machine, found: Server, number: int) -> None:
    profiles(
        machine,
        **{f"openai_{at}": {"type": "api_key", "provider": "openai", "key": f"{OPENAI}{at}"} for at in range(number)},
    )
    config(machine, "openai/gpt-5.2", "openai", url=found.url)


def test_all_at_once_within_the_limit(machine: Machine) -> None:
    slow = Later(0.3, reply(200, LIST))
    with server(slow) as found:
        many(machine, found, 6)
        probes = probe(machine, "--probe-concurrency", "6").json["auth"]["probes"]
        assert slow.most > 2
        assert probes["durationMs"] < 1500
        assert {item["status"] for item in probes["results"]} == {"ok"}
        slow.most = 0
        probe(machine)
        assert slow.most == 2


def test_a_whole_run_ends_in_the_time_that_it_was_given(machine: Machine) -> None:
    with server(stall) as found:
        many(machine, found, 5)
        probes = probe(machine, "--probe-timeout", "1000").json["auth"]["probes"]
    assert probes["durationMs"] < 1500
    assert [item["status"] for item in probes["results"]] == ["timeout"] * 5


def test_the_same_key_in_two_places_is_asked_about_once(machine: Machine) -> None:
    profiles(machine, openai_a={"type": "api_key", "provider": "openai", "key": OPENAI})
    with server(reply(200, LIST)) as found:
        config(machine, "openai/gpt-5.2", "openai", url=found.url)
        labels = [item["label"] for item in results(probe(machine, env={"OPENAI_API_KEY": OPENAI}))]
    assert labels == ["openai:a", "OPENAI_API_KEY"]
    assert len(found.received) == 1


def test_only_some(machine: Machine) -> None:
    with server(reply(200, LIST)) as found:
        many(machine, found, 3)
        only = ("--probe-profile", "openai:0,openai:2", "--probe-provider", "openai")
        probes = probe(machine, *only).json["auth"]["probes"]
    assert [item["profileId"] for item in probes["results"]] == ["openai:0", "openai:2"]
    assert probes["options"]["profileIds"] == ["openai:0", "openai:2"]
    assert probes["options"]["provider"] == "openai"


def test_what_is_not_asked_says_why(machine: Machine) -> None:
    login = {"access": "FAKE-a", "refresh": "FAKE-r", "expires": 1_700_000_000_000}
    profiles(
        machine,
        anthropic_old={"type": "token", "provider": "anthropic", "token": TOKEN, "expires": 1_700_000_000_000},
        **{"github-copilot_github": {"type": "token", "provider": "github-copilot", "token": "ghu_" + "FAKE" * 9}},
        **{"openai-codex_default": {"type": "oauth", "provider": "openai-codex", **login}},
    )  # fmt: skip
    with server(reply(200, LIST)) as found:
        config(machine, "openai/gpt-5.2", "openai", "anthropic", url=found.url)
        items = {item["label"]: item for item in results(probe(machine))}
    assert found.received == []  # nothing is sent, and no login is renewed
    assert items["anthropic:old"]["error"].startswith("Auth profile credentials are missing or expired.")
    assert "No reliable probe" in items["github-copilot:github"]["error"]
    assert "renews it" in items["openai-codex:default"]["error"]
    assert {item["status"] for item in items.values()} == {"unknown"}


# ---- where a key goes ----------------------------------------------------------------------------------------------


def test_a_host_that_is_not_the_providers_is_told_first(machine: Machine) -> None:
    with server(reply(200, LIST)) as found:
        config(machine, "openai/gpt-5.2", "openai", url=found.url)
        result = probe(machine, env={"OPENAI_API_KEY": OPENAI})
        doctor = machine.run("doctor", "--live", "--only", "live", env={"OPENAI_API_KEY": OPENAI})
    for text in (result.err, doctor.err):
        assert f"sends a key to 127.0.0.1:{found.port} without encryption" in text


def test_plain_http_to_another_host_needs_a_flag(machine: Machine) -> None:
    config(machine, "openai/gpt-5.2", "openai", url="http://no-such-host.invalid/v1")
    env = {"OPENAI_API_KEY": OPENAI}
    [item] = results(probe(machine, env=env))
    assert (item["phase"], "--allow-http" in item["remedy"], "latencyMs" in item) == ("refused", True, False)
    [item] = results(probe(machine, "--allow-http", env=env))
    assert item["phase"] == "dns"


# ---- usage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        ("--probe", "--plain"), ("--probe", "--json", "--plain"), ("--probe", "--probe-timeout", "0"),
        ("--probe", "--probe-concurrency", "-1"), ("--probe", "--probe-max-tokens", "x"),
        ("--probe", "--probe-profile", "gone"), ("--probe", "--probe-provider", "nobody"), ("--probe-timeout", "5"),
    ],
)  # fmt: skip
def test_usage_errors(machine: Machine, args: tuple[str, ...]) -> None:
    result = machine.run("models", "status", *args)
    assert (result.code, result.err.startswith("Error: ")) == (1, True)
    assert machine.files() == {}


# ---- what is remembered --------------------------------------------------------------------------------------------


def answer_file(machine: Machine) -> Path:
    [path] = (machine.home / ".local" / "state" / "openclaw-onboard").rglob("answers.json")
    return path


def test_the_last_answer_is_remembered_without_the_secret(machine: Machine) -> None:
    env = {"OPENAI_API_KEY": OPENAI}
    with server(reply(200, LIST)) as found:
        config(machine, "openai/gpt-5.2", "openai", url=found.url)
        before = machine.run("models", "status", "--json", env=env).json["auth"]["resolution"][0]["chain"][0]
        machine.run("models", "status", "--probe", env=env)
    assert before["facts"] == {"present": True, "locallyValid": True, "accepted": None}
    path = answer_file(machine)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "FAKE" not in path.read_text()
    after = {**env, "OPENCLAW_NOW_MS": str(NOW + 3 * 60_000)}
    facts = machine.run("models", "status", "--json", env=after).json["auth"]["resolution"][0]["chain"][0]["facts"]
    assert facts["accepted"] is True
    assert facts["lastAnswer"] | {"meaning": ""} == {
        "class": "ok", "at": NOW, "source": "models status --probe", "meaning": ""
    }  # fmt: skip
    assert "accepted by the provider, 3m ago (models status --probe)" in machine.run("models", "status", env=after).out
    other = machine.run("models", "status", env={"OPENAI_API_KEY": OPENAI + "x"}).out
    assert "accepted by the provider" not in other  # another value, another credential


def test_a_network_that_fails_takes_nothing_back(machine: Machine) -> None:
    env = {"OPENAI_API_KEY": OPENAI}
    with server(reply(200, LIST)) as found:
        config(machine, "openai/gpt-5.2", "openai", url=found.url)
        machine.run("models", "status", "--probe", env=env)
    machine.run("models", "status", "--probe", env=env)
    assert json.loads(answer_file(machine).read_text())["answers"].popitem()[1]["accepted"] is True


@pytest.mark.parametrize("content", ["", "{", "[]", '{"answers": 3}', '{"answers": {"a": {"at": "x"}}}'])
def test_a_broken_memory_is_no_memory(machine: Machine, content: str) -> None:
    env = {"OPENAI_API_KEY": OPENAI}
    with server(reply(200, LIST)) as found:
        config(machine, "openai/gpt-5.2", "openai", url=found.url)
        machine.run("models", "status", "--probe", env=env)
        path = answer_file(machine)
        path.write_text(content)
        assert machine.run("models", "status", env=env).code == 0
        assert machine.run("models", "status", "--probe", env=env).code == 0
    assert len(json.loads(path.read_text())["answers"]) == 1


def test_nothing_else_is_written(machine: Machine) -> None:
    profiles(machine, openai_a={"type": "api_key", "provider": "openai", "key": OPENAI})
    with server(reply(401, {"error": {"code": "invalid_api_key", "message": OPENAI}})) as found:
        config(machine, "openai/gpt-5.2", "openai", url=found.url)
        before = machine.files()
        machine.run("models", "status", "--probe")
        machine.run("doctor", "--live")
    new = {name for name, value in machine.files().items() if before.get(name) != value}
    assert all(re.match(r"\.local(/state(/openclaw-onboard(/[^/]+(/answers\.json)?)?)?)?$", name) for name in new), new
    assert OPENAI.encode() not in machine.everything()


# ---- doctor --live -------------------------------------------------------------------------------------------------


def by_kind(status: int, body: Any) -> Any:
    """Every provider behind one address; each answers in its own way."""

    def handle(connection: socket.socket, request: Received) -> None:
        reply(status, body, Date="Tue, 03 Feb 2026 04:05:06 GMT")(connection, request)

    return handle


def test_without_live_nobody_is_asked(machine: Machine) -> None:
    with server(reply(200, LIST)) as found:
        config(machine, "openai/gpt-5.2", "openai", url=found.url)
        document = machine.run("doctor", "--json", env={"OPENAI_API_KEY": OPENAI}).json
    assert found.received == []
    skipped = {item["checkId"]: item["reason"] for item in document["outcomes"] if item["outcome"] == "skipped"}
    assert skipped["live/rejected"] == skipped["host/clock"] == "needs --live"


@pytest.mark.parametrize(
    ("status", "body", "check_id", "code"),
    [
        (401, {"error": {"code": "invalid_api_key", "message": "x"}}, "live/rejected", 1),
        (429, {"error": {"code": "insufficient_quota", "message": "x"}}, "live/billing", 0),
        (429, {"error": {"code": "rate_limit_exceeded", "message": "x"}}, "live/rate-limited", 0),
        (500, {"oops": 1}, "live/unknown", 0),
        (403, "<html>", "live/unreachable", 0),
    ],
)
def test_findings(machine: Machine, status: int, body: Any, check_id: str, code: int) -> None:
    with server(by_kind(status, body)) as found:
        config(machine, "openai/gpt-5.2", "openai", url=found.url)
        env = {"OPENAI_API_KEY": OPENAI}
        result = machine.run("doctor", "--live", "--json", "--only", "live", "--only", "host/clock", env=env)
    assert result.code == code
    assert [item["checkId"] for item in result.json["findings"] if item["checkId"] != "host/clock"] == [check_id]
    assert "host/clock" in [item["checkId"] for item in result.json["findings"]]  # the server's date is a made-up one
    assert OPENAI not in result.out
