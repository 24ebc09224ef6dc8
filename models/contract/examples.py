"""One synthetic event of every type, and the keys it was made with: what the published contract shows.

The keys are no secret and the child is invented: an NHS number from 999 and a UPN of authority 999, which nobody has.
A producer is right if it makes the same ids and tokens from the same input (docs/producers/vectors.json).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from models.contract import normalise, tokens

MASTER: dict[str, bytes] = {
    "link": bytes(range(32)),
    "local": bytes(range(32, 64)),
    "event-id": bytes(range(64, 96)),
}
"""What the key files `link-1.key`, `local.key` and `event-id.key` would hold. For examples alone."""
EPOCH = 1
AGENCY, BOARD, AGREEMENT = "aldermere-police", "X08000001", "dsa-aldermere-police"
SYSTEM = "niche"
PUBLISHED = "2026-05-01T10:00:00Z"

CHILD = {"nhs": "999 000 0018", "upn": "k999400123001", "local": "p  77"}
"""An invented child's identifiers as an export may spell them."""
DEMOGRAPHIC = {"surname": "O'Sample-Test", "first_name": "Zoë", "born": "2010-02-01", "sex": "F"}

_RECORDS = {
    "missing_episode": "MISPER/2026/1",
    "cse_concern": "CONCERN/2026/1",
    "indicator_observed": "CONTACT/2026/1",
    "return_interview": "RHI/2026/1",
    "screening": "SCREEN/2026/1",
    "response": "PLAN/2026/1",
    "training_session": "COURSE/2026/1",
    "training_feedback": "COURSE/2026/1/after",
    "theme_return": "FORUM/2026/1",
    "submission_return": "RETURN/2026Q1",
    "erasure": "ERASE/2026/1",
}
"""Short type -> an invented record's own key in the agency's system."""

_CHILD_FIELDS: dict[str, Any] = {
    "occurred_on": "2026-02-03",
    "hour_band": "18-24",
    "age_band": "14-15",
    "sex": "F",
    "ethnic_group": "mixed",
    "disability": "no",
    "areas": {"home": "X05000001"},
    "placement_group": "childrens_home",
    "placement_area": "in_area",
}


def key(purpose: str, epoch: int = EPOCH) -> bytes:
    """The key derived from a master secret: `link` and `local` by epoch, `event-id` with epoch 0."""
    return tokens.derive_key(MASTER[purpose], f"{0 if purpose == 'event-id' else epoch}|{purpose}|v1")


def record_id(short: str) -> str:
    """The event id of the invented record of this type."""
    return tokens.event_id(key("event-id"), BOARD, f"ypsem.{short}.v1|{SYSTEM}", _RECORDS[short])


def normalised() -> dict[str, str]:
    """Kind of token -> the invented child's identifier in the one spelling that is hashed."""
    return {
        "nhs": normalise.nhs_number(CHILD["nhs"], test_numbers=True),
        "upn": normalise.upn(CHILD["upn"], test_numbers=True),
        "demog": normalise.demographic(
            DEMOGRAPHIC["surname"],
            DEMOGRAPHIC["first_name"],
            date.fromisoformat(DEMOGRAPHIC["born"]),
            DEMOGRAPHIC["sex"],
        ),
        "local": normalise.local_id(CHILD["local"]),
    }


def child_tokens() -> list[dict[str, Any]]:
    """The invented child's tokens, one of each kind."""
    return [
        {
            "kind": kind,
            "epoch": EPOCH,
            "token": tokens.link_token(key("local" if kind == "local" else "link"), kind, text),
        }
        for kind, text in normalised().items()
    ]


