"""What a release counts, again from the definitions and slowly: who counts on which day, and by whose record.

Each function gives (child, day, agency) for one count of the ladder. Nothing is shared with analysis; the catalogue is
data and is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tests.analysis.measures import slow_detection, slow_picture
from tests.analysis.measures.slow import (
    HIGH,
    SIGNIFICANT,
    Event,
    children,
    episodes,
    in_order,
    level,
    of,
    recorded,
    start_of,
    tenth,
    within_working_days,
    year_before,
)

Counted = Iterator[tuple[str, date, str]]
NONE = ("unknown", "not_recorded")
OUT = ("out_of_area_ours", "out_of_area_theirs")
OWN = ("m1_children", "m6_", "m9_children", "m10_children", "m17_")
"""How counts begin that a sector's own records decide (docs/adr/0020)."""


def m1_children(events: list[Event]) -> Counted:
    for child in children(events):
        for concern in of(events, child, "concern"):
            yield child, recorded(concern), concern["by"]


def _lag(events: list[Event], child: str) -> tuple[date, int, set[str]] | None:
    """Day of the first concern, days from the first sign to the recognition, who recognised."""
    concerns = of(events, child, "concern")
    if not concerns:
        return None
    known = of(events, child, "concern", "screening")
    recognised = min(e["day"] for e in known)
    earliest = year_before(recognised)
    signs = [e["day"] for e in of(events, child, "seen", "missing") if earliest <= e["day"] <= recognised]
    if not signs:
        return None
    who = {e["by"] for e in known if e["day"] == recognised}
    return min(c["day"] for c in concerns), (recognised - min(signs)).days, who


def _longer(days: int) -> Callable[[list[Event]], Counted]:
    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            found = _lag(events, child)
            if found and found[1] > days:
                yield from ((child, found[0], agency) for agency in found[2])

    return counted


def _raised(days: int) -> Callable[[list[Event]], Counted]:
    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            first = {}
            for concern in sorted(of(events, child, "concern"), key=lambda e: e["day"], reverse=True):
                first[concern["by"]] = concern["day"]
            for agency, day in first.items():
                if len(first) > 1 and (day - min(first.values())).days > days:
                    yield child, day, agency

    return counted


def _recognised(which: str) -> Callable[[list[Event]], Counted]:
    """M3: all recognised at a high level, those seen before, those missed."""

    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            known = of(events, child, "concern", "screening")
            high = [e for e in known if level(e) in HIGH or e.get("harm_status") == "known_harmed"]
            if not high:
                continue
            on = min(e["day"] for e in high)
            saw, missed = _seen_before(events, child, on)
            who = {"seen": saw, "missed": missed, "all": saw | {e["by"] for e in high if e["day"] == on}}[which]
            yield from ((child, on, agency) for agency in who)

    return counted


def _seen_before(events: list[Event], child: str, on: date) -> tuple[set[str], set[str]]:
    saw, missed = set(), set()
    for agency in {e["by"] for e in of(events, child, "seen", "missing")}:
        own = [e for e in events if e["by"] == agency]
        since = year_before(on)
        seen = [e for e in of(own, child, "seen") if e["day"] >= since]
        contacts = [(e["day"], recorded(e)) for e in seen if set(e["indicators"]) & SIGNIFICANT]
        groups = sorted(episodes([e for e in of(own, child, "missing") if e["day"] >= since]), key=start_of)
        for group in groups:
            begun = start_of(group)
            if sum(begun - timedelta(days=90) < start_of(g) <= begun for g in groups) >= 3:
                contacts.append((begun, max(begun, min(recorded(r) for r in group))))
        acted = [e["day"] for e in of(own, child, "concern", "screening")]
        acted += [
            e["day"] for e in of(own, child, "response") if e["kind"] in ("referral", "nrm", "strategy_discussion")
        ]
        for day, entered in contacts:
            if tenth(entered, 10) <= on:
                saw.add(agency)
                if not any(day <= a <= tenth(entered, 10) for a in acted):
                    missed.add(agency)
    return saw, missed


