"""What every method on a single series gives for each date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SeriesVerdict:
    """What was expected at one date, and whether the count exceeds it. Nothing where there is no result.

    No result is not "no alarm": too short a history, a missing count, or a model that did not converge.
    """

    expected: float | None = None
    upper: float | None = None
    score: float | None = None
    alarm: bool | None = None
    p: float | None = None
