"""The shipped kit itself: a fake host that is one, and canaries that are found in whatever form they get out."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from openclaw.api import Finding, Severity, Unavailable, check, fact
from openclaw_testkit import facts
from openclaw_testkit.canaries import CANARIES, check_clean, leaks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openclaw_testkit.host import FakeHost


@fact()
def acme_fails() -> str:
    """Not to be had."""
    raise OSError(13, "Permission denied", "/etc/acme")


@check("acme/needy", Severity.ERROR)
def needy(acme_fails: str) -> Iterator[Finding]:
    """Needs what is not to be had."""
    yield Finding("acme/needy", Severity.ERROR, acme_fails)


@pytest.mark.parametrize("name", CANARIES)
def test_a_canary_is_found_in_every_form(name: str) -> None:
    value = CANARIES[name]
    forms = [value, json.dumps(value), quote(value), value[::-1], b64encode(value.encode()).decode()]
    assert all(leaks(f"some text {form} and more") == [name] for form in forms)
    assert leaks(f"ends in {value[-4:]}, begins with {value[:13]}") == []
    with pytest.raises(AssertionError, match=name) as caught:
        check_clean("fine", value.encode())
    assert value not in str(caught.value)


def test_a_part_of_a_canary_is_found() -> None:
    assert "openai" in leaks(CANARIES["openai"][8:60])


def test_an_output_of_the_program_with_a_canary_fails_the_test(fake_host: FakeHost) -> None:
    fake_host.config({"gateway": {"mode": "local"}})
    fake_host.store({f"{CANARIES['other']}:x": {"type": "api_key", "provider": "openai", "key": ""}})
    with pytest.raises(AssertionError, match="other"):
        fake_host.doctor("--json")


def test_nothing_of_this_machine_is_on_the_fake_host(fake_host: FakeHost) -> None:
    call = fake_host.call(MORE="1")
    assert call.env == {"HOME": str(fake_host.home), "PATH": str(fake_host.bin), "MORE": "1"}
    fake_host.program("openclaw", "echo OpenClaw 2026.2.3")
    assert fake_host.facts("programs")["programs"].found == ((str(fake_host.bin / "openclaw"), False),)
    assert fake_host.facts("clock")["clock"].now == facts.NOW


def test_a_check_that_could_not_be_made_is_no_empty_list(fake_host: FakeHost) -> None:
    with pytest.raises(AssertionError, match="Permission denied"):
        fake_host.findings(needy, extra=[acme_fails])
    assert fake_host.facts("acme_fails", extra=[acme_fails])["acme_fails"] == Unavailable(
        "/etc/acme: Permission denied"
    )
