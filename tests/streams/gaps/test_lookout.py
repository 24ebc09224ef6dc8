"""A log that has lost its end is counted as cut before anything of the new one is handled, whenever the worker dies."""

from __future__ import annotations

import pytest

from models.contract import topics
from models.contract.receipts import GapReceipt
from streams.gaps.lookout import LogTruncated
from tests.factories import POLICE
from tests.streams.gaps.world import PLACE, Broker, Died, Process


def cut_to(end: int, *, remembered: int = 90) -> Broker:
    """A log of which 90 records were handled, and so many remembered, and what its broker still has of it."""
    broker = Broker()
    broker.log = [b"" for _ in range(90)]
    first = Process(broker)
    first.look()
    first.handled(remembered)
    del broker.log[end:]
    return broker


def test_a_log_that_was_not_cut_counts_none() -> None:
    broker = cut_to(90, remembered=50)
    assert Process(broker).look(50) == 50
    assert broker.memory().cuts == {}
    assert broker.memory().known[PLACE].next == 50


def test_the_cut_is_confirmed_first_then_it_is_told_then_the_memory_moves() -> None:
    broker = cut_to(50)
    before = len(broker.said)
    worker = Process(broker)
    assert worker.look(90) == 0
    assert [one.topic for one in broker.said[before:]] == [
        topics.POSITIONS, topics.REMEDIES, topics.receipts(POLICE), topics.POSITIONS,
    ]  # fmt: skip
    assert worker.lookout.generation(PLACE) == broker.memory().generation(PLACE) == 1
    receipt = GapReceipt.model_validate_json(broker.of(topics.receipts(POLICE))[0].value or b"", strict=False)
    assert (receipt.partition, receipt.first, receipt.last) == (PLACE[1], 50, 89)
    assert Process(broker).look(0) == 0
    assert broker.memory().generation(PLACE) == 1, "it is told once"


@pytest.mark.parametrize("words", range(4))
def test_a_worker_that_dies_at_any_word_leaves_a_cut_that_the_next_one_counts(words: int) -> None:
    broker = cut_to(50)
    dying = Process(broker, words)
    with pytest.raises(Died):
        dying.look(90)
    assert [type(error) for error in dying.stopped] == [Died], "it ends the process, and handles nothing"
    counted = broker.memory().generation(PLACE)
    assert counted == (words > 0)
    # Whatever comes meanwhile: once it was counted, what is read at places that were handled before is of a new log.
    broker.log += [b"" for _ in range(20)]
    worker = Process(broker)
    assert worker.look(90) == 0
    assert worker.lookout.generation(PLACE) == counted + 1
    assert broker.of(topics.receipts(POLICE))


def test_a_running_worker_leaves_to_the_next_one_what_it_had_handled_and_not_remembered() -> None:
    """The log has grown to behind what was remembered when it is looked at: nobody else would see it."""
    broker = Broker()
    broker.log = [b"" for _ in range(50)]
    running = Process(broker)
    assert running.look() == 0
    running.handled(50)
    # Forty more come and are handled; then the log is cut to 30, and is at 60 when it is looked at.
    broker.log += [b"" for _ in range(10)]
    with pytest.raises(LogTruncated):
        running.look(90, running=True)
    assert broker.memory().generation(PLACE) == 1
    assert broker.memory().known[PLACE].next == 90
    worker = Process(broker)
    assert worker.look(50) == 0
    assert worker.lookout.generation(PLACE) >= 1
    assert broker.of(topics.receipts(POLICE)), "and it is told"
