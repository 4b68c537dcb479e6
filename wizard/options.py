"""Flags as answers: this program's own, and those of the reference program (wizard-doctor-spec §2.5, §2.12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openclaw.errors import Failure, UsageFailure
from openclaw.providers.names import normalise
from openclaw.text import joined
from wizard import chosen
from wizard.answers import Answers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openclaw.credentials.paste import Pasted
    from openclaw.invocation import Invocation
    from wizard.answers import Source
    from wizard.facts import Facts

# `--auth-choice` and the provider whose API key it means.
KEY_CHOICES = {
    "apiKey": "anthropic",
    "openai-api-key": "openai",
    "openrouter-api-key": "openrouter",
    "gemini-api-key": "google",
    "xai-api-key": "xai",
    "groq-api-key": "groq",
    "mistral-api-key": "mistral",
    "deepseek-api-key": "deepseek",
    "ai-gateway-api-key": "vercel-ai-gateway",
    "moonshot-api-key": "moonshot",
    "kimi-code-api-key": "kimi-coding",
    "minimax-api": "minimax",
    "minimax-cloud": "minimax",
    "zai-api-key": "zai",
    "xiaomi-api-key": "xiaomi",
    "synthetic-api-key": "synthetic",
    "venice-api-key": "venice",
    "opencode-zen": "opencode",
}
TOKEN_CHOICES = ("token", "setup-token", "oauth")
# Of the reference program: logins, and services that need more than a key (wizard-doctor-spec §2.5).
THEIR_CHOICES = (
    "openai-codex", "chutes", "github-copilot", "copilot-proxy", "google-antigravity", "google-gemini-cli",
    "qwen-portal", "minimax-portal", "minimax", "minimax-api-lightning", "moonshot-api-key-cn",
    "cloudflare-ai-gateway-api-key", "qianfan-api-key", "claude-cli", "codex-cli",
)  # fmt: skip
CHOICES = (*KEY_CHOICES, *TOKEN_CHOICES, chosen.SKIP)

# Flags that take a key on the command line, and whose key it is.
KEY_FLAGS = {
    "anthropic-api-key": "anthropic",
    "openai-api-key": "openai",
    "openrouter-api-key": "openrouter",
    "gemini-api-key": "google",
    "xai-api-key": "xai",
    "groq-api-key": "groq",
    "mistral-api-key": "mistral",
    "deepseek-api-key": "deepseek",
    "ai-gateway-api-key": "vercel-ai-gateway",
    "moonshot-api-key": "moonshot",
    "kimi-code-api-key": "kimi-coding",
    "minimax-api-key": "minimax",
    "zai-api-key": "zai",
    "xiaomi-api-key": "xiaomi",
    "synthetic-api-key": "synthetic",
    "venice-api-key": "venice",
    "opencode-zen-api-key": "opencode",
}


@dataclass(frozen=True, slots=True)
class Options:
    """The flags as they were given; "" and None where not. `keys` maps key flags to what followed them."""

    provider: str = ""
    method: str = ""
    store: str = ""
    profile_id: str = ""
    model: str = ""
    base_url: str = ""
    api: str = ""
    existing: str = ""
    key_file: str = ""
    key_stdin: bool = False
    key_env: str = ""
    auth_choice: str = ""
    token: str | None = field(default=None, repr=False)
    token_provider: str = ""
    token_profile_id: str = ""
    token_expires_in: str = ""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    use_anyway: bool = False
    yes: bool = False


@dataclass(frozen=True, slots=True)
class Prefilled:
    """What the flags answer, what is to be said about it, and what is wrong with it."""

    answers: Answers
    notices: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


def prefill(options: Options, facts: Facts, call: Invocation, stdin: bytes | None = None) -> Prefilled:
    """Turns flags into answers. Reads the secret from where it is said to be; `stdin` is all of standard input."""
    troubles = [*contradictions(options), *unfitting(options, facts)]
    answers = Answers()
    provider, provider_flag = wanted_provider(options)
    if provider:
        answers = _provider(answers, provider, provider_flag, options, facts)
    pasted: Pasted | None = None
    source = _secret_source(options)
    if source and not troubles:
        try:
            pasted = _read_secret(options, call, stdin)
        except Failure as error:
            place = f"{error.location}: " if error.location else ""
            troubles.append(f"{source[1]}: {place}{_told(error, options)}{f' ({error.hint})' if error.hint else ''}")
    answers = _method(answers, options, pasted)
    if pasted and source:
        answers = answers.give("secret", pasted.secret, *source, sure=options.use_anyway)
    for question, value, flag in _plain_answers(options):
        answers = answers.give(question, value, "flag", flag)
    answers = _expiry(answers, options, call, troubles)
    return Prefilled(answers, (*warnings(options), *(pasted.notices if pasted else ())), tuple(troubles))


def wanted_provider(options: Options) -> tuple[str, str]:
    """The provider that the flags name or imply, and the flag that does."""
    return next(iter(_providers(options)), ("", ""))


def contradictions(options: Options) -> Iterator[str]:
    """Flags that cannot both be meant."""
    named = list(_providers(options))
    if len({normalise(name) for name, _ in named}) > 1:
        yield f"the flags name different providers: {joined([f'{flag} means {name}' for name, flag in named])}"
    methods = list(_methods(options))
    if len({name for name, _ in methods}) > 1:
        yield f"the flags name different methods: {joined([f'{flag} means {name}' for name, flag in methods])}"
    secrets = _secret_flags(options)
    if len(secrets) > 1:
        yield f"the secret is given more than once: {joined(secrets)}"
    if options.auth_choice == chosen.SKIP and secrets:
        yield f"--auth-choice skip and {secrets[0]} contradict each other"
    if options.store == "env" and (flag := _profile_flag(options)):
        yield f"--store env and {flag} contradict each other: an env file has no profiles"
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
    method, method_flag = next(iter(_methods(options)), ("", ""))
    if method == chosen.SETUP_TOKEN and normalise(provider) != "anthropic":
        yield f"{method_flag}: only Anthropic has setup-tokens; for {provider} use --method api-key"
    if (asked := _profile_flag(options)) and not custom and ":" not in (options.profile_id or options.token_profile_id):
        yield f"{asked}: a profile id is written PROVIDER:NAME, such as {provider}:default"


def warnings(options: Options) -> Iterator[str]:
    """Secrets on the command line are seen by every user of the host and kept in the shell's history."""
    for flag in (*(f"--{name}" for name in options.keys), *(("--token",) if options.token is not None else ())):
        yield (
            f"{flag} shows the secret to everybody on this host and leaves it in the shell's history; "
            "--key-env, --key-file and --key-stdin do not"
        )


