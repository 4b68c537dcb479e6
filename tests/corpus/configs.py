"""openclaw.json: broken, incomplete, of another version, destroyed."""

from __future__ import annotations

import json
import os
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.checks import installations as i
from tests.corpus.world import LOCAL, NEWER, OLDER, A, Cases, model

if TYPE_CHECKING:
    from tests.corpus.world import World

CASES = Cases()
of = CASES.of


def with_profile(w: World, value: dict[str, Any] | str) -> None:
    """This config, and a good profile."""
    w.config(value)
    w.store({A: i.key()})


# ---- broken --------------------------------------------------------------------------------------------------------

for name, text in (
    ("missing_brace", json.dumps(model())[:-1]),
    ("empty", ""),
    ("comment_only", "// nothing\n"),
    ("a_list", "[]"),
    ("text", "hello: world\n"),
):
    CASES.add(
        f"config_{name}",
        "FM 50; §10 rows 1, 2",
        partial(with_profile, value=text),
        "error config/unparsable",
    )


@of("FM 50: with a backup", "error config/unparsable")
def config_broken_with_a_backup(w: World) -> None:
    with_profile(w, json.dumps(model())[:-1])
    w.file("openclaw.json.bak", json.dumps(model()))


@of("FM 50, 17: whether a key is in it is not known", "error config/unparsable")
def config_broken_and_nothing_else(w: World) -> None:
    w.config("{")


@of("a directory in the config's place", "error config/unparsable")
def config_is_a_directory(w: World) -> None:
    w.path("openclaw.json").mkdir(parents=True, mode=0o700)
    w.store({A: i.key()})


@of("FM 24", "error config/unresolved-variable models.providers.acme.apiKey")
def unset_variable(w: World) -> None:
    entry = {"baseUrl": "https://llm.example.org/v1", "apiKey": "${ACME_KEY}", "models": []}
    with_profile(w, {**model(), "models": {"providers": {"acme": entry}}})


@of("FM 24: it was the only key", "error config/unresolved-variable models.providers.acme.apiKey")
def unset_variable_of_the_only_key(w: World) -> None:
    entry = {"baseUrl": "https://llm.example.org/v1", "apiKey": "${ACME_KEY}", "models": [{"id": "large"}]}
    w.config(model("acme/large", models={"providers": {"acme": entry}}))


@of("FM 24", "error config/include-broken")
def include_of_nothing(w: World) -> None:
    with_profile(w, {**model(), "channels": {"$include": "./channels.json5"}})


@of("FM 24: in a circle", "error config/include-broken")
def includes_in_a_circle(w: World) -> None:
    with_profile(w, {**model(), "channels": {"$include": "./a.json5"}})
    w.file("a.json5", '{"$include": "./b.json5"}')
    w.file("b.json5", '{"$include": "./a.json5"}')


@of("FM 24: what is included is broken", "error config/include-broken")
def broken_include(w: World) -> None:
    with_profile(w, {**model(), "channels": {"$include": "./channels.json5"}})
    w.file("channels.json5", "{")


# ---- destroyed -----------------------------------------------------------------------------------------------------


def long_config() -> str:
    """What somebody had before a tool came."""
    channels = {f"room{number}": {"enabled": True, "name": f"room number {number}"} for number in range(40)}
    provider = {"acme": {"baseUrl": "https://llm.example.org/v1", "apiKey": i.OPENAI_2, "models": []}}
    return json.dumps({**model(), "channels": channels, "models": {"providers": provider}}, indent=2)


@of("FM 1", "error config/shrunk")
def config_that_shrank(w: World) -> None:
    with_profile(w, {"gateway": LOCAL})
    w.file("openclaw.json.bak", long_config())


@of("FM 1: moved aside", "error config/shrunk")
def config_that_was_moved_aside(w: World) -> None:
    with_profile(w, model())
    aside = w.file("openclaw.json.clobbered.1770000000", long_config())
    os.utime(aside, (time.time() - 5000,) * 2)


@of("FM 17: gone, and a backup is there", "error credentials/none", "warning config/missing")
def config_gone(w: World) -> None:
    w.state.mkdir(mode=0o700)
    w.file("openclaw.json.bak", json.dumps(model()))


@of("never onboarded, but a profile is there", "warning config/missing")
def profile_without_a_config(w: World) -> None:
    w.store({"anthropic:default": i.key()})


# ---- of another version --------------------------------------------------------------------------------------------


@of("FM 26: 2026.2.x wants an object", "error config/rejected agents.defaults.model")
def model_as_text_on_2026_2(w: World) -> None:
    with_profile(w, {"gateway": LOCAL, "agents": {"defaults": {"model": "anthropic/claude-opus-4-5"}}, "meta": OLDER})


@of("openclaw-new §0.9", "error config/rejected meta.lastTouchedAt")
def stamp_of_2026_2_on_2026_9(w: World) -> None:
    w.newer({A: i.key()})
    w.config({**model("anthropic/claude-opus-5"), "meta": {**NEWER, "lastTouchedAt": "2026-01-01T00:00:00Z"}})


@of("openclaw-new §0.9", "error config/rejected gateway.tailscale.resetOnExit")
def tailscale_key_on_2026_9(w: World) -> None:
    w.newer(
        {A: i.key()}, {**model("anthropic/claude-opus-5"), "gateway": {**LOCAL, "tailscale": {"resetOnExit": True}}}
    )


