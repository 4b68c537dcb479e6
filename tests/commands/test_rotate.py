"""`openclaw models auth rotate`, as a program; and what is said and looked at where a gateway runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from openclaw import installation
from openclaw.change.plan import DeleteKey, SetKey
from openclaw.commands import carrying
from openclaw.credentials import rotating
from openclaw.errors import Failure
from openclaw.finding import Location
from openclaw.invocation import Invocation
from openclaw.secret import Secret
from openclaw.service.base import EnvironmentFile, GatewayService
from tests.commands import newer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openclaw.change.plan import Plan
    from tests.commands.conftest import Machine

NOW = 1_770_000_000_000
OLD = "sk-ant-api03-" + "FAKE-CANARY-" * 7 + "EXAMPLE-OLD"
NEW = "sk-ant-api03-" + "FAKE-CANARY-" * 7 + "EXAMPLE-NEW"
TOKEN = "sk-ant-oat01-" + "FAKE-CANARY-" * 7 + "EXAMPLE-TOK"
ROTATE = ("models", "auth", "rotate", "--provider", "anthropic")
HELD = {"cooldownUntil": NOW + 10**7, "errorCount": 2, "lastUsed": 5}
LATER = {"cooldownUntil": NOW + 10**8}


def api_key(value: str = OLD, **more: Any) -> dict[str, Any]:
    return {"type": "api_key", "provider": "anthropic", "key": value, **more}


def store(machine: Machine, profiles: dict[str, Any], agent: str = "main", **more: Any) -> None:
    machine.write(machine.store(agent), {"version": 1, "profiles": profiles, **more})


def document(machine: Machine, agent: str = "main") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(machine.store(agent).read_text())
    return found


def everywhere(machine: Machine) -> bytes:
    """All files but our own journal, whose snapshots are for the undo."""
    files = [path for path in machine.home.rglob("*") if path.is_file() and ".local" not in path.parts]
    return b"\n".join(path.read_bytes() for path in files)


CONFIG = """{
  // where the same key stands four times, and another key of the same provider
  models: { providers: { anthropic: { baseUrl: "u", models: [], apiKey: "@OLD@" },
                         other: { baseUrl: "u", models: [], apiKey: "${ANTHROPIC_API_KEY}" } } },
  env: { vars: { MINE: "@OLD@" }, ANTHROPIC_BACKUP: "@OLD@", OTHER: "FAKE-other-key" },
  skills: { entries: [ { apiKey: "@OLD@" } ] },
}
""".replace("@OLD@", OLD)


@pytest.fixture
def host(machine: Machine) -> Machine:
    """The old key in every place there is."""
    machine.write(machine.config, CONFIG)
    machine.write(machine.state / ".env", f"# mine\nexport ANTHROPIC_API_KEY={OLD}\nX='y'\n")
    store(
        machine,
        {"anthropic:a": api_key(note=1), "anthropic:b": api_key("FAKE-other")},
        usageStats={"anthropic:a": HELD, "anthropic:b": LATER},
    )
    store(machine, {"mine": api_key(f" {OLD}\n")}, "ghost")
    machine.write(machine.store().with_name("models.json"), {"providers": {"anthropic": {"apiKey": OLD}}})
    return machine


# ---- everywhere ----------------------------------------------------------------------------------------------------


def test_one_key_everywhere_it_stands(host: Machine) -> None:
    result = host.run(*ROTATE, stdin=f"{NEW}\n".encode())
    assert result.code == 0, result.err
    assert OLD.encode() not in everywhere(host)
    assert set(result.out.splitlines()) == {
        "Replaced in ~/.openclaw/.env as ANTHROPIC_API_KEY",
        "Replaced in ~/.openclaw/openclaw.json at models.providers.anthropic.apiKey",
        "Replaced in ~/.openclaw/openclaw.json at env.vars.MINE",
        "Replaced in ~/.openclaw/openclaw.json at env.ANTHROPIC_BACKUP",
        "Replaced in ~/.openclaw/openclaw.json at skills.entries[0].apiKey",
        "Replaced in ~/.openclaw/agents/main/agent/models.json at anthropic",
        "Replaced in ~/.openclaw/agents/main/agent/auth-profiles.json as anthropic:a",
        "Replaced in ~/.openclaw/agents/ghost/agent/auth-profiles.json as mine",
    }
    assert "CANARY" not in result.out + result.err
    assert not list(host.home.rglob("*.lock"))


def test_nothing_else_changes(host: Machine) -> None:
    before = {path: path.read_text() for path in (host.config, host.state / ".env")}
    host.run(*ROTATE, stdin=NEW.encode())
    assert {path: path.read_text() for path in before} == {
        path: text.replace(OLD, NEW) for path, text in before.items()
    }
    assert document(host)["profiles"] == {"anthropic:a": api_key(NEW, note=1), "anthropic:b": api_key("FAKE-other")}


def test_what_the_old_key_did_does_not_hold_the_new_one_back(host: Machine) -> None:
    host.run(*ROTATE, stdin=NEW.encode())
    assert document(host)["usageStats"] == {"anthropic:a": {"lastUsed": 5}, "anthropic:b": LATER}


def test_one_undo(host: Machine) -> None:
    before = everywhere(host)
    host.run(*ROTATE, stdin=NEW.encode())
    assert host.run("undo").code == 0
    assert everywhere(host) == before


def test_dry_run(host: Machine) -> None:
    before = host.files()
    result = host.run(*ROTATE, "--dry-run", stdin=NEW.encode())
    assert result.code == 0
    assert all(name in result.out for name in (".env", "openclaw.json", "agents/main", "agents/ghost", "models.json"))
    assert "CANARY" not in result.out + result.err
    assert host.files() == before


def test_the_key_of_another_agent(machine: Machine) -> None:
    machine.write(machine.config, {"agents": {"list": [{"id": "main"}, {"id": "work"}]}})
    store(machine, {"anthropic:a": api_key()})
    store(machine, {"anthropic:a": api_key("sk-ant-api03-" + "FAKEWORK" * 10)}, "work")
    assert machine.run(*ROTATE, "--agent", "work", stdin=NEW.encode()).code == 0
    assert document(machine)["profiles"]["anthropic:a"]["key"] == OLD
    assert document(machine, "work")["profiles"]["anthropic:a"]["key"] == NEW


def test_another_key_than_the_one_in_use(host: Machine) -> None:
    result = host.run(*ROTATE, "--profile-id", "anthropic:b", stdin=NEW.encode())
    assert result.out == "Replaced in ~/.openclaw/agents/main/agent/auth-profiles.json as anthropic:b\n"
    assert OLD in host.config.read_text()
    assert "instead of the one of anthropic:b" in result.err


def test_a_home_that_has_only_the_older_file(machine: Machine) -> None:
    older = machine.write(machine.store().with_name("auth.json"), {"anthropic": api_key(), "x": api_key("FAKE-x")})
    result = machine.run(*ROTATE, stdin=NEW.encode())
    assert result.code == 0
    assert json.loads(older.read_text()) == {"anthropic": api_key(NEW), "x": api_key("FAKE-x")}
    assert not machine.store().exists()


def test_an_included_file(machine: Machine) -> None:
    machine.write(machine.config, '{ $include: "./keys.json5" }')
    keys = machine.write(machine.state / "keys.json5", f"{{env: {{ANTHROPIC_API_KEY: '{OLD}'}}}} // mine")
    assert machine.run(*ROTATE, stdin=NEW.encode()).code == 0
    assert NEW in keys.read_text()
    assert keys.read_text().endswith("// mine")
    assert machine.config.read_text() == '{ $include: "./keys.json5" }'


@pytest.mark.parametrize(("args", "expires"), [((), None), (("--expires-in", "30d"), NOW + 30 * 86_400_000)])
def test_a_token_gets_a_date_of_its_own(machine: Machine, args: tuple[str, ...], expires: int | None) -> None:
    profile = {"type": "token", "provider": "anthropic", "token": TOKEN, "expires": NOW + 5, "email": "me@example.org"}
    store(machine, {"anthropic:t": profile})
    new = TOKEN.replace("TOK", "TWO")
    assert machine.run(*ROTATE, *args, stdin=new.encode()).code == 0
    found = document(machine)["profiles"]["anthropic:t"]
    assert (found["token"], found.get("expires"), found["email"]) == (new, expires, "me@example.org")


def test_what_this_shell_has_is_told(host: Machine) -> None:
    result = host.run(*ROTATE, stdin=NEW.encode(), env={"MY_COPY": OLD})
    assert "the old key is still there: the environment of this shell, as MY_COPY" in result.err


# ---- what is not done ----------------------------------------------------------------------------------------------


def test_a_key_that_only_this_shell_has_cannot_be_replaced(machine: Machine) -> None:
    result = machine.run(*ROTATE, stdin=NEW.encode(), env={"ANTHROPIC_API_KEY": OLD})
    assert (result.code, result.out) == (1, "")
    assert "the environment of this shell, as ANTHROPIC_API_KEY" in result.err
    assert machine.files() == {}


def test_the_same_key_again_changes_nothing(host: Machine) -> None:
    before = host.files()
    result = host.run(*ROTATE, stdin=OLD.encode())
    assert (result.code, result.out) == (0, "Nothing changed: the new key is the old one\n")
    assert host.files() == before


def test_a_login_is_renewed_by_logging_in(machine: Machine) -> None:
    login = {
        "type": "oauth",
        "provider": "anthropic",
        "access": "FAKE-CANARY-a",
        "refresh": "FAKE",
        "expires": NOW + 99,
    }
    store(machine, {"anthropic:me": login})
    result = machine.run(*ROTATE, stdin=NEW.encode())
    assert (result.code, result.out) == (1, "")
    assert "OAuth login" in result.err


BAD: list[tuple[tuple[str, ...], bytes, str]] = [
    (("--provider", "groq"), NEW.encode(), "there is no key of groq to replace"),
    (("--provider", " "), NEW.encode(), "--provider is blank"),
    (("--provider", "anthropic", "--agent", "nobody"), NEW.encode(), 'unknown agent "nobody"'),
    (("--provider", "anthropic", "--expires-in", "1w"), NEW.encode(), "1w"),
    (("--provider", "anthropic", "--profile-id", "x"), NEW.encode(), 'anthropic has no profile "x"'),
    (("--provider", "anthropic"), b"", "gave nothing"),
    (("--provider", "anthropic"), b"YOUR_API_KEY", "this is not an API key for anthropic"),
    ((), NEW.encode(), "--provider"),
]


@pytest.mark.parametrize(("args", "stdin", "said"), BAD)
def test_errors_exit_1_and_change_nothing(host: Machine, args: tuple[str, ...], stdin: bytes, said: str) -> None:
    before = host.files()
    result = host.run("models", "auth", "rotate", *args, stdin=stdin)
    assert (result.code, result.out) == (1, "")
    assert said in result.err
    assert host.files() == before


def test_a_broken_store_stops_all_of_it(host: Machine) -> None:
    host.write(host.store("ghost"), "{")
    before = host.files()
    assert host.run(*ROTATE, stdin=NEW.encode()).code == 1
    assert host.files() == before


# ---- the SQLite era ------------------------------------------------------------------------------------------------


def test_openclaw_itself_replaces_it_in_its_database(machine: Machine) -> None:
    newer.install(machine, {"anthropic:a": api_key(), "anthropic:b": api_key("FAKE-other"), "anthropic:c": api_key()})
    machine.write(machine.state / ".env", f"ANTHROPIC_API_KEY={OLD}\n")
    result = machine.run(*ROTATE, stdin=NEW.encode())
    assert result.code == 0, result.err
    keys = {name: profile["key"] for name, profile in newer.stored(machine).items()}
    assert keys == {"anthropic:a": NEW, "anthropic:b": "FAKE-other", "anthropic:c": NEW}
    assert (machine.state / ".env").read_text() == f"ANTHROPIC_API_KEY={NEW}\n"
    assert "CANARY" not in (machine.home / "calls").read_text()
    assert not machine.store().exists()


def test_its_failure_puts_the_files_back(machine: Machine) -> None:
    newer.install(machine, {"anthropic:a": api_key()}, broken=True, code=1)
    machine.write(machine.state / ".env", f"ANTHROPIC_API_KEY={OLD}\n")
    assert machine.run(*ROTATE, stdin=NEW.encode()).code == 1
    assert (machine.state / ".env").read_text() == f"ANTHROPIC_API_KEY={OLD}\n"


# ---- the gateway's service -----------------------------------------------------------------------------------------


def call_of(machine: Machine) -> Invocation:
    return Invocation({"HOME": str(machine.home), "PATH": ""}, machine.home, machine.home, NOW)


def service(**more: Any) -> GatewayService:
    return GatewayService("openclaw-gateway.service", True, "systemctl --user restart openclaw-gateway.service", **more)


def test_the_files_of_the_service_are_replaced_and_the_unit_is_named(host: Machine) -> None:
    unit = host.home / ".config" / "systemd" / "user" / "openclaw-gateway.service"
    keys = host.write(host.home / "keys.env", f"KEY={OLD}\n")
    shared = EnvironmentFile(host.state / ".env", False, "read", {"ANTHROPIC_API_KEY": Secret(OLD)})
    found = rotating.rotate(
        installation.load(call_of(host)),
        Secret(OLD),
        Secret(NEW),
        service=service(
            definition=unit,
            environment={"ANTHROPIC_API_KEY": Secret(OLD), "OTHER": Secret("FAKE")},
            origins={"ANTHROPIC_API_KEY": Location(str(unit), 7)},
            environment_files=(EnvironmentFile(keys, False, "read", {"KEY": Secret(OLD)}), shared),
            inherited={"COPY": Secret(OLD)},
        ),
    )
    assert "~/keys.env as KEY" in found.replaced
    assert len([place for place in found.replaced if ".env as ANTHROPIC_API_KEY" in place]) == 1  # not twice
    assert found.left == (
        "~/.config/systemd/user/openclaw-gateway.service:7 as ANTHROPIC_API_KEY, which the gateway's service gets",
        "the variables of the service manager, as COPY",
    )


def test_a_service_that_is_not_installed_has_no_files(host: Machine) -> None:
    gone = GatewayService("x", installed=False, restart="", environment={"K": Secret(OLD)})
    assert rotating.rotate(installation.load(call_of(host)), Secret(OLD), Secret(NEW), service=gone).left == ()


def carried(machine: Machine, plan: Plan) -> None:
    call = call_of(machine)
    carrying.carry_out(installation.load(call), plan, "test", call)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A gateway that runs; the list has how long was waited."""
    waited: list[float] = []
    monkeypatch.setattr(carrying, "gateway_service", lambda call: service(active=True))
    monkeypatch.setattr("openclaw.commands.carrying.time.sleep", waited.append)
    return waited


