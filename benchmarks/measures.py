"""What an event costs the measures as history grows: folding its row costs the same after ten years as after one.

Measures are recomputed on request (docs/adr/0012); the time of a request is shown beside it, per event held.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime, timedelta

from analysis.ledger.row import Record, Row, fold
from analysis.measures.exact import all_figures
from analysis.measures.figures import DateSpan
from analysis.measures.history import Rules
from analysis.measures.picture import picture
from analysis.measures.setting import BoardSetting
from analysis.returns import ReturnDuty
from models.catalogue import shipped

AGENCIES = {"police": "police", "care": "childrens_social_care", "schools": "education", "health": "health"}
PER_YEAR = 6_000
CHILDREN_PER_YEAR = 600
KINDS = ("cse_concern", "indicator_observed", "indicator_observed", "missing_episode", "missing_episode", "screening")
CODES = ("GIFTS_MONEY", "DRUGS", "ONLINE_GROOM", "SCHOOL_ABSENCE")
NEW = 2_000
"""Events whose cost is measured on top of the history."""
END = date(2026, 4, 1)


def made_up(years: int, count: int, seed: int) -> list[Record]:
    """Synthetic records spread over so many years before April 2026; children are with the board for about a year."""
    rng = random.Random(seed)
    records = []
    for number in range(count):
        ago = rng.randrange(365 * years)
        day = END - timedelta(days=ago + 1)
        child = f"{ago // 365}-{rng.randrange(CHILDREN_PER_YEAR)}"
        data = {
            "agency": rng.choice(list(AGENCIES)),
            "board": "X08000001",
            "occurred_on": day.isoformat(),
            "hour_band": "18-24",
            "indicators": [rng.choice(CODES)],
            "level": "significant",
            "tokens": [{"kind": "nhs", "epoch": 1, "token": child}],
        }
        records.append(Record(f"{seed}-{number}", 0, rng.choice(KINDS), data, 0, number, 0))
    return records


def run(years: int) -> dict[str, float]:
    """Milliseconds per new event on top of a history, and of a whole request per thousand events held."""
    rows: dict[str, Row] = {}
    for record in made_up(years, PER_YEAR * years, 1):
        rows[record.own_id] = fold(rows.get(record.own_id), record)
    new = made_up(1, NEW, 2)
    began = time.perf_counter()
    for record in new:
        rows[record.own_id] = fold(rows.get(record.own_id), record)
    per_event = (time.perf_counter() - began) / NEW
    setting = BoardSetting(
        AGENCIES,
        dict.fromkeys(AGENCIES, ReturnDuty(date(2020, 4, 1), 20)),
        30_000,
        Rules(),
        shipped(),
        END,
    )
    began = time.perf_counter()
    all_figures(picture(rows.items(), setting, datetime(2026, 5, 1, tzinfo=UTC)), DateSpan(date(2026, 1, 1), END))
    request = time.perf_counter() - began
    return {
        "years": years,
        "events": len(rows),
        "event_ms": 1_000 * per_event,
        "request_s": request,
        "request_ms_per_1000": 1e6 * request / len(rows),
    }


def table() -> str:
    """Rows for one, three and ten years."""
    lines = ["| years | events | one event | all measures of a quarter | per 1,000 events |", "|---|---|---|---|---|"]
    for years in (1, 3, 10):
        timing = run(years)
        lines.append(
            f"| {years} | {timing['events']:,.0f} | {timing['event_ms']:.4f} ms | {timing['request_s']:.2f} s "
            f"| {timing['request_ms_per_1000']:.1f} ms |"
        )
    return "\n".join(lines)
