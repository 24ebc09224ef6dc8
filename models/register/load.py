"""Reads the register: a directory of `register-YYYY-MM-DD.yaml`, each whole, in force from its date."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import yaml
from pydantic import ValidationError

from models.register.types import Register
from models.service.errors import ForeseenError

_FILE = re.compile(r"^register-(\d{4}-\d{2}-\d{2})\.ya?ml$")


class RegisterError(ForeseenError):
    """A register that cannot be used; the message names the file and what to mend."""


def load_register(directory: Path, on: date | None = None) -> Register:
    """The newest register in force on a day (the newest of all when none is given).

    Raises `RegisterError` when the directory has none in force, a file does not validate, or it is not synthetic and a
    board has not decided what `Register.undecided` asks for.
    """
    dated = sorted(
        (date.fromisoformat(match[1]), path)
        for path in (directory.iterdir() if directory.is_dir() else ())
        if (match := _FILE.match(path.name))
    )
    in_force = [(day, path) for day, path in dated if on is None or day <= on]
    if not in_force:
        when = f" in force on {on}" if on else ""
        raise RegisterError(f"{directory}: no register-YYYY-MM-DD.yaml{when}")
    day, path = in_force[-1]
    try:
        register = Register.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise RegisterError(f"{path}: {error}") from None
    if register.version != day:
        raise RegisterError(f"{path}: its version is {register.version}, its name says {day}")
    if undecided := register.undecided():
        raise RegisterError(f"{path}: {undecided}")
    return register
