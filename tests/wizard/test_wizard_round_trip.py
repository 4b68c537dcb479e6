"""What flags say, an answers file says too: `--print-answers`, then `--answers`, comes to the same plan."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from openclaw.errors import UsageFailure
from openclaw.secret import Secret
from tests.wizard.conftest import House
from tests.wizard.inside import Inside
from wizard import chosen
from wizard import facts as collecting
from wizard.answersfile import filled, render
from wizard.answersmembers import QUESTIONS
from wizard.command import _options, onboard
from wizard.decision import plan_of
from wizard.flow import Done, next_step, settled
from wizard.front.flags import complete
from wizard.options import Options
from wizard.prefilling import prefill

if TYPE_CHECKING:
    from openclaw.change.plan import Plan
    from wizard.answers import Answers
    from wizard.decision import Decision
    from wizard.facts import Facts

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/onboard-answers.schema.json").read_text())
KEY = "sk-ant-api03-FAKE" + "aB3_" * 22
OTHER = "sk-ant-api03-FAKE" + "zY9-" * 22
SETUP = "sk-ant-oat01-FAKE" + "aB3_" * 22
PLAIN = "FAKE0123456789abcdef0123456789abcdef"
OPENAI = "sk-proj-FAKE0123456789abcdefghij0123456789"
PASSWORD = "FAKE-pass-0123456789"
GATEWAY = "FAKE-gateway-0123456789"
SECRETS = (KEY, OTHER, SETUP, PLAIN, OPENAI, PASSWORD, GATEWAY)
ENV = {"MINE": KEY, "PLAIN": PLAIN, "TOKEN": SETUP}
NOT_OPTIONS = {"non_interactive", "plain", "as_json", "answers", "print_answers", "resume", "restart"}
CLOUDFLARE = ("--cloudflare-ai-gateway-account-id", "acc", "--cloudflare-ai-gateway-gateway-id", "gw")

stores = st.sampled_from([(), ("--store", "env"), ("--store", "profile"), ("--profile-id", "anthropic:ci")])
anthropic = st.tuples(
    st.sampled_from([
        ("--provider", "anthropic", "--key-env", "MINE"),
        ("--provider", "anthropic", "--key-file", "key.txt"),
        ("--anthropic-api-key", KEY),
        ("--auth-choice", "apiKey", "--anthropic-api-key", OTHER),
        ("--provider", "anthropic", "--key-env", "TOKEN"),
        ("--provider", "anthropic", "--method", "setup-token", "--key-env", "TOKEN"),
        ("--auth-choice", "token", "--token-provider", "anthropic", "--token", SETUP),
        ("--token", SETUP, "--token-expires-in", "90d"),
    ]),
    stores,
    st.sampled_from([(), ("--model", "claude-sonnet-4-5"), ("--model", "anthropic/claude-sonnet-4-5")]),
    st.sampled_from([(), ("--existing", "replace"), ("--existing", "keep"), ("--existing", "new-first")]),
)  # fmt: skip
others = st.tuples(
    st.sampled_from([
        ("--auth-choice", "skip"),
        ("--openai-api-key", OPENAI),
        ("--openai-api-key", "gsk_FAKE0123456789abcdef0123456789abcdef", "--use-anyway"),
        ("--auth-choice", "moonshot-api-key-cn", "--moonshot-api-key", PLAIN),
        ("--provider", "moonshot", "--region", "cn", "--key-env", "PLAIN"),
        ("--provider", "zai", "--region", "cn-coding", "--key-env", "PLAIN"),
        ("--auth-choice", "minimax-api-lightning", "--minimax-api-key", PLAIN),
        ("--cloudflare-ai-gateway-api-key", PLAIN, *CLOUDFLARE),
        ("--provider", "my-proxy", "--base-url", "https://llm.example.com/v1", "--model", "big", "--key-env", "PLAIN"),
        ("--provider", "mine", "--base-url", "http://127.0.0.1:1234/v1", "--model", "m/x", "--api",
         "anthropic-messages", "--key-env", "PLAIN", "--store", "env"),
        ("--mode", "remote", "--remote-url", "wss://gateway.example:18789", "--remote-token", GATEWAY),
    ])
)  # fmt: skip
extras = st.lists(
    st.sampled_from([
        ("--gateway-port", "19001"), ("--gateway-bind", "lan"), ("--gateway-auth", "token"),
        ("--gateway-token", GATEWAY), ("--gateway-password", PASSWORD), ("--tailscale", "off"),
        ("--tailscale", "serve"), ("--workspace", "~/ws"), ("--node-manager", "pnpm"), ("--monitor",),
        ("--tailscale-reset-on-exit",), ("--service", "later"), ("--service", "install"), ("--skip-daemon",),
        ("--handling", "modify"), ("--reset", "--yes"), ("--mode", "local"), ("--agent", "main"), ("--live",),
        ("--no-verify",),
    ]),
    max_size=4,
    unique_by=lambda item: item[0],
)  # fmt: skip
STORED = {"anthropic:default": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-FAKEold" + "x" * 60}}
HOMES = ("fresh", "env", "profile")


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[House, Facts]]:
    """A fresh home, one with a config and an env file, one with a stored profile; and what is known of each."""
    found = {}
    for name in HOMES:
        house = House(tmp_path_factory.mktemp(name))
        house.write(house.path / "key.txt", f"{KEY}\n")
        if name != "fresh":
            house.write(house.config, json.dumps({"gateway": {"mode": "local", "bind": "loopback", "port": 19001}}))
            house.write(house.env_file, "MISTRAL_API_KEY=FAKE0123456789abcdef0123456789aa\n")
        if name == "profile":
            house.write(house.store, json.dumps({"version": 1, "profiles": STORED}))
        found[name] = (house, collecting.look(house.call(ENV)))
    return found


@pytest.fixture(autouse=True)
def _same_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openclaw.credentials.storing.gateway_secret", lambda: Secret("FAKE-made-token"))


def of_flags(arguments: list[str]) -> Options:
    """The options of a command line in which nobody is asked."""
    context = onboard.make_context("onboard", list(arguments), obj={})
    flags = {name: value for name, value in context.params.items() if name not in NOT_OPTIONS}
    return _options(context, flags, alone=True)


def answered(options: Options, house: House, facts: Facts, env: dict[str, str]) -> Answers:
    """All answers; UsageFailure where the options are not good enough."""
    given = prefill(options, facts, house.call(env))
    if given.troubles:
        raise UsageFailure("; ".join(given.troubles))
    return complete(given.answers, facts)


def outcome(answers: Answers, facts: Facts) -> tuple[Plan, Decision]:
    """What would be done."""
    step = next_step(answers, facts)
    assert isinstance(step, Done)
    return plan_of(step.decision, settled(answers, facts)[1]), step.decision


def printed(answers: Answers, facts: Facts) -> str:
    """As `--print-answers` prints them."""
    answers, facts = settled(answers, facts)
    variable = chosen.variable(answers, facts) or "OPENCLAW_ONBOARD_KEY"
    wanted = chosen.provider_id(answers) not in ("", chosen.SKIP)
    return render(answers, {"secret": variable} if wanted else {})


@given(home=st.sampled_from(HOMES), who=st.one_of(anthropic, others), more=extras)
@example(home="fresh", who=(("--auth-choice", "moonshot-api-key-cn", "--moonshot-api-key", PLAIN),), more=[])
@example(
    home="profile", who=(("--token", SETUP, "--token-expires-in", "90d"), ("--profile-id", "anthropic:ci")), more=[]
)
@example(home="env", who=(("--mode", "remote", "--remote-url", "ws://h:1", "--remote-token", GATEWAY),), more=[])
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=80, deadline=None
)
def test_flags_and_the_file_of_them_come_to_the_same_plan(
    home: str, who: tuple[tuple[str, ...], ...], more: list[tuple[str, ...]], houses: dict[str, tuple[House, Facts]]
) -> None:
    house, facts = houses[home]
    arguments = [word for part in (*who, *more) for word in part]
    try:
        answers = answered(of_flags(arguments), house, facts, ENV)
    except UsageFailure:
        assume(False)
    text = printed(answers, facts)
    document = tomllib.loads(text)
    jsonschema.validate(document, SCHEMA)
    assert not [secret for secret in SECRETS if secret in text]
    house.write(house.path / "answers.toml", text)
    env = {**ENV, **secrets_of(document, answers)}
    options = filled(Options(alone=True), "answers.toml", house.call(env))
    assert options.wrong == ()
    again = answered(options, house, facts, env)
    plan, decision = outcome(answers, facts)
    same, also = outcome(again, facts)
    assert list(map(repr, same)) == list(map(repr, plan))
    assert same == plan
    for name in ("provider", "method", "place", "profile_id", "variable", "expires", "service", "pending", "monitor"):
        assert getattr(also, name) == getattr(decision, name), name
    assert printed(again, facts) == text


def secrets_of(document: dict[str, Any], answers: Answers) -> dict[str, str]:
    """The variables that the file names, with what was given by flags."""
    found = {}
    if document.get("key", "").startswith("env:"):
        found[document["key"][4:]] = answers.secret("secret").reveal()
    for name, value in document.get("gateway", {}).items():
        if isinstance(value, str) and value.startswith("env:"):
            path = {"remote_token": "gateway.remote.token"}.get(name, f"gateway.auth.{name}")
            found[value[4:]] = answers.secret(f"set:{path}").reveal()
    return found


def test_the_program_prints_what_it_can_read(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = Inside(house, monkeypatch, capsys)
    house.write(house.path / "key.txt", f"{KEY}\n")
    flags = (
        "--provider", "anthropic", "--key-file", "key.txt", "--profile-id", "anthropic:ci", "--gateway-port", "1234",
        "--gateway-password", PASSWORD, "--no-verify",
    )  # fmt: skip
    before = house.snapshot()
    text = inside.onboard("--non-interactive", "--print-answers", *flags).out
    assert house.snapshot() == before
    assert tomllib.loads(text)["key"] == f"file:{house.path}/key.txt"
    assert tomllib.loads(text)["gateway"]["password"] == "env:OPENCLAW_GATEWAY_PASSWORD"
    house.write(house.path / "answers.toml", text)
    env = {"OPENCLAW_GATEWAY_PASSWORD": PASSWORD}
    result = inside.onboard("--json", "--no-verify", "--answers", "answers.toml", env=env)
    assert (result.code, result.document["profileId"]) == (0, "anthropic:ci"), result.err
    assert json.loads(house.config.read_text())["gateway"]["auth"]["password"] == PASSWORD


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_only_what_is_named_is_asked(name: str, house: House) -> None:
    """`interactive` names questions: those, and what belongs to them, are left to a person; the rest is not."""
    house.write(house.path / "a.toml", f'interactive = ["{name}"]\n')
    options = filled(Options(), "a.toml", house.call())
    assert options.only is not None
    assert QUESTIONS[name] in options.only
    assert not options.alone
    facts = collecting.look(house.call())
    given = prefill(options, facts, house.call())
    if name in ("provider", "key"):
        left = {"provider": "key", "key": "provider"}[name]
        with pytest.raises(UsageFailure) as failed:
            complete(given.answers, facts, asked=options.only)
        said = failed.value.message
        assert {"provider": "--provider", "key": "--key-file"}[left] in said
        assert {"provider": "--provider", "key": "--key-file"}[name] not in said
