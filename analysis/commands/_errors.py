"""The error of a command that cannot use what it was given."""

from __future__ import annotations

from analysis.errors import AnalysisError


class Unusable(AnalysisError):
    """Says what to mend, without a value from the file."""
