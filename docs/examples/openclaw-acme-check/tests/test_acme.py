"""The check alone, the fact on a fake host, the fix applied and undone, and all of it in a run of the program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openclaw_acme import PROXY
from openclaw_acme.checks import proxy
from openclaw_acme.facts import Proxy, acme_proxy
from openclaw_acme.fixes import proxy as mend

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw_testkit.host import FakeHost

ENV = Path("/home/eve/.openclaw/.env")


def test_the_check_is_a_function() -> None:
    assert list(proxy.run(Proxy(ENV, PROXY))) == []
    [finding] = proxy.run(Proxy(ENV, ""))
    assert finding.target == "HTTPS_PROXY"


def test_the_fact_reads_the_last_line(fake_host: FakeHost) -> None:
    fake_host.dotenv(OTHER="1", HTTPS_PROXY=PROXY)
    assert fake_host.facts("acme_proxy", extra=[acme_proxy])["acme_proxy"].value == PROXY


def test_the_fix_mends_it_and_can_be_undone(fake_host: FakeHost, canaries: Mapping[str, str]) -> None:
    fake_host.dotenv(ANTHROPIC_API_KEY=canaries["anthropic"])
    before = fake_host.tree()
    [finding] = fake_host.findings(proxy, extra=[acme_proxy], fixes=[mend])
    journal = fake_host.apply(fake_host.plan(mend, finding, extra=[acme_proxy]))
    assert fake_host.findings(proxy, extra=[acme_proxy], fixes=[mend]) == []
    fake_host.undo(journal)
    assert fake_host.tree() == before


def test_the_program_shows_it(fake_host: FakeHost, canaries: Mapping[str, str]) -> None:
    """The plugin has to be installed for this one: `pip install -e .`"""
    fake_host.dotenv(ANTHROPIC_API_KEY=canaries["anthropic"])
    before = fake_host.tree()
    run = fake_host.doctor("--only", "acme", "--json")
    assert run.ids() == ["acme/proxy"]
    assert fake_host.doctor("--only", "acme", "--format", "acme").out == "openclaw.errors=0 openclaw.warnings=1\n"
    assert fake_host.tree() == before
