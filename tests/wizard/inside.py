"""The program in this process: no terminal, nothing but the given home; much faster than a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.wizard.conftest import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from tests.wizard.conftest import House

# Of whoever runs the tests: what would be seen beside the home.
FOREIGN = (
    "ANTHROPIC_API_KEY", "ANTHROPIC_OAUTH_TOKEN", "OPENAI_API_KEY", "OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH",
    "OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_PROFILE", "OPENCLAW_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME",
)  # fmt: skip


class Inside:
    """Runs `openclaw onboard` on a home."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.house = house
        self._patch = monkeypatch
        self._capsys = capsys

    def onboard(self, *arguments: str, env: Mapping[str, str] | None = None) -> Result:
        """The result of one command line."""
        from openclaw.cli import run

        with self._patch.context() as patch:
            for name in FOREIGN:
                patch.delenv(name, raising=False)
            for name, value in self.house.environment(env).items():
                patch.setenv(name, value)
            patch.chdir(self.house.path)
            code = run(["onboard", *arguments])
        out, err = self._capsys.readouterr()
        return Result(code, out, err)