def of_codes(codes: set[str] | None) -> Callable[[list[Event]], Counted]:
    """M6: an indicator of a set was recorded; any, where none is given."""

    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            for event in of(events, child, "concern", "seen"):
                told = {code for code in event.get("indicators", ()) if code not in NONE}
                if told if codes is None else told & codes:
                    yield child, event["day"], event["by"]

    return counted


def _due(screened: bool) -> Callable[[list[Event]], Counted]:
    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            done = [s["day"] for s in of(events, child, "screening")]
            for concern in of(events, child, "concern"):
                day = concern["day"]
                if any(1 <= (day - s).days <= 90 for s in done):
                    continue
                if not screened or any(within_working_days(day, s, 10) for s in done):
                    yield child, day, concern["by"]

    return counted


def _ended(events: list[Event]) -> Iterator[tuple[str, date, list[Event], list[Event]]]:
    """Child, day, reports and interviews of each episode that ended."""
    for child in children(events):
        groups = sorted(episodes(of(events, child, "missing")), key=start_of)
        ends = [max((r["ended_on"] for r in g if r.get("ended_on")), default=None) for g in groups]
        about: list[list[Event]] = [[] for _ in groups]
        for interview in of(events, child, "interview"):
            named = [
                n
                for n, g in enumerate(groups)
                for r in g
                if (r["by"], r["id"]) == (interview["by"], interview.get("about"))
            ]
            if not named and interview.get("returned_on"):
                away = {n: abs((end - interview["returned_on"]).days) for n, end in enumerate(ends) if end is not None}
                named = [n for n in sorted(away) if away[n] <= 1 and away[n] == min(away.values())]
            if named:
                about[named[0]].append(interview)
        for group, end, interviews in zip(groups, ends, about, strict=True):
            if end is not None:
                yield child, end, group, interviews


def _offered(interview: Event) -> str:
    if interview.get("offered") in ("yes", "no"):
        return str(interview["offered"])
    known = ("offered", "accepted", "declined", "not_reached", "completed", "not_completed")
    return "yes" if interview.get("state") in known or interview.get("completed_on") else "unknown"


def _completed(interview: Event) -> bool:
    return bool(
        interview.get("completed_on") or interview.get("state") == "completed" or interview.get("completed") == "yes"
    )


def _returned(steps: int, out_of_area: bool = False) -> Callable[[list[Event]], Counted]:
    def counted(events: list[Event]) -> Counted:
        for child, end, group, interviews in _ended(events):
            answers = (
                any(_offered(i) == "yes" for i in interviews),
                any(_completed(i) for i in interviews),
                any(i.get("within_72h") == "yes" for i in interviews),
            )
            group.sort(key=lambda r: (r["day"], r["id"]))
            placed = [r["placement_area"] for r in group if r.get("placement_area", "unknown") not in NONE]
            if all(answers[:steps]) and (not out_of_area or placed[:1] in ([OUT[0]], [OUT[1]])):
                yield from ((child, end, report["by"]) for report in group)

    return counted


def m9_children(events: list[Event]) -> Counted:
    for child in children(events):
        for group in episodes(of(events, child, "missing")):
            yield from ((child, start_of(group), report["by"]) for report in group)


def _repeat(responded: bool) -> Callable[[list[Event]], Counted]:
    kinds = ("strategy_discussion", "plan", "lead_professional", "referral", "nrm", "disruption")

    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            groups = in_order(episodes(of(events, child, "missing")))
            for number, group in enumerate(groups):
                day = start_of(group)
                others = sum((day - start_of(earlier)).days < 90 for earlier in groups[:number])
                answered = any(
                    r["kind"] in kinds and within_working_days(day, r["day"], 5) for r in of(events, child, "response")
                )
                if others >= 2 and (answered or not responded):
                    yield from ((child, day, report["by"]) for report in group)

    return counted


