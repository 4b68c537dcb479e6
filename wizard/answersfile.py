"""Answers in a file, TOML or JSON (docs/schemas/onboard-answers.schema.json): read as flags, and written.

A secret stands in it as `env:NAME` or `file:PATH`. `interactive = ["provider"]` names the questions that are asked all
the same.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from openclaw.errors import UsageFailure
from openclaw.frozen import replace
from openclaw.secret import Secret
from openclaw.text import joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from openclaw.invocation import Invocation
    from wizard.answers import Answers
    from wizard.options import Options

LARGEST = 256 * 1024  # bytes
ENV, FILE = "env:", "file:"
# member → (field of `Options`, the flag that means the same)
TEXTS = {
    "provider": ("provider", "--provider"),
    "method": ("method", "--method"),
    "store": ("store", "--store"),
    "profile": ("profile_id", "--profile-id"),
    "agent": ("agent", "--agent"),
    "model": ("model", "--model"),
    "base_url": ("base_url", "--base-url"),
    "api": ("api", "--api"),
    "account_id": ("account_id", "--cloudflare-ai-gateway-account-id"),
    "gateway_id": ("gateway_id", "--cloudflare-ai-gateway-gateway-id"),
    "existing": ("existing", "--existing"),
    "handling": ("handling", "--handling"),
    "service": ("service", "--service"),
    "expires_in": ("token_expires_in", "--token-expires-in"),
}
SWITCHES = {"monitor": ("monitor", "--monitor"), "use_anyway": ("use_anyway", "--use-anyway"), "yes": ("yes", "--yes")}
# members of the table `gateway`, and the flags that mean the same
GATEWAY = {
    "port": "gateway-port",
    "bind": "gateway-bind",
    "auth": "gateway-auth",
    "token": "gateway-token",
    "password": "gateway-password",
    "tailscale": "tailscale",
    "workspace": "workspace",
}
# What can be asked for in `interactive`: its name there, and the question.
QUESTIONS = {
    "provider": "provider", "method": "method", "key": "secret", "store": "place", "profile": "profile_id",
    "agent": "agent", "model": "model", "base_url": "base_url", "api": "api", "existing": "rival",
    "handling": "handling", "service": "service", "confirm": "confirm", "account_id": "account_id",
    "gateway_id": "gateway_id",
}  # fmt: skip
ALONG = {"secret": ("found", "instead"), "provider": ("custom_id",), "handling": ("reset_sure",),
         "confirm": ("options", "monitor", "model", "agent")}  # fmt: skip
CHOICES = {
    "method": ("api-key", "setup-token"),
    "store": ("env", "profile"),
    "api": ("openai-completions", "anthropic-messages"),
    "existing": ("replace", "new-first", "keep"),
    "handling": ("keep", "modify", "reset"),
    "service": ("install", "restart", "later"),
}


def filled(options: Options, name: str, call: Invocation) -> Options:
    """The options with what the file says; a flag that was given counts more. What is wrong with it stands in `wrong`.

    Raises UsageFailure for a file that cannot be read."""
    from openclaw.home import expand

    path = expand(name, call.user, call.cwd)
    document = parsed(path)
    troubles = tuple(f"{path.name}: {text}" for text in (*problems(document), *_unset(document, call.env)))
    if troubles:  # told with whatever is wrong with the flags
        return replace(options, only=frozenset(), wrong=(*options.wrong, *troubles))
    return _merged(options, document, path.name, call.env)


def parsed(path: Path) -> dict[str, Any]:
    """The file as data. Raises UsageFailure with the place of what cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise UsageFailure("it is too large for an answers file", path=path)
        text = data.decode("utf-8")
    except OSError as error:
        raise UsageFailure(f"it cannot be read: {error.strerror}", path=path) from error
    except UnicodeDecodeError as error:
        raise UsageFailure(f"it is not UTF-8 (byte {error.start + 1})", path=path) from error
    found = _json(text, path) if path.suffix == ".json" or text.lstrip().startswith("{") else _toml(text, path)
    if not isinstance(found, dict):
        raise UsageFailure("it is not a table of answers", path=path)
    return found


