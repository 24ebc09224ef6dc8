"""M4-M6, M12, M13, M15 and M17 on random small ledgers equal a second, slow implementation of the same definitions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.measures.exact import figures_of
from analysis.measures.figures import DateSpan, Figure
from tests.analysis.measures import slow_more
from tests.analysis.measures.ledger import SECTORS, board

WINDOW = DateSpan(date(2026, 1, 1), date(2026, 4, 1))
KNOWN_TO = date(2027, 1, 1)
OWED_FROM, DUE_DAYS = date(2025, 7, 1), 20
CATALOGUE: list[dict[str, Any]] = [
    entry
    for file in sorted(Path("models/catalogue").glob("indicators-*.yaml"))[-1:]
    for entry in yaml.safe_load(file.read_text("utf-8"))["indicators"]
]
CODES = ("GIFTS_MONEY", "DRUGS", "STI_REPEAT", "MISS_REPEAT", "ONLINE_GROOM")
AREAS = ("X05000001", "X05000002", "unknown")
Events = list[dict[str, Any]]
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

agency = st.sampled_from(sorted(SECTORS)[:4])
# Around the edges of the period, of quarters before it and of the year that ends with it.
edge = st.sampled_from([date(2026, 1, 1), date(2026, 4, 1), date(2025, 4, 1), date(2025, 10, 1), date(2025, 7, 1)])
day = st.builds(lambda at, off: at + timedelta(days=off), edge, st.sampled_from((-1, 0, 1, 20, 40)))
child = st.sampled_from(("a", "b", "c", "d", None))
told = st.sampled_from((None, "unknown", "not_recorded", "yes", "no"))
concern = st.fixed_dictionaries(
    {
        "type": st.sampled_from(("concern", "concern", "seen")), "by": agency, "child": child, "day": day,
        "indicators": st.lists(st.sampled_from(CODES), min_size=1, max_size=2, unique=True),
        "areas": st.fixed_dictionaries({"occurred": st.sampled_from(AREAS)}),
        "location_type": st.sampled_from(("street", "park_open_space")), "sex": st.sampled_from(("F", "M", "unknown")),
        "disability": st.sampled_from(("yes", "no", "unknown", "not_recorded")), "times": st.sampled_from((1, 4, 9)),
        "late": st.sampled_from((0, 0, 1, 30)),
    }
).map(lambda e: e | {"recorded_on": e["day"] + timedelta(days=e.pop("late"))})  # fmt: skip
# In and around the last eight quarters, so that there is something to expect from; and places where ten come to notice.
raised = st.fixed_dictionaries(
    {
        "type": st.just("concern"), "by": st.sampled_from(("police", "police", "care", "schools")), "child": child,
        "day": st.builds(
            lambda back, off: slow_more.month(2026, 1 - 3 * back) + timedelta(days=off),
            st.integers(0, 9), st.sampled_from((0, 1, 60)),
        ),
        "times": st.sampled_from((1, 3, 9)),
    }
)  # fmt: skip
crowd = st.fixed_dictionaries(
    {
        "type": st.just("concern"), "by": st.sampled_from(("police", "care")), "child": st.sampled_from(("a", "b")),
        "day": st.sampled_from((date(2025, 6, 30), date(2025, 10, 1), date(2026, 1, 1), date(2026, 3, 31))),
        "areas": st.just({"occurred": "X05000001"}), "location_type": st.just("street"),
        "times": st.integers(3, 11),
    }
)  # fmt: skip


def ended(event: dict[str, Any]) -> dict[str, Any]:
    length = event.pop("length")
    return event if length is None else event | {"ended_on": event["day"] + timedelta(days=length)}


missing = st.fixed_dictionaries(
    {
        "type": st.just("missing"), "by": agency, "child": child, "day": day, "hour_band": st.just("12-18"),
        "ended_hour_band": st.just("18-24"), "length": st.sampled_from((None, 0, 1, 3)),
        "placement_area": st.sampled_from(("in_area", "out_of_area_ours", "out_of_area_theirs", "unknown")),
        "areas": st.fixed_dictionaries({"found": st.sampled_from(AREAS)}),
        "found_location_type": st.sampled_from(("street", "park_open_space")), "times": st.sampled_from((1, 1, 6)),
    }
).map(ended)  # fmt: skip
returned = st.fixed_dictionaries(
    {
        "type": st.just("return"), "by": agency,
        "period": st.sampled_from(("2025Q4", "2026Q1", "2026-01", "2026-02", "2026-03")),
        "submitted_on": day,
    }
).map(lambda e: e | {"nil": e["submitted_on"].day % 2 == 0})  # fmt: skip
session = st.fixed_dictionaries(
    {
        "type": st.just("session"), "by": st.just("care"), "held_on": day, "topics": st.just(["online"]),
        "attended": st.sampled_from((None, 0, 7, 20)), "in_scope": st.sampled_from((None, 0, 30)),
        "audience": st.sampled_from(("police", "health")),
    }
)  # fmt: skip
feedback = st.fixed_dictionaries(
    {
        "type": st.just("feedback"), "by": st.just("care"), "held_on": day,
        "about": st.sampled_from(("s0", "s1", "s2")),
        "stage": st.sampled_from(("before", "after", "follow_up")), "answered": st.integers(1, 9),
        "mean_score": st.integers(0, 20).map(lambda half: half / 2),
    }
)  # fmt: skip


def spread(events: Events) -> Events:
    """Each event with an id, and `times` written out as so many children."""
    found = []
    for number, event in enumerate(events):
        times = event.pop("times", 1)
        for copy in range(times):
            one = {name: value for name, value in event.items() if value is not None or name == "child"}
            one |= {"id": f"e{number:02}-{copy}"} | ({"child": f"{event['child']}{copy}"} if event.get("child") else {})
            found.append({name: value for name, value in one.items() if value is not None})
    return found


def lines(figures: list[Figure], split: str) -> dict[str, Figure]:
    return {figure.group: figure for figure in figures if figure.split == split}


def check_m4(events: Events) -> None:
    found = lines(figures_of("m4", board(events, KNOWN_TO), WINDOW), "sector")
    for sector, expected in slow_more.m4(events, WINDOW, SECTORS).items():
        figure = found[sector]
        assert (figure.codes == ("no_reference",)) == (expected is None)
        if expected is not None:
            n, of, hundredths, flagged = expected
            assert figure.counts == {"concerns": n, "of": of, "expected_hundredths": hundredths}
            assert ("below_half" in figure.codes) == flagged


def check_m5(events: Events) -> None:
    found = lines(figures_of("m5", board(events, KNOWN_TO), WINDOW), "agency")
    for name, expected in slow_more.m5(events, WINDOW, sorted(SECTORS), OWED_FROM, DUE_DAYS).items():
        figure = found[name]
        told = [figure.counts[key] for key in ("due", "received", "on_time", "nil")]
        assert (*told, list(figure.codes)) == expected


def check_m6(events: Events) -> None:
    figures = figures_of("m6", board(events, KNOWN_TO), WINDOW)
    whole, split = lines(figures, "sector"), lines(figures, "sector x category")
    wanted = slow_more.m6(events, WINDOW.end, SECTORS, CATALOGUE)
    assert len(wanted) == len(whole) + len(split)
    for (sector, category), (size, never) in wanted.items():
        figure = whole[sector] if category is None else split[f"{sector} {category}"]
        assert (figure.counts["expected"], sorted(figure.codes)) == (size, never)
        assert figure.counts["recorded"] == size - len(never)


def check_m12(events: Events) -> None:
    found = lines(figures_of("m12", board(events, KNOWN_TO), WINDOW), "placement")
    assert {n: (f.counts["ended"], f.counts["completed"]) for n, f in found.items()} == slow_more.m12(events, WINDOW)


def check_m13(events: Events) -> None:
    found = lines(figures_of("m13", board(events, KNOWN_TO), WINDOW), "ward x place")
    assert {
        n: (*(f.counts[k] for k in ("children", "agencies", "expected_hundredths")), "exceeds" in f.codes)
        for n, f in found.items()
    } == slow_more.m13(events, WINDOW)


def check_m15(events: Events) -> None:
    figures = figures_of("m15", board(events, KNOWN_TO), WINDOW)
    groups = [("", lines(figures, "all")["all"]), *lines(figures, "audience").items()]
    for audience, figure in groups:
        counts, reach = slow_more.m15(events, WINDOW, audience)
        assert {n: v for n, v in figure.counts.items() if n != "places"} == counts
        assert figure.value == reach


def check_m17(events: Events) -> None:
    figures = figures_of("m17", board(events, KNOWN_TO), WINDOW)
    for field in ("sex", "disability", "ethnic_group"):
        found = {g: f.counts["children"] for g, f in lines(figures, f"concern: {field}").items() if g != "no answer"}
        assert {group: n for group, n in found.items() if n} == slow_more.m17(events, WINDOW, field)


CHECKS: dict[str, tuple[Callable[[Events], None], st.SearchStrategy[dict[str, Any]]]] = {
    "m4": (check_m4, raised),
    "m5": (check_m5, returned),
    "m6": (check_m6, concern),
    "m12": (check_m12, missing),
    "m13": (check_m13, st.one_of(concern, missing, crowd, crowd)),
    "m15": (check_m15, st.one_of(session, feedback)),
    "m17": (check_m17, concern),
}


@pytest.mark.parametrize("measure", CHECKS)
def test_the_measure_equals_the_slow_one(measure: str) -> None:
    check, events = CHECKS[measure]

    @few
    @given(st.lists(events, max_size=14), st.data())
    def holds(drawn: Events, data: st.DataObject) -> None:
        found = spread([dict(event) for event in drawn])
        sessions = (e for e in found if e["type"] == "session")
        for number, one in enumerate(sessions):
            one["id"] = f"s{number}"
        episodes = [e for e in found if e["type"] == "missing" and e.get("child")]
        for number, one in enumerate(episodes[:3] if measure == "m12" else ()):
            answers = {name: data.draw(st.sampled_from(("yes", "no", "unknown"))) for name in ("offered", "completed")}
            found.append(
                {"type": "interview", "by": "care", "child": one["child"], "day": one["day"], "about": one["id"]}
                | answers
                | {"id": f"i{number}", "within_72h": "unknown"}
            )
        check(found)

    holds()
