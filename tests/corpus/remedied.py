"""Installations whose remedies are easily wrong: agents that no command takes, several profiles, strays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.checks import installations as i
from tests.corpus.world import HOUR, OLDER, A, Cases, model
from tests.doctor.homes import NOW

if TYPE_CHECKING:
    from tests.corpus.world import World

CASES = Cases()
of = CASES.of
ODD = "my profile; rm -rf ~"


def listing(*ids: str, **more: Any) -> dict[str, Any]:
    """A config that names these agents, and nobody else."""
    defaults = model()["agents"]["defaults"]
    listed = [{"id": name, **({"default": True} if name == ids[0] else {})} for name in ids]
    return {**model(), "agents": {"defaults": defaults, "list": listed}, **more}


@of("refused by our own command, or of no use", "error credentials/redacted anthropic:work")
def agents_without_main(w: World) -> None:
    w.config(listing("ops"))
    w.store({A: i.key(), "anthropic:work": i.key("***")})


@of("the same in a database", "error credentials/redacted anthropic:work")
def agents_without_main_on_2026_9(w: World) -> None:
    w.newer({A: i.key(), "anthropic:work": i.key("***")}, listing("ops"))


@of("refused by our own command",
    "error credentials/placeholder old/anthropic:default", "error credentials/expired old/anthropic:b",
    "warning credentials/agent-missing old/anthropic")  # fmt: skip
def agent_with_a_directory_only(w: World) -> None:
    w.has(i.key())
    w.store({A: i.key("YOUR_API_KEY"), "anthropic:b": i.token(expires=NOW - HOUR)}, "old")


@of("refused by our own command, or of no use", "error credentials/redacted anthropic:work")
def mask_in_the_second_profile(w: World) -> None:
    w.config()
    w.store({A: i.key(), "anthropic:work": i.key("***")})


@of("the same in a database", "error credentials/redacted anthropic:work")
def mask_in_the_second_profile_on_2026_9(w: World) -> None:
    w.newer({A: i.key(), "anthropic:work": i.key("***")})


@of("refused by our own command, or of no use", "error credentials/placeholder acme:default")
def stand_in_of_a_custom_provider(w: World) -> None:
    w.config()
    w.store({A: i.key(), "acme:default": i.key("YOUR_API_KEY", "acme")})


@of("a shell's own characters", f"error credentials/placeholder work/{ODD}")
def odd_profile_id(w: World) -> None:
    w.config(agents=("work",))
    w.store({A: i.key()})
    w.store({ODD: i.key("YOUR_API_KEY")}, "work")


@of("refused by our own command, or of no use", "warning credentials/store-symlink")
def agent_directory_is_a_link(w: World) -> None:
    w.config(agents=("w",))
    w.store({A: i.key()})
    w.path("agents/w").mkdir()
    w.path("agents/w/agent").symlink_to(w.path("agents/main/agent"))


@of("a file is removed when all of it is stored", "warning credentials/misplaced")
def stray_copies_with_other_values(w: World) -> None:
    w.config()
    w.store({A: i.key(), "openai:default": i.key(i.OPENAI, "openai")})
    others = {
        A: i.key(i.OTHER_KEY),
        "openai:default": i.key(i.OPENAI_2, "openai"),
        "openai:b": i.key(i.OPENAI_2, "openai"),
    }
    w.file("credentials/auth-profiles.json", json.dumps({"version": 1, "profiles": others}))


@of("a file is removed when all of it is stored", "warning credentials/misplaced")
def stray_copies_on_2026_9(w: World) -> None:
    w.newer({A: i.key()})
    others = {"anthropic:b": i.token(), "openai:default": i.key(i.OPENAI_2, "openai")}
    w.file("credentials/auth-profiles.json", json.dumps({"version": 1, "profiles": others}))


@of("what it holds is not known", "error credentials/sqlite-store")
def broken_store_beside_the_database(w: World) -> None:
    w.newer({A: i.key()})
    w.file("agents/main/agent/auth-profiles.json", f'{{"profiles": {{"{A}": {{"key": "{i.OTHER_KEY}"')


@of("what is edited is no text, or nothing follows it", "error credentials/secret-ref-unresolved work/anthropic:w")
def reference_of_an_agent_to_a_missing_file(w: World) -> None:
    keys = {"source": "file", "provider": "vault", "id": "value"}
    more = {
        "secrets": {"providers": {"vault": {"source": "file", "path": str(w.home / "gone"), "mode": "singleValue"}}}
    }
    w.newer({A: i.key()}, listing("main", "work", **more))
    i.agent_database(w.home, {"anthropic:w": {"type": "api_key", "provider": "anthropic", "keyRef": keys}}, "work")


@of("what is edited is no text, or nothing follows it", "error credentials/secret-ref-unresolved anthropic:b")
def reference_that_2026_2_does_not_follow(w: World) -> None:
    w.config({**model(), "meta": OLDER})
    reference = {"source": "env", "provider": "default", "id": "MY_KEY"}
    w.store({A: i.key(), "anthropic:b": {"type": "api_key", "provider": "anthropic", "keyRef": reference}})
    w.env["MY_KEY"] = i.KEY


@of("FM 64: a login that nobody refreshes", "error credentials/no-refresh work/anthropic:login")
def dead_login_of_an_agent(w: World) -> None:
    w.config(agents=("work",))
    w.store({A: i.key()})
    dead = {**i.login(provider="anthropic", expires=NOW - HOUR), "refresh": None}
    w.store({"anthropic:login": {name: value for name, value in dead.items() if value}}, "work")
