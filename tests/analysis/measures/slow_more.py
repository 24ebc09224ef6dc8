"""M4-M6, M12, M13, M15 and M17 again from their definitions alone, slowly: event dicts, nothing shared with analysis.

The catalogue and the board's calendar are data and are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import exp, factorial
from typing import Any

from tests.analysis.measures.slow import Event, children, episodes, of, recorded

Span = tuple[date, date]
UNTOLD = ("unknown", "not_recorded")


def month(year: int, number: int) -> date:
    """First day of a month, counted on or back over the year's end."""
    return date(year + (number - 1) // 12, (number - 1) % 12 + 1, 1)


def quarters(first: int, last: int) -> list[Span]:
    return [(month(y, m), month(y, m + 3)) for y in range(first, last + 1) for m in (1, 4, 7, 10)]


def within(day: date, span: Span) -> bool:
    return span[0] <= day < span[1]


def below(n: int, mean: float) -> float:
    """Poisson chance of at most n, summed."""
    return sum(exp(-mean) * mean**k / factorial(k) for k in range(n + 1))


def limit(n: int, chance: float) -> float:
    """The mean at which at most n has this chance, by halving."""
    low, high = 0.0, 60.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if below(n, middle) > chance else (low, middle)
    return low


def m4(events: list[Event], span: Span, sectors: Mapping[str, str]) -> dict[str, tuple[int, int, int, bool] | None]:
    """Sector -> concerns, of how many, expected in hundredths, flagged; None without four quarters to expect from."""
    raised = [(e["day"], sectors[e["by"]]) for e in events if e["type"] == "concern" and e.get("child")]
    now = [sector for day, sector in raised if within(day, span)]
    first = min((day for day, _ in raised), default=span[0])
    past = [q for q in quarters(span[0].year - 3, span[0].year) if q[1] <= span[0]][-8:]
    heard = [[s for day, s in raised if within(day, q)] for q in past if q[1] > first]
    told = [found for found in heard if found]
    result: dict[str, tuple[int, int, int, bool] | None] = {}
    for sector in sorted(set(sectors.values())):
        if len(told) < 4:
            result[sector] = None
            continue
        share = sum(found.count(sector) / len(found) for found in told) / len(told)
        n, expected = now.count(sector), len(now) * share
        flagged = expected > 0 and n / expected < 0.5 and limit(n, 0.025) < expected
        result[sector] = (n, len(now), round(100 * expected), flagged)
    return result


def m5(events: list[Event], span: Span, agencies: Sequence[str], owed_from: date, days: int) -> dict[str, Any]:
    """Agency -> due, received, on time, nil, and which are missing."""
    result: dict[str, Any] = {}
    for agency in agencies:
        due = received = on_time = nil = 0
        missing = []
        for start, end in quarters(span[0].year, span[1].year):
            if end <= owed_from or start < span[0] or end > span[1]:
                continue
            due += 1
            name = f"{start.year}Q{(start.month + 2) // 3}"
            months = [f"{start.year}-{start.month + n:02d}" for n in range(3)]
            own = {
                period: min(sent, key=lambda e: e["submitted_on"])
                for period in (name, *months)
                if (sent := [e for e in events if e["type"] == "return" and (e["by"], e["period"]) == (agency, period)])
            }
            ways = [(own[name]["submitted_on"], bool(own[name].get("nil")))] if name in own else []
            if all(m in own for m in months):
                came = max(own[m]["submitted_on"] for m in months)
                ways.append((came, all(own[m].get("nil") for m in months)))
            if not ways:
                missing.append(name)
                continue
            came, empty = min(ways, key=lambda way: way[0])
            received += 1
            on_time += came <= date.fromordinal(end.toordinal() + days)
            nil += empty
        result[agency] = (due, received, on_time, nil, sorted(missing))
    return result


def m6(events: list[Event], end: date, sectors: Mapping[str, str], catalogue: Sequence[Mapping[str, Any]]) -> Any:
    """(sector, category or nothing) -> codes it should see and never recorded in the year to `end`."""
    year = (month(end.year - 1, end.month), end)
    result = {}
    for sector in sorted(set(sectors.values())):
        seen = set()
        for e in events:
            if e["type"] in ("concern", "seen") and e.get("child") and sectors[e["by"]] == sector:
                seen |= set(e.get("indicators", ())) if within(e["day"], year) else set()
        for category in (None, *sorted({entry["category"] for entry in catalogue})):
            asked = [
                entry["code"]
                for entry in catalogue
                if sector in entry["observers"] and category in (None, entry["category"])
            ]
            if asked:
                result[sector, category] = (len(asked), sorted(code for code in asked if code not in seen))
    return result


def m12(events: list[Event], span: Span) -> dict[str, tuple[int, int]]:
    """Placement -> ended episodes, and those with a completed interview."""
    result = dict.fromkeys(("in_area", "out_of_area_ours", "out_of_area_theirs"), (0, 0))
    for child in children(events):
        for group in episodes(of(events, child, "missing")):
            ends = [r["ended_on"] for r in group if r.get("ended_on")]
            if not ends or not within(max(ends), span):
                continue
            group.sort(key=lambda r: (r["day"], r["id"]))
            places = [r["placement_area"] for r in group if r.get("placement_area", "unknown") not in UNTOLD]
            if not places or places[0] not in result:
                continue
            names = {(r["by"], r["id"]) for r in group}
            about = [i for i in of(events, child, "interview") if (i["by"], i["about"]) in names]
            done = any(i["offered"] == "yes" for i in about) and any(i["completed"] == "yes" for i in about)
            ended, completed = result[places[0]]
            result[places[0]] = (ended + 1, completed + done)
    return result


def m13(events: list[Event], span: Span) -> dict[str, tuple[int, int, int, bool]]:
    """`ward place` with at least ten children -> children, agencies, expected in hundredths, exceeds; for a quarter."""
    told = []
    for e in events:
        area = e.get("areas", {}).get("found" if e["type"] == "missing" else "occurred")
        kind = e.get("found_location_type" if e["type"] == "missing" else "location_type") or "not_recorded"
        on = e.get("ended_on") if e["type"] == "missing" else e["day"]
        if e.get("child") and area and area not in UNTOLD and on:
            told.append((f"{area} {kind}", on, e["child"], e["by"]))
    before = [
        (month(span[0].year, span[0].month - 3 * n), month(span[0].year, span[0].month - 3 * (n - 1)))
        for n in (1, 2, 3, 4)
    ]
    result = {}
    for cell in {cell for cell, *_ in told}:
        now = [(child, by) for name, on, child, by in told if name == cell and within(on, span)]
        past = [len({c for name, on, c, _ in told if name == cell and within(on, quarter)}) for quarter in before]
        n, agencies, mean = len({child for child, _ in now}), len({by for _, by in now}), sum(past) / 4
        if n >= 10:
            usual = next(k for k in range(200) if mean == 0 or below(k, mean) >= 0.975)
            result[cell] = (n, agencies, round(100 * mean), agencies >= 2 and n > usual)
    return result


def m15(events: list[Event], span: Span, audience: str = "") -> tuple[dict[str, int], float | None]:
    """Sessions, who came, of whom in scope, and each stage's answers and mean in hundredths; and the reach."""
    held = [
        e
        for e in events
        if e["type"] == "session" and within(e["held_on"], span) and audience in ("", e.get("audience", "not_recorded"))
    ]
    known = [e for e in held if e.get("attended") is not None]
    counts = {
        "sessions": len(held),
        "attended": sum(e["attended"] for e in known),
        "attendance_unknown": len(held) - len(known),
        "in_scope": sum(e["in_scope"] for e in known if e.get("in_scope")),
    }
    names = {(e["by"], e["id"]) for e in held}
    for stage in ("before", "after", "follow_up"):
        own = [e for e in events if e["type"] == "feedback" and (e["by"], e["about"]) in names and e["stage"] == stage]
        answers = sum(e["answered"] for e in own)
        if answers:
            mean = sum(e["answered"] * e["mean_score"] for e in own) / answers
            counts |= {f"{stage}_answers": answers, f"{stage}_mean_hundredths": round(100 * mean)}
    came = sum(e["attended"] for e in known if e.get("in_scope"))
    return counts, came / counts["in_scope"] if counts["in_scope"] else None


def m17(events: list[Event], span: Span, field: str) -> dict[str, int]:
    """Value -> children with a concern recorded in the period, each by the first answer of those concerns."""
    result: dict[str, int] = {}
    for child in children(events):
        own = [e for e in of(events, child, "concern") if within(recorded(e), span)]
        if own:
            own.sort(key=lambda e: (e["day"], e["id"]))
            told = [e.get(field) or "not_recorded" for e in own]
            answers = [t for t in told if t not in UNTOLD]
            value = answers[0] if answers else "unknown" if "unknown" in told else "not_recorded"
            result[value] = result.get(value, 0) + 1
    return result
