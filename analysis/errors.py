"""The analysis's errors: one base, for what data or parameters do not allow.

The checker that is given away (`analysis/verification/checker`) stands alone and has its own two.
"""

from __future__ import annotations

from models.service.errors import ForeseenError


class AnalysisError(ForeseenError, ValueError):
    """Data or parameters that cannot be worked with; the message is the rule that they break, never a value."""
