"""Twins: alike in all that a check may look at, and without anything of the secret but what a fingerprint shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from doctor.codec import Strange, decode, encode
from doctor.redacting import redact, telling
from doctor.twins import Twins, stated
from openclaw.credentials.cleaning import clean
from openclaw.credentials.shapes import diagnose
from openclaw.environment.layers import Layer
from openclaw.errors import Unreadable
from openclaw.facts import Unavailable
from openclaw.facts.installation import Clock
from openclaw.finding import Location, Severity
from openclaw.secret import Secret, fingerprint, stating
from openclaw.service.base import GatewayService
from openclaw.service.live import Live

KEY = "sk-ant-api03-" + "Ab9xY2-_" * 11 + "Zend"
CHARS = "abcXYZ0189-_. \n\t\"'=:/+#\u200b\ufeffß"
BEGINNINGS = (
    "",
    "sk-ant-api03-",
    "sk-ant-oat01-",
    "sk-proj-",
    "gsk_",
    "Bearer ",
    "OPENAI_API_KEY=",
    '"',
    "https://",
    "{",
)
values = st.builds(str.__add__, st.sampled_from(BEGINNINGS), st.text(CHARS, min_size=8, max_size=90))


def looks(value: str) -> list[tuple[str, str]]:
    return [(item.slug, item.what) for item in diagnose(value, "openai", "api_key")]


@given(values)
@example(f'"{KEY}"')
@example(f" Bearer {KEY}\n")
@example(KEY[:60] + "\n" + KEY[60:])
@example("openclaw onboard --auth-choice apiKey --token " + KEY)
@example("code12345678901234567#state12345678901234567")
@example("0123456789abcdef" * 3)
def test_a_twin_is_alike_and_tells_nothing(value: str) -> None:
    twin = Twins.among([value]).of(value)
    assert len(twin) == len(value)
    assert [char for char in twin if not char.isalnum()] == [char for char in value if not char.isalnum()]
    kinds = [(a.isdigit(), a.isupper(), a.islower()) for a in value if a.isascii()]
    assert kinds == [(a.isdigit(), a.isupper(), a.islower()) for a in twin if a.isascii()]
    if twin != value:
        assert looks(twin) == looks(value) or not {"credentials/placeholder", "credentials/redacted"} & {
            slug for slug, _ in looks(value)
        }


def test_a_key_gives_away_its_beginning_and_its_end_only() -> None:
    twin = Twins.among([KEY]).of(KEY)
    assert twin.startswith("sk-ant-api03-")
    assert twin.endswith("Zend")
    assert not any(KEY[at : at + 5] in twin for at in range(13, len(KEY) - 8))


def test_the_same_secret_has_the_same_twin_however_it_stands() -> None:
    forms = [KEY, f"  {KEY}\n", f'"{KEY}"', f"Bearer {KEY}", f"ANTHROPIC_API_KEY={KEY}", f"{KEY[:50]}\n{KEY[50:]}"]
    twins = Twins.among([*forms, KEY[:70]])
    assert all(clean(twins.of(form)).text.replace("\n", "") == twins.of(KEY) for form in forms)
    assert twins.of(KEY).startswith(twins.of(KEY[:70]))
    assert len({twins.of(form) for form in forms}) == len(forms)


@pytest.mark.parametrize(
    "value", ["YOUR_API_KEY", "xxx", "${ANTHROPIC_API_KEY}", "__OPENCLAW_REDACTED__", "***", "", "  "]
)
def test_what_is_no_secret_stays(value: str) -> None:
    assert Twins.among([value]).of(value) == value


def test_a_cut_off_key_with_dots_is_not_kept() -> None:
    value = "sk-ant-api03-RealPartOfAKey123..."
    twin = Twins.among([value]).of(value)
    assert "RealPart" not in twin
    assert looks(twin) == looks(value)


def test_fingerprints_are_those_of_the_secrets() -> None:
    dirty = f'"{KEY}"\n'
    twins = Twins.among([dirty])
    with stating(stated([dirty], twins)):
        assert Secret(twins.of(dirty)).fingerprint() == f"{fingerprint(dirty)}"
        assert Secret(clean(twins.of(dirty)).text).fingerprint() != fingerprint(twins.of(dirty))
    assert fingerprint(twins.of(dirty)) != fingerprint(dirty)
    expected = fingerprint(clean(dirty).text)
    with stating(stated([dirty], twins)):
        assert fingerprint(clean(twins.of(dirty)).text) == expected


def test_words_are_not_looked_for_everywhere() -> None:
    assert not telling("openclaw")
    assert not telling("main")
    assert telling("hunter2000")
    assert telling("a-long-pass-phrase")


def test_the_variables_of_a_service_keep_what_tells_how_it_runs() -> None:
    known = {
        "PATH": "/usr/bin:/bin", "OPENCLAW_STATE_DIR": "/srv/claw", "ANTHROPIC_API_KEY": KEY, "COMPANY_PIN": "4711",
        "DB": f"postgres://eve:{KEY[13:40]}@db/x", "PWD": "/srv/claw", "HOME": "/srv",
    }  # fmt: skip
    variables = {name: Secret(value) for name, value in known.items()}
    service = GatewayService(
        "openclaw-gateway.service", installed=True, restart="systemctl --user restart openclaw-gateway.service",
        definition=Path("/srv/claw/x.service"), environment=variables, unset={"OTHER": None},
        argv=("node", "gateway", f"--token={KEY[:40]}"), settings={"Service.Restart": "always"},
    )  # fmt: skip
    layer = Layer("process", {**known, "MY_NOTES": "meet eve@mail.example"}, lines={"ANTHROPIC_API_KEY": 2})
    tree = encode({"gateway": service, "live": Live(7, "node", variables, 5), "layer": layer, "held": [variables]})
    found = redact(tree, "")
    text = repr(found.tree)
    assert KEY[13:40] not in text
    assert "4711" not in text
    assert "eve@mail" not in text
    again = decode(found.tree)
    assert again["gateway"].environment["PATH"] == Secret("/usr/bin:/bin")
    assert again["gateway"].definition == service.definition
    assert again["gateway"].settings == service.settings
    assert again["gateway"].environment == again["live"].variables == again["held"][0]
    assert again["layer"].values["ANTHROPIC_API_KEY"] == again["live"].variables["ANTHROPIC_API_KEY"].reveal()
    assert again["layer"].lines == layer.lines
    assert all(KEY not in item.mark and KEY[13:40] not in item.place for item in found.taken)


# ---- the codec -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Own:
    """A class of a plugin."""

    value: object


VALUES = [
    None, True, 3, -1.5, "text", "\udcff \u200b", b"\x00\xff", (1, (2, 3)), [1, [2]], {"a": {"b": ()}},
    {1: "x", ("a", 2): 3}, {"$ref": 1}, frozenset({"b", "a"}), {1, 2}, Path("/x/y"), Secret("FAKE"), Severity.ERROR,
    Unavailable("why"), Clock(5), Location("/x", 1), (Location("/x"),) * 2, float("inf"),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_come_back_as_they_were(value: object) -> None:
    again = decode(encode(value))
    assert again == value
    assert type(again) is type(value)


def test_what_is_told_twice_is_one_thing_again() -> None:
    place = Location("/x", 1)
    first, second = decode(encode([place, {"a": place}]))
    assert first is second["a"]


def test_a_failure_is_told_with_its_place() -> None:
    failure = Unreadable("is broken", path=Path("/x"), line=3, hint="h", commands=("c",))
    again = decode(encode((failure,)))[0]
    assert type(again) is Unreadable
    assert (again.location, again.message, again.hint, again.commands) == ("/x:3", "is broken", "h", ("c",))


def test_classes_of_plugins_need_their_module_to_be_known() -> None:
    tree = encode(Own((1, Own(None))))
    assert decode(tree, [__name__]) == Own((1, Own(None)))
    with pytest.raises(Strange, match="no kind of fact"):
        decode(tree)


@pytest.mark.parametrize("value", [object(), print, {"a": open}, [lambda: 1], iter(())])
def test_what_is_no_data_is_not_written(value: object) -> None:
    with pytest.raises(Strange):
        encode(value)


def test_a_circle_or_a_depth_without_end_is_not_written() -> None:
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(Strange, match="deeply"):
        encode(circle)
