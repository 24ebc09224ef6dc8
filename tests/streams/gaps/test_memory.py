"""What the workers remember: how far, by the newest word; how often a log was cut, by the highest."""

from __future__ import annotations

import itertools
import logging

import pytest

from models.contract import topics
from streams.gaps.compare import HandledUpTo
from streams.gaps.memory import Memory, cut, cuts_in, out
from streams.outputs import Out

PLACE = (topics.raw("aldermere-police"), 2)


class Record:
    """One of the topic."""

    def __init__(self, said: Out) -> None:
        self.value = said.value


def of(*said: Out) -> Memory:
    memory = Memory()
    for one in said:
        memory.take(one.value)
    return memory


def test_without_a_word_about_a_cut_there_was_none() -> None:
    memory = of(out(PLACE, HandledUpTo(5, 9)))
    assert memory.known == {PLACE: HandledUpTo(5, 9)}
    assert memory.generation(PLACE) == 0


def test_how_far_is_the_newest_word_and_how_often_the_highest_in_any_order() -> None:
    said = [cut(PLACE, 1), out(PLACE, HandledUpTo(90, 90)), cut(PLACE, 2), out(PLACE, HandledUpTo(0, 40))]
    for order in itertools.permutations(said):
        memory = of(*order)
        assert memory.generation(PLACE) == 2
        last = max((order.index(one), at) for one, at in ((said[1], 90), (said[3], 0)))[1]
        assert memory.known[PLACE].next == last


def test_neither_an_old_position_nor_an_old_cut_of_a_worker_that_was_fenced_off_takes_a_cut_back() -> None:
    """Not even once the cleaner has kept the last word of each key alone."""
    said = [out(PLACE, HandledUpTo(90, 90)), cut(PLACE, 1), cut(PLACE, 2), out(PLACE, HandledUpTo(0, 40))]
    zombies = [cut(PLACE, 1), out(PLACE, HandledUpTo(95, 95))]
    kept = {one.key: one for one in [*said, *zombies]}
    assert len(kept) == 3, "a key for how far, and one for each cut"
    assert of(*kept.values()).generation(PLACE) == 2
    assert cuts_in(map(Record, kept.values())) == {PLACE: 2}


@pytest.mark.parametrize(
    "value",
    [
        b"{",
        b"{}",
        b'{"topic":"t","partition":0,"generation":0}',
        b'{"topic":"t","partition":0,"generation":"one"}',
        b'{"topic":"t","partition":-1,"generation":1}',
        b'{"topic":"t","partition":0,"generation":1,"next":1,"end":2}',
    ],
)
def test_what_is_none_of_ours_is_passed_by_and_said(value: bytes, caplog: pytest.LogCaptureFixture) -> None:
    memory = of(cut(PLACE, 1))
    memory.take(value)
    memory.take(None)
    assert (memory.cuts, memory.known) == ({PLACE: 1}, {})
    said = f"position-unreadable: ignored a record on {topics.POSITIONS} that this service did not write"
    assert caplog.messages == [said]
    assert caplog.records[0].levelno == logging.ERROR
