"""What an agency reads about its records, kind by kind, and what to do on each."""

from __future__ import annotations

from typing import Any

from models.contract import examples

AT = "2026-05-01T10:00:02Z"

RECEIPTS: dict[str, tuple[str, str]] = {
    "intake_receipt": (
        "What intake decided about one stretch of your raw topic.",
        "`accepted` has inclusive ranges of raw offsets in `partition`, `refused` single ones with rule and path. "
        "Receipts may overlap after a restart: take the union, and where one accepts what another refuses, accepted"
        " stands. **Do**: tick off accepted offsets in your outbox. For a refused one look the rule up in "
        "`x-refusals`, correct the record in its system or your producer, and publish it with the next revision. "
        "`warnings` are about accepted records whose key or a header looked like an identifier: it was dropped; "
        "stop sending it. A record with no receipt after some minutes is to be published again, as the same bytes.",
    ),
    "gap_receipt": (
        "Records that the broker had and intake never read.",
        "They are in no figure. `first` and `last` are raw offsets in `partition`, both included; `cause` is "
        "`deleted`, `truncated` or `offset-moved`. **Do**: publish again, as the same bytes, all that you sent to "
        "these offsets.",
    ),
    "ledger_receipt": (
        "Where your accepted records of one board stand.",
        "Absolute figures; the newest receipt of a board replaces those before. `current`, `superseded`, "
        "`duplicate`, `withdrawn`, `erased` and `skipped` add up to your accepted records of the board that it "
        "still keeps. **Do**: compare the sum with what you ticked off. Where `conflicts` rises, your producer sent"
        " two contents under one revision: mend that, and publish the right content with the next revision. Where "
        "`skipped` rises, ask operations.",
    ),
}
"""Message -> what it is, and what to do on it."""

_EXAMPLES: dict[str, dict[str, Any]] = {
    "intake_receipt": {
        "kind": "intake",
        "agency": examples.AGENCY,
        "partition": 0,
        "accepted": [[0, 6], [8, 9]],
        "refused": [
            {"offset": 7, "event_id": "a" * 40, "revision": 0, "rule": "date-window", "path": "data.occurred_on"}
        ],
        "warnings": [{"offset": 8, "rule": "identifier.nhs-number", "path": "(message key)"}],
        "at": AT,
    },
    "gap_receipt": {
        "kind": "gap",
        "agency": examples.AGENCY,
        "partition": 0,
        "first": 8,
        "last": 27,
        "cause": "deleted",
        "at": AT,
    },
    "ledger_receipt": {
        "kind": "ledger",
        "agency": examples.AGENCY,
        "board": examples.BOARD,
        "current": 5,
        "superseded": 2,
        "duplicate": 1,
        "withdrawn": 1,
        "at": AT,
    },
}


def receipt_message(name: str) -> dict[str, Any]:
    """Summary, description and an example of a receipt, for its message."""
    summary, description = RECEIPTS[name]
    return {
        "title": summary,
        "summary": summary,
        "description": description,
        "contentType": "application/json",
        "examples": [{"name": name, "payload": _EXAMPLES[name]}],
    }
