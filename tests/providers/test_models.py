"""The models that are offered where no provider was asked."""

from __future__ import annotations

import pytest

from openclaw.providers.catalog import load
from openclaw.providers.models import known_models

NAMED = [item for item in load().providers if known_models(item.id, newer=False)]


@pytest.mark.parametrize("provider", NAMED, ids=lambda item: item.id)
@pytest.mark.parametrize("newer", [False, True])
def test_the_usual_model_of_a_provider_is_among_them(provider: object, *, newer: bool) -> None:
    from openclaw.providers.catalog import Provider

    assert isinstance(provider, Provider)
    usual = provider.model(newer=newer).partition("/")[2]
    assert usual == "" or usual in known_models(provider.id, newer=newer)


def test_the_main_providers_have_several() -> None:
    for name in ("anthropic", "openai", "google", "openrouter", "xai", "groq", "mistral"):
        for newer in (False, True):
            ids = known_models(name, newer=newer)
            assert len(ids) >= 4
            assert len(set(ids)) == len(ids)


def test_nothing_is_known_of_a_service_of_ones_own() -> None:
    assert known_models("acme", newer=True) == ()
