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
from wizard import answerstext
from wizard.answersmembers import ALONG, CHOICES, ENV, FILE, GATEWAY, ON_EXIT, QUESTIONS, SECRET, SWITCHES, TEXTS
from wizard.choices import meant
from wizard.secretsource import PROFILE, REFERENCE
from wizard.settings import BEFORE, FLAGS
from wizard.settings import ON_EXIT as LEAVING
from wizard.suggesting import LIVE, NO_VERIFY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.invocation import Invocation
    from wizard.answers import Answers
    from wizard.answerstext import Text
    from wizard.options import Options

    Path = tuple[str, ...]  # of a member


def filled(options: Options, name: str, call: Invocation) -> Options:
    """The options with what the file says; a flag that was given counts more. What is wrong with it stands in `wrong`.

    What is wrong is left out, so that the rest can be looked at in the same run.
    """
    from openclaw.home import expand

    path = expand(name, call.user, call.cwd)
    try:
        file = answerstext.read(path)
    except UsageFailure as error:
        place = ":".join(str(part) for part in (path.name, error.line, error.column) if part is not None)
        told = f"{place}: {error.message}"
        return replace(options, only=frozenset(), wrong=(*options.wrong, told), unread=error)
    found = [*problems(file.document), *_unset(file.document, call.env)]
    wrong = tuple(f"{file.place(*where)}{said}" for where, said in found)
    merged = _merged(options, _without(file.document, [where for where, _ in found]), file, call.env)
    spoilt = frozenset(_questions([where[0] for where, _ in found if where[0] in QUESTIONS]))
    alone = options.alone or not merged.only
    return replace(merged, wrong=(*merged.wrong, *wrong), spoilt=spoilt, alone=alone)


