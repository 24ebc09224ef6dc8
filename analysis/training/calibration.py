"""From the probability that the model gives a need to the share of such needs that is true in simulated boards.

The model takes sectors for independent, and knows nothing of copied signs, brief contact or habits that shift. So its
0.8 is not right eight times in ten. For each kind of need a curve says how often it is: logit(true) = start + slope x
logit(modelled). `python -m benchmarks.conclusions.fit` finds the curves on boards of its own and writes
calibration.json; `make validate-conclusions` judges them on other boards (docs/adr/0037).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log
from typing import Final

NEAREST: Final = 0.001
"""The model is never taken to be surer than this."""


@dataclass(frozen=True, slots=True)
class Curve:
    """How often needs of one kind are true, by the probability that the model gives them."""

    start: float
    slope: float
    """Above 0: the likelier by the model, the likelier."""

    def stated(self, modelled: float) -> float:
        """The probability to state."""
        return 1 / (1 + exp(-(self.start + self.slope * logit(modelled))))

    def modelled(self, stated: float) -> float:
        """The least probability by the model that is stated as so much; more than any if none is."""
        found = 1 / (1 + exp(-(log(stated / (1 - stated)) - self.start) / self.slope))
        return found if self.stated(found) >= stated - 1e-9 else 2.0


def logit(probability: float) -> float:
    """Log odds, of a probability that is taken to be no nearer to 0 or 1 than `NEAREST`."""
    inside = min(1 - NEAREST, max(NEAREST, probability))
    return log(inside / (1 - inside))


@cache
def curves() -> Mapping[str, Curve]:
    """Kind of need -> its curve, as shipped."""
    kept = json.loads(files("analysis.training").joinpath("calibration.json").read_text("utf-8"))
    return {kind: Curve(curve["start"], curve["slope"]) for kind, curve in kept["curves"].items()}


def kind_of(moves: str, topic: str) -> str:
    """Which curve a need has: the measure it should move, and `m18 any` for all of a sector's signs."""
    return "m18 any" if moves == "m18" and topic == "general" else moves
