"""What was asked for on the command line, and in an answers file in its stead."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from openclaw.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openclaw.errors import UsageFailure
    from wizard.answers import Source


@frozen
class Options:
    """The flags as they were given; "" and None where not. `keys` maps key flags to what followed them.

    `settings` are flags about the gateway (`settings.FLAGS`). `origins` maps flags to the places of an answers file
    (or the reference program's flags) that gave them in their stead; `literal` is a secret that stands in a file.
    `alone`: nobody is asked. `unread` is why an answers file could not be read at all. `wrong` is what is wrong with
    the words themselves, `ways` are commands that lead on, and `spoilt` are the questions whose answers stand in a file
    and are none. `opened` are the questions that an answers file names under `interactive`.
    """

    provider: str = ""
    method: str = ""
    store: str = ""
    profile_id: str = ""
    model: str = ""
    base_url: str = ""
    api: str = ""
    region: str = ""
    existing: str = ""
    key_file: str = ""
    key_stdin: bool = False
    key_env: str = ""
    auth_choice: str = ""
    token: str | None = field(default=None, repr=False)
    token_provider: str = ""
    token_profile_id: str = ""
    token_expires_in: str = ""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    use_anyway: bool = False
    yes: bool = False
    agent: str = ""
    account_id: str = ""
    gateway_id: str = ""
    handling: str = ""
    reset: bool = False
    service: str = ""
    monitor: bool = False
    mode: str = ""
    live: bool = False
    no_verify: bool = False
    literal: str | None = field(default=None, repr=False)
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    reset_on_exit: bool = False
    only: frozenset[str] | None = None  # the questions that are asked; None: all, or none where nobody is there
    opened: frozenset[str] = frozenset()
    origins: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False
    wrong: tuple[str, ...] = ()  # one sentence each
    ways: tuple[str, ...] = ()
    spoilt: frozenset[str] = frozenset()
    unread: UsageFailure | None = None

    def called(self, flag: str) -> str:
        """What gave a value, in the user's words: the flag, or the line of the answers file."""
        return self.origins.get(flag.partition(" ")[0], flag)

    def source(self, flag: str) -> Source:
        """Whether it was a flag or the answers file."""
        origin = self.origins.get(flag.partition(" ")[0], flag)
        return "flag" if origin.startswith("--") else "answers"
