"""Variables from the user's login shell (auth-spec §6.4): asked only where the configuration enables it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openclaw.config.views import table
from openclaw.environment.layers import SHELL_KEYS, SHELL_TIMEOUT, TRUE_WORDS, Layer
from openclaw.text import js_trim

if TYPE_CHECKING:
    from collections.abc import Mapping


def enabled(env: Mapping[str, str], config: Mapping[str, Any]) -> bool:
    """Whether OpenClaw would ask the login shell."""
    if _true(env.get("OPENCLAW_DEFER_SHELL_ENV_FALLBACK", "")):
        return False
    return _true(env.get("OPENCLAW_LOAD_SHELL_ENV", "")) or table(config, "env", "shellEnv").get("enabled") is True


def wanted(env: Mapping[str, str]) -> bool:
    """The shell is not run at all once any expected variable has a value."""
    return not any(js_trim(env.get(name, "")) for name in SHELL_KEYS)


def timeout(env: Mapping[str, str], config: Mapping[str, Any]) -> float:
    """Seconds that the shell may take; the reference's 0 means "no limit", which this program does not do."""
    configured = table(config, "env", "shellEnv").get("timeoutMs")
    if isinstance(configured, int | float) and not isinstance(configured, bool):
        return configured / 1000 if configured > 0 else SHELL_TIMEOUT
    raw = js_trim(env.get("OPENCLAW_SHELL_ENV_TIMEOUT_MS", ""))
    return int(raw) / 1000 if raw.isascii() and raw.isdigit() and len(raw) < 16 and int(raw) else SHELL_TIMEOUT


def ask(env: Mapping[str, str], seconds: float) -> tuple[Layer | None, str]:
    """Runs the login shell as the reference does. Returns the layer it gave, or None and the reason."""
    shell = js_trim(env.get("SHELL", "")) or "/bin/sh"
    from openclaw import proc

    answer = proc.run([shell, "-l", "-c", "env -0"], timeout=seconds, env=env)
    if isinstance(answer, proc.NotDone):
        return None, answer.reason
    if answer.code != 0:
        return None, f"{shell} ended with exit code {answer.code}"
    if answer.cut:
        return None, f"{shell} printed more than 2 MiB"
    pairs = (item.partition("=") for item in answer.out.split("\0"))
    found = {name: value for name, equals, value in pairs if name and equals}
    return Layer("shell", {name: found[name] for name in SHELL_KEYS if js_trim(found.get(name, ""))}), ""


def gave_up(problem: str, seconds: float | None = None) -> bool:
    """Whether a reason of `ask` is that the shell took too long; with `seconds`, that it had this long."""
    return " gave no answer in " in problem and (seconds is None or problem.endswith(f" in {seconds:g} s"))


def _true(text: str) -> bool:
    return js_trim(text).lower() in TRUE_WORDS
