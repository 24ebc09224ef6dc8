"""M1 to M17 again from their definitions alone, slowly: event dicts, every day tried, nothing shared with analysis.

Only headline numbers. Bank holidays of the tested span are written out.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

Event = dict[str, Any]
BANK_HOLIDAYS = {
    date(2025, 1, 1), date(2025, 4, 18), date(2025, 4, 21), date(2025, 5, 5), date(2025, 5, 26), date(2025, 8, 25),
    date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4),
    date(2026, 5, 25), date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28),
}  # fmt: skip
SIGNIFICANT = {
    "MISS_REPEAT", "MISS_OVERNIGHT", "CTRL_ADULT", "UNK_VEHICLE", "HOTEL_TAXI_FOOD", "RISKY_AREA", "GIFTS_MONEY",
    "ONLINE_GROOM", "STI_REPEAT", "TRAFFICKED", "DISCLOSURE",
}  # fmt: skip
HIGH = ("significant", "serious")
DAY = timedelta(days=1)


def working(day: date) -> bool:
    return day.weekday() not in (5, 6) and day not in BANK_HOLIDAYS


def within_working_days(start: date, day: date, count: int) -> bool:
    """Whether at most `count` working days lie after `start` up to and including the last working day by `day`."""
    if day < start:
        return False
    passed, at = 0, start
    while at < day:
        at += DAY
        passed += working(at)
        if passed > count:
            return False
    # The count-th working day is the last one within: days after it, working or not, are too late.
    return passed < count or (passed == count and (working(day) or day == start))


def level(event: Event) -> str:
    if event["type"] == "concern":
        return str(event.get("risk", {}).get("level", ""))
    return str(event.get("level", ""))


def of(events: list[Event], child: str, *types: str) -> list[Event]:
    return [e for e in events if e.get("child") == child and e["type"] in types]


def children(events: list[Event]) -> list[str]:
    return sorted({e["child"] for e in events if e.get("child")})


def recorded(event: Event) -> date:
    day: date = event.get("recorded_on") or event["day"]
    return day


BANDS = {"00-06": 0, "06-12": 1, "12-18": 2, "18-24": 3}


def same(a: Event, b: Event) -> bool:
    sa, sb = (x["day"].toordinal() * 4 + BANDS[x["hour_band"]] for x in (a, b))
    if abs(sa - sb) <= 1:
        return True
    first, later = (a, sb) if sa < sb else (b, sa)
    if first.get("ended_on") is None:
        return False
    end: int = first["ended_on"].toordinal() * 4 + BANDS[first["ended_hour_band"]]
    return bool(later < end)


def episodes(reports: list[Event]) -> list[list[Event]]:
    """Transitive closure by trying every pair until nothing changes."""
    groups = [[r] for r in reports]
    changed = True
    while changed:
        changed = False
        for i in range(len(groups)):
            for j in range(i + 1, len(groups)):
                if any(same(a, b) for a in groups[i] for b in groups[j]):
                    groups[i] += groups.pop(j)
                    changed = True
                    break
            if changed:
                break
    return groups


def start_of(group: list[Event]) -> date:
    first: date = min(r["day"] for r in group)
    return first


def in_order(groups: list[list[Event]]) -> list[list[Event]]:
    """Episodes by the day they started; of two that started on one day, the ids of their reports decide."""
    return sorted(groups, key=lambda group: (start_of(group), sorted(report["id"] for report in group)))


def m1(events: list[Event], start: date, end: date) -> int:
    return sum(any(start <= recorded(c) < end for c in of(events, k, "concern")) for k in children(events))


def year_before(day: date) -> date:
    """The same day a year earlier; of 29 February the 28th."""
    return date(day.year - 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def m2(events: list[Event], start: date, end: date) -> list[int]:
    lags = []
    for child in children(events):
        concerns = of(events, child, "concern")
        if not concerns or not start <= min(c["day"] for c in concerns) < end:
            continue
        recognised = min(e["day"] for e in of(events, child, "concern", "screening"))
        earliest = year_before(recognised)
        signs = [e["day"] for e in of(events, child, "seen", "missing") if earliest <= e["day"] <= recognised]
        if signs:
            lags.append((recognised - min(signs)).days)
    return sorted(lags)


def m3(events: list[Event], start: date, end: date) -> tuple[int, int, int]:
    whole = seen = missed = 0
    for child in children(events):
        high = [
            e["day"]
            for e in of(events, child, "concern", "screening")
            if level(e) in HIGH or e.get("harm_status") == "known_harmed"
        ]
        if not high or not start <= min(high) < end:
            continue
        on = min(high)
        whole += 1
        saw, let_go = set(), set()
        since = year_before(on)
        for agency in {e["by"] for e in of(events, child, "seen", "missing")}:
            contacts = [
                (e["day"], recorded(e))
                for e in of(events, child, "seen")
                if e["by"] == agency and e["day"] >= since and set(e["indicators"]) & SIGNIFICANT
            ]
            reports = [e for e in of(events, child, "missing") if e["by"] == agency and e["day"] >= since]
            own = sorted(episodes(reports), key=start_of)
            for group in own:
                begun = start_of(group)
                if sum(begun - timedelta(days=90) < start_of(g) <= begun for g in own) >= 3:
                    contacts.append((begun, max(begun, min(recorded(r) for r in group))))
            acted = [e["day"] for e in of(events, child, "concern", "screening") if e["by"] == agency]
            acted += [
                e["day"]
                for e in of(events, child, "response")
                if e["by"] == agency and e["kind"] in ("referral", "nrm", "strategy_discussion")
            ]
            for day, entered in contacts:
                last = tenth(entered, 10)
                if last > on:
                    continue
                saw.add(agency)
                if not any(day <= a <= last for a in acted):
                    let_go.add(agency)
        seen += bool(saw)
        missed += bool(let_go)
    return whole, seen, missed


def tenth(day: date, count: int) -> date:
    while count:
        day += DAY
        if working(day):
            count -= 1
    return day


def m7(events: list[Event], start: date, end: date) -> tuple[int, int]:
    due = done = 0
    for child in children(events):
        screenings = [s["day"] for s in of(events, child, "screening")]
        for concern in of(events, child, "concern"):
            day = concern["day"]
            if not start <= day < end or any(day - timedelta(days=90) <= s < day for s in screenings):
                continue
            due += 1
            done += any(within_working_days(day, s, 10) for s in screenings)
    return due, done


def m8(events: list[Event], start: date, end: date) -> tuple[int, int, int, int]:
    counts = [0, 0, 0, 0]
    for child in children(events):
        groups = episodes(of(events, child, "missing"))
        for group in groups:
            ends = [r["ended_on"] for r in group if r.get("ended_on")]
            if not ends or not start <= max(ends) < end:
                continue
            names = {(r["by"], r["id"]) for r in group}
            interviews = [i for i in of(events, child, "interview") if (i["by"], i["about"]) in names]
            offered = any(i["offered"] == "yes" for i in interviews)
            completed = offered and any(i["completed"] == "yes" for i in interviews)
            quick = completed and any(i["within_72h"] == "yes" for i in interviews)
            for place, yes in enumerate((True, offered, completed, quick)):
                counts[place] += yes
    return counts[0], counts[1], counts[2], counts[3]


def m9(events: list[Event], start: date, end: date) -> tuple[int, int]:
    begun = {
        child: sum(start <= start_of(g) < end for g in episodes(of(events, child, "missing")))
        for child in children(events)
    }
    return sum(begun.values()), sum(n > 0 for n in begun.values())


def m10(events: list[Event], start: date, end: date) -> tuple[int, int]:
    repeat = answered = 0
    for child in children(events):
        starts = sorted(start_of(g) for g in episodes(of(events, child, "missing")))
        days = [
            s
            for i, s in enumerate(starts)
            if start <= s < end and sum(s - timedelta(days=90) < x <= s for x in starts[: i + 1]) >= 3
        ]
        if days:
            repeat += 1
            kinds = ("strategy_discussion", "plan", "lead_professional", "referral", "nrm", "disruption")
            answered += any(
                r["kind"] in kinds and any(within_working_days(day, r["day"], 5) for day in days)
                for r in of(events, child, "response")
            )
    return repeat, answered


def m11(events: list[Event], start: date, end: date) -> tuple[int, int]:
    a = b = 0
    for child in children(events):
        starts = [start_of(g) for g in episodes(of(events, child, "missing"))]
        concerns = of(events, child, "concern")
        a += any(start <= s < end and any(abs((c["day"] - s).days) <= 90 for c in concerns) for s in starts)
        b += any(start <= recorded(c) < end and any(abs((c["day"] - s).days) <= 90 for s in starts) for c in concerns)
    return a, b


def m16(events: list[Event], start: date, end: date) -> tuple[int, int, int]:
    high = met = again = 0
    for child in children(events):
        concerns = of(events, child, "concern")
        for c in (c for c in concerns if start <= c["day"] < end):
            responses = of(events, child, "response")
            if level(c) in HIGH:
                high += 1
                met += any(
                    r["kind"] in ("plan", "lead_professional") and within_working_days(c["day"], r["day"], 10)
                    for r in responses
                )
            refused = any(r["kind"] == "nfa" and (r["by"], r.get("about")) == (c["by"], c["id"]) for r in responses)
            if refused or c.get("next_step") == "none":
                again += any(0 < (o["day"] - c["day"]).days <= 90 for o in concerns)
    return high, met, again
