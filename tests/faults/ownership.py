"""Whose event it is: agencies use the same event ids, and each must end up with exactly its own events."""

from __future__ import annotations

import random
from datetime import date, timedelta

from tests.factories import BOARD, CARE, POLICE, an_event_id, event, wire
from tests.faults.disks import aside
from tests.faults.registry import Turn, fault

MOST_IDS = 500
"""The most ids that an erasure may name."""
COPIED = 4
"""One in this many of the first agency's ids is used by the second agency, too."""


@fault("two agencies use one event id", chapter="Two agencies use the same event ids")
def one_id(turn: Turn) -> None:
    """While the police's events flow, social care sends some of their ids at higher revisions, withdraws some, erases
    some and sends all of it again; the ledger is killed in between."""
    bench, ledger = turn.bench, turn.bench.of("ledger")
    rng = random.Random(turn.rng.randrange(10**9))
    names = [f"one-id-{rng.randrange(10**12)}" for _ in range(turn.events(1200))]
    copied = names[: len(names) // COPIED]
    higher, withdrawn, erased = copied[::3], copied[1::3], copied[2::3][:MOST_IDS]
    theirs = [_sent(CARE, name, revision, rng) for name in higher for revision in (1, 2)]
    # For some of them social care never had an event.
    theirs += [_sent(CARE, name, 3, rng) for name in withdrawn[::2]]
    theirs += [(CARE, wire(event("withdrawal", agency=CARE, record=name, revision=4))) for name in withdrawn]
    gone = [_sent(CARE, name, 1, rng) for name in erased]
    own = [_sent(POLICE, name, 0, rng) for name in names]
    load = own + theirs
    rng.shuffle(load)

    turn.feed(load, background=True)
    aside(bench, gone)
    turn.under_way(0.1)
    aside(bench, [_erasure(f"one-id-{rng.randrange(10**12)}", erased)])
    ledger.child.kill()
    turn.struck(turn.mid_stream())
    turn.until(lambda: _started_again(turn), 20, "it is started again")
    turn.fed()
    turn.feed(theirs)
    aside(bench, gone)
    turn.settle()
    shared = bench.told.shared()
    assert shared >= len(higher) + len(withdrawn), "nothing is shared"
    turn.look_for("ypsem_ledger_shared_event_ids", lambda: ledger.metric("ypsem_ledger_shared_event_ids") == shared)
    turn.see("log: event-key-copied", f"event-key-copied: {POLICE} and {CARE} use the same event ids" in ledger.log())


def _sent(agency: str, record: str, revision: int, rng: random.Random) -> tuple[str, bytes]:
    """A version of an agency's event; the other agency's event of the same id has another child, day and kind."""
    day = date(2024, 4, 1) + timedelta(days=rng.randrange(720))
    kind = "missing_episode" if agency == POLICE else "cse_concern"
    document = event(
        kind, record, revision, agency, BOARD, f"{agency}-{record}", occurred_on=day.isoformat(), sex=rng.choice("FM")
    )
    return agency, wire(document)


def _erasure(record: str, erased: list[str]) -> tuple[str, bytes]:
    """Social care erases what it sent under these ids."""
    return CARE, wire(event("erasure", agency=CARE, record=record, event_ids=[an_event_id(name) for name in erased]))


def _started_again(turn: Turn) -> bool:
    turn.bench.supervisor.mend()
    return turn.bench.of("ledger").child.exit_code is None
