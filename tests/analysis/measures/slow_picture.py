"""M19, M20 and M21 again from their definitions alone, slowly: event dicts, nothing shared with analysis.

Each function gives (child, day, agency) for one count of the ladder. The codes of each row are written out here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from tests.analysis.measures.slow import Event, children, episodes, in_order, level, of, recorded, start_of

Counted = Iterator[tuple[str, date, str]]
Slow = Callable[[list[Event]], Counted]
NONE = ("unknown", "not_recorded")
MODELS = (
    "inappropriate_relationship", "peer", "organised_network", "party", "gang_group", "lone_offender", "online",
    "familial_facilitated", "street_survival",
)  # fmt: skip
PLACES = {
    "home": ("own_home", "friends_home"),
    "placement": ("childrens_home", "other_placement"),
    "school": ("school_college",),
    "rooms": ("hotel_bnb", "private_flat_party_house"),
    "vehicle": ("vehicle", "taxi_private_hire"),
    "venue": ("takeaway_fast_food", "licensed_premises", "shisha_or_late_venue"),
    "public": ("street", "park_open_space", "shopping_centre", "supermarket", "transport_hub"),
    "online": ("online",),
}
AGES = {"under_12": ("0-9", "10-11"), "12_13": ("12-13",), "14_15": ("14-15",), "16_17": ("16-17",)}
LEVELS = ("serious", "significant", "at_risk", "no_current_cse_risk")
ETHNIC = ("white", "mixed", "asian", "black", "other")
NEXT = ("universal", "early_help", "cin_s17", "s47_strategy", "cse_operational_group", "nrm", "none")
KINDS = ("strategy_discussion", "plan", "lead_professional", "nrm", "referral", "disruption", "nfa")
LENGTHS = ("lt_6h", "6_24h", "1_3d", "3_7d", "gt_7d")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = ("00-06", "06-12", "12-18", "18-24")
PLACED = {"in_area": "in_area", "ours_elsewhere": "out_of_area_ours", "others_here": "out_of_area_theirs"}
IN_CARE = (
    "foster_in_house", "foster_agency", "childrens_home", "secure", "supported_accommodation", "residential_school",
    "residential_care", "nhs", "yoi", "with_parents_on_order", "temporary",
)  # fmt: skip
IN_FAMILY = ("parents", "kinship", "not_looked_after")


def _concerns(is_counted: Callable[[Event], bool]) -> Slow:
    """A concern that gives an answer, on the day it was recorded, by whoever recorded it."""

    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            for concern in of(events, child, "concern"):
                if is_counted(concern):
                    yield child, recorded(concern), concern["by"]

    return counted


def _has(field: str, *codes: str) -> Slow:
    return _concerns(lambda concern: concern.get(field) in codes)


def _model(model: str) -> Slow:
    return _concerns(lambda concern: model in [m for m in concern.get("models") or () if m not in NONE][:2])


def _level(wanted: str) -> Slow:
    return _concerns(lambda concern: level(concern) == wanted)


def _episodes(is_counted: Callable[[list[Event]], bool]) -> Slow:
    """A merged episode that has an answer, on the day it started, by everybody who reported it."""

    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            for group in episodes(of(events, child, "missing")):
                if is_counted(sorted(group, key=lambda report: (report["day"], report["id"]))):
                    yield from ((child, start_of(group), report["by"]) for report in group)

    return counted


def _often(least: int) -> Slow:
    """An episode that is at least so many-th to start in its financial year."""

    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            groups = in_order(episodes(of(events, child, "missing")))
            for number, group in enumerate(groups):
                day = start_of(group)
                first = date(day.year if day >= date(day.year, 4, 1) else day.year - 1, 4, 1)
                if sum(start_of(earlier) >= first for earlier in groups[:number]) >= least - 1:
                    yield from ((child, day, report["by"]) for report in group)

    return counted


def _first(group: list[Event], field: str) -> Any:
    told = [report[field] for report in group if report.get(field, "unknown") not in NONE]
    return told[0] if told else None


def _length(code: str) -> Slow:
    def counted(group: list[Event]) -> bool:
        ended = any(report.get("ended_on") for report in group)
        told = [LENGTHS.index(r["duration_band"]) for r in group if r.get("duration_band") in LENGTHS]
        return ended and bool(told) and LENGTHS[max(told)] == code

    return _episodes(counted)


def _day(number: int) -> Slow:
    return _episodes(lambda group: start_of(group).weekday() == number)


def _where(group: list[Event]) -> str | None:
    told, placed = _first(group, "missing_from"), _first(group, "placement_group")
    if told:
        return told if told in ("care", "home") else "other"
    return "care" if placed in IN_CARE else "home" if placed in IN_FAMILY else None


def _from(where: str) -> Slow:
    return _episodes(lambda group: _where(group) == where)


def _told_of_episode(field: str, code: str) -> Slow:
    return _episodes(lambda group: _first(group, field) == code)


def _refused(again: bool) -> Slow:
    """No further action: the next step says so, or a response of the same agency that names the concern."""

    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            concerns = of(events, child, "concern")
            answers = [
                (r["by"], r["about"]) for r in of(events, child, "response") if r["kind"] == "nfa" and r.get("about")
            ]
            for concern in concerns:
                away = concern.get("next_step") == "none" or (concern["by"], concern["id"]) in answers
                later = [(other["day"] - concern["day"]).days for other in concerns]
                if away and (not again or any(1 <= days <= 90 for days in later)):
                    yield child, recorded(concern), concern["by"]

    return counted


def _done(kind: str, field: str, code: str | None) -> Slow:
    """Screenings by level, responses by kind; all of them, where no code is given."""

    def counted(events: list[Event]) -> Counted:
        for child in children(events):
            for event in of(events, child, kind):
                if code is None or event.get(field) == code:
                    yield child, event["day"], event["by"]

    return counted


def counts() -> dict[str, Slow]:
    """Every count of M19 to M21, by its name on the ladder."""
    return {
        "m19_harmed": _has("harm_status", "known_harmed"),
        **{f"m19_model_{code}": _model(code) for code in MODELS},
        **{f"m19_place_{row}": _has("location_type", *codes) for row, codes in PLACES.items()},
        **{f"m19_level_{code}": _level(code) for code in LEVELS},
        **{f"m19_age_{row}": _has("age_band", *codes) for row, codes in AGES.items()},
        **{f"m19_ethnic_{code}": _has("ethnic_group", code) for code in ETHNIC},
        **{f"m19_disability_{code}": _has("disability", code) for code in ("yes", "no")},
        "m20_second": _often(2),
        "m20_third": _often(3),
        "m20_fifth": _often(5),
        **{f"m20_length_{code}": _length(code) for code in LENGTHS},
        **{f"m20_day_{name}": _day(number) for number, name in enumerate(DAYS)},
        **{f"m20_hours_{code.replace('-', '_')}": _told_of_episode("hour_band", code) for code in HOURS},
        **{f"m20_from_{where}": _from(where) for where in ("care", "home", "other")},
        **{f"m20_placed_{row}": _told_of_episode("placement_area", code) for row, code in PLACED.items()},
        "m21_turned_away": _refused(again=False),
        "m21_raised_again": _refused(again=True),
        "m21_screened": _done("screening", "level", None),
        "m21_answered": _done("response", "kind", None),
        **{f"m21_next_{code}": _has("next_step", code) for code in NEXT},
        **{f"m21_outcome_{code}": _done("screening", "level", code) for code in LEVELS},
        **{f"m21_response_{code}": _done("response", "kind", code) for code in KINDS},
    }
