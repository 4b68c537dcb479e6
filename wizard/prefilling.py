"""Options as answers: this program's own flags, those of the reference program (wizard-doctor-spec §2.12), files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.errors import Failure, UsageFailure
from openclaw.frozen import frozen
from openclaw.secret import Secret
from wizard import chosen
from wizard.answers import Answers
from wizard.choices import VARIANTS
from wizard.consistency import has_reset_on_exit, methods, profile_flag, troubles, wanted_provider, warnings
from wizard.secretsource import read_secret, secret_source, told
from wizard.settings import SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw.credentials.paste import Pasted
    from openclaw.invocation import Invocation
    from wizard.answers import Value
    from wizard.facts import Facts
    from wizard.options import Options


@frozen
class Prefilled:
    """What the flags answer, what is to be said about it, and what is wrong with it."""

    answers: Answers
    notices: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


def prefill(options: Options, facts: Facts, call: Invocation, stdin: bytes | None = None) -> Prefilled:
    """Turns flags into answers. Reads the secret from where it is said to be; `stdin` is all of standard input."""
    wrong = troubles(options, facts)
    answers = _existing(options)
    provider, provider_flag = wanted_provider(options)
    if provider:
        answers = _provider(answers, provider, provider_flag, options, facts)
    pasted: Pasted | None = None
    source = secret_source(options)
    if source and not wrong:
        try:
            pasted = read_secret(options, call, stdin)
        except Failure as error:
            place = f"{error.location}: " if error.location else ""
            hint = f" ({error.hint})" if error.hint else ""
            wrong.append(f"{options.called(source[1])}: {place}{told(error, options)}{hint}")
    answers = _method(answers, options, pasted)
    if pasted and source:
        kind = source[0] if source[0] != "flag" else options.source(source[1])
        answers = answers.give("secret", pasted.secret, kind, options.called(source[1]), sure=options.use_anyway)
    for question, value, flag in _plain_answers(options, facts, call):
        answers = answers.give(question, value, options.source(flag), options.called(flag))
    if options.agent:
        answers = answers.give("agent", facts.agent.id, options.source("--agent"), options.called("--agent"))
    answers = _expiry(answers, options, call, wrong)
    return Prefilled(answers, (*warnings(options, facts), *(pasted.notices if pasted else ())), tuple(wrong))


def _provider(answers: Answers, name: str, flag: str, options: Options, facts: Facts) -> Answers:
    known = facts.provider(name)
    if name == chosen.SKIP:
        return answers.give("provider", name, options.source(flag), options.called(flag))
    if known is None or known.id == chosen.CUSTOM:
        how = (options.source(flag), options.called(flag))
        answers = answers.give("provider", chosen.CUSTOM, *how)
        return answers.give("custom_id", name, *how) if name != chosen.CUSTOM or options.base_url else answers
    if any(known.id == item.id for item in chosen.offered(facts)):
        return answers.give("provider", known.id, options.source(flag), options.called(flag))
    return answers


def _existing(options: Options) -> Answers:
    """What becomes of what is there already; `--yes` is the second yes of a reset."""
    answers = Answers()
    handling = "reset" if options.reset else options.handling
    if handling:
        flag = "--reset" if options.reset else "--handling"
        answers = answers.give("handling", handling, options.source(flag), options.called(flag))
    if handling == "reset" and options.yes:
        answers = answers.give("reset_sure", True, "flag", "--yes")
    return answers


def _settings(options: Options, facts: Facts, call: Invocation) -> Iterator[tuple[str, Value, str]]:
    """(question, value, flag) of the gateway's settings."""
    from openclaw.home import expand
    from wizard.settings import BEFORE, FLAGS, ON_EXIT

    if options.mode == "remote":
        yield f"{BEFORE}gateway.mode", "remote", "--mode"
    for name, value in options.settings.items():
        text = str(expand(value, call.user, call.cwd)) if name == "workspace" else value
        yield f"{BEFORE}{FLAGS[name][0]}", Secret(text) if name in SECRETS else text, f"--{name}"
        implied = {"gateway-token": "token", "gateway-password": "password"}.get(name)
        if implied and "gateway-auth" not in options.settings:
            yield f"{BEFORE}gateway.auth.mode", implied, f"--{name}"
    if options.reset_on_exit and has_reset_on_exit(facts):
        yield f"{BEFORE}{ON_EXIT}", True, "--tailscale-reset-on-exit"


def _method(answers: Answers, options: Options, pasted: Pasted | None) -> Answers:
    method, flag = next(iter(methods(options)), ("", ""))
    if method:
        return answers.give("method", method, options.source(flag), options.called(flag))
    if pasted and pasted.secret.reveal().startswith("sk-ant-oat"):
        return answers.give("method", chosen.SETUP_TOKEN, "detected", "by its beginning")
    return answers


def _plain_answers(options: Options, facts: Facts, call: Invocation) -> Iterator[tuple[str, Value, str]]:
    """(question, value, flag); a profile id implies the profile."""
    profile = options.profile_id or options.token_profile_id
    if options.store or profile:
        yield "place", options.store or "profile", "--store" if options.store else profile_flag(options)
    given = {
        "profile_id": (profile, profile_flag(options)),
        "model": (options.model, "--model"),
        "base_url": (options.base_url, "--base-url"),
        "api": (options.api, "--api"),
        "rival": (options.existing, "--existing"),
        "account_id": (options.account_id, "--cloudflare-ai-gateway-account-id"),
        "gateway_id": (options.gateway_id, "--cloudflare-ai-gateway-gateway-id"),
        "service": (options.service, "--service"),
    }
    if variant := VARIANTS.get(options.auth_choice):
        yield (*variant, "--auth-choice")
    yield from ((question, value, flag) for question, (value, flag) in given.items() if value)
    if options.monitor:
        yield "monitor", True, "--monitor"
    if options.live and not options.model:
        yield "ask_model", True, "--live"
    yield from _settings(options, facts, call)


def _expiry(answers: Answers, options: Options, call: Invocation, wrong: list[str]) -> Answers:
    if not options.token_expires_in:
        return answers
    from openclaw.credentials.duration import parse_duration

    try:
        length = parse_duration(options.token_expires_in)
    except UsageFailure as error:
        wrong.append(f"--token-expires-in: {error.message}")
        return answers
    return answers.give("expires", str(call.now + length), "flag", "--token-expires-in")
