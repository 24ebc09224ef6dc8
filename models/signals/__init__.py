"""Signals: what may be published between releases (ADR 0013). Never a count, never a child."""

from models.signals.signal import (
    ANY_SIGNAL,
    CHILD_KINDS,
    AnySignal,
    ChildKind,
    OperationalKind,
    OperationalSignal,
    Recurrence,
    RequestScan,
    Signal,
)

__all__ = [
    "ANY_SIGNAL",
    "CHILD_KINDS",
    "AnySignal",
    "ChildKind",
    "OperationalKind",
    "OperationalSignal",
    "Recurrence",
    "RequestScan",
    "Signal",
]
