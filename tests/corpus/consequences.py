"""What does not work because of something else: the only good credential is hidden by one that cannot work.

A value that is template text, a mask or another provider's, and a profile that is held back, is no credential here.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

from tests.checks import installations as i
from tests.corpus.world import DAY, HOUR, LOCAL, OLDER, A, Cases, model
from tests.doctor.homes import NOW

if TYPE_CHECKING:
    from tests.corpus.world import World

CASES = Cases()
of = CASES.of

B = "anthropic:b"
ENTRY = {"provider": "anthropic", "mode": "api_key"}
GOOD = i.key(i.OTHER_KEY)
COOLED = {"cooldownUntil": NOW + HOUR, "errorCount": 1}
DISABLED = {"disabledUntil": NOW + HOUR, "disabledReason": "billing", "errorCount": 1}
# What cannot work: the value, what is known of its use, what is said of it alone.
BAD: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "template": (i.key("YOUR_API_KEY"), {}, "error credentials/placeholder {}"),
    "mask": (i.key("__OPENCLAW_REDACTED__"), {}, "error credentials/redacted {}"),
    "foreign": (i.key("sk-or-v1-" + "FAKE" * 16), {}, "error credentials/foreign-key {}"),
    "cooled": (i.key(), COOLED, "warning credentials/cooldown {}"),
    "disabled": (i.key(), DISABLED, "error credentials/disabled {}"),
}
for name, (value, usage, said) in BAD.items():
    stats = {A: usage} if usage else {}
    unusable = ["error credentials/all-unusable main/anthropic"] if usage else []

    def declared_alone(w: World, value: Any = value, stats: Any = stats) -> None:
        w.config(profiles={A: ENTRY})
        w.store({A: value, B: GOOD}, usageStats=stats)

    def ordered_alone(w: World, value: Any = value, stats: Any = stats) -> None:
        w.config(order={"anthropic": [A]})
        w.store({A: value, B: GOOD}, usageStats=stats)

    CASES.add(f"declared_{name}", "FM 20", declared_alone, said.format(A),
              f"error credentials/undeclared {B}", *unusable)  # fmt: skip
    if name != "foreign":  # it is moved, and what the order names is gone
        CASES.add(f"ordered_{name}", "FM 20", ordered_alone, said.format(A),
                  "warning credentials/order-excludes config/anthropic", *unusable)  # fmt: skip

    def of_an_agent(w: World, value: Any = value, stats: Any = stats) -> None:
        w.config(agents=("work",))
        w.store({A: GOOD})
        w.store({A: value}, "work", usageStats=stats)

    if name != "cooled":
        CASES.add(
            f"agents_own_{name}", "FM 5", of_an_agent, said.format(f"work/{A}"),
            "warning credentials/agent-missing work/anthropic",
            *(["error credentials/all-unusable work/anthropic"] if usage else []),
        )  # fmt: skip


@of("FM 5: it rests for a while, and is tried again", f"warning credentials/cooldown work/{A}",
    "error credentials/all-unusable work/anthropic")  # fmt: skip
def agents_own_cooled(w: World) -> None:
    w.config(agents=("work",))
    w.store({A: GOOD})
    w.store({A: i.key()}, "work", usageStats={A: COOLED})


@of("FM 15: one is a template, the other rests", f"error credentials/placeholder {A}",
    f"warning credentials/cooldown {B}", "error credentials/all-unusable main/anthropic")  # fmt: skip
def template_and_cooled(w: World) -> None:
    w.config()
    w.store({A: i.key("YOUR_API_KEY"), B: GOOD}, usageStats={B: COOLED})


@of("a template beside a good one", f"error credentials/placeholder {A}")
def template_and_good(w: World) -> None:
    w.config()
    w.store({A: i.key("YOUR_API_KEY"), B: GOOD})


# ---- a cause, and what it is not also ------------------------------------------------------------------------------


@of("FM 19: the config is right about what the store mislabels", f"error credentials/config-mismatch {A}")
def token_stored_as_a_key_and_declared_as_a_token(w: World) -> None:
    w.config(profiles={A: {**ENTRY, "mode": "token"}})
    w.store({A: i.key(i.TOKEN)})


@of("FM 19: both say that it is a key", f"warning credentials/wrong-kind {A}",
    f"info credentials/claude-code-only {A}")  # fmt: skip
def token_stored_and_declared_as_a_key(w: World) -> None:
    w.config(profiles={A: ENTRY})
    w.store({A: i.key(i.TOKEN)})


@of("FM 19: the version refuses the mode", f"error config/rejected auth.profiles.{A}.mode")
def mode_that_does_not_exist(w: World) -> None:
    w.config({**model(), "meta": OLDER}, profiles={A: {**ENTRY, "mode": "apikey"}})
    w.store({A: i.key()})


@of("FM 44: the wizard ran, and the built-in default is another provider's",
    "error config/implicit-default agents.defaults.model")  # fmt: skip
def onboarded_without_a_model(w: World) -> None:
    w.config({"gateway": LOCAL, "wizard": {"lastRunCommand": "onboard"}, "meta": OLDER})
    w.store({"openai:default": i.key(i.OPENAI, "openai")})


@of("the wizard ran, and the token is over", f"error credentials/expired {A}")
def onboarded_and_expired(w: World) -> None:
    w.config({**model(), "wizard": {"lastRunCommand": "onboard"}})
    w.store({A: i.token(expires=NOW - DAY)})


@of("the wizard ran, and wrote a template", f"error credentials/placeholder {A}")
def onboarded_with_a_template(w: World) -> None:
    w.config({**model(), "wizard": {"lastRunCommand": "onboard"}})
    w.store({A: i.key("YOUR_API_KEY")})


@of("§10 row 5", "warning config/gateway-token gateway.auth")
def gateway_token_undefined(w: World) -> None:
    w.newer(
        {A: i.key()}, {**model("anthropic/claude-opus-5"), "gateway": {"mode": "local", "auth": {"token": "undefined"}}}
    )


def long_config() -> str:
    """What somebody had before a tool came."""
    rooms = {f"room{number}": {"enabled": True, "name": f"room number {number}"} for number in range(40)}
    return json.dumps({**model(), "channels": rooms}, indent=2)


@of("FM 1: what was moved aside is all that there is", "error config/shrunk")
def config_moved_aside_without_a_backup(w: World) -> None:
    w.has(i.key())
    aside = w.file("openclaw.json.clobbered.1770000000", long_config())
    os.utime(aside, (time.time() - 5000,) * 2)


@of("FM 1: the backup lacks its end", "error config/shrunk")
def config_that_shrank_with_a_broken_backup(w: World) -> None:
    w.has(i.key())
    w.file("openclaw.json.bak", long_config()[:-3])


@of("FM 51: a byte order mark", "error credentials/store-corrupt")
def store_with_a_mark(w: World) -> None:
    w.config()
    path = w.store({A: i.key()})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


@of("an old copy of an agent's directory", "warning security/leftover-copy")
def copied_directory_of_an_agent(w: World) -> None:
    w.has(i.key())
    w.file("agents/main/agent.legacy-1770000000/auth-profiles.json", json.dumps({"version": 1, "profiles": {A: GOOD}}))


@of("FM 24: an order in a file that is included", "error credentials/order-unknown anthropic/anthropic:gone")
def order_in_an_included_file(w: World) -> None:
    w.config(json.dumps({**model(), "auth": {"$include": "./auth.json5"}}))
    w.file("auth.json5", json.dumps({"order": {"anthropic": [A, "anthropic:gone"]}}, indent=2))
    w.store({A: i.key()})


@of("FM 20: an order in a file that is included", "warning credentials/order-excludes config/anthropic")
def empty_order_in_an_included_file(w: World) -> None:
    w.config(json.dumps({**model(), "auth": {"$include": "./auth.json5"}}))
    w.file("auth.json5", json.dumps({"order": {"anthropic": []}}, indent=2))
    w.store({A: i.key()})


@of("FM 12: a mask in a file that is included", "error credentials/redacted models.providers.openai.apiKey")
def mask_in_an_included_file(w: World) -> None:
    entry = {"baseUrl": "https://api.openai.com/v1", "models": [], "apiKey": "***"}
    w.config(json.dumps({**model(), "models": {"$include": "./m.json5"}}))
    w.file("m.json5", json.dumps({"providers": {"openai": entry}}, indent=2))
    w.store({A: i.key()})


@of("openclaw-new §1.2: saved by a sign-in, and not put to use", "error credentials/missing main/anthropic")
def saved_and_not_active(w: World) -> None:
    w.newer({A: i.key(setup={"replacement": True, "modelRef": "anthropic/claude-opus-5", "configJson": "{}"})})


@of("openclaw-new §1.2: saved by a sign-in, and in use")
def saved_and_active(w: World) -> None:
    w.newer({A: i.key(setup={"modelRef": "anthropic/claude-opus-5"})})


@of("FM 20: the declared one is good", f"warning credentials/undeclared {B}")
def declared_good(w: World) -> None:
    w.config(profiles={A: ENTRY})
    w.store({A: i.key(), B: GOOD})


@of("FM 20: the one in the order is good")
def ordered_good(w: World) -> None:
    w.config(order={"anthropic": [A]})
    w.store({A: i.key(), B: GOOD})


@of("a text that a server on this host takes")
def declared_text_for_a_local_server(w: World) -> None:
    entry = {"baseUrl": "http://127.0.0.1:8000/v1", "models": []}
    w.config(model("acme/m", models={"providers": {"acme": entry}}), profiles={"acme:a": {**ENTRY, "provider": "acme"}})
    w.store({"acme:a": i.key("none", "acme")})


@of("a token that ends soon is one", f"warning credentials/expiring {A}",
    f"warning credentials/undeclared {B}", f"info credentials/claude-code-only {A}")  # fmt: skip
def declared_and_ending(w: World) -> None:
    w.config({"gateway": LOCAL, **{k: v for k, v in model().items() if k != "gateway"}},
             profiles={A: {**ENTRY, "mode": "token"}})  # fmt: skip
    w.store({A: i.token(expires=NOW + DAY // 2), B: GOOD})