def example(short: str, revision: int = 0) -> dict[str, Any]:
    """A whole CloudEvent of this type, in structured mode. A withdrawal takes back the missing episode."""
    subject = "missing_episode" if short == "withdrawal" else short
    revision = 2 if short == "withdrawal" else revision
    data: dict[str, Any] = {
        "event_id": record_id(subject),
        "revision": revision,
        "agency": AGENCY,
        "board": BOARD,
        "agreement_id": AGREEMENT,
        **_fields(short),
    }
    return {
        "specversion": "1.0",
        "id": f"{data['event_id']}.{revision}",
        "source": f"/agencies/{AGENCY}",
        "type": f"ypsem.{short}.v1",
        "time": PUBLISHED,
        "datacontenttype": "application/json",
        "data": data,
    }


def _fields(short: str) -> dict[str, Any]:
    own: dict[str, dict[str, Any]] = {
        "missing_episode": {
            "scheme": "police_app_2017",
            "status": "missing",
            "ended_on": "2026-02-04",
            "ended_hour_band": "06-12",
            "duration_band": "6_24h",
            "police_grade": "medium",
            "missing_from": "care",
            "found_location_type": "friends_home",
            "reasons": ["contact_with_friends"],
            "cse_marker": "yes",
            "areas": {"home": "X05000001", "missing_from": "X05000002", "found": "out_of_area"},
        },
        "cse_concern": {
            "indicators": ["GIFTS_MONEY", "CTRL_ADULT"],
            "risk": {"scheme": "west_midlands", "native": "significant", "level": "significant"},
            "harm_status": "suspected",
            "models": ["online", "peer"],
            "location_type": "hotel_bnb",
            "online_platform": "messaging",
            "referral_route": "mash_contact",
            "next_step": "s47_strategy",
            "nrm_status": "considered_not_referred",
            "areas": {"home": "X05000001", "occurred": "X08000001-T1"},
        },
        "indicator_observed": {"indicators": ["GIFTS_MONEY"], "location_type": "hotel_bnb"},
        "return_interview": {
            "about_event_id": record_id("missing_episode"),
            "occurred_on": "2026-02-06",
            "recorded_on": "2026-02-06",
            "returned_on": "2026-02-04",
            "state": "completed",
            "offered": "yes",
            "offered_on": "2026-02-04",
            "accepted": "yes",
            "completed": "yes",
            "completed_on": "2026-02-06",
            "within_72h": "yes",
            "provider": "commissioned_vcs",
            "themes": ["conflict"],
        },
        "screening": {
            "about_event_id": record_id("cse_concern"),
            "opened_on": "2026-02-03",
            "tool": "sandwell",
            "native": "serious",
            "level": "serious",
            "score": 12,
            "professional_override": "no",
            "next_step": "cse_operational_group",
        },
        "response": {
            "about_event_id": record_id("screening"),
            "kind": "strategy_discussion",
            "opened_on": "2026-02-03",
            "closed_on": "2026-02-10",
            "recorded_on": "2026-02-10",
            "disruption": "cawn",
        },
        "training_session": {
            "held_on": "2026-03-10",
            "topics": ["online"],
            "audience": "police",
            "role_group": "frontline",
            "places": 20,
            "attended": 17,
            "in_scope": 240,
        },
        "training_feedback": {
            "about_event_id": record_id("training_session"),
            "held_on": "2026-03-10",
            "stage": "after",
            "answered": 12,
            "mean_score": 7.5,
        },
        "theme_return": {"held_on": "2026-03-10", "voice": "children", "themes": ["help_came_late"], "people": 9},
        "submission_return": {"period": "2026Q1", "submitted_on": "2026-04-10", "counts": {"missing_episode": 1}},
        "erasure": {"event_ids": [record_id("missing_episode")], "tokens": child_tokens(), "reason": "request"},
    }
    if short == "withdrawal":
        return {}
    if short in ("erasure", "submission_return"):
        return {"source_system": SYSTEM} | own[short]
    recorded = {"source_system": SYSTEM, "recorded_on": own[short].get("held_on", "2026-02-05")}
    if "held_on" in own[short]:
        return recorded | own[short]
    return recorded | {"tokens": child_tokens()} | _CHILD_FIELDS | own[short]
