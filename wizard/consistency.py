"""What flags and answers files mean together: what they imply, what contradicts, what fits nothing. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.providers.names import normalise
from openclaw.text import joined
from wizard import chosen, existing
from wizard.choices import KEY_CHOICES, KEY_FLAGS, TOKEN_CHOICES, VARIANTS, meant
from wizard.settings import OF_THE_GATEWAY, SECRETS, problems, unmet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.providers.catalog import Provider
    from wizard.facts import Facts
    from wizard.options import Options

# What a provider may need beside its key (`chosen.ASKED`), and the flags that give it.
NEEDED = {"account_id": "--cloudflare-ai-gateway-account-id", "gateway_id": "--cloudflare-ai-gateway-gateway-id"}


def troubles(options: Options, facts: Facts | None = None) -> list[str]:
    """Everything that is wrong with the options, in the words of who gave them; without facts only what needs none."""
    gateway = problems(options.settings, remote=options.mode == "remote")
    unfit = (*unfitting(options, facts), *unmet(options.settings, _config(options, facts))) if facts else ()
    told = (_in_their_words(text, options) for text in (*contradictions(options), *unfit, *gateway))
    return list(dict.fromkeys((*options.wrong, *told)))


def _config(options: Options, facts: Facts) -> Mapping[str, Any]:
    """The config that will be there when the settings are written."""
    return {} if options.reset or options.handling == "reset" else facts.found.config.value


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
    yield from _two_credentials(options)
    yield from _two_places(options)
    yield from _unneeded(options)
    yield from _not_here(options)
    if options.reset and options.handling not in ("", "reset"):
        yield f"--reset and --handling {options.handling} contradict each other"
    named = VARIANTS.get(options.auth_choice, ("", ""))[0] == "model"
    chosen_by = "--model" if options.model else f"--auth-choice {options.auth_choice}" if named else ""
    if options.live and chosen_by:
        yield f"--live and {chosen_by} contradict each other: one lets choose from a list, the other has chosen"


def _two_credentials(options: Options) -> Iterator[str]:
    named = list(providers(options))
    if len({normalise(name) for name, _ in named}) > 1:
        yield f"the flags name different providers: {joined([f'{flag} means {name}' for name, flag in named])}"
    ways = list(methods(options))
    if len({name for name, _ in ways}) > 1:
        yield f"the flags name different methods: {joined([f'{flag} means {name}' for name, flag in ways])}"
    secrets = secret_flags(options)
    if len(secrets) > 1:
        yield f"the secret is given more than once: {joined(secrets)}"
    question, meaning = VARIANTS.get(options.auth_choice, ("", ""))
    given = str(getattr(options, question)) if question else ""
    if given and given.removeprefix(f"{KEY_CHOICES[options.auth_choice]}/") != meaning:
        yield f"--{question} and --auth-choice {options.auth_choice} contradict each other: it means {meaning}"


def _two_places(options: Options) -> Iterator[str]:
    if options.store == "env" and (flag := profile_flag(options)):
        yield f"--store env and {flag} contradict each other: an env file has no profiles"
    if options.store == "env" and options.token_expires_in:
        yield "--store env and --token-expires-in contradict each other: an env file records no expiry"
    if options.profile_id and options.token_profile_id not in ("", options.profile_id):
        yield "--profile-id and --token-profile-id name different profiles"


def _unneeded(options: Options) -> Iterator[str]:
    """Parts of a credential, where none is wanted."""
    name, flag = wanted_provider(options)
    given = [item for item in about_credentials(options) if item != "--existing"]  # that is about what may happen
    if options.handling == "keep":
        where, why = "--handling keep", "what is there stays as it is"
        given += [flag] if name and name != chosen.SKIP and not secret_flags(options) else []
    elif name == chosen.SKIP:
        where, why = ("--mode remote" if flag == "--mode" else f"{flag} skip"), "no credential is set up"
    else:
        return
    yield from (f"{where} and {item} contradict each other: {why}" for item in given)


def about_credentials(options: Options) -> list[str]:
    """The flags that say something about a credential, those that only name its provider left out."""
    given = {
        "--method": options.method,
        "--store": options.store,
        "--profile-id": options.profile_id,
        "--token-profile-id": options.token_profile_id,
        "--token-expires-in": options.token_expires_in,
        "--existing": options.existing,
        "--model": options.model,
        "--live": options.live,
        "--base-url": options.base_url,
        "--api": options.api,
        "--region": options.region,
        **{flag: getattr(options, name) for name, flag in NEEDED.items()},
    }
    return [*secret_flags(options), *(flag for flag, value in given.items() if value)]


def _not_here(options: Options) -> Iterator[str]:
    """What is about a gateway on this host, where it is on another one."""
    if options.mode != "remote":
        return
    given = [f"--{name}" for name in options.settings if name in OF_THE_GATEWAY]
    given += ["--tailscale-reset-on-exit"] if options.reset_on_exit else []
    if options.service in ("install", "restart"):
        daemon = options.origins.get("--service") == "--install-daemon"
        given.append("--install-daemon" if daemon else f"--service {options.service}")
    yield from (f"{flag} and --mode remote contradict each other: that gateway is on another host" for flag in given)


def unfitting(options: Options, facts: Facts) -> Iterator[str]:
    """Flags that do not fit the provider, and values that are none."""
    provider, flag = wanted_provider(options)
    if not provider or provider == chosen.SKIP:
        return
    known = facts.provider(provider)
    if known is not None and known.id == chosen.CUSTOM:
        known = None
    if known is None and not options.base_url and provider != chosen.CUSTOM:
        ids = [*(item.id for item in chosen.offered(facts)), chosen.CUSTOM]
        there = f"{meant(provider, ids)}choose {joined(ids, 'or')}"
        yield f'{flag}: "{provider}" is not known: {there}; for a service of another name give --base-url too'
    elif known and known not in chosen.offered(facts):
        yield f"{flag}: {known.label} is not signed in to with a key; use `openclaw real onboard`"
    yield from _not_of(provider, known, options)
    method, method_flag = next(iter(methods(options)), ("", ""))
    if method == chosen.SETUP_TOKEN and normalise(provider) != "anthropic":
        yield f"{method_flag}: only Anthropic has setup-tokens; for {provider} use --method api-key"
    name = options.profile_id or options.token_profile_id
    if name and name not in facts.store.profiles and (problem := profile_problem(name, provider)):
        yield f"{profile_flag(options)}: {problem}"


def _not_of(provider: str, known: Provider | None, options: Options) -> Iterator[str]:
    """What the provider does not have."""
    if known:
        custom = (("--base-url", options.base_url), ("--api", options.api))
        yield from (f"{flag} is only for a custom provider" for flag, value in custom if value)
    regions = [name for name, _ in known.regions] if known else []
    if options.region and options.region not in regions:
        there = f"{provider} has {joined(regions, 'and')}" if regions else f"{provider} has none"
        yield f"--region {options.region}: {there}"
    needs = known.needs if known else ()
    yield from (
        f"{flag} is not for {provider}" for name, flag in NEEDED.items() if getattr(options, name) and name not in needs
    )


def profile_problem(name: str, provider: str) -> str:
    """Why a text is no id of a new profile of the provider; "" where it is one."""
    import re

    found = re.fullmatch(r"([a-z0-9][\w.-]*):[\w.@+-]{1,128}", name, re.ASCII | re.IGNORECASE)
    if found is None:
        return f"a profile id is written PROVIDER:NAME, such as {provider}:default"
    if normalise(found[1]) != normalise(provider):
        return f"it is of {found[1]}, and the credential is of {provider}"
    return ""


def names_no_credential(options: Options) -> bool:
    """Whether nothing is said about a credential or about what is there (wizard-doctor-spec §2.12: skip)."""
    named = (*providers(options), *methods(options), *about_credentials(options), options.agent)
    return not (any(named) or options.handling or options.reset)


def has_settings(options: Options) -> bool:
    """Whether settings of the gateway or its service are asked for."""
    return bool(options.settings or options.mode or options.reset_on_exit or options.service or options.monitor)


def has_credential(facts: Facts) -> bool:
    """Whether the installation has a credential already, in its files or in this environment."""
    provider = facts.found.models(facts.agent).default.provider
    return bool(existing.usable(facts)) or facts.resolution(provider).winner is not None


def has_reset_on_exit(facts: Facts) -> bool:
    """Whether this OpenClaw has that setting: 2026.9 refuses a config with it, and is what would be installed next."""
    return facts.found.era.name == "json"


def warnings(options: Options, facts: Facts) -> Iterator[str]:
    """What is said about the flags: what has no effect here, and secrets on the command line.

    Every user of the host sees those, and the shell's history keeps them.
    """
    if options.reset_on_exit and not has_reset_on_exit(facts):
        yield "--tailscale-reset-on-exit has no effect: OpenClaw 2026.9 refuses a config with that setting"
    if options.live and options.alone:
        yield f"{options.called('--live')} has no effect where nobody is asked: --model M names a default model"
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
