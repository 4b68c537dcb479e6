"""Names of variables: those that people set and OpenClaw does not read, and those that are nearly right."""

from __future__ import annotations

import re

from openclaw.providers.names import CUSTOM_ENV, all_env_names, env_names, owners_of, readers

# Other programs' names for the same thing, and names that people guess. Their provider, and why it is theirs:
# Claude Code's own token (openclaw-new §5), Google's and xAI's SDKs, Hugging Face's older client.
UNREAD = {
    "CLAUDE_CODE_OAUTH_TOKEN": ("anthropic", "ANTHROPIC_OAUTH_TOKEN"),
    "ANTHROPIC_KEY": ("anthropic", "ANTHROPIC_API_KEY"),
    "CLAUDE_API_KEY": ("anthropic", "ANTHROPIC_API_KEY"),
    "ANTHROPIC_TOKEN": ("anthropic", "ANTHROPIC_API_KEY"),
    "OPENAI_KEY": ("openai", "OPENAI_API_KEY"),
    "OPENAI_TOKEN": ("openai", "OPENAI_API_KEY"),
    "OPENROUTER_KEY": ("openrouter", "OPENROUTER_API_KEY"),
    "GOOGLE_API_KEY": ("google", "GEMINI_API_KEY"),
    "GOOGLE_GENERATIVE_AI_API_KEY": ("google", "GEMINI_API_KEY"),
    "GOOGLE_GEMINI_API_KEY": ("google", "GEMINI_API_KEY"),
    "GEMINI_KEY": ("google", "GEMINI_API_KEY"),
    "GROK_API_KEY": ("xai", "XAI_API_KEY"),
    "HF_API_TOKEN": ("huggingface", "HF_TOKEN"),
}
NUMBERED = re.compile(r"(.+?)(?:S|_[0-9]+)")
# Known names of other things that are near one of ours, and no misspelling of it.
OTHERS = frozenset({"GITLAB_TOKEN", "EXA_API_KEY"})
SHORTEST = 3  # letters of a name without its ending: every two letters are near GH_TOKEN
LONG_ENOUGH = 5  # from here on, two letters may be wrong; in a shorter one they may be missing or too many
ENDING = re.compile(r"(?:_API)?_(?:KEY|TOKEN)$|_OAUTH_TOKEN$")


def right_name(name: str, *, newer: bool) -> tuple[str, str] | None:
    """(provider, the name that OpenClaw reads) for a name that it does not; None for all others."""
    if name in _read(newer=newer):
        return None
    if name in UNREAD:
        return UNREAD[name]
    if name in all_env_names():  # another version's
        provider = owners_of(name)[0]
        names = env_names(provider, newer=newer)
        return (provider, names[-1]) if names else None
    found = NUMBERED.fullmatch(name)
    if found and found[1] in _read(newer=newer):  # `ANTHROPIC_API_KEYS` alone does nothing (openclaw-new §5)
        return owners_of(found[1])[0], found[1]
    return None


def near(name: str, *, newer: bool) -> str:
    """The one name that OpenClaw reads within two letters of this one; "" where this is one, or two are as near."""
    if name in all_env_names() or name in OTHERS or right_name(name, newer=newer):
        return ""
    if name != name.upper() and name.upper() in _read(newer=newer):
        return name.upper()
    found: dict[str, int] = {}
    for known in _read(newer=newer):
        distance = _distance(name, known) if abs(len(name) - len(known)) <= 2 else 3
        stem = len(ENDING.sub("", known))
        only_length = abs(len(name) - len(known)) == distance
        if stem >= SHORTEST and 0 < distance <= 2 and (distance == 1 or stem >= LONG_ENOUGH or only_length):
            found[known] = distance
    best = [known for known, distance in found.items() if distance == min(found.values())]
    return best[0] if len(best) == 1 else ""


def _read(*, newer: bool) -> frozenset[str]:
    """Every name that this OpenClaw reads, or that a config entry usually names."""
    tables = [env_names(provider, newer=newer) for provider in readers(newer=newer)]
    return frozenset(name for names in (*tables, *CUSTOM_ENV.values()) for name in names)


def _distance(one: str, other: str) -> int:
    """Levenshtein's distance: how many letters are wrong, missing or too many."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        previous, row[0] = row[0], number
        for column, wanted in enumerate(other, 1):
            previous, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, previous + (letter != wanted)),
            )
    return row[-1]
