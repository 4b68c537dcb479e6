"""What a secret value is, judged by its shape alone: soft, nobody is asked, and the value is never shown.

The rules are the rows `credentials/…` of the check list. A prefix or a length says what a value looks like; only an
answer of the provider says whether it works. So nothing here is a reason to refuse a value that merely looks unusual.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from openclaw.credentials.cleaning import clean, rejoined, unwrap
from openclaw.frozen import frozen
from openclaw.providers.hosts import is_local, is_own_url
from openclaw.providers.names import LOCAL, at_home, begins_like_a_secret, issuer, known, normalise
from openclaw.secret import Secret
from openclaw.text import joined, js_trim

if TYPE_CHECKING:
    from openclaw.credentials.cleaning import Cleaned

Kind = Literal["api_key", "token"]

SETUP_TOKEN = "sk-ant-oat01-"  # noqa: S105 - the beginning of one
SETUP_TOKEN_LEAST = 80  # characters, prefix included: OpenClaw's own rule (auth-spec §10.1)
TERMINAL_WIDTHS = frozenset({72, 79, 80, 100, 119, 120})


@frozen
class Trouble:
    """One thing that is wrong with a value. `slug` is the id of the check that reports it."""

    slug: str
    severity: Literal["error", "warning"]
    what: str  # one sentence that names it, without the value
    cleaned: Secret | None = None  # the value that is meant, where that is no guess
    provider: str = ""  # where it belongs, where that is known
    kind: Kind | Literal[""] = ""  # the profile type that fits, where that is known


def diagnose(
    value: str, provider: str, kind: Kind, *, base_url: str = "", newer: bool = False, verbatim: bool = False
) -> tuple[Trouble, ...]:
    """What is wrong with `value` as the secret of `provider`, the first cause first; () for a value without fault.

    `kind` is the profile type under which it stands, `base_url` what `models.providers.<id>.baseUrl` says. Behind a
    base URL of the user's own any key may be right, and a server on this host or network takes any text: less is said.
    `newer`: the installed OpenClaw is 2026.9, which strips more before it sends; unknown versions are judged strictly.

    A reference (`${NAME}`) is not a value and has no trouble; `verbatim`: the installed OpenClaw replaces none in this
    place and sends its text. A second trouble follows only a `whitespace` that can be cleaned: it is about the cleaned
    value. Who reports one finding per credential takes the first.
    """
    cleaned = clean(value)
    if _is_reference(cleaned.text):
        return (Trouble("credentials/placeholder", "error", _NOT_REPLACED),) if verbatim else ()
    local = normalise(provider) in LOCAL or is_local(base_url)
    if trouble := _redacted(cleaned.text) or _stand_in(cleaned.text, local) or _other_thing(cleaned.text):
        return (trouble,)
    if not base_url and known(provider) and not local and re.fullmatch(_SEQUENCE, cleaned.text):
        return (Trouble("credentials/placeholder", "error", "It is a row of digits and letters, not a key."),)
    space, meant = _whitespace(value, cleaned, newer)
    if meant is None:
        return (space,) if space else ()
    misplaced = None if local or not known(provider) else _gateway_token(meant) or _foreign(meant, provider)
    if misplaced and not is_own_url(provider, base_url):
        misplaced = None
    return tuple(filter(None, (space, misplaced or _wrong_kind(meant, provider, kind))))


def is_subscription_token(value: str) -> bool:
    """A Claude subscription token: OpenClaw sends it as a bearer token, whatever its profile type (auth-spec §11)."""
    return "sk-ant-oat" in value


def truncated(value: str) -> Trouble | None:
    """A setup-token that may lack its end: too short for OpenClaw's own prompt, or as long as a terminal is wide."""
    length = len(value)
    if not value.startswith(SETUP_TOKEN):
        return None
    if length < SETUP_TOKEN_LEAST:
        why = f"at least {SETUP_TOKEN_LEAST} are usual"
    elif length in TERMINAL_WIDTHS:
        why = "exactly the width of a terminal"
    else:
        return None
    what = f"The setup-token is {length} characters long: {why}. Its end may be missing."
    return Trouble("credentials/truncated", "warning", what)


