"""Signals: what may be told between releases (decision 15). Never a count, never a child."""

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
