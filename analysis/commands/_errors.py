"""The error of a command that cannot use its input."""

from __future__ import annotations

from analysis.errors import AnalysisError


class Unusable(AnalysisError):
    """The input cannot be used. The message says what to correct, without any value from the file."""