# --- no value at all ------------------------------------------------------------------------------------------------


def _is_reference(text: str) -> bool:
    """`${NAME}` and `$NAME`: the secret stands elsewhere, and whether it resolves is another question."""
    return re.fullmatch(r"\$(\{[A-Z_][A-Z0-9_]*\}|[A-Z_][A-Z0-9_]*)", text) is not None


_NOT_REPLACED = "It is a reference to a variable, which OpenClaw does not replace here: it sends that very text."
_MASK_WORD = r"(?:redacted|hidden|masked|filtered)"


def _redacted(text: str) -> Trouble | None:
    """What a program shows in place of a secret, saved as if it were one."""
    sentinel = re.search(r"__(?:[A-Z]+_)?REDACTED(?:_[A-Z_]+)?__|\*{3}|[•●∙·▪]{3}", text)
    # A word, or a word in brackets behind the beginning of a key: `sk-ant-[REDACTED]`, `<redacted:api-key>`.
    bracketed = rf"\S{{0,24}}[\[<({{«]{_MASK_WORD}(?:[:_ -][^\])>}}»]{{0,24}})?[\])>}}»]"
    word = re.fullmatch(rf"(?i)(?:x{{2,}}[-_])?{_MASK_WORD}|\*+|{bracketed}", text)
    # `models status` and its like: some of the beginning, dots, some of the end.
    mask = re.fullmatch(r"[^\s.…]{0,16}(\.{3}|…)[^\s.…]{1,16}", text)
    if not (sentinel or word or mask):
        return None
    what = "a key as a status page masks it" if mask else "the mark that a program shows in place of a secret"
    return Trouble("credentials/redacted", "error", f"It is {what}, not the secret itself.")


_WORDS = (
    "undefined|null|nil|none|nan|empty|false|true|unset|default|na|n/a|x|todo|tbd|fixme|changeme|changethis|replaceme|"
    "replacethis|placeholder|dummy|dummykey|fake|fakekey|test|testkey|example|examplekey|sample|string|foo|bar|abc|"
    "password|key|apikey|apikeyhere|keyhere|token|secret|mykey|myapikey"
)
_BEGINNINGS = "(?:sk(?:ant(?:api[0-9]{2})?|proj|orv1)?|gsk|xai)?"  # of keys, without their hyphens: `sk-test`
_TAIL = r"(?:[^0-9]{0,24}|[ _-]?[0-9]{1,4})"  # words, or a number: what is more mixed may be a key
_TEMPLATES = (
    r"<[^<>]*>|\$?\{\{.*\}\}|\$?\{[^{}\"]*\}|\[[A-Za-z_ -]+\]",  # <your key>, {{ key }}, {API_KEY}, ${env:KEY}, [key]
    # process.env.KEY, %KEY%, $env:KEY
    r"(?:process\.env|import\.meta\.env|os\.environ|Deno\.env)[.\[(].{1,60}|%[A-Za-z_]\w*%|\$env:\w+",
    r"(?i)(?:AIza(?:Sy)?|(?:[a-z0-9]{1,8}[-_])*)x{3,}[x\-_.…]*",  # xxx, sk-ant-api03-xxxx
    r".*(?:\.{3}|…)",  # sk-ant-...
    # YOUR_API_KEY, sk-ant-your-key-here, "paste your token here"
    rf"(?is)(?:(?:.*[^a-z0-9])?(?:your|my)|insert|paste|enter)[ _-]?(?:[a-z]+[ _-]){{0,4}}(?:api)?(?:key|token){_TAIL}",
    rf"(?is)(?:add|put|set|replace)[ _-](?:[a-z]+[ _-]){{0,4}}(?:api)?(?:key|token){_TAIL}",
    r"(?is)(?:.*[^a-z0-9])?(?:api)?[ _-]?(?:key|token|secret)[ _-]?(?:goes|belongs|is)?[ _-]?here.{0,4}",
)
# `sk-1234567890`, `abc123`: nobody's key where requests go to the provider itself; a server of one's own may take it.
_SEQUENCE = (
    r"(?i)(?:sk-(?:ant-(?:api[0-9]{2}-)?|proj-|or-v1-)?|gsk_|xai-)?"
    r"(?:0?1234567(?:890?)?|123456|abc(?:def|123|xyz)[a-z0-9]{0,6}|0{6,})"
)
_BARE = r"sk-(?:ant-(?:(?:api|oat)[0-9]{2}-?)?|proj-|or-v1-)?|gsk_|xai-|AIza(?:Sy)?"
_TEMPLATE_LONGEST = 120  # characters


