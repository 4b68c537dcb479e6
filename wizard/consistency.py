"""What flags and answers files mean together: what they imply, what contradicts, what fits nothing. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.providers.names import normalise
from openclaw.text import joined
from wizard import chosen
from wizard.choices import KEY_CHOICES, KEY_FLAGS, TOKEN_CHOICES
from wizard.settings import SECRETS, problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wizard.facts import Facts
    from wizard.options import Options


def troubles(options: Options, facts: Facts) -> list[str]:
    """Everything that is wrong with the options, in the words of who gave them."""
    gateway = problems(options.settings, remote=options.mode == "remote")
    told = (*options.wrong, *contradictions(options), *unfitting(options, facts), *gateway)
    return [_in_their_words(text, options) for text in told]


def _in_their_words(text: str, options: Options) -> str:
    """The text with the places of an answers file instead of the flags that they stand for."""
    import re

    for flag, origin in options.origins.items():
        text = re.sub(rf"{re.escape(flag)}(?![\w-])", lambda _, origin=origin: origin, text)  # type: ignore[misc]
    return text


def wanted_provider(options: Options) -> tuple[str, str]:
    """The provider that the flags name or imply, and the flag that does."""
    return next(iter(providers(options)), ("", ""))


def contradictions(options: Options) -> Iterator[str]:
    """Flags that cannot both be meant."""
    named = list(providers(options))
    if len({normalise(name) for name, _ in named}) > 1:
        yield f"the flags name different providers: {joined([f'{flag} means {name}' for name, flag in named])}"
    ways = list(methods(options))
    secrets = secret_flags(options)
    if len({name for name, _ in ways}) > 1:
        yield f"the flags name different methods: {joined([f'{flag} means {name}' for name, flag in ways])}"
    if len(secrets) > 1:
        yield f"the secret is given more than once: {joined(secrets)}"
    if options.auth_choice == chosen.SKIP and secrets:
        yield f"--auth-choice skip and {secrets[0]} contradict each other"
    if options.store == "env" and (flag := profile_flag(options)):
        yield f"--store env and {flag} contradict each other: an env file has no profiles"
    if options.reset and options.handling not in ("", "reset"):
        yield f"--reset and --handling {options.handling} contradict each other"
    if options.handling == "keep" and (named or secrets):
        yield f"--handling keep and {(secrets or [named[0][1]])[0]} contradict each other: what is there stays as it is"
    if options.profile_id and options.token_profile_id not in ("", options.profile_id):
        yield "--profile-id and --token-profile-id name different profiles"


def unfitting(options: Options, facts: Facts) -> Iterator[str]:
    """Flags that do not fit the provider, and values that are none."""
    provider, flag = wanted_provider(options)
    if not provider or provider == chosen.SKIP:
        return
    known = facts.provider(provider)
    custom = known is None or known.id == chosen.CUSTOM
    if custom and not options.base_url and provider != chosen.CUSTOM:
        names = joined([*(item.id for item in chosen.offered(facts)), chosen.CUSTOM], "or")
        yield f'{flag}: "{provider}" is not known: choose {names}; for a service of another name give --base-url too'
    elif not custom and known and known not in chosen.offered(facts):
        yield f"{flag}: {known.label} is not signed in to with a key; use `openclaw real onboard`"
    if not custom:
        yield from (
            f"{name} is only for a custom provider"
            for name, value in (("--base-url", options.base_url), ("--api", options.api))
            if value
        )
    method, method_flag = next(iter(methods(options)), ("", ""))
    if method == chosen.SETUP_TOKEN and normalise(provider) != "anthropic":
        yield f"{method_flag}: only Anthropic has setup-tokens; for {provider} use --method api-key"
    if (asked := profile_flag(options)) and not custom and ":" not in (options.profile_id or options.token_profile_id):
        yield f"{asked}: a profile id is written PROVIDER:NAME, such as {provider}:default"


def has_reset_on_exit(facts: Facts) -> bool:
    """Whether this OpenClaw has that setting: 2026.9 refuses a config with it, and is what would be installed next."""
    return facts.found.era.name == "json"


def warnings(options: Options, facts: Facts) -> Iterator[str]:
    """What is said about the flags: what has no effect here, and secrets on the command line.

    Every user of the host sees those, and the shell's history keeps them.
    """
    if options.reset_on_exit and not has_reset_on_exit(facts):
        yield "--tailscale-reset-on-exit has no effect: OpenClaw 2026.9 refuses a config with that setting"
    if options.literal is not None:
        yield (f"{options.called('--key')} is the secret itself; env:NAME in its place keeps it out of the file")
    shown = [name for name in options.settings if name in SECRETS and f"--{name}" not in options.origins]
    given = (*(f"--{name}" for name in (*options.keys, *shown)), *(("--token",) if options.token is not None else ()))
    for flag in given:
        yield (
            f"{flag} shows the secret to everybody on this host and leaves it in the shell's history"
            + ("" if flag[2:] in SECRETS else "; --key-env, --key-file and --key-stdin do not")
        )


def providers(options: Options) -> Iterator[tuple[str, str]]:
    if options.provider:
        yield options.provider, "--provider"
    if options.auth_choice in KEY_CHOICES:
        yield KEY_CHOICES[options.auth_choice], "--auth-choice"
    elif options.auth_choice == chosen.SKIP:
        yield chosen.SKIP, "--auth-choice"
    elif options.auth_choice in TOKEN_CHOICES and not options.token_provider:
        yield "anthropic", "--auth-choice"
    if options.token_provider:
        yield options.token_provider, "--token-provider"
    for name in options.keys:
        yield KEY_FLAGS[name], f"--{name}"
    if options.token is not None and not options.token_provider and not options.provider and not options.auth_choice:
        yield "anthropic", "--token"
    elif options.mode == "remote" and not (options.provider or options.auth_choice or options.keys):
        yield chosen.SKIP, "--mode"  # the credentials are those of the other host


def methods(options: Options) -> Iterator[tuple[str, str]]:
    if options.method:
        yield options.method, "--method"
    if options.auth_choice in KEY_CHOICES:
        yield chosen.API_KEY, "--auth-choice"
    elif options.auth_choice in TOKEN_CHOICES:
        yield chosen.SETUP_TOKEN, "--auth-choice"
    for name in options.keys:
        yield chosen.API_KEY, f"--{name}"
    if options.token is not None:
        yield chosen.SETUP_TOKEN, "--token"


def secret_flags(options: Options) -> list[str]:
    given = {
        "--key-file": bool(options.key_file),
        "--key-stdin": options.key_stdin,
        "--key-env": bool(options.key_env),
        "--key": options.literal is not None,
        "--token": options.token is not None,
    }
    return [flag for flag, there in given.items() if there] + [f"--{name}" for name in options.keys]


def profile_flag(options: Options) -> str:
    if options.profile_id:
        return "--profile-id"
    return "--token-profile-id" if options.token_profile_id else ""
