"""Which of the contract's points hold for what a producer put on its topic. Pure: a list of records in, verdicts out.

A verdict names records by partition and offset, rules and paths; never a value, a key or a header.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agencies.conformance import one_event as ev
from agencies.conformance import one_record as rec
from agencies.conformance.facts import JudgeFacts, Problem
from agencies.conformance.wire import WireRecord
from models.contract.events import MAX_BYTES

State = Literal["holds", "does not hold", "not shown"]
HOLDS: State = "holds"
FAILS: State = "does not hold"
NOT_SHOWN: State = "not shown"

MOST_NAMED = 5
"""Records named for one point; the rest are counted."""


@dataclass(frozen=True, slots=True)
class PointVerdict:
    """One point of the contract, and whether it holds."""

    point: str
    says: str
    state: State
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """How one point is judged: over which records, and what is wrong with them."""

    name: str
    says: str
    applies: Callable[[Sequence[WireRecord]], Sequence[WireRecord]]
    problems: Callable[[Sequence[WireRecord], JudgeFacts], Iterable[Problem]]
    otherwise: str = "nothing of the kind was published"
    """Why it is not shown when it applies to no record."""

    def judge(self, records: Sequence[WireRecord], facts: JudgeFacts) -> PointVerdict:
        """The verdict."""
        shown = self.applies(records)
        if not shown:
            return PointVerdict(self.name, self.says, NOT_SHOWN, (self.otherwise,))
        found = [f"{seen.at}: {problem}" for seen, problem in self.problems(shown, facts)]
        more = [f"and {len(found) - MOST_NAMED} more"] if len(found) > MOST_NAMED else []
        return PointVerdict(self.name, self.says, FAILS if found else HOLDS, (*found[:MOST_NAMED], *more))


def judge(records: Sequence[WireRecord], facts: JudgeFacts) -> list[PointVerdict]:
    """A verdict on every point, in the order of `POINTS`, and on what nobody can see from outside."""
    return [_judged_by(facts, point).judge(records, facts) for point in POINTS] + [
        PointVerdict(name, says, NOT_SHOWN, (why,)) for name, says, why in UNSEEN
    ]


POINTS: tuple[Point, ...] = (
    Point("arrived", "events are on the agency's own raw topic", rec.every, lambda *_: ()),
    Point("value", "every record has a value", rec.every, rec.without_value),
    Point("size", f"no value is above {MAX_BYTES} bytes", rec.every, rec.too_large),
    Point("structured", "structured mode: the value is a CloudEvent", rec.of_mode("structured"), rec.no_event),
    Point("binary", "binary mode: headers and value are a CloudEvent", rec.of_mode("binary"), rec.no_event),
    Point("source", "agency and source are the topic's", rec.readable, rec.another_source),
    Point("event-id", "40 letters a to p, and `id` is <event_id>.<revision>", rec.readable, rec.wrong_ids),
    Point("same-id", "another run gives the same ids", ev.of_several_runs, ev.new_ids, "it ran once"),
    Point("repeat", "a revision that is sent again has the same content", ev.repeated, ev.conflicts),
    Point("revision", "revision rises with content, and with nothing else", ev.with_revisions, ev.idle),
    Point("withdrawal", "a withdrawal is a later revision of its event", ev.withdrawn, ev.nothing_withdrawn),
    Point("identifiers", "nothing in an event looks like an identifier", rec.readable, rec.identifiers),
    Point("key-headers", "nothing in key or headers looks like one", rec.every, rec.identifiers_beside),
    Point("time", "`time` is not more than a day ahead", rec.valid, rec.ahead),
    Point("timestamp", "the record's timestamp is of today", rec.stamped_by_client, rec.far_stamps, "the broker's own"),
    Point("tokens", "tokens are the agency's stage, and none stands twice", rec.with_tokens, rec.wrong_tokens),
    Point("epoch", "tokens are of an epoch that intake has a key of", rec.with_tokens, rec.other_epochs),
    Point("register", "board, agreement, areas and dates are registered", rec.valid, rec.not_registered),
)

UNSEEN: tuple[tuple[str, str, str], ...] = (
    (
        "acks",
        "the producer waits for all replicas and is idempotent",
        "cannot be seen on a topic: look at its settings",
    ),
    ("keyed-ids", "ids and tokens are made with the agency's keys", "cannot be seen: compare with vectors.json"),
)
"""Points that no record shows."""


def _judged_by(facts: JudgeFacts, point: Point) -> Point:
    """The point as it is judged with these facts: without a register or epochs these two show nothing."""
    if point.name == "register" and facts.register is None:
        return _not_given(point, "no --register was given")
    if point.name == "epoch" and not facts.epochs:
        return _not_given(point, "no --epoch was given")
    return point


def _not_given(point: Point, why: str) -> Point:
    return replace(point, applies=lambda _: (), otherwise=why)
