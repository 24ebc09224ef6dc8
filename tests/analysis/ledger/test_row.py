"""Stream = batch: folding records in any order, with any repetition, gives what a plain batch recomputation gives."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.ledger.balance import Balance
from analysis.ledger.identity import own_id, split
from analysis.ledger.links import links_of
from analysis.ledger.row import REMEMBERED, Record, Row, decode, encode, fold

AGENCIES = ("aldermere-police", "aldermere-schools")


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    """Distinct raw records of a few events: revisions, conflicts, withdrawals, copies, two agencies under one id."""
    found = []
    for offset in range(draw(st.integers(1, 25))):
        agency = draw(st.sampled_from(AGENCIES))
        withdrawn = draw(st.integers(0, 5)) == 0
        data: dict[str, Any] = {"agency": agency, "board": "X08000001"}
        if not withdrawn:
            data["occurred_on"] = draw(st.sampled_from(["2026-01-01", "2026-01-02"]))
            data["tokens"] = [{"kind": "nhs", "token": token} for token in draw(st.sampled_from(["", "a", "b", "ab"]))]
        found.append(
            Record(
                event_id="a" * 39 + draw(st.sampled_from("ab")),
                revision=draw(st.integers(0, 3)),
                short_type="withdrawal" if withdrawn else "missing_episode",
                data=data,
                raw_partition=draw(st.integers(0, 1)),
                raw_offset=offset,
                timestamp_ms=1000 + draw(st.integers(0, 5)),
                published_s=draw(st.integers(1, 9)),
            )
        )
    return found


def batch(distinct: list[Record]) -> dict[str, tuple[Any, ...]]:
    """The obviously right way: gather everything about an event, then look once."""
    by_event = defaultdict(list)
    for record in distinct:
        by_event[record.own_id].append(record)
    result = {}
    for event_id, found in by_event.items():
        newest = [r for r in found if r.revision == max(r.revision for r in found)]
        withdrawals = [r for r in newest if r.short_type == "withdrawal"]
        winner = min(withdrawals or newest, key=lambda r: r.digest)
        versions = {(r.revision, r.digest) for r in found}
        result[event_id] = (
            winner.revision,
            winner.short_type,
            winner.data,
            min(r.timestamp_ms for r in found),
            len(found),
            len(versions),
            sorted({link for r in found for link in links_of(r.data)} - links_of(winner.data)),
            {
                link: min(r.published_s for r in found if link in ("", *links_of(r.data)))
                for link in {"", *(link for r in found for link in links_of(r.data))}
            },
        )
    return result


def seen(row: Row) -> tuple[Any, ...]:
    return row.revision, row.short_type, row.data, row.first_ms, row.records, len(row.versions), row.former, row.since


@settings(max_examples=300)
@given(st.data())
def test_any_order_and_any_repetition_equals_the_batch(data: st.DataObject) -> None:
    distinct = data.draw(records())
    repeats = data.draw(st.lists(st.sampled_from(distinct), max_size=10))
    delivered = data.draw(st.permutations(distinct + repeats))
    rows: dict[str, bytes] = {}
    for record in delivered:
        stored = rows.get(record.own_id)
        rows[record.own_id] = encode(fold(decode(stored) if stored else None, record))
    assert {event_id: seen(decode(value)) for event_id, value in rows.items()} == batch(distinct)


@settings(max_examples=100)
@given(st.data())
def test_a_record_that_carries_a_row_brings_all_that_the_row_knows(data: st.DataObject) -> None:
    """Whatever of it was known before: as after a restore, when either store may know more than the other."""
    distinct = [record for record in data.draw(records()) if record.event_id.endswith("a")]
    distinct = [record for record in distinct if record.agency == AGENCIES[0]]
    here = data.draw(st.lists(st.sampled_from(distinct), unique_by=lambda r: r.raw_offset)) if distinct else []
    there = data.draw(st.lists(st.sampled_from(distinct), min_size=1, unique_by=lambda r: r.raw_offset)) if here else []
    if not there:
        return
    row = known = None
    for record in here:
        row = fold(row, record)
    for record in there:
        known = fold(known, record)
    for before, known_here in ((row, here), (None, [])):
        copy = None if before is None else decode(encode(before))
        merged = fold(copy, replace(there[-1], known=known))
        both = {record.raw_offset: record for record in (*known_here, *there)}
        assert {there[-1].own_id: seen(merged)} == batch(list(both.values()))


@given(records())
def test_accepted_equals_current_superseded_duplicate_withdrawn(distinct: list[Record]) -> None:
    rows: dict[str, Row] = {}
    for record in distinct:
        rows[record.own_id] = fold(rows.get(record.own_id), record)
    balance = Balance()
    for row in rows.values():
        balance.add(row)
    assert balance.records == len(distinct)
    assert balance.current + balance.withdrawn == len(rows)
    for row in rows.values():
        balance.add(row, -1)
    assert balance == Balance()


def a_record(
    revision: int = 0, offset: int = 0, short_type: str = "missing_episode", day: str = "2026-01-01"
) -> Record:
    data = {"agency": AGENCIES[0], "board": "X08000001", "occurred_on": day}
    return Record("a" * 40, revision, short_type, data, 0, offset, 1000)


@pytest.mark.parametrize(("former", "since"), [([], {}), (["f"], {}), ([], {"": 7}), (["f"], {"": 7, "f": 9})])
def test_a_row_is_read_as_it_was_stored_by_older_programs_too(former: list[str], since: dict[str, int]) -> None:
    """They stored no times, and before that no former tokens. The order of keys says nothing."""
    row = replace(fold(None, a_record()), former=former, since=since)
    assert decode(encode(row)) == row
    assert encode(replace(row, data=dict(reversed(row.data.items())))) == encode(row)


def test_an_own_id_is_split_as_it_was_built() -> None:
    assert split(own_id("a" * 40, AGENCIES[0])) == ("a" * 40, AGENCIES[0])


def test_at_equal_revision_a_withdrawal_wins_whatever_the_digests() -> None:
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        event, withdrawal = a_record(day=day), a_record(offset=1, short_type="withdrawal", day=day)
        assert fold(fold(None, event), withdrawal).withdrawn
        assert fold(fold(None, withdrawal), event).withdrawn


def test_a_later_revision_brings_a_withdrawn_event_back() -> None:
    row = fold(fold(None, a_record(1, short_type="withdrawal")), a_record(2, offset=1))
    assert not row.withdrawn


def test_a_conflict_is_counted_once() -> None:
    row = fold(fold(None, a_record()), a_record(offset=1, day="2026-01-02"))
    assert row.conflicts == 1


@pytest.mark.parametrize("copies", [3, REMEMBERED + 40])
def test_thousands_of_copies_count_once_each_and_a_full_replay_adds_nothing(copies: int) -> None:
    row = None
    for _ in range(2):
        for offset in range(copies):
            row = fold(row, a_record(offset=offset))
    assert row is not None
    assert row.records == copies
    assert len(row.seen[0]) <= REMEMBERED


def test_copies_whose_offsets_are_forgotten_still_count_when_rows_are_merged() -> None:
    """Only their number is left in the row that comes with a record."""
    known, copies = None, REMEMBERED + 40
    for offset in range(copies):
        known = fold(known, a_record(offset=offset))
    here = fold(None, a_record(offset=copies))
    assert fold(here, replace(a_record(offset=copies - 1), known=known)).records == copies + 1
