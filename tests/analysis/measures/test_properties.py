"""Random small ledgers: measures equal a second, slow implementation; order, duplicates and lateness change nothing."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.ledger.row import Record, Row, decode, encode, fold
from analysis.measures.exact import all_figures
from analysis.measures.figures import DateSpan, Figure
from analysis.measures.picture import Picture, picture
from analysis.measures.workdays import working_days_after, working_days_before
from tests.analysis.measures import lives, slow
from tests.analysis.measures.ledger import board, records, setting

WINDOW = DateSpan(date(2026, 1, 1), date(2026, 4, 1))
KNOWN_TO = date(2027, 1, 1)
AGENCIES = ("police", "care", "schools")
LEVELS = ("at_risk", "significant", "serious", "unknown")
# Distances that lie exactly on, before or after an edge of some rule.
EDGES = (0, 1, 7, 8, 14, 15, 89, 90, 91)
days = st.just(WINDOW.start)
steps = st.sampled_from([sign * edge for edge in EDGES for sign in (1, -1)])
who = st.sampled_from(("police", "police", *AGENCIES))
child = st.sampled_from(("a", "a", "a", "a", "a", "a", "b", None))
late = st.one_of(st.none(), st.just(0), st.integers(0, 40))


def entered(event: dict[str, Any], delay: int | None) -> dict[str, Any]:
    return event if delay is None else event | {"recorded_on": event["day"] + timedelta(days=delay)}


_OF_CONCERN = {
    "models": st.lists(st.sampled_from(lives.MODELS), max_size=2, unique=True),
    "location_type": st.sampled_from(lives.PLACES),
    "age_band": st.sampled_from(lives.AGES),
    "ethnic_group": st.sampled_from(lives.ETHNIC),
    "disability": st.sampled_from(("yes", "no", "unknown")),
    "next_step": st.sampled_from(lives.NEXT),
    "indicators": st.lists(st.sampled_from(lives.CODES), max_size=2, unique=True),
}
concern = st.builds(
    lambda by, c, day, delay, level, harm, told: entered(
        {"type": "concern", "by": by, "child": c, "day": day, "risk": {"level": level}, "harm_status": harm} | told,
        delay,
    ),
    who, child, days, late, st.sampled_from(LEVELS), st.sampled_from(("suspected", "known_harmed")),
    st.fixed_dictionaries({}, optional=_OF_CONCERN),
)  # fmt: skip
seen = st.builds(
    lambda by, c, day, delay, code: entered(
        {"type": "seen", "by": by, "child": c, "day": day, "indicators": [code]}, delay
    ),
    who, child, days, late, st.sampled_from(("GIFTS_MONEY", "DRUGS", "STI_REPEAT")),
)  # fmt: skip
bands = st.sampled_from(("00-06", "06-12", "12-18", "18-24"))


_OF_EPISODE = {
    "duration_band": st.sampled_from(lives.LENGTHS),
    "missing_from": st.sampled_from(lives.FROM),
    "placement_group": st.sampled_from(lives.PLACED_WITH),
    "placement_area": st.sampled_from(("in_area", "out_of_area_ours", "out_of_area_theirs", "unknown")),
}


def _missing(
    by: str, c: str | None, day: date, delay: int | None, band: str, length: int | None, told: dict[str, str]
) -> dict[str, Any]:
    event = {"type": "missing", "by": by, "child": c, "day": day, "hour_band": band, **told}
    if length is not None:
        event |= {"ended_on": day + timedelta(days=length), "ended_hour_band": "18-24"}
    return entered(event, delay)


missing = st.builds(
    _missing, who, child, days, late, bands, st.one_of(st.none(), st.integers(0, 4)),
    st.fixed_dictionaries({}, optional=_OF_EPISODE),
)  # fmt: skip
screening = st.builds(
    lambda by, c, day, level: {"type": "screening", "by": by, "child": c, "day": day, "level": level},
    who, child, days, st.sampled_from(LEVELS),
)  # fmt: skip
response = st.builds(
    lambda by, c, day, kind: {"type": "response", "by": by, "child": c, "day": day, "kind": kind},
    who, child, days, st.sampled_from(("plan", "lead_professional", "referral", "nfa")),
)  # fmt: skip
ANSWERED = ("offered", "completed", "within_72h")
answers = st.sampled_from(("yes", "no", "unknown"))


@st.composite
def ledgers(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Events with ids; some interviews about some of the episodes."""
    kinds = st.one_of(concern, seen, missing, missing, screening, response)
    events: list[dict[str, Any]] = []
    # Groups of two to four events, each an edge away from the first of its group and mostly of a child of its own.
    for group in range(draw(st.integers(1, 3))):
        first = WINDOW.start + timedelta(days=draw(st.sampled_from((-1, 0, 4, 5, 40, 89, 90))))
        for number, event in enumerate(draw(st.lists(kinds, min_size=2, max_size=4))):
            day = first + timedelta(days=draw(steps) if number else 0)
            moved = day - event["day"]
            event |= {name: event[name] + moved for name in ("day", "recorded_on", "ended_on") if name in event}
            event["child"] = event["child"] and (event["child"] if group == 2 else f"{event['child']}{group}")
            events.append(event | {"id": f"e{group}-{number}"})
    concerns = [e["id"] for e in events if e["type"] == "concern"]
    for event in events:
        if event["type"] == "response" and concerns:
            event["about"] = draw(st.sampled_from((None, *concerns)))
    episodes = [e for e in events if e["type"] == "missing" and e["child"]]
    for number, episode in enumerate(draw(st.lists(st.sampled_from(episodes), max_size=3)) if episodes else ()):
        event = {"type": "interview", "by": "care", "child": episode["child"], "day": episode["day"]}
        told = {name: draw(answers) for name in ANSWERED}
        events.append({**event, **told, "about": episode["id"], "id": f"i{number}"})
    return events


