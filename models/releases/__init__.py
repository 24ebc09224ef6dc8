"""What leaves the stream tier: releases (protected figures) and submission states (no child data)."""

from models.releases.beside import Answers, Linkable, SessionHeld
from models.releases.release import (
    BoardShape,
    Cell,
    CellState,
    GateResult,
    Release,
    RequestBuild,
    SubmissionState,
)

__all__ = [
    "Answers",
    "BoardShape",
    "Cell",
    "CellState",
    "GateResult",
    "Linkable",
    "Release",
    "RequestBuild",
    "SessionHeld",
    "SubmissionState",
]
