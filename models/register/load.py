"""Reads the register: a directory of `register-YYYY-MM-DD.yaml`, each whole, in force from its date.

Beside a register there may be a `signals-YYYY-MM-DD.yaml` of the same date, with the calibrations that
`analysis calibrate-signals` made, by board.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from models.register.calibration import SignalCalibration
from models.register.types import Register
from models.service.errors import ForeseenError
from models.service.yaml_text import read_yaml

_CALIBRATIONS = TypeAdapter(dict[str, SignalCalibration])
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
        register = _parsed(path.read_text("utf-8"))
    except (yaml.YAMLError, ValidationError) as error:
        raise RegisterError(f"{path}: {error}") from None
    if register.version != day:
        raise RegisterError(f"{path}: its version is {register.version}, its name says {day}")
    if undecided := register.undecided():
        raise RegisterError(f"{path}: {undecided}")
    return _calibrated(register, calibration_path(directory, day))


@lru_cache(maxsize=8)
def _parsed(text: str) -> Register:
    """Kept by its text: pages and workers look for a newer file far more often than there is one."""
    return Register.model_validate(read_yaml(text))


def calibration_path(directory: Path, version: date) -> Path:
    """Where the calibrations of signals of a version of the register are kept."""
    return directory / f"signals-{version}.yaml"


def read_calibrations(path: Path) -> dict[str, SignalCalibration]:
    """Calibrations by board; none where there is no file. Raises `RegisterError` for one that does not validate."""
    if not path.is_file():
        return {}
    try:
        return _CALIBRATIONS.validate_python(read_yaml(path.read_text("utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise RegisterError(f"{path}: {error}") from None


def _calibrated(register: Register, path: Path) -> Register:
    """The register with the calibrations of its boards, but without those made for other wards than it has."""
    found = read_calibrations(path)
    boards = {board.code: board for board in register.boards}
    if unknown := sorted(set(found) - set(boards)):
        raise RegisterError(f"{path}: boards {unknown} are not in the register of {register.version}: take them out")
    fitting = {code: own for code, own in found.items() if own.places == boards[code].places_digest}
    # A new object, because a copy would keep what the first has cached about its boards.
    return Register(
        version=register.version,
        synthetic=register.synthetic,
        boards=tuple(board.model_copy(update={"signals": fitting.get(board.code)}) for board in register.boards),
        agencies=register.agencies,
        agreements=register.agreements,
    )