def problems(document: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a document, one sentence each: unknown names, wrong types, values that there are not."""
    known = {*TEXTS, *SWITCHES, "key", "gateway", "interactive"}
    for name in document.keys() - known:
        yield f"{name} is no answer; there are {joined(sorted(known))}"
    for name in ("key", *TEXTS):
        value = document.get(name, "")
        if not isinstance(value, str):
            yield f"{name} is text"
        elif name in document and not value.strip():
            yield f"{name} is empty"
        elif value and name in CHOICES and value not in CHOICES[name]:
            yield f"{name} is one of {joined(list(CHOICES[name]), 'or')}"
    yield from (f"{name} is true or false" for name in SWITCHES if not isinstance(document.get(name, False), bool))
    yield from _in_gateway(document.get("gateway", {}))
    wanted = document.get("interactive", [])
    if not isinstance(wanted, list) or not all(isinstance(item, str) and item in QUESTIONS for item in wanted):
        yield f"interactive is a list of {joined(sorted(QUESTIONS), 'or')}"


def render(answers: Answers, secrets: Mapping[str, str]) -> str:
    """The answers as a TOML file. `secrets` names the variable that stands in place of each secret question."""
    lines = ["# openclaw onboard --answers THIS-FILE; the secret comes from the variable that is named."]
    lines += [f"{name} = {_literal(value)}" for name, value in _members(answers, secrets)]
    gateway = [f"{name} = {_literal(value)}" for name, value in _gateway_members(answers)]
    return "\n".join([*lines, *(["", "[gateway]", *gateway] if gateway else [])]) + "\n"


def _members(answers: Answers, secrets: Mapping[str, str]) -> Iterator[tuple[str, str | bool]]:
    for name, question in QUESTIONS.items():
        if question in secrets:
            yield name, f"{ENV}{secrets[question]}"
        elif question != "confirm" and isinstance(value := _value(answers, question), str) and value:
            yield name, value
    if (watch := answers.get("monitor")) and watch.value is True:
        yield "monitor", True


def _value(answers: Answers, question: str) -> str:
    custom = question == "provider" and answers.text("provider") == "custom"
    return answers.text("custom_id") if custom else answers.text(question)


def _gateway_members(answers: Answers) -> Iterator[tuple[str, str | int]]:
    from wizard.settings import BEFORE, FLAGS

    for name, flag in GATEWAY.items():
        answer = answers.get(f"{BEFORE}{FLAGS[flag][0]}")
        if answer is None:
            continue
        if isinstance(answer.value, Secret):
            yield name, f"{ENV}OPENCLAW_GATEWAY_{name.upper()}"
        else:
            yield name, int(str(answer.value)) if name == "port" else str(answer.value)


def _literal(value: str | bool | int) -> str:
    return json.dumps(value, ensure_ascii=False)  # what JSON writes for these, TOML reads alike


def _merged(options: Options, document: Mapping[str, Any], file: str, env: Mapping[str, str]) -> Options:
    changes: dict[str, Any] = {}
    origins = dict(options.origins)
    for name, (attribute, flag) in (*TEXTS.items(), *SWITCHES.items()):
        if name in document and not getattr(options, attribute):
            changes[attribute] = document[name]
            origins[flag] = f"{file}: {name}"
    if "key" in document and not _has_secret(options):
        attribute, flag, value = _secret(document["key"])
        changes[attribute] = value
        origins[flag] = f"{file}: key"
    gateway = _gateway(document.get("gateway", {}), env)
    for name in gateway.keys() - options.settings.keys():
        origins[f"--{name}"] = f"{file}: gateway.{name.removeprefix('gateway-')}"
    only = frozenset(_questions(document.get("interactive", [])))
    return replace(options, **changes, settings={**gateway, **options.settings}, origins=origins, only=only)


def _questions(names: list[str]) -> Iterator[str]:
    for name in names:
        yield QUESTIONS[name]
        yield from ALONG.get(QUESTIONS[name], ())


def _has_secret(options: Options) -> bool:
    return bool(options.key_file or options.key_stdin or options.key_env or options.keys or options.token is not None)


def _secret(text: str) -> tuple[str, str, str]:
    """(field, flag, value): a reference, or the secret itself."""
    if text.startswith(ENV):
        return "key_env", "--key-env", text.removeprefix(ENV)
    if text.startswith(FILE):
        return "key_file", "--key-file", text.removeprefix(FILE)
    return "literal", "--key", text


def _unset(document: Mapping[str, Any], env: Mapping[str, str]) -> Iterator[str]:
    """Variables that the gateway's table refers to and nobody sets."""
    found = document.get("gateway")
    table: Mapping[str, Any] = found if isinstance(found, dict) else {}
    for name in ("token", "password"):
        variable = str(table.get(name, ""))
        if variable.startswith(ENV) and variable.removeprefix(ENV) not in env:
            yield f"gateway.{name}: the variable {variable.removeprefix(ENV)} is not set"


def _in_gateway(table: Any) -> Iterator[str]:
    if not isinstance(table, dict):
        yield "gateway is a table"
        return
    for name, value in table.items():
        if name not in GATEWAY:
            yield f"gateway.{name} is no answer; there are {joined(sorted(GATEWAY))}"
        elif not isinstance(value, str | int) or isinstance(value, bool):
            yield f"gateway.{name} is text, or a number for the port"


def _gateway(table: Mapping[str, Any], env: Mapping[str, str]) -> dict[str, str]:
    given = {}
    for name, value in table.items():
        variable = str(value).removeprefix(ENV) if name in ("token", "password") and str(value).startswith(ENV) else ""
        given[GATEWAY[name]] = env[variable] if variable else str(value)
    return given


def _json(text: str, path: Path) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageFailure(f"it is not JSON: {error.msg}", path=path, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise UsageFailure("it is not JSON that anybody could read", path=path) from error


def _toml(text: str, path: Path) -> Any:
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageFailure(f"it is not TOML: {error}", path=path) from error
