"""config/"""

from __future__ import annotations

import pytest

from checks import config as area
from openclaw.check import NotApplicable, Unknown
from openclaw.environment.layers import Environment
from openclaw.facts.setup import Copies
from openclaw.finding import Severity
from tests.checks import facts as f

WHOLE = Copies(exists=True, size=400)

PATH = str(f.HOME.config)


def test_missing_is_a_warning_and_information_where_the_environment_has_the_key() -> None:
    absent = f.config(exists=False)
    [finding] = f.found(area.missing, absent, f.routes(f.route("anthropic")))
    assert finding.severity == Severity.WARNING
    [finding] = f.found(area.missing, absent, f.routes(f.route("anthropic", f.candidate("env", "ANTHROPIC_API_KEY"))))
    assert finding.severity == Severity.INFO
    assert f.found(area.missing, f.config(), f.routes()) == []


def test_unparsable_has_place_backup_and_an_excerpt_without_values() -> None:
    text = '{\n  "gateway": { "token": "hunter2" "mode": local }\n}'
    config = f.config({}, f.problem("unparsable", "not valid JSON5: expected , or }", line=2, column=33), text=text)
    [finding] = f.found(area.unparsable, config, f.broken(f.HOME.config, backup=f"{PATH}.bak"))
    assert finding.message == "The config is not valid JSON5: expected , or }"
    assert finding.evidence == {"line": '"gateway": { "token": "…" "mode": local }'}
    assert finding.where
    assert (finding.where.line, finding.where.column) == (2, 33)
    assert finding.remedy
    assert finding.remedy.commands[1].endswith(f"cp -p {PATH}.bak {PATH}")


def test_a_config_that_is_no_object_is_not_called_invalid_json5() -> None:
    config = f.config({}, f.problem("shape", "the top level is not an object", line=1, column=1), text="[]")
    [finding] = f.found(area.unparsable, config, f.broken(f.HOME.config))
    assert finding.message == "The config cannot be used: the top level is not an object"


def test_an_unreadable_config_has_the_command_that_opens_it() -> None:
    config = f.config({}, f.problem("unreadable", "cannot be read: Permission denied"))
    obstacle = f.file(PATH, 0o600, uid=0)
    [finding] = f.found(area.unparsable, config, f.broken(f.HOME.config, obstacle=obstacle))
    assert finding.message == "The config cannot be read: Permission denied"
    assert finding.remedy
    assert (finding.remedy.commands, finding.remedy.fix) == ((f"sudo chown 1000 {PATH}",), "manual")


def test_other_problems_are_not_about_parsing() -> None:
    config = f.config({}, f.problem("variable"), f.problem("include"))
    assert f.found(area.unparsable, config, f.broken(f.HOME.config)) == []


def test_unresolved_variable() -> None:
    trouble = f.problem(
        "variable", "${X} at a.b refers to a variable that is not set", keys=("a", "b"), line=4, column=2
    )
    [finding] = f.found(area.unresolved_variable, f.config({}, trouble), f.environment(process={}), f.HOME)
    assert finding.target == "a.b"
    assert finding.remedy
    assert finding.remedy.commands == ("${EDITOR:-vi} /home/eve/.openclaw/.env", f"${{EDITOR:-vi}} +4 {PATH}")
    assert f.found(area.unresolved_variable, f.config(), f.environment(process={}), f.HOME) == []


def test_unresolved_variable_is_unknown_when_the_login_shell_gave_no_answer() -> None:
    silent = Environment({}, {}, (), shell_enabled=True, shell_problem="/bin/sh gave no answer in 4 s")
    with pytest.raises(Unknown, match="no answer"):
        f.found(area.unresolved_variable, f.config({}, f.problem("variable")), silent, f.HOME)
    assert f.found(area.unresolved_variable, f.config(), silent, f.HOME) == []


def test_include_broken() -> None:
    [finding] = f.found(area.include_broken, f.config({}, f.problem("include", "$include at <root>: a.json: no file")))
    assert finding.remedy
    assert finding.remedy.commands == (f"${{EDITOR:-vi}} {PATH}",)
    assert finding.target == "$include"
    assert f.found(area.include_broken, f.config({}, f.problem("variable"))) == []


def test_gateway_mode() -> None:
    [finding] = f.found(area.gateway_mode, f.config({"gateway": {"port": 1}}), f.JSON_ERA, f.daemon(), WHOLE)
    assert finding.remedy
    assert (finding.remedy.commands, finding.remedy.fix) == (("openclaw config set gateway.mode local",), "confirm")
    [finding] = f.found(area.gateway_mode, f.config({"gateway": {"mode": " "}}), f.NO_ERA, f.daemon(), WHOLE)
    assert finding.remedy
    assert finding.remedy.commands == (f"${{EDITOR:-vi}} {PATH}",)  # there is no OpenClaw that could set it
    for mode in ("local", "remote"):
        assert f.found(area.gateway_mode, f.config({"gateway": {"mode": mode}}), f.JSON_ERA, f.daemon(), WHOLE) == []
    assert len(f.found(area.gateway_mode, f.config({"agents": {}}), f.NO_ERA, f.daemon({}), WHOLE)) == 1


def test_gateway_mode_where_it_cannot_be_said() -> None:
    with pytest.raises(NotApplicable):
        f.found(area.gateway_mode, f.config({"auth": {}}), f.NO_ERA, f.daemon(), WHOLE)
    with pytest.raises(NotApplicable):
        f.found(area.gateway_mode, f.config(exists=False), f.JSON_ERA, f.daemon(), WHOLE)
    with pytest.raises(Unknown):
        f.found(area.gateway_mode, f.config({}, f.problem("unparsable")), f.JSON_ERA, f.daemon(), WHOLE)


@pytest.mark.parametrize(
    "line", ["hunter2: gateway", '"token": hunter2', "token: 'hunter2", '"a.hunter2": 1', "hunter2", "['hunter2', x]"]
)
def test_an_excerpt_shows_known_keys_only(line: str) -> None:
    assert "hunter2" not in area.excerpt(line, 1)
    assert area.excerpt(line, 9) == ""