@of("flat env on 2026.9", "error config/rejected env.ANTHROPIC_API_KEY")
def flat_variables_on_2026_9(w: World) -> None:
    w.newer({}, {**model("anthropic/claude-opus-5"), "env": {"ANTHROPIC_API_KEY": i.KEY}})


@of("§10 row 3", "error config/rejected gateway.prot")
def mistyped_key_on_2026_9(w: World) -> None:
    w.newer({A: i.key()}, {**model("anthropic/claude-opus-5"), "gateway": {**LOCAL, "prot": 18789}})


for name, value in (
    ("gateway_is_text", {"gateway": "local"}),
    ("model_is_a_number", {"agents": {"defaults": {"model": 5}}}),
    ("profiles_is_a_list", {"auth": {"profiles": []}}),
    ("providers_is_a_list", {"models": {"providers": []}}),
):

    def wrong_type(w: World, value: dict[str, Any] = value) -> None:
        with_profile(w, {**model(), **value, "meta": OLDER})

    CASES.add(f"{name}_on_2026_2", "a wrong type", wrong_type, "error config/rejected")


@of("FM 26: the version is not known", "warning config/legacy-key agent")
def older_key(w: World) -> None:
    w.config({**model(), "agent": {"model": "anthropic/claude-opus-4-5"}})
    w.dotenv(f"ANTHROPIC_API_KEY={i.KEY}\n")


@of("FM 26: the store is one of before 2026.6", "warning config/legacy-key agent")
def older_key_beside_an_older_store(w: World) -> None:
    with_profile(w, {**model(), "agent": {"model": "anthropic/claude-opus-4-5"}})


@of("FM 26: 2026.2.3 refuses it", "error config/rejected agent")
def older_key_on_2026_2(w: World) -> None:
    with_profile(w, {**model(), "agent": {"model": "anthropic/claude-opus-4-5"}, "meta": OLDER})


@of("an unknown key", "info config/unknown-auth-key auth.profils")
def unknown_key(w: World) -> None:
    w.config({**model(), "auth": {"profils": {}}})
    w.dotenv(f"ANTHROPIC_API_KEY={i.KEY}\n")


# ---- incomplete ----------------------------------------------------------------------------------------------------


@of("FM 17; §10 row 4", "error config/gateway-mode gateway.mode")
def no_gateway_mode(w: World) -> None:
    with_profile(w, {**model(), "gateway": {"auth": LOCAL["auth"]}})


@of("no token", "warning config/gateway-token gateway.auth")
def no_gateway_token(w: World) -> None:
    with_profile(w, {**model(), "gateway": {"mode": "local"}})


@of("§10 row 5: a token that is none", "warning config/gateway-token gateway.auth")
def blank_gateway_token(w: World) -> None:
    with_profile(w, {**model(), "gateway": {"mode": "local", "auth": {"token": "  "}}})


@of("FM 17", "error credentials/none", "warning config/setup-incomplete wizard")
def onboarded_without_a_credential(w: World) -> None:
    w.config({**model(), "wizard": {"lastRunAt": "2026-01-01T00:00:00Z", "lastRunCommand": "onboard"}})


@of("FM 17: interrupted", "warning config/setup-incomplete journal")
def interrupted_onboarding(w: World) -> None:
    w.has(i.key())
    from openclaw.change.place import folder_for
    from openclaw.facts.setup import ONBOARDING

    w.file(folder_for(w.state, w.env, w.home) / ONBOARDING, "{}")


for name, text in (("no_model", "anthropic/"), ("no_provider", "/claude-opus-4-5")):
    CASES.add(
        f"model_reference_with_{name}", "FM 44",
        lambda w, text=text: with_profile(w, model(text)), "error config/default-model"  # type: ignore[misc]
    )  # fmt: skip


@of("§10 row 8", "error config/default-model agents.defaults.model.primary")
def unknown_provider(w: World) -> None:
    with_profile(w, model("antropic/claude-opus-4-5"))


@of("§10 row 8: a fallback", "error config/default-model agents.defaults.model.fallbacks.0")
def unknown_provider_of_a_fallback(w: World) -> None:
    value = model()
    value["agents"]["defaults"]["model"]["fallbacks"] = ["acme/large"]
    with_profile(w, value)


@of("FM 44: an upgrade changed the built-in default", "error config/implicit-default agents.defaults.model")
def built_in_default_without_a_credential(w: World) -> None:
    w.newer({A: i.key()}, {"gateway": LOCAL})


@of(
    "FM 24, 44: what the variable would say of the model is not known",
    "error config/unresolved-variable gateway.auth.token",
    "error credentials/missing main/anthropic",
)
def built_in_default_and_an_unset_variable(w: World) -> None:
    w.config({"gateway": {"mode": "local", "auth": {"token": "${NOT_THERE}"}}})
    w.store({"openai:default": i.key(i.OPENAI, "openai")})


@of("§10 row 4: 2026.9", "error config/gateway-mode gateway.mode")
def no_gateway_mode_on_2026_9(w: World) -> None:
    w.newer({A: i.key()}, {**model("anthropic/claude-opus-5"), "gateway": {"auth": LOCAL["auth"]}})
