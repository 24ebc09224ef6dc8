"""Training needs and effects, worked out once for the releases that they rest on, and kept in memory.

What is kept is found by hashes of the stored bytes, by the register's duties and by the breaks of the series. So a
release that is approved, withdrawn, replaced or corrected leads to other conclusions or to those of before, whichever
process decided it, and none is shown of a release that is not.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock

from analysis.shown.training import Training, rests_on, training
from dashboards import breaks
from dashboards.queries.documents import Documents
from models.catalogue import shipped
from models.register import Board, Duties, Register

MOST = 64
"""Conclusions that are kept: one for each board, and some more after changes. One takes about 100 kB."""

_Key = tuple[tuple[tuple[str, bytes], ...], Duties, frozenset[str]]
_kept: OrderedDict[_Key, Training | None] = OrderedDict()
_lock = Lock()


def concluded(documents: Documents, duties: Duties, apart: frozenset[str] = frozenset()) -> Training | None:
    """Needs and programmes from the releases that are shown; None without a financial year.

    `apart` has the years that may not be compared with the year before.
    """
    windows = rests_on(documents.bodies)
    documents.bodies.read(windows)
    digests = tuple((window, hashlib.sha256(documents.bodies[window]).digest()) for window in windows)
    key = digests, duties, apart & set(windows)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = training(documents.shown, shipped(), duties, apart, documents.figures)
    with _lock:
        _kept[key] = found
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return found


def of_board(documents: Documents, register: Register, board: Board) -> Training | None:
    """The same of a board, by the duties of its agencies and the breaks of its series; nothing without sectors."""
    if not board.has_sectors:
        return None
    apart = breaks.years_apart(board, documents.bodies)
    return concluded(documents, Duties.of(register, board), apart)


def forget() -> None:
    """Keep nothing, as a process that has just started."""
    with _lock:
        _kept.clear()


__all__ = ["concluded", "forget", "of_board"]