def _stand_in(text: str, local: bool) -> Trouble | None:
    """Nothing, or a text that stands where a key will be put one day. A local server takes any text, but wants some."""
    if local:
        what = "The key is blank. The server needs none, but OpenClaw wants some text there."
        return None if text else Trouble("credentials/local-blank", "warning", what)
    if not text:
        return Trouble("credentials/placeholder", "error", "The key is blank.")
    name = _template(text) if len(text) <= _TEMPLATE_LONGEST else ""
    return Trouble("credentials/placeholder", "error", f"It is {name}, not a key.") if name else None


def _template(text: str) -> str:
    if text == "<authenticated>":  # what OpenClaw itself shows for Google credentials (auth-spec §5.3)
        return ""
    if text.startswith("Symbol("):
        return "what a cancelled prompt of OpenClaw leaves behind"  # auth-spec §10.2
    if re.fullmatch(f"{_BEGINNINGS}(?:{_WORDS})", re.sub(r"[\s_.-]", "", text.lower())):
        return "a word that stands for no value"
    if any(re.fullmatch(template, text) for template in _TEMPLATES):
        return "template text"
    if re.fullmatch(_BARE, text):
        return "the beginning of a key, and no more"
    if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*_(API_KEY|KEYS?|TOKENS?|SECRET)(_\d)?=?", text):
        return "the name of a variable"
    return ""


# --- not a secret ---------------------------------------------------------------------------------------------------

_RUNNERS = r"(npx|pnpm|pnpx|bunx|pipx run|uvx|yarn dlx|npm exec|pnpm dlx)"
_PROGRAMS = "(openclaw|clawdbot|moltbot|claude)"
_OTHER_THINGS = (
    (rf"(?is)(\$ )?(sudo )?({_RUNNERS}( -\S+)* )?{_PROGRAMS}(@[\w.^~-]+)?\s.*", "a command line"),
    (r"(?s)\$\(.*\)", "a command of a shell, which OpenClaw does not run here"),
    (r"(?s)!\s*\S+\s.+", "a command to run, which OpenClaw does not run here"),  # auth-spec §5.4
    (r"(?is)[a-z][a-z0-9+.-]*://.*|(localhost|127\.0\.0\.1)(:\d+)?/.*", "a web address"),
    (r"(?s)\{.*\}|\[\s*[\"{].*\]", "JSON"),
    (r"(?s)-----BEGIN .*", "a key file"),
)


def describe(text: str) -> str:
    """What a text is that is no secret at all: "a command line", "a web address", "JSON"; "" where it may be one."""
    return next((name for pattern, name in _OTHER_THINGS if re.fullmatch(pattern, text)), "")


def _other_thing(text: str) -> Trouble | None:
    name = describe(text)
    return Trouble("credentials/wrong-kind", "error", f"It is {name}, not a secret.") if name else None


# --- a secret with something at it ----------------------------------------------------------------------------------


