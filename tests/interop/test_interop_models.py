"""The models that are offered without asking a provider, against the list that the real program prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from openclaw.providers.catalog import load
from openclaw.providers.models import known_models
from tests.interop.conftest import last_json

if TYPE_CHECKING:
    from tests.interop.conftest import Machine

pytestmark = pytest.mark.interop


def test_the_real_program_knows_every_model_that_is_offered_to_it(machine_2026_2_3: Machine) -> None:
    listed = {
        row["key"] for row in last_json(machine_2026_2_3.real("models", "list", "--all", "--json").stdout)["models"]
    }
    named = {item.id for item in load().providers} & {key.partition("/")[0] for key in listed}
    offered = {
        f"{name}/{model}"
        for name in named
        for model in known_models(name, newer=False)
        if f"{name}/{model}" != "openrouter/auto"  # no model: a router
    }
    assert len(offered) > 40
    assert offered - listed == set()
