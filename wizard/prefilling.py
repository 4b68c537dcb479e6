"""Options as answers: this program's own flags, those of the reference program (wizard-doctor-spec §2.12), files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.errors import Failure, UsageFailure
from openclaw.frozen import frozen
from openclaw.secret import Secret
from wizard import chosen, existing, suggesting
from wizard.answers import Answers
from wizard.choices import VARIANTS
from wizard.consistency import (
    has_credential,
    has_reset_on_exit,
    has_settings,
    methods,
    names_no_credential,
    profile_flag,
    troubles,
    unfitting,
    wanted_provider,
    warnings,
)
from wizard.front.flags import still_open
from wizard.secretsource import PROFILE, REFERENCE, read_secret, reference, secret_source, told
from wizard.settings import SECRETS
from wizard.steps import found
from wizard.steps.instead import OF_A_PROVIDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openclaw.credentials.paste import Pasted
    from openclaw.invocation import Invocation
    from wizard.answers import Value
    from wizard.facts import Facts
    from wizard.options import Options


KEPT_EXPIRY = "this very token is stored already: it expires when it was said to (models auth paste-token changes that)"
ONLY_SETTINGS = "only settings are given: no credential is touched (--auth-choice skip says so)"
NOTHING_NAMED = "no credential is named: what is there is not touched (--auth-choice skip says so)"
NO_CREDENTIAL = (
    "only settings are given, and there is no credential here yet: give --provider P with --key-file F, --key-stdin or "
    "--key-env NAME, or for the settings alone --auth-choice skip"
)


@frozen
class Prefilled:
    """What the flags answer, what is to be said about it, and what is wrong with it."""

    answers: Answers
    notices: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


def prefill(options: Options, facts: Facts, call: Invocation, stdin: bytes | None = None) -> Prefilled:
    """Turns flags into answers. Reads the secret from where it is said to be; `stdin` is all of standard input."""
    wrong = troubles(options, facts)
    said = list(warnings(options, facts))
    answers = _provider(_existing(options), options, facts, said, wrong)
    answers = _secret(answers, options, call, stdin, said, wrong)
    for question, value, flag in _plain_answers(options, facts, call):
        answers = answers.give(question, value, options.source(flag), options.called(flag))
    if options.agent:
        names = ",".join(facts.asked) or facts.agent.id
        answers = answers.give("agent", names, options.source("--agent"), options.called("--agent"))
    answers = _stored(answers, options, facts)
    answers = _expiry(answers, options, facts, call, said, wrong)
    if options.opened and not options.alone:
        answers = suggesting.asked_again(answers, options.opened)
    if wrong and options.alone:
        wrong += _missing(answers, options, facts, wrong)
    return Prefilled(answers, tuple(said), tuple(wrong))


def _missing(answers: Answers, options: Options, facts: Facts, wrong: Sequence[str]) -> list[str]:
    """What is missing beside what is wrong, so that nobody is told of it only the next time."""
    if options.unread:
        return []
    spoilt = options.spoilt
    if any(unfitting(options, facts)) and answers.get("provider") is None:
        return []  # nothing can be known of a provider that is not for this program
    if answers.get("custom_id") and not options.base_url:
        spoilt |= set(OF_A_PROVIDER)  # mistyped, most likely: its name is what is told
    if secret_source(options) and answers.get("secret") is None:
        answers = answers.give("secret", Secret("-"), "default", sure=True)
    return still_open(answers, facts, wrong, spoilt)


def _provider(answers: Answers, options: Options, facts: Facts, said: list[str], wrong: list[str]) -> Answers:
    """With the provider that is named or implied; none where settings are all that is wanted."""
    name, flag = wanted_provider(options)
    if name:
        return _named_provider(answers, name, flag, options, facts)
    if not (options.alone and names_no_credential(options)):
        return answers
    settings = has_settings(options)
    if has_credential(facts) if settings else existing.usable(facts):
        said.append(ONLY_SETTINGS if settings else NOTHING_NAMED)
        return answers.give("provider", chosen.SKIP, "default")
    wrong += [NO_CREDENTIAL] if settings else []
    return answers


def _named_provider(answers: Answers, name: str, flag: str, options: Options, facts: Facts) -> Answers:
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


def _secret(
    answers: Answers, options: Options, call: Invocation, stdin: bytes | None, said: list[str], wrong: list[str]
) -> Answers:
    """With the secret, and the method that it tells. Standard input is only read where nothing is wrong so far."""
    source = secret_source(options)
    pasted: Pasted | None = None
    if source and not (wrong and source[0] == "stdin"):
        try:
            pasted = read_secret(options, call, stdin)
        except Failure as error:
            place = f"{error.location}: " if error.location else ""
            hint = f" ({error.hint})" if error.hint else ""
            wrong.append(f"{options.called(source[1])}: {place}{told(error, options)}{hint}")
    answers = _method(answers, options, pasted)
    if not pasted or not source:
        return answers
    said += pasted.notices
    how = (source[0] if source[0] != "flag" else options.source(source[1]), options.called(source[1]))
    answers = answers.give("secret", pasted.secret, *how, sure=options.use_anyway)
    where = reference(options, call)
    return answers.give(REFERENCE, where, *how) if where else answers


def _stored(answers: Answers, options: Options, facts: Facts) -> Answers:
    """With the secret of a stored profile, where none is named and no variable has one (wizard-doctor-spec §2.12)."""
    asked = "secret" in options.only if options.only is not None else not options.alone
    provider = chosen.provider_id(answers)
    if (
        asked
        or secret_source(options)
        or provider in ("", chosen.SKIP)
        or answers.text("handling") in ("keep", "reset")
    ):
        return answers
    if not chosen.is_custom(answers) and found.key(answers, facts):
        return answers
    wanted = options.profile_id or options.token_profile_id
    for item in facts.resolution(provider).chain:
        profile = item.profile
        if profile is None or not item.expected or not profile.secret or wanted not in ("", profile.id):
            continue
        if profile.type == chosen.kind(answers, facts):
            where = f"the stored profile {profile.id}"
            answers = answers.give("secret", profile.secret, "file", where)
            return answers.give(REFERENCE, f"{PROFILE}{profile.id}", "file", where)
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
    from wizard.settings import BEFORE, FLAGS, ON_EXIT, implied

    if options.mode:
        yield f"{BEFORE}gateway.mode", options.mode, "--mode"
    for name, value in options.settings.items():
        text = str(expand(value, call.user, call.cwd)) if name == "workspace" else value
        yield f"{BEFORE}{FLAGS[name][0]}", Secret(text) if name in SECRETS else text, f"--{name}"
    for path, value, flag in implied(options.settings, facts.found.config.value):
        yield f"{BEFORE}{path}", value, flag
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
    """(question, value, flag). A profile id implies the profile; so does an expiry, which only a profile records."""
    profile = options.profile_id or options.token_profile_id
    if options.store or profile or options.token_expires_in:
        implied = profile_flag(options) or "--token-expires-in"
        yield "place", options.store or "profile", "--store" if options.store else implied
    given = {
        "profile_id": (profile, profile_flag(options)),
        "model": (options.model, "--model"),
        "base_url": (options.base_url, "--base-url"),
        "api": (options.api, "--api"),
        "region": (options.region, "--region"),
        "rival": (options.existing, "--existing"),
        "account_id": (options.account_id, "--cloudflare-ai-gateway-account-id"),
        "gateway_id": (options.gateway_id, "--cloudflare-ai-gateway-gateway-id"),
        "service": (options.service, "--service"),
    }
    if variant := VARIANTS.get(options.auth_choice):
        yield (*variant, "--auth-choice")
    yield from ((question, value, flag) for question, (value, flag) in given.items() if value)
    switches = {
        "monitor": (options.monitor, "--monitor"),
        suggesting.LIVE if options.alone else "ask_model": (options.live and not options.model, "--live"),
        suggesting.NO_VERIFY: (options.no_verify, "--no-verify"),
    }
    yield from ((question, True, flag) for question, (given, flag) in switches.items() if given)
    yield from _settings(options, facts, call)


def _expiry(
    answers: Answers, options: Options, facts: Facts, call: Invocation, said: list[str], wrong: list[str]
) -> Answers:
    if not options.token_expires_in:
        return answers
    from openclaw.credentials.duration import parse_duration

    try:
        length = parse_duration(options.token_expires_in)
    except UsageFailure as error:
        wrong.append(f"{options.called('--token-expires-in')}: {error.message}")
        return answers
    kinds = chosen.has_methods(answers, facts) and not options.alone and answers.get("method") is None
    given = answers.get("secret") or answers.get("method")
    if given and chosen.provider_id(answers) and not kinds and chosen.kind(answers, facts) != "token":
        wrong.append(
            f"{options.called('--token-expires-in')} goes with a setup-token: no expiry of an API key is recorded"
        )
        return answers
    known = _recorded(answers, facts)
    if known and known < call.now + length:
        said.append(KEPT_EXPIRY)
    expires = min(known or call.now + length, call.now + length)
    how = (options.source("--token-expires-in"), options.called("--token-expires-in"))
    return answers.give("expires_in", options.token_expires_in, *how).give("expires", str(expires), *how)


def _recorded(answers: Answers, facts: Facts) -> int:
    """When the very same token expires, as it is stored already; 0 where that is not known.

    A duration begins when a token is made. Counted anew on every run, it would never be over.
    """
    same = [item for item in facts.store.profiles.values() if item.secret and item.secret == answers.secret("secret")]
    return min((int(item.expiry) for item in same if item.expiry), default=0)
