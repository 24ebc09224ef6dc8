"""The same work in R: surveillance's `farringtonFlexible` and SpatialEpi's `kulldorff`, each where it is installed.

Only R's own user CPU around the call counts, not its start. Answers come back with the times, to be compared.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_FARRINGTON = """
suppressMessages(library(surveillance))
y <- scan(file("stdin"), quiet = TRUE)
weeks <- seq(as.Date("2001-01-01"), by = "week", length.out = length(y))
series <- new("sts", observed = matrix(y), epoch = as.numeric(weeks), epochAsDate = TRUE, freq = 52, start = c(2001, 1))
range <- (length(y) - 51):length(y)
control <- list(range = range, b = 5, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, weightsThreshold = 2.58,
                pThresholdTrend = 1, alpha = 0.01, thresholdMethod = "nbPlugin", limit54 = c(5, 4))
used <- system.time(found <- suppressWarnings(farringtonFlexible(series, control)))
upper <- upperbound(found)[, 1]
cat(sprintf('{"seconds": %.6f, "answers": [%s]}', used[["user.self"]] / length(range),
            paste(ifelse(is.na(upper), "null", upper), collapse = ",")))
"""

_KULLDORFF = """
suppressMessages(library(SpatialEpi))
d <- matrix(scan(file("stdin"), quiet = TRUE), ncol = 4, byrow = TRUE)
used <- system.time(found <- kulldorff(d[, 1:2], d[, 3], d[, 4], NULL, 0.5, 999, 0.05, plot = FALSE))
cat(sprintf('{"seconds": %.6f, "answers": [%.9f]}', used[["user.self"]],
            found$most.likely.cluster$log.likelihood.ratio))
"""


def installed(package: str) -> bool:
    """Whether R and one of its packages are on this machine."""
    if shutil.which("Rscript") is None:
        return False
    asked = subprocess.run(
        ["Rscript", "-e", f'quit(status = !requireNamespace("{package}", quietly = TRUE))'],
        check=False,
        capture_output=True,
    )
    return asked.returncode == 0


def farrington_in_r(counts: Floats) -> tuple[float, list[float | None]]:
    """CPU seconds a fit, and the thresholds of the last 52 weeks: nbPlugin, five years back."""
    return _run(_FARRINGTON, counts)


def kulldorff_in_r(x: Floats, y: Floats, cases: Floats, people: Floats) -> tuple[float, float]:
    """CPU seconds of a scan of circles up to half the people with 999 replicates, and its greatest log ratio."""
    seconds, answers = _run(_KULLDORFF, np.column_stack([x, y, cases, people]).ravel())
    greatest = answers[0]
    assert greatest is not None
    return seconds, greatest


def _run(program: str, numbers: Sequence[float] | Floats) -> tuple[float, list[float | None]]:
    done = subprocess.run(
        ["Rscript", "-e", program], input=" ".join(map(str, numbers)), text=True, check=True, capture_output=True
    )
    output = json.loads(done.stdout)
    return output["seconds"], output["answers"]
