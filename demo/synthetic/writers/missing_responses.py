"""Social care's responses to missing children, in the layout of its other responses; they name no concern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from demo.synthetic import borough as b
from demo.synthetic.borough import END
from demo.synthetic.children import InventedChild
from demo.synthetic.dirt import BAD_DAY, Dirt, soil
from demo.synthetic.missing_records import MissingRecord
from demo.synthetic.table import ExportFile, ExportLine, day_text
from demo.synthetic.world import World
from demo.synthetic.writers.responses import COLUMNS

KINDS = ("Strategy discussion", "Strategy discussion", "Plan", "Referral", "Lead professional", "Safety plan")


def missing_response_list(world: World, order: int) -> ExportFile:
    """Responses within days of an episode, most of them to episodes that make missing repeat by the board's rule."""
    lines = sorted(_lines(world), key=lambda line: str(line.cells[0]))
    file = ExportFile(
        b.SOCIAL_CARE,
        f"{order}-missing-responses.csv",
        COLUMNS,
        lines,
        "responses.yaml",
        order=order,
        key=("Response Ref",),
        reference="Response Ref",
    )
    plan = [Dirt("bad-date", "Date Opened", BAD_DAY, 1)]
    soil(world.random("dirt/missing-responses"), file, plan, duplicates=max(1, len(lines) // 150))
    return file


def _lines(world: World) -> Iterator[ExportLine]:
    held: dict[int, list[MissingRecord]] = defaultdict(list)
    for record in world.care:
        if record.start.date() <= END and record.as_at(b.LAST_EDITION) is not None:
            held[record.episode.child.number].append(record)
    rule = world.borough.board.repeat_missing
    for records in held.values():
        records.sort(key=lambda record: record.start)
        days = [record.start.date() for record in records]
        for number, record in enumerate(records):
            first = days[number - rule.episodes + 1] if number + 1 >= rule.episodes else None
            repeat = first is not None and days[number] - first < timedelta(days=rule.days)
            rng = world.random(f"missing-response/{record.episode.number}")
            if rng.random() < (world.plant.answers_repeat if repeat else world.plant.answers_other):
                # From the day on which it reached social care; most within the five working days that M10 looks at.
                opened = max(days[number], record.recorded.date()) + timedelta(days=rng.randint(0, 4))
                if opened <= END and record.episode.child.under_18(opened):
                    entered = opened + timedelta(days=rng.randint(0, 6))
                    yield _line(record.episode.child, record.episode.number, opened, entered, rng.choice(KINDS))


def _line(child: InventedChild, episode: int, opened: date, entered: date, kind: str) -> ExportLine:
    cells = [
        f"MR-{opened:%y%m%d}-{episode:05d}",
        "",
        child.person_id,
        child.nhs,
        day_text(child.born),
        child.sex,
        child.ethnicity,
        day_text(opened),
        day_text(entered),
        kind,
        child.ward,
    ]
    return ExportLine(list(cells), opened, ("response",))
