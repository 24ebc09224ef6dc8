"""The error of a command that cannot use what it was given."""

from __future__ import annotations

import click


class Unusable(click.ClickException):
    """Says what to mend, without a value from the file. Exit 2: exit 1 is a verdict."""

    exit_code = 2
