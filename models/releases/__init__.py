"""What leaves the stream tier: releases (protected figures) and submission states (no child data)."""

from models.releases.release import Cell, CellState, Release, RequestBuild, SubmissionState

__all__ = ["Cell", "CellState", "Release", "RequestBuild", "SubmissionState"]