def problems(document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """(member, what is wrong with it): unknown names, wrong types, values that there are not."""
    known = sorted({*TEXTS, *SWITCHES, "key", "gateway", "interactive"})
    for name, value in document.items():
        if name not in known:
            yield (name,), f" is no answer: {meant(name, known) or f'there are {joined(known)}'}".rstrip()
        elif name in SWITCHES and not isinstance(value, bool):
            yield (name,), " is true or false"
        elif name == "key" or name in TEXTS:
            yield from (((name,), text) for text in _in_text(name, value))
    yield from _in_gateway(document.get("gateway", {}))
    wanted = document.get("interactive", [])
    if not isinstance(wanted, list) or not all(isinstance(item, str) and item in QUESTIONS for item in wanted):
        yield ("interactive",), f" is a list of {joined(sorted(QUESTIONS), 'or')}"


def _in_text(name: str, value: Any) -> Iterator[str]:
    value = _agents(value) if name == "agent" else value
    if not isinstance(value, str):
        yield " is text, or a list of texts" if name == "agent" else " is text"
    elif not value.strip():
        yield " is empty"
    elif name in CHOICES and value not in CHOICES[name]:
        yield f" is one of {joined(list(CHOICES[name]), 'or')}"


def _agents(value: Any) -> Any:
    """A list of texts as one text with commas; everything else as it is."""
    texts = isinstance(value, list) and value and all(isinstance(item, str) and item.strip() for item in value)
    return ",".join(value) if texts else value


def _in_gateway(table: Any) -> Iterator[tuple[Path, str]]:
    if not isinstance(table, dict):
        yield ("gateway",), " is a table"
        return
    known = sorted([*GATEWAY, ON_EXIT])
    for name, value in table.items():
        if name == ON_EXIT:
            if not isinstance(value, bool):
                yield ("gateway", name), " is true or false"
        elif name not in GATEWAY:
            yield ("gateway", name), f" is no answer: {meant(name, known) or f'there are {joined(known)}'}".rstrip()
        elif not isinstance(value, str | int) or isinstance(value, bool):
            yield ("gateway", name), " is text, or a number for the port"


def _unset(document: Mapping[str, Any], env: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Variables that the gateway's table refers to and nobody sets."""
    found = document.get("gateway")
    table: Mapping[str, Any] = found if isinstance(found, dict) else {}
    for name in SECRET:
        variable = str(table.get(name, ""))
        if variable.startswith(ENV) and variable.removeprefix(ENV) not in env:
            yield ("gateway", name), f": the variable {variable.removeprefix(ENV)} is not set"


def _without(document: Mapping[str, Any], members: list[Path]) -> dict[str, Any]:
    left = {name: value for name, value in document.items() if (name,) not in members}
    if isinstance(table := left.get("gateway"), dict):
        left["gateway"] = {name: value for name, value in table.items() if ("gateway", name) not in members}
    return left


def render(answers: Answers, secrets: Mapping[str, str]) -> str:
    """The answers as a TOML file. `secrets` names the variable that stands in place of each secret question."""
    lines = ["# openclaw onboard --answers THIS-FILE; the secret comes from the variable that is named."]
    lines += [f"{name} = {_literal(value)}" for name, value in _members(answers, secrets) if value != ""]
    gateway = [f"{name} = {_literal(value)}" for name, value in _gateway_members(answers)]
    return "\n".join([*lines, *(["", "[gateway]", *gateway] if gateway else [])]) + "\n"


def _members(answers: Answers, secrets: Mapping[str, str]) -> Iterator[tuple[str, str | bool]]:
    for name, question in {**QUESTIONS, "region": "region", "expires_in": "expires_in"}.items():
        if question in secrets:
            where = answers.text(REFERENCE) or f"{ENV}{secrets[question]}"
            yield name, "" if where.startswith(PROFILE) else where
        elif question != "confirm" and isinstance(value := _value(answers, question), str) and value:
            yield name, value
    if mode := answers.text(f"{BEFORE}gateway.mode"):
        yield "mode", mode
    secret, chooses = answers.get("secret"), answers.get("ask_model")
    switches = {
        "monitor": (watch := answers.get("monitor")) is not None and watch.value is True,
        "live": answers.get(LIVE) is not None or (chooses is not None and chooses.detail == "--live"),
        "no_verify": answers.get(NO_VERIFY) is not None,
        "use_anyway": "secret" in secrets and secret is not None and secret.insisted and secret.source != "default",
        "yes": (sure := answers.get("reset_sure")) is not None and sure.value is True,
    }
    yield from ((name, True) for name, there in switches.items() if there)


def _value(answers: Answers, question: str) -> str:
    custom = question == "provider" and answers.text("provider") == "custom"
    return answers.text("custom_id") if custom else answers.text(question)


def _gateway_members(answers: Answers) -> Iterator[tuple[str, str | int | bool]]:
    for name, flag in GATEWAY.items():
        answer = answers.get(f"{BEFORE}{FLAGS[flag][0]}")
        if answer is None:
            continue
        if isinstance(answer.value, Secret):
            yield name, f"{ENV}OPENCLAW_GATEWAY_{name.upper()}"
        else:
            yield name, int(str(answer.value)) if name == "port" else str(answer.value)
    if answers.get(f"{BEFORE}{LEAVING}"):
        yield ON_EXIT, True


def _literal(value: str | bool | int) -> str:
    return json.dumps(value, ensure_ascii=False)  # what JSON writes for these, TOML reads alike


def _merged(options: Options, document: Mapping[str, Any], file: Text, env: Mapping[str, str]) -> Options:
    changes: dict[str, Any] = {}
    origins = dict(options.origins)
    for name, (attribute, flag) in (*TEXTS.items(), *SWITCHES.items()):
        if name in document and not getattr(options, attribute):
            changes[attribute] = _agents(document[name])
            origins[flag] = file.place(name)
    if "key" in document and not _has_secret(options):
        attribute, flag, value = _secret(document["key"])
        changes[attribute] = value
        origins[flag] = file.place("key")
    table = document.get("gateway", {})
    gateway = _gateway(table, env)
    named = {flag: name for name, flag in GATEWAY.items()}
    for flag in gateway.keys() - options.settings.keys():
        origins[f"--{flag}"] = file.place("gateway", named[flag])
    if table.get(ON_EXIT) and not options.reset_on_exit:
        changes["reset_on_exit"] = True
        origins["--tailscale-reset-on-exit"] = file.place("gateway", ON_EXIT)
    asked = document.get("interactive", [])
    opened = frozenset(QUESTIONS[name] for name in asked)
    settings = {**gateway, **options.settings}
    return replace(
        options, **changes, settings=settings, origins=origins, only=frozenset(_questions(asked)), opened=opened
    )


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


def _gateway(table: Mapping[str, Any], env: Mapping[str, str]) -> dict[str, str]:
    given = {}
    for name in table.keys() & GATEWAY.keys():
        text = str(table[name])
        given[GATEWAY[name]] = env[text.removeprefix(ENV)] if name in SECRET and text.startswith(ENV) else text
    return given
