"""When a consumer counts as stuck: records wait, nothing is fetched, and the worker is not merely busy."""

from __future__ import annotations

from streams.feed.stalled import STALLED_AFTER, Fetched, Stalled

A, B = ("cse.events.one.v1", 0), ("cse.events.two.v1", 0)
LATE = STALLED_AFTER + 1


def test_nothing_fetched_of_what_waits_is_stuck_after_a_while() -> None:
    stalled = Stalled()
    assert not stalled.look({A: Fetched(5, False)}, {A: 5}, 0)
    assert not stalled.look({A: Fetched(5, False)}, {A: 9}, 10)
    assert not stalled.look({A: Fetched(5, False)}, {A: 9}, 10 + STALLED_AFTER - 1)
    assert stalled.look({A: Fetched(5, False)}, {A: 9}, 10 + STALLED_AFTER)
    assert not stalled.look({A: Fetched(7, False)}, {A: 9}, 12 + STALLED_AFTER), "it goes on"


def test_where_nothing_waits_nothing_is_stuck() -> None:
    stalled = Stalled()
    for now in range(0, 200, 5):
        assert not stalled.look({A: Fetched(5, False), B: Fetched(0, False)}, {A: 5, B: 0}, now)


def test_an_assignment_that_is_never_sought_is_stuck_if_there_is_something_to_read() -> None:
    stalled = Stalled()
    stalled.look({A: Fetched(-1, False), B: Fetched(-1, False)}, {A: 0, B: 3}, 0)
    assert stalled.look({A: Fetched(-1, False), B: Fetched(-1, False)}, {A: 0, B: 3}, LATE)
    empty = Stalled()
    empty.look({A: Fetched(-1, False)}, {A: 0}, 0)
    assert not empty.look({A: Fetched(-1, False)}, {A: 0}, LATE)


def test_a_worker_that_is_busy_with_one_chunk_is_not_stuck() -> None:
    """It fetches no more while its buffer is full, however long a chunk takes."""
    stalled = Stalled()
    for now in range(0, 600, 5):
        assert not stalled.look({A: Fetched(1000, True), B: Fetched(5, False)}, {A: 9000, B: 9}, now)


def test_a_partition_that_stands_still_while_others_move_on_is_stuck() -> None:
    stalled = Stalled()
    found = [
        stalled.look({A: Fetched(100 + now, True), B: Fetched(5, False)}, {A: 9000, B: 9}, now)
        for now in range(0, int(STALLED_AFTER) + 10, 5)
    ]
    assert found[0] is False
    assert found[-1] is True


def test_a_steady_load_is_not_stuck() -> None:
    stalled = Stalled()
    for now in range(0, 600, 5):
        assert not stalled.look({A: Fetched(now, False)}, {A: now + 50}, now)


def test_a_partition_that_went_to_another_worker_is_forgotten() -> None:
    stalled = Stalled()
    stalled.look({A: Fetched(5, False)}, {A: 9}, 0)
    stalled.look({B: Fetched(5, False)}, {B: 5}, 10)
    assert not stalled.look({A: Fetched(5, False)}, {A: 9}, LATE), "its time begins anew"
    stalled.forget()
    assert not stalled.look({A: Fetched(5, False)}, {A: 9}, 3 * LATE)
