"""Every agency's submission returns, a line a quarter: mostly on time, some late, one nil, none once gone silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from demo.synthetic.borough import END, START
from demo.synthetic.table import Cell, ExportFile, ExportLine, day_text
from demo.synthetic.world import World
from models.contract.periods import bounds, quarter_of, quarters_between

COLUMNS = {
    "Concerns": "cse_concern",
    "Indicators": "indicator_observed",
    "Missing Episodes": "missing_episode",
    "Interviews": "return_interview",
    "Screenings": "screening",
    "Responses": "response",
    "Sessions": "training_session",
    "Feedback": "training_feedback",
    "Themes": "theme_return",
}


def returns(world: World, agency: str, files: Iterable[ExportFile], order: int) -> ExportFile:
    """The returns of one agency, counted from its own final exports."""
    held = _held(files)
    rng = world.random(f"returns/{agency}")
    lines = []
    for period in quarters_between(START, END + timedelta(days=1)):
        end = bounds(period)[1]
        late = (agency, period) in world.plant.late_returns
        submitted = end + timedelta(days=rng.randint(24, 60) if late else rng.randint(3, 18))
        if agency == world.plant.silent_agency and submitted >= world.plant.silent_from:
            break
        counts = [held[event, period] for event in COLUMNS.values()]
        nil = not any(counts)
        told: list[Cell] = ["" if nil else str(count) for count in counts]
        lines.append(
            ExportLine([period, day_text(submitted), "Y" if nil else "N", *told], submitted, ("submission_return",))
        )
    return ExportFile(
        agency,
        f"{order}-submission-returns.csv",
        ["Period", "Submitted On", "Nil", *COLUMNS],
        lines,
        "submission-returns.yaml",
        order=order,
        key=("Period",),
    )


def _held(files: Iterable[ExportFile]) -> Counter[tuple[str, str]]:
    """(event, quarter) -> how many the agency holds, by its last edition of each list."""
    last = {file.mapping if file.complete else file.name: file for file in files}
    return Counter(
        (event, quarter_of(line.day)) for file in last.values() for line in file.lines for event in line.events
    )
