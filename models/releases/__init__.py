"""What leaves the stream tier: releases (protected figures) and submission states (no child data)."""

from models.releases.beside import Answers, Linkable, SessionHeld, TiedRecords
from models.releases.release import (
    BoardShape,
    Cell,
    CellState,
    GateResult,
    NoiseParameters,
    Parameters,
    Release,
    RequestBuild,
    SubmissionState,
)
from models.releases.voices import PeopleCount, ThemeCount, VoiceHeard

__all__ = [
    "Answers",
    "BoardShape",
    "Cell",
    "CellState",
    "GateResult",
    "Linkable",
    "NoiseParameters",
    "Parameters",
    "PeopleCount",
    "Release",
    "RequestBuild",
    "SessionHeld",
    "SubmissionState",
    "ThemeCount",
    "TiedRecords",
    "VoiceHeard",
]