def _providers(options: Options) -> Iterator[tuple[str, str]]:
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


def _methods(options: Options) -> Iterator[tuple[str, str]]:
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


def _secret_flags(options: Options) -> list[str]:
    given = {
        "--key-file": bool(options.key_file),
        "--key-stdin": options.key_stdin,
        "--key-env": bool(options.key_env),
        "--token": options.token is not None,
    }
    return [flag for flag, there in given.items() if there] + [f"--{name}" for name in options.keys]


def _profile_flag(options: Options) -> str:
    if options.profile_id:
        return "--profile-id"
    return "--token-profile-id" if options.token_profile_id else ""


def _provider(answers: Answers, name: str, flag: str, options: Options, facts: Facts) -> Answers:
    known = facts.provider(name)
    if name == chosen.SKIP:
        return answers.give("provider", name, "flag", flag)
    if known is None or known.id == chosen.CUSTOM:
        answers = answers.give("provider", chosen.CUSTOM, "flag", flag)
        return answers.give("custom_id", name, "flag", flag) if name != chosen.CUSTOM or options.base_url else answers
    if any(known.id == item.id for item in chosen.offered(facts)):
        return answers.give("provider", known.id, "flag", flag)
    return answers


def _method(answers: Answers, options: Options, pasted: Pasted | None) -> Answers:
    method, flag = next(iter(_methods(options)), ("", ""))
    if method:
        return answers.give("method", method, "flag", flag)
    if pasted and pasted.secret.reveal().startswith("sk-ant-oat"):
        return answers.give("method", chosen.SETUP_TOKEN, "detected", "by its beginning")
    return answers


def _plain_answers(options: Options) -> Iterator[tuple[str, str, str]]:
    """(question, value, flag); a profile id implies the profile."""
    profile = options.profile_id or options.token_profile_id
    if options.store or profile:
        yield "place", options.store or "profile", "--store" if options.store else _profile_flag(options)
    given = {
        "profile_id": (profile, _profile_flag(options)),
        "model": (options.model, "--model"),
        "base_url": (options.base_url, "--base-url"),
        "api": (options.api, "--api"),
        "rival": (options.existing, "--existing"),
    }
    yield from ((question, value, flag) for question, (value, flag) in given.items() if value)


def _expiry(answers: Answers, options: Options, call: Invocation, troubles: list[str]) -> Answers:
    if not options.token_expires_in:
        return answers
    from openclaw.credentials.duration import parse_duration

    try:
        length = parse_duration(options.token_expires_in)
    except UsageFailure as error:
        troubles.append(f"--token-expires-in: {error.message}")
        return answers
    return answers.give("expires", str(call.now + length), "flag", "--token-expires-in")


def _secret_source(options: Options) -> tuple[Source, str] | None:
    """Where the secret comes from, for the review page."""
    if options.key_file:
        return "file", f"--key-file {options.key_file}"
    if options.key_stdin:
        return "stdin", "--key-stdin"
    if options.key_env:
        return "environment", f"--key-env {options.key_env}"
    flags = _secret_flags(options)
    return ("flag", flags[0]) if flags else None


def _read_secret(options: Options, call: Invocation, stdin: bytes | None) -> Pasted:
    from openclaw.credentials.paste import from_pipe, from_prompt

    if options.key_file:
        return from_pipe(_file(options.key_file, call))
    if options.key_stdin:
        return from_pipe(stdin or b"")
    if options.key_env:
        if options.key_env not in call.env:
            raise Failure(f"the variable {options.key_env} is not set")
        return from_prompt(call.env[options.key_env])
    return from_prompt(next(iter(options.keys.values()), options.token or ""))


def _told(error: Failure, options: Options) -> str:
    """The message of a reader of pipes and prompts, with the name of what was read in its place."""
    import re

    if options.key_file:
        name = "the file"
    elif options.key_env:
        name = "the variable"
    else:
        name = "standard input" if options.key_stdin else "the flag"
    message = re.sub("standard input|the prompt", name, error.message.rstrip("."), flags=re.IGNORECASE)
    return message[:1].lower() + message[1:]


def _file(name: str, call: Invocation) -> bytes:
    import os
    import stat

    from openclaw.credentials.paste import LARGEST
    from openclaw.home import expand

    path = expand(name, call.user, call.cwd)
    try:
        # Without waiting for a writer, where it is a pipe.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Failure("is not a regular file", path=path, hint="--key-stdin reads from a pipe")
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Failure(f"cannot be read: {error.strerror}", path=path) from error
