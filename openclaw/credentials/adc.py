"""Google's application default credentials, as far as OpenClaw looks (auth-spec §5.3): a file and two variables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openclaw.home import there, user_home

if TYPE_CHECKING:
    from openclaw.environment.layers import Environment


def application_default_credentials(environment: Environment) -> bool:
    """Whether google-vertex counts as authenticated."""
    project = environment.usable("GOOGLE_CLOUD_PROJECT") or environment.usable("GCLOUD_PROJECT")
    return bool(project and environment.usable("GOOGLE_CLOUD_LOCATION")) and there(credentials_file(environment))


def credentials_file(environment: Environment) -> Path:
    """Where the file is looked for."""
    named = environment.usable("GOOGLE_APPLICATION_CREDENTIALS")
    home = user_home(environment.values)
    return Path(named) if named else home / ".config" / "gcloud" / "application_default_credentials.json"
