"""Run in a tree that has the toy measure on its list: prints as JSON what the program makes of it, room by room."""

from __future__ import annotations

import json
import sys
from datetime import date

from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import tally
from analysis.disclosure.facts import facts_of, placed
from analysis.disclosure.insiders import Insiders
from analysis.disclosure.knowns import known_by, knowns_of
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.noise import RoundingKeys
from analysis.disclosure.stated import stated
from analysis.measures.exact import figures_of
from analysis.measures.figures import DateSpan
from analysis.measures.history import Rules
from analysis.measures.registry import BY_ID, COUNTS
from analysis.shown import measure as pages
from analysis.shown.document import document
from analysis.training.released import ReleasedBoard, ReleasedFigure
from dashboards.exports.document import MEASURES as WORDS_OF_FILES
from dashboards.measures.entries import name_of, rows
from models.contract.periods import bounds
from tests.analysis.measures.ledger import board
from tests.analysis.measures.released import BOARD, SHAPE
from tests.analysis.measures.test_sources import sending

YEAR = "2025FY"
NAMES = ("m1_children", "m22_online")
EVENTS = [
    {"type": "concern", "by": by, "child": f"{by}{number}", "day": date(2026, 1, 5), "models": models}
    for by, count, models in (("police", 30, ["online"]), ("care", 40, ["peer"]))
    for number in range(count)
]


def toy_ladder() -> Ladder:
    """The board and its sectors for the year, with the parts and the own records that the measures state."""
    rungs = tuple(
        {"level": "board", "window": "year", "split": split, "measures": NAMES} for split in ("any", "sector")
    )
    nested = tuple({"part": name, "whole": whole} for name in NAMES for whole in COUNTS[name].part_of)
    own = tuple(name for name in NAMES if COUNTS[name].own_records)
    return Ladder.model_validate({"version": 99, "rungs": rungs, "nested": nested, "own_records": own})


def asked() -> dict[str, object]:
    """Everything that a measure has, of the toy."""
    picture, ladder, rules = board(EVENTS), toy_ladder(), Rules()
    exact = figures_of("m22", picture, DateSpan(*bounds(YEAR)))
    counted = tally(placed(facts_of(picture.seen, rules), picture.seen, SHAPE), SHAPE)
    cells = build(counted, ladder, [YEAR], RoundingKeys(b"r" * 32, b"s" * 32))
    key = CellKey("m22_online", YEAR, "board", BOARD)
    released = ReleasedBoard(
        YEAR,
        tuple(ReleasedFigure(k.measure, k.who.removeprefix("sector:"), c.state, c.value) for k, c in cells.items()),
    )
    table = pages.by_window("m22", {YEAR: released}, (YEAR,), 1000)
    split = pages.by_sector("m22", released, 1000)
    known = knowns_of(known_by(picture.seen, SHAPE, rules, ladder, Insiders()), "police").counts()
    of = sending(education=["missing_episode"])
    shape = SHAPE.of(of, of.boards[0], ())
    silent = stated(ladder.grid(YEAR, shape), shape, of, rules, ())
    return {
        "document": document().split("## M22 ")[1].split("\n## ")[0],
        "exact": [figure.json() for figure in exact],
        "counted": len(counted.children(key)),
        "of police": len(counted.children(key._replace(who="sector:police"))),
        "released": cells[key].value,
        "columns": [column.words for column in table.columns],
        "page": [[cell.shown.text for cell in row.cells] for row in rows(table, str)],
        "sectors": [row.name for row in rows(split, name_of)],
        "headline": [column.words for column in BY_ID["m22"].columns if column.headline],
        "unknowns": sorted({unknown.why for unknown in pages.unknowns(BY_ID["m22"].definition)}),
        "words": WORDS_OF_FILES["m22_online"],
        "known": known[key],
        "stated": sorted(str(state) for k, state in silent.items() if k.measure == "m22_online"),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asked()))
