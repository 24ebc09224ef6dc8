"""What an agency reads about its records, kind by kind, and what to do on each."""

from __future__ import annotations

from typing import Any

from models.contract import examples

AT = "2026-05-01T10:00:02Z"

RECEIPTS: dict[str, tuple[str, str]] = {
    "intake_receipt": (
        "What intake decided about one stretch of your raw topic.",
        "`accepted` has inclusive ranges of raw offsets in `partition`, `refused` single ones with rule and path. "
        "Receipts may overlap after a restart: take the union, and where one accepts what another refuses, "
        "accepted counts. The record's own key (`intake|<partition>|<offset>`) is for the service. **Do**: tick "
        "off accepted offsets in your outbox. For a refused one look the rule up in `x-refusals` and correct what "
        "it names. A refused event counts as never sent: publish it again with the same revision or a higher one. "
        "`warnings` are about accepted records whose key, a header or an unknown attribute looked like an "
        "identifier: one entry a rule and place, with how many records and the first and last of their offsets. "
        "What was found was dropped; stop sending it. Their rules are the `identifier.` ones of `x-refusals`, "
        "which there refuse a field. A receipt comes within seconds as a rule. A record without one, while a "
        "later offset of its partition has one, was not read: publish it again, as the same bytes.",
    ),
    "gap_receipt": (
        "Records that the broker had and intake never read.",
        "They are in no figure. `first` and `last` are raw offsets in `partition`, both included; `cause` is "
        "`deleted`, `truncated` or `offset-moved`. **Do**: publish again, as the same bytes, all that you sent to "
        "these offsets. With `truncated` the log has lost its end: the broker gives these offsets away again, so what "
        "was accepted there before stays accepted, and its offset is no longer its place.",
    ),
    "ledger_receipt": (
        "What became of your accepted records of one board.",
        "The newest receipt of a board replaces those before. Every accepted record is in one class. Of the "
        "records of one event one counts, as `current`, or as `withdrawn` if it takes the event back; each other "
        "version is `superseded`, and each copy of a version `duplicate`. `erased` are records of erased events, "
        "`expired` those whose retention has ended, `skipped` those that operations passed over. `accepted`, "
        "`erased` and `expired` are given as `fewer than 10` (which includes none) or `10 or more`, so you cannot add "
        "up the classes: the ledger does it, and says in `closes` whether every record is accounted "
        "for. `through` has for each raw partition the offset up to which your accepted records of this board are "
        "in the ledger, in the log as it is now. **Do**: wait until `through` has passed what you ticked off, but for "
        "offsets of a gap that was `truncated`. Where `closes` is false "
        "operations have an alert. Where `conflicts` rises, your producer sent two contents under one revision: "
        "mend that, and publish the right content with the next revision. Where `skipped` rises, ask operations.",
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
        "warnings": [{"first": 8, "last": 9, "count": 2, "rule": "identifier.nhs-number", "path": "(message key)"}],
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
        "accepted": "fewer than 10",
        "current": 5,
        "superseded": 2,
        "duplicate": 1,
        "withdrawn": 1,
        "erased": "fewer than 10",
        "expired": "fewer than 10",
        "skipped": 0,
        "closes": True,
        "through": [[0, 9]],
        "conflicts": 0,
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
