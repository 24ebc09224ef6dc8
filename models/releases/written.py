"""How the state of a cell is written: one table for pages, files and everything else that says a state in words.

On pages a state is a word. In a file it is the government's shorthand where that has the same meaning ("Using symbols
and shorthand", Government Analysis Function: `[c]` confidential, `[x]` not available, `[z]` not applicable), and the
word where it has none. There `[u]` is low reliability and `[low]` a figure that rounds to nought: no state is either.
A state that is added needs a row in `WRITTEN`, and pages, keys and files write it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from models.releases.release import CellState


class Written(NamedTuple):
    """One state, as readers meet it."""

    word: str
    """On pages and within sentences."""
    in_files: str
    """In the place of a number: standard shorthand in its standard meaning, or the word."""
    meaning: str
    """A sentence or two for the key beside a table. Of `low` the rule of the release says more."""


WRITTEN: Final[dict[CellState, Written]] = {
    CellState.LOW: Written(
        "fewer than 10", "fewer than 10", "Fewer than ten by the count that is shown, perhaps none."
    ),
    CellState.NONE: Written(
        "0", "0", "No children. Shown for a sector in the whole board only; everywhere else it is among fewer than 10."
    ),
    CellState.ONE_TO_NINE: Written("1-9", "1-9", "One to nine children. Shown in the same places only."),
    CellState.WITHHELD: Written(
        "withheld",
        "[c]",
        "Withheld: shown together with other figures, it could say something about a few children.",
    ),
    CellState.NO_RETURN: Written(
        "no return",
        "[x]",
        "No return: the agency sent nothing for the period. This does not mean that nothing happened.",
    ),
    CellState.NOT_RECORDED: Written(
        "not recorded", "not recorded", "Not recorded: the agency's system does not hold it."
    ),
    CellState.NOT_APPLICABLE: Written("not applicable", "[z]", "Not applicable: the question does not arise here."),
    CellState.NOT_COUNTABLE: Written(
        "cannot be counted",
        "cannot be counted",
        "Cannot be counted: too few of the records can be tied to children to say how many children there are. Or the "
        "board's records do not go back as far as the measure looks. It means neither few nor none.",
    ),
}
"""Every state but a figure, which is written as its number."""
