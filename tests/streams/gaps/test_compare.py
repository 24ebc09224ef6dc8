"""Which records count as never read: every history of a log is accounted for, and no replay is taken for a loss."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from streams.gaps.compare import Comparison, HandledUpTo, Lost, compare


def test_without_any_memory_the_committed_offset_stands_for_it() -> None:
    assert compare(0, 90, 40, None, from_zero=True) == Comparison(40)
    assert compare(60, 90, 40, None, from_zero=True) == Comparison(60, Lost(40, 59, "deleted"))


def test_what_nobody_has_ever_read_is_lost_from_a_raw_topic_alone() -> None:
    assert compare(0, 90, None, None, from_zero=True) == Comparison(0)
    assert compare(60, 90, None, None, from_zero=True) == Comparison(60, Lost(0, 59, "deleted"))
    assert compare(60, 90, None, None, from_zero=False) == Comparison(60)


def test_an_offset_ahead_of_what_was_handled_is_taken_back() -> None:
    assert compare(0, 90, 80, HandledUpTo(40, 50), from_zero=True) == Comparison(40, moved=True)
    assert compare(60, 90, 80, HandledUpTo(40, 50), from_zero=True) == Comparison(60, Lost(40, 59, "deleted"))


def test_an_offset_behind_it_is_a_replay_and_stands() -> None:
    assert compare(10, 90, 20, HandledUpTo(90, 90), from_zero=True) == Comparison(20)
    assert compare(30, 90, 20, HandledUpTo(90, 90), from_zero=True) == Comparison(30), "handled once, deleted since"
    assert compare(10, 90, None, HandledUpTo(90, 90), from_zero=True) == Comparison(10), "the group was deleted"


def test_a_log_that_ends_before_what_was_handled_is_read_whole_and_what_was_seen_of_it_is_told() -> None:
    assert compare(10, 50, 90, HandledUpTo(90, 120), from_zero=True) == Comparison(10, Lost(50, 119, "truncated"))
    assert compare(0, 0, 90, None, from_zero=True) == Comparison(0, Lost(0, 89, "truncated"))


def test_an_end_that_was_seen_and_is_not_there_any_more_is_a_log_cut_too() -> None:
    """What lay before it was acknowledged, and some of it may have been handled and not remembered."""
    assert compare(10, 50, 40, HandledUpTo(40, 60), from_zero=True) == Comparison(10, Lost(50, 59, "truncated"))
    assert compare(10, 60, 40, HandledUpTo(40, 60), from_zero=True) == Comparison(40)


offsets = st.integers(0, 50)


@given(offsets, offsets, st.none() | offsets, st.none() | st.tuples(offsets, offsets), st.booleans())
def test_reading_goes_on_inside_the_log_and_a_gap_is_outside_of_it(
    start: int, length: int, reading: int | None, known: tuple[int, int] | None, from_zero: bool
) -> None:
    end = start + length
    found = compare(start, end, reading, HandledUpTo(*known) if known else None, from_zero=from_zero)
    assert start <= found.place <= end
    if found.lost is not None:
        assert found.lost.offsets > 0
        assert found.lost.last < start or found.lost.first >= end
    if known is not None and known[0] <= end:
        assert found.place <= max(start, known[0]), "nothing that is there and was not handled is passed over"


class OneLog(RuleBasedStateMachine):
    """A log that grows and loses its beginning, a worker that dies, people who move its offset."""

    def __init__(self) -> None:
        super().__init__()
        self.start = self.end = 0
        self.committed: int | None = None
        self.known: HandledUpTo | None = None
        self.handled: set[int] = set()
        self.told: set[int] = set()
        self.place: int | None = None

    @rule(more=st.integers(1, 20))
    def records_come(self, more: int) -> None:
        """The broker acknowledges them."""
        self.end += more

    @rule(share=st.floats(0, 1))
    def records_go(self, share: float) -> None:
        """By retention, or by somebody's hand."""
        self.start += int(share * (self.end - self.start))

    @rule(running=st.booleans())
    def a_worker_looks(self, running: bool) -> None:
        """At an assignment, or because what it was to read next is not there."""
        at, known = self.committed, self.known
        if running:
            if self.place is None or self.place >= self.start:
                return
            at = self.place
            known = HandledUpTo(max(at, known.next), known.end) if known else HandledUpTo(at, at)
        found = compare(self.start, self.end, at, known, from_zero=True)
        if found.lost is not None:
            self.told |= set(range(found.lost.first, found.lost.last + 1))
            self.known = HandledUpTo(found.place, self.end)
        self.place = found.place

    @rule(share=st.floats(0, 1), memory=st.booleans(), commit=st.booleans())
    def it_reads(self, share: float, memory: bool, commit: bool) -> None:
        """A stretch; it may die before it remembers, or before it commits, that."""
        if self.place is None or self.place < self.start:
            return
        upto = self.place + int(share * (self.end - self.place))
        self.handled |= set(range(self.place, upto))
        self.place = upto
        if memory and (self.known is None or upto > self.known.next):
            self.known = HandledUpTo(upto, self.end)
        if memory and commit:
            self.committed = upto
        if not (memory and commit):
            self.place = None

    @rule(share=st.floats(0, 1))
    def somebody_moves_the_offset(self, share: float) -> None:
        """Forward past a record, or back to have everything read again; the worker is down."""
        if self.known is not None:
            self.committed = self.start + int(share * (self.end - self.start))
            self.place = None

    @invariant()
    def what_is_gone_was_handled_or_is_told_at_the_next_look(self) -> None:
        """And what is told was not remembered as handled."""
        at, known = self.committed, self.known
        found = compare(self.start, self.end, at, known, from_zero=True)
        lost = set(range(found.lost.first, found.lost.last + 1)) if found.lost else set()
        assert set(range(self.start)) <= self.handled | self.told | lost
        assert not lost & set(range(known.next if known else 0))


TestOneLog = OneLog.TestCase
