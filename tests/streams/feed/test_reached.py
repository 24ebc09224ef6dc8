"""How far a partition counts as handled, and when all of it does."""

from __future__ import annotations

from streams.feed.reached import Reached


def test_a_marker_behind_the_last_record_counts_once_that_record_is_done() -> None:
    reached = Reached()
    reached.sought("t", 10)
    assert (reached.clear("t"), reached.upto("t")) == (10, 10)
    reached.read("t", 19, 20)
    assert (reached.clear("t"), reached.upto("t")) == (None, 10)
    reached.done("t", 14)
    assert (reached.clear("t"), reached.upto("t")) == (None, 15)
    reached.read("t", None, 21)  # a fetch that brought a marker alone
    assert (reached.clear("t"), reached.upto("t")) == (None, 15)
    reached.done("t", 19)
    assert (reached.clear("t"), reached.upto("t")) == (21, 21)


def test_a_chunk_that_was_put_off_holds_everything_back_until_it_is_sought_again() -> None:
    """A later one may be handled before the seek: a commit past it would lose the first."""
    reached = Reached()
    reached.sought("t", 10)
    reached.read("t", 29, 30)
    reached.done("t", 14)
    reached.left("t", 15)
    reached.done("t", 29)
    assert (reached.clear("t"), reached.upto("t")) == (None, 15)
    reached.sought("t", 15)
    assert reached.clear("t") == 15


def test_nothing_is_known_of_a_partition_that_was_not_sought() -> None:
    reached = Reached()
    reached.done("t", 5)
    reached.read("t", 8, 9)
    assert (reached.clear("t"), reached.upto("t"), reached.places()) == (None, None, [])
