"""Variables with another value that OpenClaw reads before the new one: from the config, the login shell, this shell.

Which of them come first is tried: the new variable is laid into its file, and the order of the layers decides
(auth-spec §5.3, §6). Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.change.plan import DeleteKey, DeleteVariable
from openclaw.config.views import table
from openclaw.environment.layers import Layer, combine
from openclaw.frozen import frozen, replace
from openclaw.providers.names import env_names
from openclaw.text import js_trim
from wizard import chosen

if TYPE_CHECKING:
    from openclaw.change.plan import Plan
    from wizard.answers import Answers
    from wizard.facts import Facts

OF_THIS_SHELL = ("process", "cwd")  # what is started from here has them; a service does not


@frozen
class Shadow:
    """A variable, the layer that sets it, and where that is in words. `removal`: () where it is not ours to remove."""

    name: str
    layer: Layer
    where: str
    removal: Plan = ()

    @property
    def of_this_shell(self) -> bool:
        """Whether only what is started from here gets it."""
        return self.layer.name in OF_THIS_SHELL


def shadows(answers: Answers, facts: Facts) -> tuple[Shadow, ...]:
    """What comes before the new variable, one after the other; () where it is used at once, or is no variable."""
    mine, secret = chosen.variable(answers, facts), answers.secret("secret").reveal()
    if answers.text("place") != "env" or not mine or not secret:
        return ()
    layers, found = _with_mine(answers, facts), list[Shadow]()
    names = _names(answers, facts)
    while True:
        environment = combine(layers)
        name = next((name for name in names if environment.usable(name)), mine)
        layer = environment.origin.get(name)
        if layer is None or environment.usable(name) == js_trim(secret) or len(found) > len(names) * len(layers):
            return tuple(found)
        if name in layer.values:
            found.append(Shadow(name, layer, where(name, layer, facts), _removal(name, layer, facts)))
        layers = [_without(item, name) if item is layer else item for item in layers]


def in_env_file(answers: Answers, facts: Facts) -> tuple[str, ...]:
    """The variables of the env file that OpenClaw reads before the new one, with another value.

    The first variable that is not blank wins (auth-spec §5.3), so a setup-token there hides a new API key.
    """
    mine, layer = chosen.variable(answers, facts), facts.found.environment.layer("state")
    names = _names(answers, facts)
    if layer is None or mine not in names:
        return ()
    values = ((name, layer.values.get(name, "").strip()) for name in names[: names.index(mine)])
    return tuple(name for name, value in values if value not in ("", answers.secret("secret").reveal()))


def where(name: str, layer: Layer | None, facts: Facts) -> str:
    """Where a variable is set, in words."""
    home = facts.found.home
    if layer is None or layer.name == "process":
        return "this shell"
    if layer.name == "shell":
        return "the login shell"
    if layer.name == "config":
        keys = _keys(name, facts)
        return f"{'.'.join(keys[:-1]) or 'env'} of {home.short(facts.found.config.path)}"
    return home.short(layer.path) if layer.path else "the config"


def _names(answers: Answers, facts: Facts) -> tuple[str, ...]:
    """The variables in the order in which OpenClaw reads them, up to the new one."""
    mine = chosen.variable(answers, facts)
    names = env_names(chosen.provider_id(answers), newer=facts.newer)
    return names[: names.index(mine) + 1] if mine in names else (mine,)


def _with_mine(answers: Answers, facts: Facts) -> list[Layer]:
    """The layers once the new variable stands in its file."""
    mine, layers = chosen.variable(answers, facts), list(facts.found.environment.layers)
    at = next((number for number, layer in enumerate(layers) if layer.name == "state"), None)
    if at is None:
        at = next((n for n, layer in enumerate(layers) if layer.name not in OF_THIS_SHELL), len(layers))
        layers.insert(at, Layer("state", {}, facts.found.home.env_file))
    gone = in_env_file(answers, facts)
    values = {name: value for name, value in layers[at].values.items() if name not in gone}
    layers[at] = replace(layers[at], values={**values, mine: answers.secret("secret").reveal()})
    return layers


def _without(layer: Layer, name: str) -> Layer:
    return replace(layer, values={key: value for key, value in layer.values.items() if key != name})


def _removal(name: str, layer: Layer, facts: Facts) -> Plan:
    why = "it comes before the new one, which would not be used"
    if layer.name == "gateway" and layer.path:
        return (DeleteVariable(layer.path, name, why=why),)
    keys = _keys(name, facts)
    if layer.name == "config" and keys and facts.found.config.place(*keys)[0]:
        return (DeleteKey(facts.found.config.path, keys, why=why),)
    return ()


def _keys(name: str, facts: Facts) -> tuple[str, ...]:
    """Where the config sets a variable: what stands in `env` itself wins over `env.vars` (auth-spec §6.3)."""
    section = table(facts.found.config.merged, "env")
    direct = section.get(name)
    if isinstance(direct, str) and js_trim(direct):
        return ("env", name)
    return ("env", "vars", name) if name in table(section, "vars") else ()
