"""The report for people: whole outputs."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest
from wcwidth import wcswidth

from doctor.render.human import Style, render
from doctor.report import Aside, Outcome, Report
from openclaw.finding import Finding, Location, Remedy, Severity

USER = Path("/home/eve")
STORE = "/home/eve/.openclaw/agents/main/agent/auth-profiles.json"
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
MAIN = Style(width=80)


def finding(check_id: str, severity: Severity, message: str, path: str = "", *commands: str, text: str = "") -> Finding:
    where = Location(path, 4, 5) if path.endswith(".json") else Location(path) if path else None
    return Finding(
        check_id, severity, message, evidence={"value": "108 characters"}, where=where, remedy=Remedy(text, commands)
    )


def found(*findings: Finding) -> Outcome:
    return Outcome(findings[0].check_id, "found", findings=findings)


def text(*outcomes: Outcome, style: Style = MAIN) -> str:
    return render(Report(outcomes), user=USER, style=style)


def expected(block: str) -> str:
    return dedent(block).strip("\n")


WELL = (
    Outcome("credentials/none", "passed"),
    Outcome("credentials/expired", "passed"),
    Outcome("env/daemon-blind", "skipped", reason="no gateway service is installed"),
    found(finding("service/manager", INFO, "systemd (user): it answers", "", "systemctl --user status")),
    Outcome("security/readable-by-others", "passed"),
)
EXPIRED = finding(
    "credentials/expired", ERROR, "anthropic:manual expired 3d ago", STORE, "claude setup-token",
    "openclaw models auth paste-token --provider anthropic --profile-id anthropic:manual --agent main",
    text="Make a new token on the gateway host and paste it.",
)  # fmt: skip
READABLE = "A file that holds secrets has mode 0644: other users can read it"
PATHS = ("/home/eve/.openclaw/.env", "/home/eve/.openclaw/openclaw.json5")
OPEN = [
    finding("security/readable-by-others", ERROR, READABLE, path, f"chmod 600 {path}", text="Make it private.")
    for path in PATHS
]
NEVER = "There is no config: OpenClaw was never set up here"
ABSENT = finding("config/missing", WARNING, NEVER, "/home/eve/.openclaw/x", "openclaw onboard", text="Run the wizard.")
MANY = (
    found(EXPIRED),
    found(ABSENT),
    Outcome("config/gateway-mode", "unknown", reason="/home/eve/.openclaw/.env: cannot be read"),
    found(*OPEN),
)


def test_all_is_well() -> None:
    assert text(*WELL) == expected("""
        [✓] Credentials
        [✓] Service: systemd (user): it answers
        [✓] Security

        [✓] No problems found in 4 checks.
    """)


def test_many_findings() -> None:
    assert text(*MANY) == expected("""
        [✗] Credentials
          [✗] anthropic:manual expired 3d ago
              ~/.openclaw/agents/main/agent/auth-profiles.json:4:5
              Make a new token on the gateway host and paste it.
                claude setup-token
                openclaw models auth paste-token --provider anthropic --profile-id anthropic:manual --agent main
        [!] Config
          [!] There is no config: OpenClaw was never set up here
              ~/.openclaw/x
              Run the wizard.
                openclaw onboard
          [?] config/gateway-mode could not be made: ~/.openclaw/.env: cannot be read
        [✗] Security
          [✗] A file that holds secrets has mode 0644: other users can read it
              ~/.openclaw/.env
              ~/.openclaw/openclaw.json5
              Make it private.
                chmod 600 /home/eve/.openclaw/.env /home/eve/.openclaw/openclaw.json5

        [✗] 2 errors and 1 warning in 3 checks; 1 check could not be made.
    """)


def test_ascii_in_forty_columns_breaks_sentences_and_no_command() -> None:
    shown = text(*MANY, style=Style(unicode=False, width=40))
    assert shown.isascii()
    assert shown == expected("""
        [X] Credentials
          [X] anthropic:manual expired 3d ago
              ~/.openclaw/agents/main/agent/auth-profiles.json:4:5
              Make a new token on the gateway
              host and paste it.
                claude setup-token
                openclaw models auth paste-token --provider anthropic --profile-id anthropic:manual --agent main
        [!] Config
          [!] There is no config: OpenClaw was
              never set up here
              ~/.openclaw/x
              Run the wizard.
                openclaw onboard
          [?] config/gateway-mode could not be
              made: ~/.openclaw/.env: cannot be
              read
        [X] Security
          [X] A file that holds secrets has mode
              0644: other users can read it
              ~/.openclaw/.env
              ~/.openclaw/openclaw.json5
              Make it private.
                chmod 600 /home/eve/.openclaw/.env /home/eve/.openclaw/openclaw.json5

        [X] 2 errors and 1 warning in 3 checks;
            1 check could not be made.
    """)


def test_colour_marks_the_marks_and_the_commands() -> None:
    shown = text(*MANY, style=Style(colour=True, width=80))
    assert "\x1b[31m[✗] \x1b[0m" in shown
    assert "\x1b[33m[!] \x1b[0m" in shown
    assert re.search("\x1b\\[1m *openclaw onboard\x1b\\[0m|\x1b\\[1mopenclaw onboard\x1b\\[0m", shown)
    assert re.sub("\x1b\\[[0-9;]*m", "", shown).replace(" \n", "\n") == text(*MANY)


def test_verbose_adds_evidence_check_page_and_remedies_of_notes() -> None:
    assert text(found(EXPIRED), *WELL[3:4], style=Style(width=80, verbose=True)) == expected("""
        [✗] Credentials
          [✗] anthropic:manual expired 3d ago
              ~/.openclaw/agents/main/agent/auth-profiles.json:4:5
              Make a new token on the gateway host and paste it.
                claude setup-token
                openclaw models auth paste-token --provider anthropic --profile-id anthropic:manual --agent main
              check credentials/expired: `doctor explain credentials/expired`
              value: 108 characters
        [✓] Service
          [i] systemd (user): it answers
                systemctl --user status
              check service/manager: `doctor explain service/manager`
              value: 108 characters

        [✗] 1 error in 2 checks.
    """)


def test_unknown_alone_and_one_reason_for_many_checks() -> None:
    unknown = [Outcome(f"config/{name}", "unknown", reason="config could not be collected in time") for name in "abc"]
    assert text(*unknown, Outcome("host/x", "passed")) == expected("""
        [?] Config
          [?] 3 checks could not be made: config could not be collected in time
        [✓] Host

        [?] No problems found in 1 check; 3 checks could not be made.
    """)
    assert "config/a, config/b, config/c" in text(*unknown, style=Style(verbose=True))


def test_a_crash_is_an_error() -> None:
    assert text(Outcome("host/state-dir", "crashed", reason="KeyError at state_dir:12")) == expected("""
        [✗] Host
          [✗] host/state-dir crashed: KeyError at state_dir:12 (please report it)

        [✗] No problems found in 0 checks; 1 check crashed.
    """)


def test_an_area_with_several_notes_or_a_finding_lists_them() -> None:
    notes = [found(finding(f"claude/{name}", INFO, f"note {name}")) for name in "ab"]
    assert text(*notes) == expected("""
        [✓] Claude CLI
          [i] note a
          [i] note b

        [✓] No problems found in 2 checks.
    """)


def test_unknown_areas_come_last_under_their_own_name() -> None:
    assert text(Outcome("acme/x", "passed"), Outcome("security/x", "passed")).splitlines()[:2] == [
        "[✓] Security",
        "[✓] acme",
    ]


def test_more_than_a_handful_of_places() -> None:
    places = [
        finding("security/x", ERROR, "open", f"/home/eve/{number:02}", f"chmod 600 /home/eve/{number:02}")
        for number in range(20)
    ]
    shown = text(found(*places))
    assert "~/04" in shown
    assert "~/05" not in shown
    assert "and 15 more" in shown
    assert shown.count("chmod") == 1
    assert "/home/eve/19" in shown
    assert "~/19" in text(found(*places), style=Style(verbose=True))


@pytest.mark.parametrize("width", [1, 20, 30, 41, 80, 300])
@pytest.mark.parametrize("unicode", [True, False])
def test_no_width_loses_or_breaks_a_command(width: int, unicode: bool) -> None:
    lines = [line.strip() for line in text(*MANY, style=Style(unicode=unicode, width=width)).splitlines()]
    for outcome in MANY[:2]:
        for item in outcome.findings:
            assert item.remedy
            assert set(item.remedy.commands) <= set(lines)


@pytest.mark.parametrize("evil", ["\x1b[2J", "a\nb", "[bold]x[/bold]", ":smile:", "\u202e", "sk-proj-" + "FAKE" * 10])
def test_text_from_files_drives_no_terminal_and_no_markup(evil: str) -> None:
    bad = found(
        finding("credentials/x", ERROR, f"profile {evil} is odd", f"/x/{evil}", f"chmod 600 '{evil}'", text=evil)
    )
    shown = text(bad)
    assert "\x1b" not in shown
    assert len(shown.splitlines()) == 7
    assert "sk-proj-FAKE" not in shown
    if evil.startswith(("[", ":")):
        assert f"profile {evil} is odd" in shown


ASIDE = (
    Outcome("credentials/expired", "found", aside=(Aside(EXPIRED, "rotated on Mondays", "2026-12-31"),)),
    Outcome("security/readable-by-others", "found", aside=(Aside(OPEN[0], known=True),)),
)


def test_what_does_not_count_is_shown_and_counted_apart() -> None:
    assert text(*ASIDE) == expected("""
        [✓] Credentials
          [-] anthropic:manual expired 3d ago (silenced until 2026-12-31: rotated on
              Mondays)
        [✓] Security
          [-] A file that holds secrets has mode 0644: other users can read it (known
              from the baseline)

        [✓] No problems found in 2 checks; 1 finding silenced; 1 finding known from the
            baseline.
    """)
    new_only = render(Report(ASIDE, new_only=True), user=USER, style=MAIN)
    assert "[✓] Security\n\n[✓] No problems" in new_only


def test_plain_is_words() -> None:
    plain = Style(plain=True, width=60)
    shown = text(*WELL, *ASIDE, found(*OPEN), Outcome("host/x", "unknown", reason="no answer"), style=plain)
    assert shown.isascii()
    assert not set(shown) & set("[]{}|")
    words = {line.split(":")[0].strip() for line in shown.splitlines() if ":" in line}
    assert {"OK", "Error", "Unknown", "Not counted"} <= words


@pytest.mark.parametrize("width", [40, 41, 57, 80, 120, 200])
@pytest.mark.parametrize("plain", [True, False])
def test_wide_characters_and_long_words_keep_the_width(width: int, plain: bool) -> None:
    wide = "プロファイル「日本語の長い名前」は三日前に期限が切れました " * 4 + "x" * 300
    outcomes = [found(finding("credentials/x", ERROR, wide, text=wide)), Outcome("host/y", "unknown", reason=wide)]
    lines = text(*outcomes, style=Style(width=width, plain=plain)).splitlines()
    assert max(map(wcswidth, lines)) <= width
    assert "".join("".join(lines).split()).count("日本語の長い名前") == 12


def test_the_same_about_several_places_is_silenced_in_one_line_with_the_places() -> None:
    aside = tuple(Aside(item, "a test host") for item in OPEN)
    assert text(Outcome("security/readable-by-others", "found", aside=aside)) == expected("""
        [✓] Security
          [-] A file that holds secrets has mode 0644: other users can read it
              (silenced: a test host)
              ~/.openclaw/.env
              ~/.openclaw/openclaw.json5

        [✓] No problems found in 1 check; 2 findings silenced.
    """)


def test_where_the_ids_are_is_said_where_there_is_something_to_do() -> None:
    def shown(*outcomes: Outcome, verbose: bool = False) -> str:
        style = Style(width=80, verbose=verbose)
        return render(Report(outcomes, mend="openclaw doctor --fix"), user=USER, style=style)

    assert "        openclaw doctor --verbose\n" in shown(found(EXPIRED))
    assert "--verbose" not in shown(found(EXPIRED), verbose=True)
    assert "--verbose" not in shown(found(finding("host/x", INFO, "a note")))


@pytest.mark.parametrize(
    ("commands", "shown"),
    [
        (("${EDITOR:-vi} /a", "${EDITOR:-vi} /b"), ["${EDITOR:-vi} /a", "${EDITOR:-vi} /b"]),
        (('export A="$B"', 'export A="$C"'), ['export A="$B"', 'export A="$C"']),
        (("chmod 600 /a", "chmod 600 '/b c'"), ["chmod 600 /a '/b c'"]),
    ],
)
def test_commands_are_put_together_only_where_they_stay_what_they_are(
    commands: tuple[str, str], shown: list[str]
) -> None:
    same = [
        finding("credentials/store-corrupt", Severity.ERROR, "It is cut off", f"/{name}", command)
        for name, command in zip("ab", commands, strict=True)
    ]
    lines = [line.strip() for line in text(found(*same)).splitlines()]
    assert [line for line in lines if line.startswith(("$", "export", "chmod"))] == shown