def _whitespace(value: str, cleaned: Cleaned, newer: bool) -> tuple[Trouble | None, str | None]:
    """The trouble with what surrounds or interrupts the value, and the value that is meant (None where unclear)."""
    inside = [char for char in cleaned.text if char.isspace() or not char.isprintable()]
    meant = unwrap(cleaned.text) or rejoined(cleaned.text) if inside else cleaned.text
    parts = [*cleaned.removed, *(["blanks or line breaks inside"] if inside else [])]
    if not parts and not cleaned.trimmed:
        return None, meant
    secret = None if meant is None else Secret(meant)
    it_has = f"It has {joined(parts or ['blanks or a line break at its ends'])}"
    if not parts or (newer and _as_newer_sends(value) == meant):
        return Trouble(
            "credentials/whitespace", "warning", f"{it_has}, which OpenClaw takes off.", cleaned=secret
        ), meant
    return Trouble("credentials/whitespace", "error", f"{it_has}, which OpenClaw sends along.", cleaned=secret), meant


def _as_newer_sends(value: str) -> str:
    """What 2026.9 makes of a secret before sending: no control characters, nothing beyond Latin-1, trimmed."""
    return js_trim("".join(char for char in value if " " <= char <= "~" or "\xa0" <= char <= "\xff"))


# --- a secret in the wrong place ------------------------------------------------------------------------------------


def _gateway_token(text: str) -> Trouble | None:
    """OpenClaw generates 48 hex digits for `gateway.auth.token`; no provider that it knows issues such keys."""
    if not re.fullmatch(r"[0-9a-f]{48}", text):
        return None
    what = "It looks like the token of an OpenClaw gateway (48 hex digits), which no model provider accepts."
    return Trouble("credentials/gateway-token-as-key", "error", what)


_USELESS = (
    ("sk-ant-sid", "the session key of a browser that is signed in to Claude"),
    ("sk-ant-admin", "an Anthropic administration key, which runs no models"),
    ("sk-ant-ort", "the refresh token of a Claude login, which nothing accepts as a key"),
    ("sk-admin-", "an OpenAI administration key, which runs no models"),
)


def _useless(text: str) -> str:
    return next((name for prefix, name in _USELESS if text.startswith(prefix)), "")


def _glued(text: str) -> bool:
    """Two secrets, or one twice, without a gap: the halves begin alike, or one stands inside that begins unmistakably.

    Short beginnings such as `gsk_` may well stand inside of a key, so they count in the middle only; and a text that
    does not begin as keys do may have one in it on purpose, for a proxy (openclaw-new §10, rows 35 and 57).
    """
    half, odd = divmod(len(text), 2)
    alike = not odd and half >= _GLUED_LEAST and bool(issuer(text)) and issuer(text[:half]) == issuer(text[half:])
    inside = re.search(r".sk-(?:ant-(?:api|oat)[0-9]{2}|proj|or-v1)-", text)
    return alike or (inside is not None and begins_like_a_secret(text))


_GLUED_LEAST = 20  # characters of one of them


def _foreign(text: str, provider: str) -> Trouble | None:
    owner = issuer(text)
    if not owner or _useless(text) or at_home(owner, provider):
        return None
    what = f"It begins like a key of {owner} and stands under {normalise(provider)}."
    kind: Kind = "token" if is_subscription_token(text) else "api_key"
    return Trouble("credentials/foreign-key", "error", what, provider=owner, kind=kind)


def _wrong_kind(text: str, provider: str, kind: Kind) -> Trouble | None:
    slug = "credentials/wrong-kind"
    if name := _useless(text):
        return Trouble(slug, "error", f"It is {name}.")
    if _glued(text):
        return Trouble(slug, "error", "It is two secrets in one: one was pasted behind the other.")
    if not issuer(text) and re.fullmatch(r"[\w-]{16,}#[\w-]{16,}", text):
        what = "It is the code of a sign-in page (`code#state`), which is good for one exchange only."
        return Trouble(slug, "error", what)
    if normalise(provider) != "anthropic":
        return None
    # It works all the same: on the wire the prefix decides (openclaw-new §6).
    if kind == "api_key" and is_subscription_token(text):
        what = "It is a setup-token saved as an API key: it works, but its expiry is not tracked."
        return Trouble(slug, "warning", what, kind="token")
    if kind == "token" and text.startswith("sk-ant-api"):
        what = "It is an API key saved as a token: it works, but it is listed as what it is not."
        return Trouble(slug, "warning", what, kind="api_key")
    return None