def line(figures: Mapping[str, list[Figure]], measure: str, split: str = "all", group: str = "all") -> Figure:
    return next(f for f in figures[measure] if (f.split, f.group) == (split, group))


def check(found: Mapping[str, list[Figure]], ledgers_of_children: list[list[dict[str, Any]]]) -> None:
    """Compare the headline numbers of a board with the slow ones, summed over ledgers that share no child."""
    told: dict[str, Any] = {}
    for name in ("m1", "m3", "m7", "m8", "m9", "m10", "m11", "m16"):
        numbers = [getattr(slow, name)(events, *WINDOW) for events in ledgers_of_children]
        told[name] = tuple(map(sum, zip(*((n,) if isinstance(n, int) else n for n in numbers), strict=True)))
    lags = sorted(lag for events in ledgers_of_children for lag in slow.m2(events, *WINDOW))
    two = line(found, "m2").counts
    assert (two["children"], two["over_30"]) == (len(lags), sum(d > 30 for d in lags))
    assert two["median_days"] == (lags[(len(lags) + 1) // 2 - 1] if lags else 0)
    names = {
        "m1": ("all", "children"),
        "m3": ("all", "children", "seen", "missed"),
        "m7": ("all", "due", "screened"),
        "m8": ("all", "ended", "offered", "completed", "within_72h"),
        "m9": ("all", "episodes", "children"),
        "m10": ("response", "repeat", "responded"),
        "m16": ("all", "high", "met", "referred_again"),
    }
    for name, (split, *keys) in names.items():
        counts = line(found, name, split).counts
        assert tuple(counts[key] for key in keys) == told[name], name
    assert tuple(line(found, "m11", split).counts["both"] for split in ("of missing", "of concern")) == told["m11"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers())
def test_every_measure_equals_the_slow_one(events: list[dict[str, Any]]) -> None:
    check(all_figures(board(events, KNOWN_TO), WINDOW), [events])


@pytest.mark.parametrize("seed", [1, 2])
def test_every_measure_equals_the_slow_one_at_the_edges(seed: int) -> None:
    """Fifteen hundred children, each with a few events exactly at, before or after some rule's edge."""
    chance = random.Random(seed)
    ledgers_of_children = [at_the_edges(chance, f"c{number}") for number in range(1_500)]
    events = [event for ledger in ledgers_of_children for event in ledger]
    check(all_figures(board(events, KNOWN_TO), WINDOW), ledgers_of_children)


def at_the_edges(chance: random.Random, name: str) -> list[dict[str, Any]]:
    """The events of one child, each exactly at, before or after some edge seen from its first."""
    kinds = chance.choice((
        ("concern", "screening", "screening"), ("concern", "missing"), ("seen", "concern", "response"),
        ("missing", "missing", "missing", "response", "screening"), ("concern", "response", "concern"),
        ("missing", "interview", "missing"), ("seen", "screening", "concern"), ("concern", "missing", "missing"),
    ))  # fmt: skip
    first = WINDOW.start + timedelta(days=chance.choice((-1, 0, 4, 5, 40, 88, 89, 90)))
    events: list[dict[str, Any]] = []
    for number, kind in enumerate(kinds):
        day = first + timedelta(days=chance.choice((1, 1, -1)) * chance.choice(EDGES) if number else 0)
        event: dict[str, Any] = {
            "type": kind,
            "by": chance.choice(("police", "police", "care")),
            "child": name,
            "day": day,
        }
        event["id"] = f"{name}-{number}"
        if kind == "concern":
            event |= {
                "risk": {"level": chance.choice(LEVELS)},
                "harm_status": chance.choice(("suspected", "known_harmed")),
            }
            event |= {"next_step": "none"} if chance.random() < 0.5 else {}
        elif kind == "seen":
            event["indicators"] = [chance.choice(("GIFTS_MONEY", "DRUGS"))]
        elif kind == "screening":
            event["level"] = chance.choice(LEVELS)
        elif kind == "response":
            event["kind"] = chance.choice(("plan", "referral", "lead_professional", "nfa"))
        elif kind == "missing":
            event["hour_band"] = chance.choice(("00-06", "06-12", "12-18", "18-24"))
            if chance.random() < 0.7:
                event |= {"ended_on": day + timedelta(days=chance.choice((0, 1, 2))), "ended_hour_band": "18-24"}
        else:
            about = events[0]["id"]
            event |= {"about": about, **{k: chance.choice(("yes", "yes", "no")) for k in ANSWERED}}
        if kind in ("concern", "seen", "missing") and chance.random() < 0.5:
            event["recorded_on"] = day + timedelta(days=chance.choice((0, 1, 14)))
        events.append(event)
    return events


def _streamed(arrivals: list[Record]) -> Picture:
    """As the ledger holds it: folded one by one, written and read back at every step."""
    rows: dict[str, Row] = {}
    for record in arrivals:
        before = rows.get(record.own_id)
        rows[record.own_id] = decode(encode(fold(decode(encode(before)) if before else None, record)))
    return picture(rows.items(), setting(KNOWN_TO))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers(), st.randoms(use_true_random=False))
def test_any_order_duplication_revision_and_withdrawal_gives_the_batch_result(
    events: list[dict[str, Any]], chance: random.Random
) -> None:
    """Stream = batch over the distinct latest revisions, for all measures."""
    newest, history = [], []
    for event in events:
        fate = chance.choice(("kept", "revised", "withdrawn"))
        if fate == "kept":
            newest.append(event)
            history.append(event)
        elif fate == "revised":
            history += [
                {**event, "day": event["day"] + timedelta(days=chance.randint(-9, 9))},
                {**event, "revision": 1},
            ]
            newest.append({**event, "revision": 1})
        else:
            history += [event, {"type": "withdrawal", "by": event["by"], "id": event["id"], "revision": 1}]
    arrivals = records(history)
    arrivals += chance.choices(arrivals, k=len(arrivals)) if arrivals else []
    chance.shuffle(arrivals)
    assert all_figures(_streamed(arrivals), WINDOW) == all_figures(board(newest, KNOWN_TO), WINDOW)


@given(st.dates(date(2025, 2, 1), date(2026, 11, 1)), st.integers(1, 15))
def test_working_days_by_counting_each(day: date, count: int) -> None:
    last = working_days_after(day, count)
    assert last == slow.tenth(day, count)
    assert slow.working(last)
    before = working_days_before(day, count)
    assert working_days_after(before, count) <= day < working_days_after(before + timedelta(days=1), count)
