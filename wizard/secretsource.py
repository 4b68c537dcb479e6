"""The secret where flags say that it is: a file, standard input, a variable, the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openclaw.errors import Failure
from wizard.consistency import secret_flags

if TYPE_CHECKING:
    from openclaw.credentials.paste import Pasted
    from openclaw.invocation import Invocation
    from wizard.answers import Source
    from wizard.options import Options


REFERENCE = "key_from"  # the id of an answer: where the secret was read, as an answers file says it
PROFILE = "profile:"  # in front of the stored profile that it is the secret of, which no answers file has to say


def reference(options: Options, call: Invocation) -> str:
    """`env:NAME` or `file:PATH`, as it stands in an answers file; "" for a secret that stands nowhere."""
    from openclaw.home import expand

    if options.key_file:
        return f"file:{expand(options.key_file, call.user, call.cwd)}"
    return f"env:{options.key_env}" if options.key_env else ""


def secret_source(options: Options) -> tuple[Source, str] | None:
    """Where the secret comes from, for the review page."""
    if options.key_file:
        return "file", f"--key-file {options.key_file}"
    if options.key_stdin:
        return "stdin", "--key-stdin"
    if options.key_env:
        return "environment", f"--key-env {options.key_env}"
    if options.literal is not None:
        return "flag", "--key"
    flags = secret_flags(options)
    return ("flag", flags[0]) if flags else None


def read_secret(options: Options, call: Invocation, stdin: bytes | None) -> Pasted:
    from openclaw.credentials.paste import from_pipe, from_prompt

    if options.key_file:
        return from_pipe(_file(options.key_file, call))
    if options.key_stdin:
        return from_pipe(stdin or b"")
    if options.key_env:
        if options.key_env not in call.env:
            raise Failure(f"the variable {options.key_env} is not set")
        return from_prompt(call.env[options.key_env])
    return from_prompt(next(iter(options.keys.values()), options.token or options.literal or ""))


def told(error: Failure, options: Options) -> str:
    """The message of a reader of pipes and prompts, with the name of what was read in its place."""
    import re

    if options.key_file:
        name = "the file"
    elif options.key_env:
        name = "the variable"
    else:
        name = "standard input" if options.key_stdin else "the flag"
    message = re.sub("standard input|the prompt", name, error.message.rstrip("."), flags=re.IGNORECASE)
    return message[:1].lower() + message[1:]


def _file(name: str, call: Invocation) -> bytes:
    import os
    import stat

    from openclaw.credentials.paste import LARGEST
    from openclaw.home import expand

    path = expand(name, call.user, call.cwd)
    try:
        # Without waiting for a writer, where it is a pipe.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Failure("is not a regular file", path=path, hint="--key-stdin reads from a pipe")
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Failure(f"cannot be read: {error.strerror}", path=path) from error