def m11_of_missing(events: list[Event]) -> Counted:
    for child, day, agency in m9_children(events):
        if any(abs((c["day"] - day).days) <= 90 for c in of(events, child, "concern")):
            yield child, day, agency


def m11_of_concern(events: list[Event]) -> Counted:
    for child in children(events):
        starts = [start_of(g) for g in episodes(of(events, child, "missing"))]
        for concern in of(events, child, "concern"):
            if any(abs((concern["day"] - s).days) <= 90 for s in starts):
                yield child, recorded(concern), concern["by"]


def _high(met: bool) -> Callable[[list[Event]], Counted]:
    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            plans = [r["day"] for r in of(events, child, "response") if r["kind"] in ("plan", "lead_professional")]
            for concern in of(events, child, "concern"):
                answered = any(within_working_days(concern["day"], day, 10) for day in plans)
                if level(concern) in HIGH and (answered or not met):
                    yield child, concern["day"], concern["by"]

    return counted


def _told(field: str, is_counted: Callable[[Any], bool]) -> Callable[[list[Event]], Counted]:
    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            for concern in of(events, child, "concern"):
                if is_counted(concern.get(field)):
                    yield child, recorded(concern), concern["by"]

    return counted


def counts(
    catalogue: Sequence[Mapping[str, Any]], sectors: Mapping[str, str]
) -> dict[str, Callable[[list[Event]], Counted]]:
    """Every count that may be released, by its name on the ladder. `sectors` has the sector of each agency."""
    topics = ("any", *sorted({entry["category"] for entry in catalogue}))
    by_category = {
        f"m6_{category}": of_codes({entry["code"] for entry in catalogue if entry["category"] == category})
        for category in {entry["category"] for entry in catalogue}
    }
    return {
        "m1_children": m1_children,
        "m2_children": _longer(-1),
        "m2_over_30": _longer(30),
        "m2_over_90": _longer(90),
        "m2_raised_by_several": _raised(-1),
        "m2_raised_later": _raised(30),
        "m3_children": _recognised("all"),
        "m3_seen": _recognised("seen"),
        "m3_missed": _recognised("missed"),
        "m6_any": of_codes(None),
        **by_category,
        "m7_children": _due(False),
        "m7_screened": _due(True),
        "m8_returned": _returned(0),
        "m8_offered": _returned(1),
        "m8_completed": _returned(2),
        "m8_within_72h": _returned(3),
        "m9_children": m9_children,
        "m10_children": _repeat(False),
        "m10_responded": _repeat(True),
        "m11_of_missing": m11_of_missing,
        "m11_of_concern": m11_of_concern,
        "m12_returned": _returned(0, out_of_area=True),
        "m12_completed": _returned(2, out_of_area=True),
        "m16_high": _high(False),
        "m16_met": _high(True),
        "m17_boys": _told("sex", lambda value: value == "M"),
        "m17_ethnicity": _told("ethnic_group", lambda value: value not in (None, *NONE)),
        **{
            f"m18_{part}_{topic}": slow_detection.counted(part, topic, sectors, catalogue)
            for part in ("recorded", "missed")
            for topic in topics
        },
        **slow_picture.counts(),
    }


def cell(
    counted: Callable[[list[Event]], Counted],
    name: str,
    events: list[Event],
    span: tuple[date, date],
    sectors: Mapping[str, str],
    of_sector: str,
) -> set[str]:
    """The children of a released cell: of the whole board, or of a sector (counted from its own records where those
    decide)."""
    own = name.startswith(OWN) and of_sector
    given = [e for e in events if not own or sectors[e["by"]] == of_sector]
    return {
        child
        for child, day, agency in counted(given)
        if span[0] <= day < span[1] and of_sector in ("", sectors[agency])
    }
