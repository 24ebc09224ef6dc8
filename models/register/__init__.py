"""The register: boards, areas, agencies, agreements; dated files that every process reads."""

from models.register.calibration import Noticeable, SignalCalibration
from models.register.duties import Duties
from models.register.load import RegisterError, load_register
from models.register.types import (
    Acceptance,
    Agency,
    Agreement,
    Board,
    Register,
    RepeatRule,
    Role,
    SeriesBreak,
    Town,
    Ward,
)

__all__ = [
    "Acceptance",
    "Agency",
    "Agreement",
    "Board",
    "Duties",
    "Noticeable",
    "Register",
    "RegisterError",
    "RepeatRule",
    "Role",
    "SeriesBreak",
    "SignalCalibration",
    "Town",
    "Ward",
    "load_register",
]
