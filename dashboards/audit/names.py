"""Boards, releases and findings of the log in words. The file of the log keeps them as they are written. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dashboards.life.verify import Mismatch
from dashboards.words import quarter
from models.contract.periods import WINDOW_NAME
from models.releases.release import NOISE_SINCE
from models.store.audit import Breach

_THING = re.compile(rf"\b(?P<board>[A-Z]\d{{8}}(?:-T\d+)?)(?:\.(?P<window>{WINDOW_NAME})\.l(?P<ladder>\d+))?(?![\w.])")

WRONG: Mapping[Breach | Mismatch, str] = {
    Breach.CHANGED: "a row was changed after it was written",
    Breach.GAP: "rows are missing",
    Breach.BROKEN: "a row was put in, taken out or written anew",
    Breach.HEAD: "it is not the log whose head was kept elsewhere",
    Breach.REMOVAL: "it does not begin where retention left off",
    Mismatch.STATE: "a release has a state that the log does not have",
    Mismatch.APPROVAL: "an approval is not in the log",
    Mismatch.CORRECTION: "a notice of correction is not in the log",
    Mismatch.IMPOSSIBLE: "it has an act that the rules do not allow",
}
"""What is wrong with the log, after "No:"."""


def in_words(text: str, boards: Mapping[str, str]) -> str:
    """A text of the log with names for codes: `boards` has those of boards and places. What is not there stays."""

    def named(found: re.Match[str]) -> str:
        code, window, ladder = found["board"], found["window"], found["ladder"]
        if code not in boards:
            return found[0]
        if window is None:
            return boards[code]
        older = ", by older rules" if int(ladder) < NOISE_SINCE else ""
        return f"{boards[code]}, release of {quarter(window)}{older}"

    return _THING.sub(named, text)
