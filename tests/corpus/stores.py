"""Stores as files, agents beside main, orders, the config's word about profiles, logins with two owners."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from tests.checks import installations as i
from tests.corpus.world import DAY, HOUR, A, Cases, model
from tests.doctor.homes import NOW

if TYPE_CHECKING:
    from tests.corpus.world import World

CASES = Cases()
of = CASES.of
B = "anthropic:b"
MODE = {"provider": "anthropic", "mode": "api_key"}
CODEX = "openai-codex:default"
STORE = "agents/main/agent/auth-profiles.json"


def document(profiles: dict[str, Any], **members: Any) -> str:
    """The text of a store."""
    return json.dumps({"version": 1, "profiles": profiles, **members}, indent=2)


# ---- broken files --------------------------------------------------------------------------------------------------

for name, text in (
    ("cut_off", document({A: i.key()})[:-30]),
    ("empty", ""),
    ("a_list", "[]"),
    ("text", '"nothing"'),
    ("not_utf8", b'{"version": 1, "profiles": {"\xff\xfe": {}}}'),
    ("written_twice", document({A: i.key()}) + document({A: i.key()})),
):

    def corrupt(w: World, text: str | bytes = text) -> None:
        w.config()
        w.file(STORE, text)

    CASES.add(f"store_{name}", "FM 32, 50", corrupt, "error credentials/store-corrupt main")


@of("FM 32: its backup is whole", "error credentials/store-corrupt main")
def store_cut_off_with_a_backup(w: World) -> None:
    w.config()
    whole = document({A: i.key()})
    w.file(STORE, whole[:-30])
    w.file(f"{STORE}.bak", whole)


@of("FM 32: main's is cut off, work has its own", "error credentials/store-corrupt main")
def store_of_main_cut_off(w: World) -> None:
    w.config(agents=("work",))
    w.file(STORE, document({A: i.key()})[:-30])
    w.store({"anthropic:work": i.key(i.OTHER_KEY)}, "work")


@of("FM 32: a directory in the file's place", "error credentials/store-unreadable main")
def store_is_a_directory(w: World) -> None:
    w.config()
    w.path(STORE).mkdir(parents=True)


@of("FM 65", "warning credentials/store-symlink")
def store_is_a_link(w: World) -> None:
    w.config()
    kept = w.file(w.home / "dotfiles/auth-profiles.json", document({A: i.key()}))
    w.path(STORE).parent.mkdir(parents=True, mode=0o700)
    w.path(STORE).symlink_to(kept)


@of("FM 6, 65: one file, and so one login, of two agents", "warning credentials/store-symlink")
def two_agents_one_file(w: World) -> None:
    w.config(model("openai-codex/gpt-5.2"), agents=("work",))
    w.store({CODEX: i.login()})
    place = w.path("agents/work/agent")
    place.mkdir(parents=True, mode=0o700)
    (place / "auth-profiles.json").symlink_to(w.path(STORE))


@of("FM 18: a store where nothing reads it", "error credentials/none", "warning credentials/misplaced")
def store_in_the_credentials_folder(w: World) -> None:
    w.config()
    w.file("credentials/auth-profiles.json", document({A: i.key()}))


@of("FM 18: without /agent", "warning credentials/misplaced")
def store_beside_the_agents_folder(w: World) -> None:
    w.has(i.key())
    w.file("agents/main/auth-profiles.json", document({"openai:default": i.key(i.OPENAI, "openai")}))


@of("FM 18: a state directory in the state directory", "warning credentials/misplaced")
def nested_state_directory(w: World) -> None:
    w.has(i.key())
    w.file(f".openclaw/{STORE}", document({"openai:default": i.key(i.OPENAI, "openai")}))


@of("FM 18: the nested one is in use", "error host/state-dir nested")
def nested_state_directory_in_use(w: World) -> None:
    place = w.state / ".openclaw"
    w.env["OPENCLAW_STATE_DIR"] = str(place)
    w.file(place / "openclaw.json", json.dumps(model()))
    w.file(place / STORE, document({A: i.key()}))


@of("FM 22: not imported yet", "warning credentials/legacy-store")
def older_store(w: World) -> None:
    w.config()
    w.file("agents/main/agent/auth.json", json.dumps({"anthropic": {"type": "api_key", "key": i.KEY}}))


@of("FM 22: logins of before", "warning credentials/legacy-store")
def older_logins(w: World) -> None:
    w.has(i.key())
    login = {"access": "a-FAKE-older-access", "refresh": "r-FAKE-older-refresh", "expires": NOW + HOUR}
    w.file("credentials/oauth.json", json.dumps({"openai-codex": login}))


@of("FM 24 in a store of 2026.2.x, which knows no references", "error credentials/secret-ref-unresolved")
def reference_in_an_older_store(w: World) -> None:
    ref = {"source": "env", "provider": "default", "id": "ANTHROPIC_API_KEY"}
    w.config({**model(), "meta": {"lastTouchedVersion": "2026.2.3"}})
    w.store({A: {"type": "api_key", "provider": "anthropic", "keyRef": ref}})


# ---- nothing there -------------------------------------------------------------------------------------------------


@of("FM 17: never onboarded", "error credentials/none", "warning config/missing")
def empty_home(w: World) -> None:
    w.state.mkdir(mode=0o700)


@of("FM 17: config and no credential", "error credentials/none")
def config_only(w: World) -> None:
    w.config()


@of("FM 17: an empty store", "error credentials/none")
def empty_store(w: World) -> None:
    w.config()
    w.store({})


@of("an array of profiles is taken for an object (auth-spec §3.2)", "error credentials/none")
def empty_list_of_profiles(w: World) -> None:
    w.config()
    w.file(STORE, '{"version": 1, "profiles": []}')


@of("§10 row 6: the default model is of another provider", "error credentials/missing main/openai")
def default_model_of_another_provider(w: World) -> None:
    w.has(i.key(), of="openai/gpt-5.2")


@of("§10 row 6: a fallback", "warning credentials/missing main/openai")
def fallback_of_another_provider(w: World) -> None:
    value = model()
    value["agents"]["defaults"]["model"]["fallbacks"] = ["openai/gpt-5.2"]
    w.config(value)
    w.store({A: i.key()})


@of("FM 5: an agent with a model of its own", "error credentials/missing work/openai")
def agents_model_of_another_provider(w: World) -> None:
    value = model()
    value["agents"]["list"] = [{"id": "main", "default": True}, {"id": "work", "model": "openai/gpt-5.2"}]
    w.config(value)
    w.store({A: i.key()})


@of("§10 row 15: provider typo in a profile", "error credentials/missing main/anthropic")
def provider_typo_in_a_profile(w: World) -> None:
    w.has(i.key(provider="antropic"), "antropic:default")


# ---- agents --------------------------------------------------------------------------------------------------------


@of("FM 5: an expired entry of its own", f"error credentials/expired work/{A}",
    "warning credentials/agent-missing work/anthropic")  # fmt: skip
def own_entry_hides_mains(w: World) -> None:
    w.config(agents=("work",))
    w.store({A: i.key()})
    w.store({A: i.token(expires=NOW - DAY)}, "work")


@of(
    "FM 5, 20: an order of its own",
    f"error credentials/expired work/{B}",
    "warning credentials/agent-missing work/anthropic",
    "warning credentials/order-excludes work/anthropic",
)
def own_order_hides_mains(w: World) -> None:
    w.config(agents=("work",))
    w.store({A: i.key()})
    w.store({B: i.token(expires=NOW - DAY)}, "work", order={"anthropic": [B]})


@of("FM 5: the agent kept the old key", f"warning credentials/agent-stale work/{A}")
def agent_with_an_old_key(w: World) -> None:
    w.config(agents=("work",))
    path = w.store({A: i.key()})
    w.store({A: i.key(i.OTHER_KEY)}, "work")
    os.utime(path, (1_710_000_000, 1_710_000_000))


# ---- orders --------------------------------------------------------------------------------------------------------


@of("FM 20", "error credentials/order-unknown anthropic/anthropic:gone")
def order_with_a_stranger(w: World) -> None:
    w.has(i.key(), order={"anthropic": [A, "anthropic:gone"]})


@of("FM 20 in the config", "error credentials/order-unknown anthropic/anthropic:gone")
def order_with_a_stranger_in_the_config(w: World) -> None:
    w.config(order={"anthropic": ["anthropic:gone", A]})
    w.store({A: i.key()})


@of("FM 20: of another provider", "error credentials/order-unknown anthropic/openai:default")
def order_with_another_provider(w: World) -> None:
    w.config()
    profiles = {A: i.key(), "openai:default": i.key(i.OPENAI, "openai")}
    w.store(profiles, order={"anthropic": ["openai:default", A]})


@of("FM 20; §10 row 46: an empty order of the config", "warning credentials/order-excludes config/anthropic")
def empty_order(w: World) -> None:
    w.config(order={"anthropic": []})
    w.store({A: i.key()})


@of("FM 20: in a store an empty order is none (auth-spec §3.2)")
def empty_order_in_a_store(w: World) -> None:
    w.has(i.key(), order={"anthropic": []})


@of("§10 row 47: only strangers", "error credentials/order-unknown anthropic/anthropic:gone",
    "warning credentials/order-excludes main/anthropic")  # fmt: skip
def order_of_strangers(w: World) -> None:
    w.has(i.key(), order={"anthropic": ["anthropic:gone"]})


@of("FM 20: the good one is left out", f"error credentials/expired {B}",
    "warning credentials/order-excludes config/anthropic")  # fmt: skip
def order_without_the_good_one(w: World) -> None:
    w.config(order={"anthropic": [B]})
    w.store({A: i.key(), B: i.token(expires=NOW - DAY)})


@of("FM 20: notes of profiles that are gone", "info credentials/last-good-dangling main")
def notes_of_what_is_gone(w: World) -> None:
    w.has(i.key(), lastGood={"anthropic": "anthropic:gone"}, usageStats={"openai:gone": {"lastUsed": 1}})


# ---- config and store ----------------------------------------------------------------------------------------------


@of("FM 19; §10 row 30", f"error credentials/config-mismatch {A}")
def mode_of_the_config_differs(w: World) -> None:
    w.config(profiles={A: {"provider": "anthropic", "mode": "token"}})
    w.store({A: i.key()})


@of("FM 19: one of two", f"warning credentials/config-mismatch {B}")
def mode_of_one_of_two_differs(w: World) -> None:
    w.config(profiles={A: MODE, B: {"provider": "anthropic", "mode": "token"}})
    w.store({A: i.key(), B: i.key(i.OTHER_KEY)})


@of("FM 19: the provider differs", f"error credentials/config-mismatch {A}")
def provider_of_the_config_differs(w: World) -> None:
    w.config(profiles={A: {"provider": "openai", "mode": "api_key"}})
    w.store({A: i.key()})


@of("§10 row 31 on 2026.2.x: hides the rest", "error credentials/config-mismatch anthropic:gone",
    f"error credentials/undeclared {A}")  # fmt: skip
def declared_and_not_stored(w: World) -> None:
    w.config(profiles={"anthropic:gone": MODE})
    w.store({A: i.key()})


@of("§10 row 31 beside a good one", "warning credentials/config-mismatch anthropic:gone")
def declared_and_not_stored_beside_a_good_one(w: World) -> None:
    w.config(profiles={A: MODE, "anthropic:gone": MODE})
    w.store({A: i.key()})


@of("§10 row 32", f"error credentials/expired {B}", f"error credentials/undeclared {A}")
def undeclared_and_the_only_good_one(w: World) -> None:
    w.config(profiles={B: {"provider": "anthropic", "mode": "token"}})
    w.store({A: i.key(), B: i.token(expires=NOW - DAY)})


@of("FM 20: a second one", f"warning credentials/undeclared {B}")
def undeclared_beside_a_good_one(w: World) -> None:
    w.config(profiles={A: MODE})
    w.store({A: i.key(), B: i.key(i.OTHER_KEY)})


# ---- two owners ----------------------------------------------------------------------------------------------------


@of("FM 6: copied to an agent", f"error credentials/shared-refresh {CODEX}")
def login_copied_to_an_agent(w: World) -> None:
    w.config(model("openai-codex/gpt-5.2"), agents=("work",))
    w.store({CODEX: i.login()})
    w.store({CODEX: i.login(access="a-FAKE-access-of-an-earlier-hour")}, "work")


@of("FM 6: the Codex program's own", f"error credentials/shared-refresh {CODEX}")
def login_of_the_codex_program(w: World) -> None:
    w.has(i.login("r-FAKE-refresh-of-codex"), CODEX, of="openai-codex/gpt-5.2")
    tokens = {"access_token": "a-FAKE-of-codex-cli", "refresh_token": "r-FAKE-refresh-of-codex", "account_id": "x"}
    w.file(w.home / ".codex/auth.json", json.dumps({"tokens": tokens, "last_refresh": "2026-02-01T00:00:00Z"}))


@of("FM 8", "warning credentials/shadowed anthropic/ANTHROPIC_API_KEY")
def variable_without_effect(w: World) -> None:
    w.has(i.key())
    w.dotenv(f"ANTHROPIC_API_KEY={i.OTHER_KEY}\n")


@of("FM 8: exported in this shell", "warning credentials/shadowed anthropic/ANTHROPIC_API_KEY")
def variable_of_the_shell_without_effect(w: World) -> None:
    w.has(i.key())
    w.env["ANTHROPIC_API_KEY"] = i.OTHER_KEY


@of("FM 38", "warning credentials/bill-shock anthropic/ANTHROPIC_API_KEY", "warning credentials/shadowed")
def api_key_beside_a_subscription(w: World) -> None:
    w.has(i.token())
    w.env["ANTHROPIC_API_KEY"] = i.KEY


@of("FM 10: the log has the refusal", "error credentials/claude-code-only")
def refused_outside_of_claude_code(w: World) -> None:
    w.has(i.token())
    said = "This credential is only authorized for use with Claude Code and cannot be used for other API requests."
    error = {"type": "error", "error": {"type": "invalid_request_error", "message": said}}
    line = {"time": NOW - HOUR, "level": "error", "msg": f"anthropic: 400 {json.dumps(error)}"}
    w.file("logs/gateway.log", json.dumps(line) + "\n")
    os.utime(w.path("logs/gateway.log"), (NOW / 1000 - 3600,) * 2)


@of("FM 48: a catalog of a plugin keeps the old key", "warning security/leftover-copy")
def old_key_in_a_catalog(w: World) -> None:
    w.has(i.key())
    entry = {"providers": {"openai": {"baseUrl": "https://api.openai.com/v1", "apiKey": i.OPENAI_2}}}
    w.file("agents/main/agent/models.json", json.dumps(entry))


@of("FM 48: a backup keeps a key that was rotated", "warning security/leftover-copy")
def old_key_in_a_backup(w: World) -> None:
    w.has(i.key())
    w.file(f"{STORE}.bak", document({A: i.key(i.OTHER_KEY)}))
