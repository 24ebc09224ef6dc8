"""All measures over what a run accepted: from the raw topics by the command, and from what the ledger holds."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from analysis.commands.measures import command
from analysis.disclosure.cells import ANY, CellKey, Shape, sector
from analysis.disclosure.counting import Tally, tally
from analysis.disclosure.facts import facts_of, placed
from analysis.disclosure.noise import STANDARD
from analysis.ledger.row import Row
from analysis.measures.exact import all_figures
from analysis.measures.figures import DateSpan
from analysis.measures.picture import picture
from analysis.measures.setting import BoardSetting
from models.contract import topics
from models.contract.periods import bounds
from tests.factories import BOARD, CARE, CHILD_TYPES, POLICE, SCHOOLS, event, register, wire
from tests.kafka.road import AGENCIES, read_all

AS_AT = date(2026, 5, 11)
PERIODS = ("2025Q3", "2026Q1", "2025FY")
KINDS = (*CHILD_TYPES, *CHILD_TYPES, "submission_return")
_CODES = ("GIFTS_MONEY", "DRUGS", "STI", "ONLINE_GROOM")


def every_kind(seed: int, events: int) -> list[tuple[str, bytes]]:
    """(agency, message) pairs of all kinds of event about few children: late, revised, withdrawn, out of order."""
    rng = random.Random(f"every kind {seed}")
    sent: list[tuple[str, bytes]] = []
    for number in range(events):
        agency, kind = (
            rng.choice((POLICE, CARE, SCHOOLS)),
            rng.choice((*CHILD_TYPES, *CHILD_TYPES, "submission_return")),
        )
        versions = [_version(rng, kind, f"kind-{number}", agency, r) for r in range(rng.choice((1, 1, 2, 3)))]
        if rng.random() < 0.08:
            gone = event("withdrawal", record=f"kind-{number}", revision=len(versions), agency=agency, child=None)
            versions.append(wire(gone))
        versions += rng.choices(versions, k=rng.choice((0, 0, 1)))
        rng.shuffle(versions)
        sent += [(agency, message) for message in versions]
    return sent


def _version(rng: random.Random, kind: str, record: str, agency: str, revision: int) -> bytes:
    day = date(2024, 10, 1) + timedelta(days=rng.randrange(540))
    child = f"kind-child-{rng.randrange(60)}"
    if kind == "submission_return":
        period = rng.choice(("2025Q3", "2025Q4", "2026Q1"))
        return wire(event(kind, record=record, agency=agency, revision=revision, child=None, period=period))
    more: dict[str, Any] = {"occurred_on": str(day), "recorded_on": str(day + timedelta(days=rng.choice((0, 3, 40))))}
    if kind in ("cse_concern", "indicator_observed"):
        more["indicators"] = rng.sample(_CODES, rng.randint(1, 2))
    if kind == "cse_concern":
        more |= {"risk": {"level": rng.choice(("at_risk", "significant", "serious"))}, "sex": rng.choice("FM")}
        more |= {"next_step": rng.choice(("none", "not_recorded"))}
    if kind == "missing_episode":
        end = day + timedelta(days=rng.randint(0, 3))
        more |= {"ended_on": str(end), "placement_area": rng.choice(("in_area", "out_of_area_ours"))}
    if kind == "return_interview":
        more |= {"returned_on": str(day), "offered": "yes", "completed": rng.choice(("yes", "no")), "within_72h": "yes"}
    if kind == "response":
        more["kind"] = rng.choice(("plan", "referral", "nfa", "lead_professional"))
    return wire(event(kind, record=record, agency=agency, revision=revision, child=child, **more))


def events_file(bootstrap: str, accepted: Iterable[tuple[str, int, int]], folder: Path) -> Path:
    """The accepted raw events, as an agency published them, one a line."""
    file, wanted = folder / "events.jsonl", set(accepted)
    with file.open("wb") as lines:
        for agency in AGENCIES:
            for record in read_all(bootstrap, topics.raw(agency)):
                if (agency, record.partition, record.offset) in wanted:
                    lines.write(record.value + b"\n")
    return file


def by_the_command(file: Path, registers: Path, period: str) -> dict[str, Any]:
    """`python -m analysis measures FILE`: measure -> its figures."""
    arguments = [str(file), "--period", period, "--as-at", AS_AT.isoformat(), "--json", "--board", BOARD]
    found = CliRunner().invoke(command, [*arguments, "--register", str(registers)])
    assert found.exit_code == 0, found.output
    return {name: measure["figures"] for name, measure in json.loads(found.output)["measures"].items()}


def by_the_ledger(rows: dict[str, Row], period: str) -> dict[str, Any]:
    """The same functions over what the ledger holds."""
    book = register()
    setting = BoardSetting.of(book, book.board_by_code[BOARD], AS_AT + timedelta(days=1))
    seen = picture(((i, row) for i, row in rows.items() if row.data.get("board") == BOARD), setting)
    found = all_figures(seen, DateSpan(*bounds(period)))
    return {name: [figure.json() for figure in figures] for name, figures in found.items()}


def agree(rows: dict[str, Row], file: Path, registers: Path) -> None:
    """Every line of every measure is the same from the stream and from the file."""
    for period in PERIODS:
        batch, stream = by_the_command(file, registers, period), by_the_ledger(rows, period)
        for name in batch:
            assert stream[name] == batch[name], (name, period)


def counted(rows: dict[str, Row]) -> Tally:
    """The exact counts behind the releases, from rows."""
    book = register()
    board = book.board_by_code[BOARD]
    shape = Shape.of(book, board, _CODES)
    seen = picture(rows.items(), BoardSetting.of(book, board, AS_AT + timedelta(days=1)))
    return tally(placed(facts_of(seen.seen, seen.setting.rules), seen.seen, shape), shape)


def means_what_it_says(exact: Tally, window: str, measure: str, who: str, state: str, value: int | None) -> bool:
    """Whether a released cell of the whole board fits its exact count; one that says no number says nothing wrong."""
    key = CellKey(measure, window, "board", BOARD, ANY if who == ANY else sector(who))
    if state in ("no_return", "not_recorded", "not_applicable", "not_countable"):
        return value is None
    low, high = STANDARD.bounds(value)
    return low <= len(exact.children(key)) <= high
