"""Exit codes, and commands whose foreseen problems end in one line that says what to do next."""

from __future__ import annotations

import os
import sys

import click

from agencies.mint import MintError
from agencies.outbox import OutboxError
from agencies.publish.broker import BrokerProblem
from agencies.readers import MappingError, UnreadableFile
from agencies.serve.credentials import CredentialError
from agencies.settings import SettingsError
from models.register import RegisterError
from models.service.atomic import NotWritten, disk_words
from models.service.keyfiles import KeyFileError

REFUSED = 1
"""Some rows were refused, here or at intake, or a withdrawal needs a person's word."""
UNUSABLE = 2
"""Nothing could be done: wrong use, unreadable file, missing key, broker that will not have us."""

KNOWN_PROBLEMS = (
    BrokerProblem,
    CredentialError,
    KeyFileError,
    MappingError,
    MintError,
    OutboxError,
    RegisterError,
    SettingsError,
    UnreadableFile,
)


class Unusable(click.ClickException):
    """One line on standard error; exit code 2."""

    exit_code = UNUSABLE


def _of_disk(error: OSError) -> str:
    """A full, read-only or forbidden disk in one line: what it was about, and what to do."""
    if isinstance(error, NotWritten):
        return str(error)
    if isinstance(error.filename, str):
        return f"{error.filename}: {disk_words(error)}"
    # Nothing of ours: where standard output goes. What is left of it must not fail once more when Python ends.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return f"the output: {disk_words(error)}"


class Guarded(click.Command):
    """A command whose foreseen problems end in one line and exit code 2, never in a traceback."""

    def invoke(self, context: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(context)
        except KNOWN_PROBLEMS as problem:
            raise Unusable(str(problem)) from None
        except BrokenPipeError:
            raise  # whoever read the output has gone: click ends quietly
        except OSError as error:
            raise Unusable(_of_disk(error)) from None
