"""Asking the provider whether it accepts a credential, before it is saved. Only a clear no is a no."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from openclaw.errors import Failure
from openclaw.frozen import replace
from wizard.answers import Checked

if TYPE_CHECKING:
    from openclaw.installation import Installation
    from openclaw.invocation import Invocation
    from openclaw.probing.run import Result, Run
    from wizard.answers import Credential, State
    from wizard.page import Page

SECONDS = 6.0  # of patience: a person waits
SOURCE = "onboard"


class Asker:
    """Asks about credentials, and remembers what was said until it is worth writing down."""

    def __init__(self, call: Invocation, found: Installation, page: Page) -> None:
        self._call = call
        self._found = found
        self._page = page
        self._runs: dict[Credential, Run] = {}

    def ask(self, credential: Credential) -> Checked:
        """Asks. A network that does not answer is "unreached": whether the credential is good is then not known."""
        done = _asked(credential, self._call, self._found, self._page)
        self._runs[credential] = done
        (result,) = done.results
        return Checked(credential, _state(result), _why(result), _models(result))

    def remember(self, credential: Credential, name: str) -> None:
        """Writes down what was said of a credential that was saved, for `models status` and the doctor; no secrets.

        `name`: the variable or profile id under which it stands now.
        """
        from openclaw import record

        run = self._runs.get(credential)
        if run is None:
            return
        results = tuple(replace(item, target=replace(item.target, name=name)) for item in run.results)
        path = record.path_for(self._found.home.state, self._call.env, self._call.user)
        with contextlib.suppress(Failure, OSError):  # it is only a memory, and the change is done
            record.remember(path, replace(run, results=results), SOURCE, self._call.now)


def _asked(credential: Credential, call: Invocation, found: Installation, page: Page) -> Run:
    from openclaw.config.views import provider_entry
    from openclaw.probing.run import Options, run
    from openclaw.probing.targets import Target

    own = None if credential.anew else provider_entry(found.config.value, credential.provider)
    entry = dict(own[1]) if own else {}
    if credential.base_url:
        entry["baseUrl"] = credential.base_url
    if credential.api:
        entry["api"] = credential.api

    def notice(text: str) -> None:  # about an address in the config; whoever has just typed one knows it
        if not credential.base_url:
            page.say(text, style="notice")

    target = Target(
        credential.provider,
        credential.provider,
        "env",
        credential.secret,
        credential.mode,
        f"{credential.provider}/{credential.model}" if credential.model else "",
        entry=entry,
    )
    return run([target], call.env, Options(seconds=SECONDS, notice=notice))


def _state(result: Result) -> State:
    """What it comes to."""
    verdict = result.verdict
    if verdict.rejected and not result.mark:  # "Claude Code only" proves nothing about OpenClaw's own use (rule 7)
        return "rejected"
    if result.answer is None or verdict.cls == "network":
        return "unreached"
    return "accepted" if verdict.cls == "ok" and verdict.sure else "unsure"


def _why(result: Result) -> str:
    from openclaw.redact import scrub

    known = (result.target.secret,) if result.target.secret else ()
    meaning = scrub(result.verdict.meaning, known)
    said = scrub(result.verdict.evidence.get("message", ""), known)
    return meaning if not said or said in meaning or result.answer is None else f"{meaning} It said: {said[:160]}"


def _models(result: Result) -> tuple[str, ...]:
    from openclaw.providers.judging import models_in

    if result.answer is None or result.verdict.cls != "ok":
        return ()
    return tuple(sorted(models_in(result.answer.body) or ()))
