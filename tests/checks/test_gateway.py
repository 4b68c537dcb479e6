"""gateway/: who answers. What goes with the service's state is in test_service."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from checks import gateway
from openclaw.check import NotApplicable, Unknown
from openclaw.environment.layers import Layer, combine
from openclaw.era import Era
from openclaw.finding import Finding, Location, Severity
from openclaw.gateway.address import Address
from openclaw.gateway.probe import Probe
from openclaw.secret import Secret
from openclaw.service.base import Hint
from tests.checks import facts as f
from tests.checks.test_service import ABSENT, DOWN, LOCAL, NONE, SYSTEMD, UP, commands, view

if TYPE_CHECKING:
    from openclaw.era import EraName

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR
TOKEN = Secret("gateway-token-FAKE-EXAMPLE-0123456789")
ADDRESS = Address("127.0.0.1", 18789, kind="token", secret=TOKEN, secret_from="gateway.auth.token")
SILENT = Probe("nothing", ADDRESS, "nothing listens on 127.0.0.1 port 18789")
REFUSED = Probe("unauthorized", ADDRESS, "the gateway refuses the token of gateway.auth.token")
UNPARSABLE = f.config({}, f.problem("unparsable"))


def unreachable(found: Any = None, probe: Probe = SILENT, config: Any = LOCAL, manager: Any = SYSTEMD) -> list[Finding]:
    return f.found(gateway.unreachable, found, view(found) if found else None, probe, config, manager, f.CLOCK)


def unauthorized(
    found: Any = None, probe: Probe = REFUSED, config: Any = LOCAL, era: EraName = "json", **variables: str
) -> list[Finding]:
    seen = combine([Layer("process", variables)])
    return f.found(gateway.unauthorized, found, view(found) if found else None, probe, config, seen, Era(era), f.HOME)


@pytest.mark.parametrize(
    ("found", "severity", "command"),
    [
        (None, INFO, "openclaw gateway install"),
        (ABSENT, INFO, "openclaw gateway install"),
        (DOWN, WARNING, "openclaw gateway start"),
        (replace(UP, active=None), WARNING, "openclaw gateway start"),
        (UP, ERROR, "journalctl --user --no-pager -n 30 -u openclaw-gateway.service"),
    ],
)
def test_how_bad_silence_is_depends_on_the_service(found: Any, severity: Severity, command: str) -> None:
    [finding] = unreachable(found)
    assert (finding.severity, commands(finding)[0]) == (severity, command)
    assert finding.target == "ws://127.0.0.1:18789/"


def test_a_masked_service_is_unmasked_before_it_is_started() -> None:
    unmask = f"systemctl --user unmask {DOWN.unit}"
    [finding] = unreachable(replace(DOWN, unmask=unmask))
    assert commands(finding) == (unmask, "openclaw gateway start")
    assert "is masked" in finding.message


def test_a_manager_that_does_not_answer_is_not_asked_to_start_anything() -> None:
    silent = replace(SYSTEMD, reachable=False, hints=(Hint("wake it", "loginctl enable-linger eve"),))
    [finding] = unreachable(replace(UP, active=None), manager=silent)
    assert commands(finding) == ("loginctl enable-linger eve",)


@pytest.mark.parametrize("outcome", ["healthy", "starting", "unauthorized", "protocol", "refused"])
def test_a_gateway_that_answers_is_not_unreachable(outcome: Any) -> None:
    assert unreachable(UP, replace(SILENT, outcome=outcome)) == []


def test_without_a_config_that_can_be_read_nobody_knows_where_it_is() -> None:
    with pytest.raises(Unknown):
        unreachable(config=UNPARSABLE)
    with pytest.raises(Unknown):
        unauthorized(config=UNPARSABLE)
    with pytest.raises(Unknown):
        f.found(gateway.remote, UNPARSABLE)


def test_a_gateway_on_another_host_is_not_asked() -> None:
    far = Probe("unknown", replace(ADDRESS, remote=True), "the gateway is on another host: h")
    with pytest.raises(NotApplicable, match="another host"):
        unreachable(probe=far)
    with pytest.raises(NotApplicable, match="another host"):
        unauthorized(probe=far)


def test_unauthorized() -> None:
    [finding] = unauthorized(UP)
    assert (finding.severity, commands(finding)) == (ERROR, ("openclaw gateway restart",))
    assert TOKEN.reveal() not in repr(finding)
    [finding] = unauthorized(None)
    assert commands(finding) == ("openclaw gateway status",)
    assert unauthorized(UP, replace(REFUSED, outcome="healthy")) == []


WANTED = f.config({"gateway": {"mode": "local", "auth": {"mode": "token", "token": "gateway-FAKE-1"}}})


@pytest.mark.parametrize(
    ("era", "found", "outcome", "severity"),
    [
        ("json", UP, "healthy", ERROR), ("json", None, "healthy", ERROR), ("json", None, "nothing", WARNING),
        ("unknown", UP, "healthy", WARNING),
    ],
)  # fmt: skip
def test_commands_send_another_secret_than_the_gateway_wants(
    era: EraName, found: Any, outcome: Any, severity: Severity
) -> None:
    probe = replace(REFUSED, outcome=outcome)
    [finding] = unauthorized(found, probe, WANTED, era, OPENCLAW_GATEWAY_TOKEN="gateway-FAKE-2")
    assert (finding.severity, finding.target) == (severity, "OPENCLAW_GATEWAY_TOKEN")
    assert commands(finding)[0] == "unset OPENCLAW_GATEWAY_TOKEN"
    assert "FAKE" not in repr(finding)


@pytest.mark.parametrize(
    ("era", "config", "value"),
    [
        ("json", WANTED, "gateway-FAKE-1"), ("json", WANTED, " "), ("json", LOCAL, "gateway-FAKE-2"),
        ("sqlite", WANTED, "gateway-FAKE-2"),  # 2026.9 asks the config first everywhere
    ],
)  # fmt: skip
def test_a_variable_that_does_no_harm(era: EraName, config: Any, value: str) -> None:
    assert unauthorized(UP, replace(REFUSED, outcome="healthy"), config, era, OPENCLAW_GATEWAY_TOKEN=value) == []


def test_a_secret_that_nobody_can_look_up_is_not_called_wrong() -> None:
    with pytest.raises(Unknown):
        unauthorized(UP, replace(REFUSED, address=replace(ADDRESS, secret=None, unresolved="it is elsewhere")))
    for outcome in ("protocol", "refused"):
        with pytest.raises(Unknown):
            unauthorized(UP, replace(REFUSED, outcome=outcome))


def test_a_gateway_that_has_nothing_to_do_with_this_home() -> None:
    bare = replace(REFUSED, address=replace(ADDRESS, secret=None, kind="none"))
    with pytest.raises(NotApplicable):
        unauthorized(None, bare, f.config(exists=False))
    assert len(unauthorized(None, bare)) == 1


@pytest.mark.parametrize(
    ("url", "where", "command"),
    [
        ("wss://gw.example.net:8443/x", "on gw.example.net", ("ssh -t gw.example.net openclaw doctor",)),
        ("wss://user:secret@gw.example.net", "on gw.example.net", ("ssh -t gw.example.net openclaw doctor",)),
        ("ws://127.0.0.1:18789", "behind a tunnel", ()),
        ("ws://-oProxyCommand=x", "on -oproxycommand=x", ()),
        ("ws://[broken", "names no host", ()),
        (None, "names no host", ()),
        (7, "names no host", ()),
    ],
)
def test_remote(url: Any, where: str, command: tuple[str, ...]) -> None:
    [finding] = f.found(gateway.remote, f.config({"gateway": {"mode": "remote", "remote": {"url": url}}}))
    assert (finding.severity, commands(finding)) == (INFO, command)
    assert where in finding.message
    assert "secret" not in repr(finding)
    assert f.found(gateway.remote, LOCAL) == []


def test_a_host_without_a_manager_is_told_how_it_runs_there() -> None:
    [finding] = unreachable(manager=NONE)
    assert finding.remedy
    assert (finding.remedy.text, commands(finding)) == ("Do it.", ("openclaw gateway run",))


def test_a_token_on_the_command_line_beats_the_config_and_is_not_gone_with_a_restart() -> None:
    unit = Location("/h/unit", 5)
    for argv in (("/x/openclaw", "gateway", "--token", "FAKE"), ("/x/openclaw", "gateway", "--token=FAKE")):
        [finding] = unauthorized(replace(UP, argv=argv, argv_at=unit))
        assert commands(finding) == ("${EDITOR:-vi} +5 /h/unit", "openclaw gateway restart")
        assert "FAKE" not in str(finding)
    [finding] = unauthorized(replace(UP, argv=("/x/openclaw", "gateway", "--token-file", "x"), argv_at=unit))
    assert commands(finding) == ("openclaw gateway restart",)


def test_a_reference_that_nothing_resolves_was_not_refused() -> None:
    lacking = replace(ADDRESS, secret=None, unresolved="gateway.auth.token needs GWT, which is not set")
    with pytest.raises(Unknown, match="GWT"):
        unauthorized(probe=Probe("unauthorized", lacking, f"the gateway wants a secret; {lacking.unresolved}"))
