"""Every failure mode of users, and every broken state that was given to the real program: which installations show it.

What no file, variable or process of an installation can show has the reason, and the test that holds it instead. The
numbers are those of the list of failure modes (FM) and of the table of broken states (openclaw-new §10). The checks of
a row are all that its installations expect. A name may have `*` in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest

from doctor.engine import Examined, examine
from doctor.registry import known_checks
from openclaw.facts.live import ASKING
from openclaw.platforms import host_kind
from tests.corpus import gaps
from tests.corpus.test_corpus import CASES as OFFLINE
from tests.corpus.world import Case, difference, findings, world
from tests.doctor.homes import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.corpus.world import World

ANSWERED = {f"answered-{case.name}": case for case in gaps.ANSWERED}
CASES = {**OFFLINE, **ANSWERED}


@dataclass(frozen=True)
class Shown:
    """Patterns of installations, and all checks that they expect; none where nothing may be said."""

    checks: frozenset[str]
    patterns: tuple[str, ...]

    def cases(self) -> Iterator[Case]:
        """The installations."""
        return (case for name, case in CASES.items() if any(fnmatchcase(name, item) for item in self.patterns))


@dataclass(frozen=True)
class Elsewhere:
    """What it is about, which is nothing that an installation could show, and the test that holds it."""

    about: str
    held_by: str


def shown(checks: str, *patterns: str) -> Shown:
    """Check ids, and patterns of installations, parted by blanks."""
    return Shown(frozenset(checks.split()), tuple(" ".join(patterns).split()))


FAILURE_MODES: Mapping[int, Shown | Elsewhere] = {
    1: shown(
        "config/shrunk",
        "configs-config_that_*",
    ),
    2: shown(
        "env/daemon-blind env/shell-import-failed",
        "variables-key_of_* variables-referred_variable_of_the_shell_only variables-login_shell_that_fails",
        "further-variable_of_a_*_in_this_shell_only further-reference_*_this_shell_only",
        "further-variable_of_a_reference_in_the_env_file",
    ),
    3: shown(
        "credentials/truncated credentials/whitespace",
        "single-inner_*_in_a_token single-line_end_in_a_token single-zero_width_in_a_token",
        "single-token_of_??_characters gaps-token_cut_off gaps-token_and_prose gaps-short_key",
        "healthy-unfamiliar_claude_token",
    ),
    4: shown(
        "credentials/placeholder credentials/whitespace credentials/wrong-kind",
        "single-stand_in_* single-web_address_* single-json_* single-command_* single-code_* single-web_session_*",
        "single-quotes_* single-bearer_* single-assignment_* single-export_* single-template_in_env_file",
        "single-login_of_template_text",
    ),
    5: shown(
        "credentials/agent-missing credentials/agent-stale credentials/expired credentials/missing "
        "credentials/order-excludes credentials/placeholder",
        "stores-agents_model_of_another_provider stores-own_*_hides_mains stores-agent_with_an_old_key",
        "consequences-agents_own_template healthy-agents_that_inherit",
    ),
    6: shown(
        "credentials/shared-refresh credentials/store-symlink",
        "stores-login_* stores-two_agents_one_file gaps-retired_profile_of_the_codex_program",
        "healthy-agents_of_their_own",
    ),
    7: shown(
        "credentials/no-refresh",
        "single-login_without_refresh* single-access_token_of_the_claude_cli",
    ),
    8: shown(
        "credentials/shadowed",
        "stores-variable_*without_effect healthy-same_key_twice",
    ),
    9: shown(
        "env/daemon-differs env/frozen-in-unit",
        "variables-process_with_another_value variables-*key_in_the_unit variables-key_in_a_service_env_file",
        "further-older_gateway_token_in_the_unit_running further-same_gateway_token_in_the_unit",
    ),
    10: shown(
        "credentials/claude-code-only",
        "stores-refused_outside_of_claude_code healthy-setup_token_only",
    ),
    11: shown(
        "service/manager",
        "hosts-bus_that_does_not_answer healthy-container",
    ),
    12: shown(
        "config/rejected credentials/expires-unit credentials/redacted",
        "single-mask_* single-login_with_masks consequences-mask_in_an_included_file gaps-mask_*",
        "gaps-stars_that_are_meant",
    ),
    13: shown(
        "credentials/expired gateway/log-auth-errors",
        "hosts-refusals_in_the_log healthy-refreshable_login healthy-lived_in",
    ),
    14: shown(
        "env/daemon-stale",
        "variables-env_file_changed_after_the_start gaps-variables_of_the_config_changed",
        "gaps-environment_file_of_the_unit_changed gaps-env_file_of_2026_9_changed gaps-unit_not_read_again",
        "gaps-*_written_while_it_runs",
    ),
    15: shown(
        "credentials/all-unusable credentials/cooldown credentials/disabled credentials/shadowed "
        "credentials/stale-cooldown",
        "single-in_cooldown* single-disabled_over_billing single-one_of_two_in_cooldown",
        "single-cooldown_that_is_over",
    ),
    16: Elsewhere("a key that is refused is not stored", "tests/wizard/test_wizard_asked_again.py"),
    17: shown(
        "config/gateway-mode config/missing config/setup-incomplete credentials/none",
        "stores-empty_home stores-config_only stores-empty_store configs-onboarded_without_a_credential",
        "configs-interrupted_onboarding configs-no_gateway_mode configs-config_gone",
    ),
    18: shown(
        "credentials/misplaced credentials/none env/cwd-redirects host/state-dir",
        "stores-store_in_the_credentials_folder stores-store_beside_the_agents_folder",
        "stores-nested_state_directory* variables-working_directory_leads_elsewhere",
    ),
    19: shown(
        "credentials/bad-fields credentials/config-mismatch",
        "single-apiKey_for_key single-mode_for_type single-token_under_oauth single-key_under_token",
        "single-flat_map* single-login_with_other_names stores-mode_* stores-provider_of_the_config_differs",
    ),
    20: shown(
        "credentials/agent-missing credentials/all-unusable credentials/cooldown credentials/disabled "
        "credentials/expired credentials/order-excludes credentials/order-unknown credentials/placeholder "
        "credentials/redacted credentials/undeclared",
        "stores-*order_* stores-empty_order stores-undeclared_* consequences-ordered_*",
    ),
    21: shown(
        "credentials/foreign-key",
        "single-openrouters_key_* single-key_of_*_under_* gaps-*_key_for_* gaps-openrouters_key_in_*",
        "gaps-groqs_key_of_an_agent gaps-key_of_*",
    ),
    22: shown(
        "credentials/legacy-store credentials/none credentials/sqlite-store",
        "newer-old_store_* newer-older_store_on_2026_9 stores-older_* gaps-empty_*_beside_*",
    ),
    23: shown(
        "env/dotenv-duplicate env/dotenv-syntax",
        "variables-env_file_hash_in_a_value variables-env_file_blanks_round_the_sign variables-env_file_no_sign",
        "variables-env_file_reference variables-env_file_with_* variables-env_file_of_windows",
        "variables-set_twice_in_one_file further-exported_in_a_container gaps-env_file_utf16",
        "gaps-env_file_whose_first_line_has_a_mark",
    ),
    24: shown(
        "config/include-broken config/unresolved-variable credentials/secret-ref-unresolved",
        "configs-unset_variable* configs-include* configs-broken_include newer-reference_*",
        "further-reference_in_the_config_alone further-reference_in_the_config",
    ),
    25: shown(
        "gateway/unreachable host/node service/broken-exec service/version-manager-path",
        "hosts-service_of_a_* hosts-no_node hosts-old_node",
    ),
    26: shown(
        "config/legacy-key config/rejected env/legacy-name host/two-state-dirs service/legacy-unit",
        "configs-older_key* configs-model_as_text_on_2026_2 hosts-older_unit_beside hosts-two_state_directories",
        "variables-former_name healthy-legacy_*",
    ),
    27: shown(
        "service/linger",
        "hosts-no_lingering healthy-systemd_running",
    ),
    28: Elsewhere("what onboarding makes of its options", "tests/wizard/test_wizard_command_line.py"),
    29: Elsewhere("how long the doctor may take, and that it asks for nothing", "tests/doctor/test_collect_in_time.py"),
    30: Elsewhere("what the doctor prints", "tests/contract/test_doctor_json.py"),
    31: shown(
        "gateway/unauthorized",
        "further-another_gateway_token_* further-gateway_token_by_variable hosts-gateway_with_another_token",
    ),
    32: shown(
        "credentials/store-corrupt credentials/store-unreadable host/home-mismatch host/mixed-owner",
        "stores-store_cut_off* stores-store_of_main_cut_off stores-store_is_a_directory",
        "hosts-file_of_another_user hosts-home_of_sudo",
    ),
    33: shown(
        "claude/login-blank",
        "gaps-keychain_may_have_the_login gaps-wiped_login_on_macos gaps-login_file_with_another_record",
    ),
    34: shown(
        "claude/cli-broken claude/cli-missing claude/several credentials/claude-code-only host/node "
        "service/claude-not-on-path",
        "hosts-claude_not_on_the_services_path hosts-claude_missing hosts-claude_not_needed hosts-claude_broken",
        "hosts-several_claudes",
    ),
    35: shown(
        "claude/login-blank",
        "hosts-claude_login_blank gaps-wiped_login_on_macos gaps-claude_logged_in",
    ),
    36: shown(
        "claude/login-expired credentials/all-unusable credentials/cooldown gateway/log-auth-errors",
        "hosts-claude_login_expired gaps-refused_with_401",
    ),
    37: shown(
        "gateway/log-auth-errors",
        "gaps-scope_of_*",
    ),
    38: shown(
        "credentials/bill-shock credentials/shadowed",
        "stores-api_key_beside_a_subscription healthy-setup_token_in_its_variable",
    ),
    39: shown(
        "credentials/all-unusable credentials/disabled gateway/log-auth-errors",
        "gaps-no_credit_* gaps-no_key_was_sent gaps-trouble_of_a_server",
    ),
    40: Elsewhere("that every printed command does what it says", "tests/corpus/test_commands_run.py"),
    41: Elsewhere("what an answer means: networks, proxies and pages in between", "tests/checks/test_live.py"),
    42: Elsewhere("by which question a provider tells a good key from a bad one", "tests/providers/test_probes.py"),
    43: Elsewhere("what a question costs, and how long it may take", "tests/commands/test_status_probe.py"),
    44: shown(
        "config/default-model config/implicit-default live/model-unavailable",
        "configs-model_reference_with_* configs-unknown_provider* configs-built_in_default_without_a_credential",
        "consequences-onboarded_without_a_model answered-model_*",
    ),
    45: shown(
        "credentials/local-blank credentials/placeholder",
        "single-local_server_without_text_* single-blank_key_of_a_server_elsewhere single-ollama_without_text",
        "healthy-local_ollama",
    ),
    46: shown(
        "security/readable-by-others security/secret-in-log",
        "hosts-mode_of_* hosts-key_in_a_log newer-newer_database_that_others_read healthy-private_backups",
    ),
    47: shown(
        "env/frozen-in-unit security/readable-by-others security/secret-in-argv",
        "hosts-key_on_a_command_line hosts-unit_with_a_key_that_others_read variables-key_in_a_service_env_file",
    ),
    48: shown(
        "security/leftover-copy",
        "stores-old_key_in_* consequences-copied_directory_of_an_agent healthy-private_backups",
    ),
    49: Elsewhere("what a change leaves as it was", "tests/config/test_json5_edits.py"),
    50: shown(
        "config/unparsable",
        "configs-config_missing_brace configs-config_empty configs-config_comment_only configs-config_a_list",
        "configs-config_text configs-config_broken_*",
    ),
    51: shown(
        "config/unparsable credentials/store-corrupt env/dotenv-syntax",
        "gaps-store_with_a_mark gaps-store_of_an_agent_with_a_mark gaps-store_*utf16* gaps-config_utf16_*",
        "gaps-config_with_a_mark_* gaps-env_file_utf16 gaps-env_file_whose_first_line_has_a_mark",
        "gaps-files_with_other_letters variables-env_file_of_windows variables-env_file_with_a_mark",
    ),
    52: shown(
        "host/container",
        "hosts-termux healthy-termux",
    ),
    53: shown(
        "host/container service/manager",
        "hosts-wsl_without_a_bus healthy-wsl",
    ),
    54: shown(
        "host/container service/manager",
        "hosts-container_with_traces_of_systemd healthy-container healthy-container_with_a_gateway",
    ),
    55: shown(
        "credentials/gateway-token-as-key env/frozen-in-unit gateway/unauthorized",
        "single-own_gateways_token_* single-some_gateways_token_* single-a_providers_key_as_gateway_token",
        "hosts-gateway_with_another_token further-older_gateway_token_in_the_unit_running",
    ),
    56: shown(
        "gateway/remote",
        "hosts-remote healthy-remote_gateway",
    ),
    57: Elsewhere("into which store a command writes", "tests/commands/test_paste_token.py"),
    58: shown(
        "credentials/expired credentials/last-good-dangling credentials/no-refresh credentials/order-unknown "
        "credentials/shared-refresh credentials/undeclared",
        "gaps-retired_*",
    ),
    59: shown(
        "credentials/config-mismatch",
        "gaps-key_in_the_place_of_a_login* gaps-key_beside_a_login",
    ),
    60: shown(
        "credentials/expires-unit",
        "single-expires_* single-login_with_seconds gaps-mask_of_an_expiry",
    ),
    61: shown(
        "host/clock",
        "answered-clock_* gaps-clock_that_is_behind",
    ),
    62: shown(
        "credentials/missing credentials/none env/misspelt env/not-read",
        "variables-misspelt* variables-only_* further-token_of_openai further-small_letters*",
    ),
    63: shown(
        "credentials/missing credentials/none env/empty",
        "variables-empty_variable_* variables-empty_in_the_unit further-project_file_with_an_empty_variable",
    ),
    64: shown(
        "credentials/expired credentials/refresh-fence",
        "single-login_that_nobody_refreshes newer-newer_fence healthy-refreshable_login",
    ),
    65: shown(
        "config/unparsable credentials/sqlite-unreadable credentials/store-symlink credentials/store-unreadable "
        "env/dotenv-syntax host/state-dir",
        "stores-store_is_a_link stores-two_agents_one_file further-link_to_*",
    ),
    66: Elsewhere("that what is unknown stops nothing", "tests/checks/test_unread_credentials.py"),
    67: Elsewhere("what imports leave as it was", "tests/commands/test_logins_of_others.py"),
    68: shown(
        "credentials/claude-code-only credentials/config-mismatch credentials/wrong-kind",
        "single-token_as_api_key single-api_key_as_token consequences-token_stored_*",
        "single-setup_token_in_the_keys_variable",
    ),
}
BROKEN_STATES: Mapping[int, Shown | Elsewhere] = {
    1: shown(
        "config/unparsable",
        "configs-config_missing_brace configs-config_text",
    ),
    2: shown(
        "config/unparsable",
        "configs-config_empty",
    ),
    3: shown(
        "config/rejected",
        "configs-mistyped_key_on_2026_9 refusals-*_on_2026_2 refusals-*_on_2026_9 refusals-mistyped_key_*",
        "gaps-mistyped_* gaps-names_of_ones_own",
    ),
    4: shown(
        "config/gateway-mode",
        "configs-no_gateway_mode*",
    ),
    5: shown(
        "config/gateway-token",
        "consequences-gateway_token_undefined configs-blank_gateway_token gaps-gateway_*",
    ),
    6: shown(
        "credentials/missing",
        "newer-newer_model_of_another_provider stores-default_model_of_another_provider",
        "stores-fallback_of_another_provider",
    ),
    7: shown(
        "live/model-unavailable",
        "gaps-name_of_a_model_mistyped* answered-model_*",
    ),
    8: shown(
        "config/default-model",
        "newer-newer_unknown_provider configs-unknown_provider*",
    ),
    9: shown(
        "credentials/sqlite-unreadable",
        "newer-database_without_a_header newer-database_with_broken_pages",
    ),
    10: shown(
        "credentials/none credentials/sqlite-unreadable",
        "newer-database_without_content further-deleted_database further-log_of_a_deleted_database",
    ),
    11: shown(
        "credentials/sqlite-unreadable",
        "newer-database_of_a_newer_schema",
    ),
    12: shown(
        "credentials/sqlite-unreadable",
        "newer-database_with_a_journal_alone gaps-database_*",
    ),
    13: shown(
        "credentials/sqlite-unreadable",
        "newer-cell_that_is_* further-cell_*",
    ),
    14: shown(
        "credentials/bad-fields",
        "newer-newer_unknown_type newer-newer_no_provider newer-newer_aliases_of_2026_9 single-unknown_type",
        "single-no_provider",
    ),
    15: shown(
        "credentials/missing",
        "newer-newer_provider_typo stores-provider_typo_in_a_profile",
    ),
    16: shown(
        "credentials/bad-fields",
        "gaps-state_* gaps-no_state",
    ),
    17: shown(
        "credentials/sqlite-store",
        "newer-old_store_broken newer-old_store_empty",
    ),
    18: shown(
        "credentials/sqlite-store",
        "newer-old_store_with_*",
    ),
    19: shown(
        "security/readable-by-others",
        "hosts-mode_of_openclaw.json hosts-mode_of_state_directory",
    ),
    20: shown(
        "security/readable-by-others",
        "newer-newer_database_that_others_read hosts-mode_of_env",
    ),
    21: Elsewhere("what a user may not read or write: here root runs the tests", "tests/corpus/test_other_users.py"),
    22: Elsewhere("the same: a database of another user", "tests/corpus/test_other_users.py"),
    23: shown(
        "credentials/expired",
        "newer-newer_expired single-expired_token",
    ),
    24: shown(
        "credentials/expiring",
        "newer-newer_two_hours_left single-token_of_two_hours",
    ),
    25: shown(
        "",
        "newer-newer_three_days_left single-token_of_three_days",
    ),
    26: shown(
        "credentials/expires-unit",
        "newer-newer_seconds single-expires_in_seconds",
    ),
    27: shown(
        "credentials/expires-unit",
        "newer-newer_expires_as_text single-expires_as_text",
    ),
    28: shown(
        "credentials/wrong-kind",
        "newer-newer_token_as_key single-token_as_api_key",
    ),
    29: shown(
        "credentials/wrong-kind",
        "newer-newer_key_as_token single-api_key_as_token",
    ),
    30: shown(
        "credentials/config-mismatch",
        "newer-newer_mode_differs stores-mode_of_the_config_differs",
    ),
    31: shown(
        "credentials/config-mismatch credentials/none credentials/undeclared",
        "newer-newer_declared_and_not_stored stores-declared_and_not_stored*",
    ),
    32: shown(
        "credentials/expired credentials/undeclared",
        "newer-newer_undeclared_and_the_only_good_one stores-undeclared_and_the_only_good_one",
    ),
    33: shown(
        "credentials/whitespace",
        "newer-newer_trailing_line_end newer-newer_windows_line_end newer-newer_outer_blanks",
        "newer-newer_inner_line_end newer-newer_zero_width newer-newer_mark newer-newer_typographic_quotes",
        "single-inner_line_break_* single-zero_width_* single-mark_inside_*",
    ),
    34: shown(
        "credentials/whitespace",
        "newer-newer_quotes newer-newer_inner_blank newer-newer_bearer newer-newer_assignment newer-newer_export",
        "single-quotes_* single-inner_blank_* single-bearer_* single-assignment_* single-export_*",
    ),
    35: shown(
        "credentials/foreign-key credentials/placeholder credentials/redacted credentials/truncated "
        "credentials/wrong-kind",
        "newer-newer_template newer-newer_dots newer-newer_undefined newer-newer_sentinel newer-newer_masked",
        "newer-newer_openais newer-newer_administration gaps-*_doubled* gaps-groqs_two_keys_glued*",
        "gaps-token_cut_off gaps-beginning_* gaps-key_behind_a_tenant gaps-short_key",
    ),
    36: shown(
        "credentials/placeholder credentials/secret-ref-unresolved",
        "newer-reference_in_the_key_to_an_unset_variable single-name_of_the_variable",
    ),
    37: shown(
        "credentials/placeholder",
        "newer-newer_blank single-blank single-nothing single-no_value",
    ),
    38: shown(
        "credentials/shadowed",
        "newer-newer_other_key_in_the_env_file healthy-same_key_twice",
    ),
    39: shown(
        "credentials/missing env/empty",
        "variables-empty_variable_before_the_file",
    ),
    40: shown(
        "credentials/none env/empty",
        "variables-empty_variable_and_nothing_else",
    ),
    41: shown(
        "credentials/wrong-kind",
        "single-setup_token_in_the_keys_variable healthy-setup_token_in_its_variable",
    ),
    42: shown(
        "credentials/none env/not-read",
        "variables-only_CLAUDE_CODE_OAUTH_TOKEN",
    ),
    43: shown(
        "credentials/none env/cwd-blocked",
        "variables-key_in_the_working_directory further-project_file_with_the_only_key",
    ),
    44: shown(
        "env/dotenv-duplicate env/dotenv-syntax",
        "variables-env_file_unclosed_quote variables-set_twice_in_one_file",
    ),
    45: shown(
        "env/dotenv-syntax",
        "variables-env_file_is_a_directory",
    ),
    46: shown(
        "credentials/order-excludes",
        "newer-newer_empty_order stores-empty_order stores-empty_order_in_a_store",
    ),
    47: shown(
        "credentials/order-excludes credentials/order-unknown",
        "newer-newer_order_of_strangers stores-order_of_strangers",
    ),
    48: shown(
        "credentials/all-unusable credentials/cooldown credentials/disabled",
        "newer-newer_cooldown newer-newer_disabled single-in_cooldown single-disabled_over_billing",
    ),
    49: shown(
        "credentials/secret-ref-unresolved",
        "newer-reference_to_* further-reference_to_a_file_of_another_*",
    ),
    50: shown(
        "",
        "healthy-references_that_resolve further-token_by_a_file further-key_by_a_program",
        "further-key_in_the_secret_store",
    ),
    51: shown(
        "claude/cli-missing",
        "hosts-claude_route_without_claude",
    ),
    52: shown(
        "claude/login-blank credentials/missing credentials/none",
        "hosts-claude_route_without_a_login gaps-claude_logged_* gaps-codex_logged_*",
        "further-claude_cli_and_no_key",
    ),
    53: shown(
        "credentials/sqlite-unreadable",
        "newer-agents_database_broken",
    ),
    54: shown(
        "credentials/claude-code-only",
        "stores-refused_outside_of_claude_code",
    ),
    55: shown(
        "credentials/all-unusable credentials/cooldown credentials/disabled gateway/log-auth-errors",
        "gaps-refused_* gaps-no_credit_*",
    ),
    56: shown(
        "credentials/none",
        "further-gateway_without_credentials further-only_the_gateway_has_the_key",
    ),
    57: shown(
        "credentials/whitespace credentials/wrong-kind",
        "gaps-two_tokens_glued gaps-token_and_*",
    ),
    58: shown(
        "host/node",
        "hosts-old_node",
    ),
    59: shown(
        "credentials/refresh-fence",
        "newer-newer_fence",
    ),
}
TABLE: dict[str, Shown | Elsewhere] = {
    **{f"FM {number}": row for number, row in FAILURE_MODES.items()},
    **{f"§10 row {number}": row for number, row in BROKEN_STATES.items()},
}


def test_nothing_is_left_out() -> None:
    assert list(FAILURE_MODES) == list(range(1, 69))
    assert list(BROKEN_STATES) == list(range(1, 60))


@pytest.mark.parametrize("name", TABLE)
def test_what_is_named_is_there_and_expects_what_is_named(name: str) -> None:
    row = TABLE[name]
    if isinstance(row, Elsewhere):
        assert row.about
        assert (REPOSITORY / row.held_by).is_file()
        return
    unknown = [item for item in row.patterns if not any(fnmatchcase(case, item) for case in CASES)]
    assert unknown == []
    assert {entry.split()[1] for case in row.cases() for entry in case.expects} == row.checks


@pytest.mark.parametrize("name", ANSWERED)
def test_what_an_answer_of_the_provider_shows(name: str, tmp_path: Path) -> None:
    with world(tmp_path) as made:
        ANSWERED[name].build(made)
        made.settle()
        seen = _examined(made)
        assert [item.check_id for item in seen.report.outcomes if item.state == "crashed"] == []
        assert difference(ANSWERED[name].expects, findings(seen)) == {}


def _examined(made: World) -> Examined:
    """As `World.examined`, with the answer that is given; nobody is asked."""
    kind = replace(host_kind(made.env, root=made.root, platform="linux", uid=0), container="docker")
    return examine(made.call(), known_checks(), asking=ASKING, given={"host": kind, "controller": None, **made.given})


@pytest.mark.parametrize("name", ["gaps-empty_store_beside_a_full_backup", "gaps-empty_store_beside_a_numbered_backup"])
def test_what_a_backup_still_has_is_named(name: str, tmp_path: Path) -> None:
    """FM 22: who has lost the profiles wants to hear where they still are, before being sent to the wizard."""
    with world(tmp_path) as made:
        OFFLINE[name].build(made)
        made.settle()
        [finding] = [item for item in findings(made.examined()) if item.check_id == "credentials/none"]
        assert ".bak" in f"{finding.message} {finding.remedy}"