def set_key(path: Path, value: str = NEW) -> SetKey:
    return SetKey(path, ("profiles", "anthropic:a", "key"), Secret(value), locked=True)


def test_a_running_gateway_needs_a_restart(
    host: Machine, running: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    carried(host, (set_key(host.store()),))
    assert running == [carrying.SETTLING]
    assert "restart: systemctl --user restart openclaw-gateway.service" in capsys.readouterr().err


@pytest.mark.parametrize("active", [False, None])
def test_one_that_does_not_run_is_no_matter(
    host: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], active: bool | None
) -> None:
    monkeypatch.setattr(carrying, "gateway_service", lambda call: service(active=active))
    carried(host, (set_key(host.store()),))
    assert "restart" not in capsys.readouterr().err


def test_nobody_asks_for_it_where_no_store_was_written(host: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(call: Invocation) -> GatewayService:
        raise AssertionError

    monkeypatch.setattr(carrying, "gateway_service", never)
    carried(host, (SetKey(host.config, ("gateway", "port"), 1),))
    carried(host, (set_key(host.store(), OLD),))  # nothing to do


def gateway_writes(monkeypatch: pytest.MonkeyPatch, path: Path, change: Callable[[Any], None]) -> None:
    def write(seconds: float) -> None:
        found = json.loads(path.read_text())
        change(found)
        path.write_text(json.dumps(found))

    monkeypatch.setattr(carrying, "gateway_service", lambda call: service(active=True))
    monkeypatch.setattr("openclaw.commands.carrying.time.sleep", write)


def test_a_gateway_that_takes_the_change_back_is_an_error(host: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """User-pain, FM 14: it flushes its own copy."""
    gateway_writes(monkeypatch, host.store(), lambda found: found["profiles"].update({"anthropic:a": api_key()}))
    with pytest.raises(Failure) as caught:
        carried(host, (set_key(host.store()),))
    assert caught.value.path == host.store()
    assert caught.value.commands == ("systemctl --user stop openclaw-gateway.service",)
    assert "CANARY" not in caught.value.message + caught.value.hint


def test_a_gateway_that_writes_something_else_is_none(
    host: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway_writes(
        monkeypatch, host.store(), lambda found: found["usageStats"].update({"anthropic:b": {"lastUsed": 1}})
    )
    plan = (set_key(host.store()), DeleteKey(host.store(), ("usageStats", "anthropic:a", "errorCount"), locked=True))
    carried(host, plan)
    assert "restart" in capsys.readouterr().err


def test_a_manager_that_fails_is_none(host: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    from openclaw.service import detect

    monkeypatch.setattr(detect, "detect", lambda env: 1 / 0)
    assert carrying.gateway_service(call_of(host)) is None


def test_a_manager_that_hangs_costs_its_deadline_only(host: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from openclaw.service import detect

    monkeypatch.setattr(carrying, "SERVICE_DEADLINE", 0.1)
    monkeypatch.setattr(detect, "detect", lambda env: time.sleep(5))
    start = time.monotonic()
    assert carrying.gateway_service(call_of(host)) is None
    assert time.monotonic() - start < 2
