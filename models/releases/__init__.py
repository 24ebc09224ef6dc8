"""What leaves the stream tier: releases (protected figures) and submission states (no child data)."""

from models.releases.release import (
    BoardShape,
    Cell,
    CellState,
    GateResult,
    Release,
    RequestBuild,
    SubmissionState,
)

__all__ = ["BoardShape", "Cell", "CellState", "GateResult", "Release", "RequestBuild", "SubmissionState"]
