"""The base of all errors of the analysis.

The checker in verification kits (`analysis/verification/checker`) runs without this package, so it has its own errors.
"""

from __future__ import annotations

from models.service.errors import ForeseenError


class AnalysisError(ForeseenError, ValueError):
    """Data or parameters cannot be used. The message names the rule that they break, never a value."""
