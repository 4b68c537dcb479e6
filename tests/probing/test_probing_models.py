"""Whether the default model is there: by the list of the service, or by what it says to a message for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from openclaw.probing.run import Options, Result, run
from openclaw.probing.targets import Target
from openclaw.providers.catalog import load
from openclaw.providers.probes import LISTS, Prepared, prepare
from openclaw.secret import Secret
from tests.providers.servers import reply, server

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from tests.providers.servers import Received, Server

KEY = Secret("FAKE-key-of-no-known-shape-0123456789")
LIST = {"data": [{"id": "m1"}, {"id": "m2"}]}
SAID = {"choices": [{"message": {"content": "Hi"}}]}
NO_MODEL = {"error": {"message": "The model `m9` does not exist", "type": "invalid_request_error"}}


def service(
    listing: tuple[int, Any] = (200, LIST), message: tuple[int, Any] = (200, SAID)
) -> Callable[[socket.socket, Received], None]:
    """A service of one's own: a list for GET, an answer for POST."""

    def handle(connection: socket.socket, request: Received) -> None:
        reply(*(listing if request.method == "GET" else message))(connection, request)

    return handle


def asked(found: Server, model: str = "m9", *, api: str = "", base: str = "/v1", **members: Any) -> Result:
    entry: dict[str, Any] = {"baseUrl": found.url + base} | ({"api": api} if api else {})
    members = {"used": True, "default_model": True, "provider": "cust", **members}
    target = Target(
        members.pop("provider"), "models.providers.cust.apiKey", "models.json", KEY, model=f"cust/{model}", entry=entry,
        **members,
    )  # fmt: skip
    [result] = run([target], {}, Options(seconds=5)).results
    return result


@pytest.mark.parametrize(
    ("api", "base", "path", "header"),
    [
        ("", "/v1", "/v1/models", "authorization"),
        ("openai-completions", "/v1", "/v1/models", "authorization"),
        ("openai-completions", "", "/models", "authorization"),
        ("openai-responses", "/v1/", "/v1/models", "authorization"),
        ("anthropic-messages", "", "/v1/models?limit=1000", "x-api-key"),
        ("anthropic-messages", "/v1", "/v1/models?limit=1000", "x-api-key"),
        ("google-generative-ai", "/v1beta", "/v1beta/models?pageSize=1000", "x-goog-api-key"),
    ],
)
def test_every_api_is_asked_for_its_list(api: str, base: str, path: str, header: str) -> None:
    with server(service()) as found:
        result = asked(found, api=api, base=base)
        assert asked(found, "m1", api=api, base=base).offered is True
    [listing] = [item for item in found.received if item.method == "GET"][:1]
    assert (listing.target, KEY.reveal() in listing.headers[header]) == (path, True)
    assert (result.offered, result.models, result.verdict.cls) == (False, ("m1", "m2"), "ok")
    assert len(found.received) == (2 if api == "google-generative-ai" else 4)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {"error": {"message": "No.", "type": "invalid_request_error", "code": "model_not_found"}}),
        (400, {"error": {"message": "x", "code": "model_not_supported"}}),
        (404, {"error": {"message": 'model "m9" not found, try pulling it first', "type": "api_error"}}),
        (404, {"type": "error", "error": {"type": "not_found_error", "message": "model: m9"}}),
        (404, {"object": "error", "message": "The model `m9` does not exist.", "type": "NotFoundError", "code": 404}),
        (400, {"error": {"message": "Invalid model name passed in model=m9. Call `/v1/models`", "code": "400"}}),
    ],
)
def test_a_service_that_says_that_there_is_no_such_model(status: int, body: Any) -> None:
    with server(service((404, {"error": "no such route"}), (status, body))) as found:
        result = asked(found)
        assert asked(found, default_model=False).offered is None  # an example of ours: nobody is going to use it
    assert (result.offered, result.verdict.rejected, result.models) == (False, False, ())


@pytest.mark.parametrize(
    ("listing", "message", "offered"),
    [
        ((404, {"error": "no such route"}), (200, SAID), True),  # it answered for that very model
        ((200, "<html>welcome</html>"), (200, SAID), True),
        ((200, {"data": []}), (200, SAID), True),
        ((200, {"data": [{"id": "m1"}], "has_more": True}), (200, SAID), True),
        ((200, {"data": [{"id": "/models/x.gguf", "owned_by": "llamacpp"}]}), (200, SAID), True),  # takes any name
        ((401, {"error": "no"}), (200, SAID), True),
        ((200, {"data": [{"id": "m9:latest"}]}), (200, SAID), True),  # of Ollama
        ((200, {"data": [{"id": "M9"}]}), (200, SAID), True),
        ((200, {"data": [{"id": "m9:70b"}]}), (200, SAID), False),
        ((200, LIST), (401, {"error": {"message": "invalid api key"}}), None),  # another finding
        ((200, LIST), (404, "404 page not found"), None),  # the address, or the model
        ((404, {}), (404, {"error": {"message": "model routes are at /v2"}}), None),
        ((404, {}), (400, {"error": {"message": "messages: at least one model message for m9"}}), None),
        ((200, LIST), (500, {"oops": 1}), None),
        ((200, LIST), (429, {"error": {"message": "Too many requests"}}), None),
    ],
)
def test_what_does_not_tell_is_not_taken_for_an_absence(
    listing: tuple[int, Any], message: tuple[int, Any], offered: bool | None
) -> None:
    with server(service(listing, message)) as found:
        assert asked(found).offered is offered


def test_the_list_is_asked_for_only_where_it_decides_something() -> None:
    with server(service()) as found:
        asked(found, default_model=False)
        asked(found, provider="zai")  # in the catalogue: its list is not documented
    assert [item.method for item in found.received] == ["POST", "POST"]


def test_an_api_that_nobody_knows_has_no_list_here() -> None:
    found = prepare("cust", KEY, model="m9", entry={"baseUrl": "https://h.example", "api": "bedrock-converse-stream"})
    assert isinstance(found, Prepared)
    assert found.listing is None
    assert "google-generative-ai" not in LISTS  # asked for as the probe itself


@pytest.mark.parametrize(
    ("base", "path"),
    [("http://127.0.0.1:11434/v1", "/v1/models"), ("http://127.0.0.1:11434", "/api/tags"), ("", "/v1/models")],
)
def test_ollama_has_two_apis(base: str, path: str) -> None:
    found = prepare("ollama", KEY, model="llama3", entry={"baseUrl": base} if base else {})
    assert isinstance(found, Prepared)
    assert (found.request.url.rpartition(":11434")[2], found.lists) == (path, True)


def test_a_list_of_ollamas_own_api() -> None:
    tags = {"models": [{"name": "llama3:latest", "size": 1}]}
    with server(service((200, tags))) as found:
        for model, offered in (("llama3", True), ("llama4", False)):
            assert asked(found, model, provider="ollama", base="").offered is offered


def test_the_request_carries_no_secret_in_its_address() -> None:
    assert load().get("cust") is None
    found = prepare("cust", KEY, model="m9", entry={"baseUrl": "https://u:FAKE-pw@h.example/v1"})
    assert isinstance(found, Prepared)
    assert found.listing
    assert found.listing.url == "https://h.example/v1/models"
    assert json.loads(found.request.body)["model"] == "m9"
