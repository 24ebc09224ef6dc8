"""An account that does not close: a row was deleted without the ledger's doing, and operations learn which one."""

from __future__ import annotations

import json
from typing import Any

from confluent_kafka import Producer

from analysis.ledger.identity import split
from models.contract import topics
from tests.factories import BOARD, POLICE, register
from tests.faults.bench import Bench
from tests.faults.registry import Turn, fault
from tests.faults.replay import made_anew
from tests.support.pace import patience

OPEN = "ypsem_ledger_open_balances"


@fault("ledger row deleted behind its back", weight=2, short=True, chapter="A balance does not close")
def row_lost(turn: Turn) -> None:
    """Somebody writes a null into the ledger's changelog; then the ledger is rebuilt from the accepted topic."""
    bench, ledger = turn.bench, turn.bench.of("ledger")
    turn.feed(events=500)
    turn.settle()
    before = dict(bench.books.rows)
    bench.supervisor.stop_one(ledger)
    own = _one_of(bench, turn)
    _null(bench, own)
    bench.supervisor.start_again()
    bench.supervisor.wait_ready(90, ledger)
    turn.look_for(OPEN, lambda: ledger.metric(OPEN) == 1)
    turn.look_for("log: balance-open", lambda: f"balance-open: some records accepted from {POLICE}" in ledger.log())
    code, said = _balances(bench)
    named = [one for account in said["accounts"] for kind in ("in_no_class",) for one in account.get(kind, ())]
    open_ = [(one["board"], one["agency"]) for one in said["accounts"] if not one["closes"]]
    turn.see("streams balances: exit 1", code == 1 and open_ == [(BOARD, POLICE)])
    turn.see("it names that event id", {one["event_id"] for one in named} == {split(own)[0]})
    bench.books.read_up()
    turn.struck(sum(map(bool, bench.books.differences())) == 1)
    made_anew(turn, "ledger")
    turn.settle()
    turn.until(lambda: bench.books.read_up() and bench.books.rows == before, 90, "the ledger is the same again")
    turn.look_for("it closes again", lambda: ledger.metric(OPEN) == 0 and _balances(bench)[0] == 0)


def _one_of(bench: Bench, turn: Turn) -> str:
    """An event of the police with few records, which is not a return: returns go on to SQL."""
    told = bench.told.events
    few = (own for own, one in told.items() if (one.agency, one.board) == (POLICE, BOARD) and one.records < 4)
    return turn.rng.choice(sorted(own for own in few if told[own].period is None))


def _null(bench: Bench, own: str) -> None:
    """What an administrator's producer could do: a null under the row's key, in its partition."""
    partition = next(board.partition for board in register().boards if board.code == BOARD)
    producer = Producer({"bootstrap.servers": bench.bootstrap, "acks": "all"})
    producer.produce(topics.LEDGER_CHANGELOG, key=own.encode(), value=None, partition=partition)
    assert producer.flush(patience(30)) == 0
    bench.books.read_up()
    assert own.encode() not in bench.books.rows, "the row is still there"


def _balances(bench: Bench) -> tuple[int, Any]:
    """Exit code of `python -m streams balances --json`, and what it printed."""
    with bench.services.start("streams", "balances", "--json") as command:
        code = command.wait(patience(60))
        printed = command.log.read_text("utf-8")
    return code, json.loads(printed[printed.index("{\n") :])
