"""Random children whose events lie exactly at, before or after the edge of some rule, with every field that counts."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

FIRST = date(2026, 1, 1)
EDGES = (0, 1, 2, 5, 7, 8, 13, 14, 15, 16, 29, 30, 31, 60, 89, 90, 91, 92)
LEVELS = ("no_current_cse_risk", "at_risk", "significant", "serious", "unknown")
CODES = ("GIFTS_MONEY", "DRUGS", "STI_REPEAT", "LATE_OUT", "SCHOOL_ABSENCE", "ONLINE_GROOM", "RISKY_AREA", "unknown")
STATES = ("required", "offered", "accepted", "declined", "not_reached", "completed", "not_completed")
KINDS = ("plan", "referral", "lead_professional", "nfa", "strategy_discussion", "nrm", "disruption", "unknown")
MODELS = (
    "online", "peer", "party", "gang_group", "lone_offender", "organised_network", "street_survival",
    "familial_facilitated", "inappropriate_relationship", "unknown", "not_recorded",
)  # fmt: skip
PLACES = (
    "own_home", "friends_home", "childrens_home", "other_placement", "school_college", "hotel_bnb", "vehicle",
    "private_flat_party_house", "taxi_private_hire", "takeaway_fast_food", "licensed_premises", "street",
    "shisha_or_late_venue", "park_open_space", "shopping_centre", "supermarket", "transport_hub", "online",
    "other", "unknown", "not_recorded",
)  # fmt: skip
AGES = ("0-9", "10-11", "12-13", "14-15", "16-17", "18-25", "unknown", "not_recorded")
ETHNIC = ("white", "mixed", "asian", "black", "other", "unknown", "not_recorded")
NEXT = (
    "none", "none", "none", "universal", "early_help", "cin_s17", "s47_strategy", "cse_operational_group", "nrm",
    "unknown", "not_recorded",
)  # fmt: skip
LENGTHS = ("lt_6h", "6_24h", "1_3d", "3_7d", "gt_7d", "open", "unknown", "not_recorded")
FROM = ("care", "home", "school", "other", "unknown", "not_recorded")
PLACED_WITH = ("parents", "kinship", "childrens_home", "foster_agency", "care_leaver", "unknown")
STORIES = (
    ("concern", "screening", "screening"),
    ("seen", "concern", "response"),
    ("seen", "seen", "response", "concern"),
    ("missing", "missing", "missing", "response", "screening"),
    ("missing", "missing", "missing", "missing", "response"),
    ("concern", "response", "concern"),
    ("missing", "interview", "missing", "interview"),
    ("missing", "missing", "interview"),
    ("seen", "screening", "concern", "concern"),
    ("concern", "missing", "missing"),
    ("missing", "concern", "concern"),
    ("missing",) * 6,
    ("concern", "concern", "response", "response"),
    ("seen", "seen", "seen", "concern"),
)


def life(chance: random.Random, name: str) -> list[dict[str, Any]]:
    """The events of one child."""
    first = FIRST + timedelta(days=chance.choice((-1, 0, 4, 5, 40, 88, 89, 90, -365)))
    events: list[dict[str, Any]] = []
    back_to = chance.choice((None, None, None, 12))
    for number, kind in enumerate(chance.choice(STORIES)):
        day = first + timedelta(days=chance.choice((1, 1, -1)) * chance.choice(EDGES) if number else 0)
        if number and kind in ("concern", "screening") and back_to:
            # A year after the first event, or a day beside.
            day = date(first.year + 1, first.month, first.day) + timedelta(days=chance.choice((-1, 0, 1)))
        event: dict[str, Any] = {
            "type": kind,
            "by": chance.choice(("police", "police", "care", "schools")),
            "child": name,
            "day": day,
            "id": f"{name}-{number}",
        }
        events.append(event | _more(chance, kind, day, events))
    return events


def _more(chance: random.Random, kind: str, day: date, before: list[dict[str, Any]]) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if kind in ("concern", "seen", "missing") and chance.random() < 0.5:
        more["recorded_on"] = day + timedelta(days=chance.choice((0, 1, 14, 40)))
    if kind == "concern":
        more |= {
            "risk": {"level": chance.choice(LEVELS)},
            "harm_status": chance.choice(("suspected", "suspected", "known_harmed")),
            "sex": chance.choice(("M", "F", "unknown")),
        } | of_concern(chance)
    if kind in ("concern", "seen"):
        more["indicators"] = chance.sample(CODES, chance.choice((1, 2)))
    if kind == "concern" and chance.random() < 0.3:
        more["indicators"] = []
    if kind == "screening" and chance.random() < 0.9:
        more["level"] = chance.choice(LEVELS)
    if kind == "response":
        more |= _response(chance, [event for event in before if event["type"] == "concern"])
    if kind == "missing":
        more |= {"hour_band": chance.choice(("00-06", "06-12", "12-18", "18-24"))} | of_episode(chance)
        if chance.random() < 0.8:
            more |= {"ended_on": day + timedelta(days=chance.choice((0, 1, 2))), "ended_hour_band": "18-24"}
    if kind == "interview":
        more |= _interview(chance, [e for e in before if e["type"] == "missing"])
    return more


def of_concern(chance: random.Random) -> dict[str, Any]:
    """What a concern says of the child and its exploitation: each field with an answer, without one, or absent."""
    told: dict[str, Any] = {
        "models": chance.sample(MODELS, chance.choice((0, 1, 1, 2, 3))),
        "location_type": chance.choice(PLACES),
        "age_band": chance.choice(AGES),
        "ethnic_group": chance.choice(ETHNIC),
        "disability": chance.choice(("yes", "no", "unknown", "not_recorded")),
        "next_step": chance.choice(NEXT),
    }
    return {name: value for name, value in told.items() if chance.random() < 0.9}


def of_episode(chance: random.Random) -> dict[str, Any]:
    """What one report says of an episode: each field with an answer, without one, or absent."""
    told = {
        "duration_band": chance.choice(LENGTHS),
        "missing_from": chance.choice(FROM),
        "placement_group": chance.choice(PLACED_WITH),
        "placement_area": chance.choice(("in_area", "out_of_area_theirs", "out_of_area_ours", "unknown")),
    }
    return {name: value for name, value in told.items() if chance.random() < 0.8}


def _response(chance: random.Random, concerns: list[dict[str, Any]]) -> dict[str, Any]:
    """A response, often "no further action" that names a concern: one of its own agency, or one of another's."""
    more: dict[str, Any] = {"kind": chance.choice(KINDS)}
    if concerns and chance.random() < 0.5:
        about = chance.choice(concerns)
        more |= {"kind": chance.choice(("nfa", "nfa", "plan")), "about": about["id"]}
        if chance.random() < 0.7:
            more["by"] = about["by"]
    return more


def _interview(chance: random.Random, episodes: list[dict[str, Any]]) -> dict[str, Any]:
    about = chance.choice(episodes)
    more: dict[str, Any] = {"about": about["id"]} if chance.random() < 0.6 else {}
    if more and chance.random() < 0.8:
        more["by"] = about["by"]
    if not more and about.get("ended_on"):
        more["returned_on"] = about["ended_on"] + timedelta(days=chance.choice((-2, -1, 0, 0, 1, 2)))
    if chance.random() < 0.7:
        more |= {name: chance.choice(("yes", "yes", "no", "unknown")) for name in ("offered", "completed")}
    elif chance.random() < 0.7:
        more["state"] = chance.choice(STATES)
    else:
        more["completed_on"] = about["day"] + timedelta(days=3)
    return more | {"within_72h": chance.choice(("yes", "yes", "no", "unknown"))}
