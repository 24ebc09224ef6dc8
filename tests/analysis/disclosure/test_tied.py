"""Records that cannot be tied to children are neither few nor none, and the state leaks nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.noise import RoundingKeys
from analysis.disclosure.tied import (
    FEWEST_UNTIED,
    KINDS,
    MOST_RECORDS,
    RecordCounts,
    TiedShare,
    record_counts,
    span_of,
    tied,
)
from analysis.ledger.row import Record, Row, fold
from analysis.measures.children import BoardView
from analysis.measures.registry import COUNTS, OWN_RECORDS
from analysis.release import board_at, build_releases
from models.contract.periods import bounds
from models.releases import CellState, Release
from tests.factories import BOARD, CARE, POLICE, SCHOOLS, register

REGISTER = register()
CUT_OFF = datetime(2026, 5, 1, tzinfo=UTC)
YEAR = "2025FY"
SECTOR = {POLICE: "police", CARE: "childrens_social_care", SCHOOLS: "education"}
Rows = list[tuple[str, Row]]


@pytest.fixture(autouse=True)
def few_indicators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.release.INDICATORS", ("GIFTS_MONEY",))


def keys(number: int = 1) -> RoundingKeys:
    return RoundingKeys.derive(b"r" * 32, b"s" * 32, number)


def record(name: str, agency: str, kind: str, on: date, tokens: Sequence[str]) -> tuple[str, Row]:
    """A record with tokens like `nhs:a`."""
    given_tokens = [{"kind": token.partition(":")[0], "epoch": 1, "token": token.partition(":")[2]} for token in tokens]
    data: dict[str, Any] = {"agency": agency, "board": BOARD, "tokens": given_tokens, "occurred_on": on.isoformat()}
    made = Record(name, 0, kind, data, 0, 0, 0)
    return made.own_id, fold(None, made)


def records(agency: str, kind: str, number: int, by: str = "nhs", window: str = YEAR) -> Rows:
    """One of each of so many children over a window; without a token where none is named."""
    start, end = bounds(window)
    step = (end - start).days
    return [
        record(
            f"{agency}-{kind}-{by}-{n}",
            agency,
            kind,
            start + timedelta(days=n * 7 % step),
            [f"{by}:{agency}-{n}"] if by else [],
        )
        for n in range(number)
    ]


def returned() -> Rows:
    """Every agency's returns of the year."""
    found = []
    for agency in SECTOR:
        for quarter in ("2025Q2", "2025Q3", "2025Q4", "2026Q1"):
            data = {"agency": agency, "board": BOARD, "period": quarter, "submitted_on": "2026-04-09"}
            made = Record(f"return-{agency}-{quarter}", 0, "submission_return", data, 0, 0, 0)
            found.append((made.own_id, fold(None, made)))
    return found


def seen(rows: Iterable[tuple[str, Row]]) -> BoardView:
    return board_at(REGISTER, REGISTER.board_by_code[BOARD], [*rows, *returned()], CUT_OFF)


def released(rows: Iterable[tuple[str, Row]], key: int = 1, window: str = YEAR) -> Release:
    board = REGISTER.board_by_code[BOARD]
    return build_releases(REGISTER, board, (window,), seen(rows), keys(key), CUT_OFF).releases[0]


def states(release: Release, sector: str, level: str = "board") -> dict[str, CellState]:
    return {c.measure: c.state for c in release.cells if c.sector == sector and c.level == level}


def test_a_sector_whose_records_carry_no_token_cannot_be_counted() -> None:
    """Fifteen concerns of a clinic were "fewer than 10, or none": they are neither."""
    rows = records(CARE, "cse_concern", 60) + records(SCHOOLS, "cse_concern", 20, by="")
    release = released(rows)
    found = states(release, "education")
    assert found["m1_children"] is found["m7_children"] is found["m6_any"] is CellState.NOT_COUNTABLE
    assert found["m9_children"] is CellState.LOW, "no records of that kind: few, or none, is true"
    assert states(release, "education", "town")["m1_children"] is CellState.NOT_COUNTABLE
    assert states(release, "childrens_social_care")["m1_children"] is CellState.FIGURE
    assert states(release, "any")["m1_children"] is CellState.FIGURE
    told = {(str(one.sector), str(one.record)): (one.own, one.others) for one in release.tied}
    assert told["childrens_social_care", "cse_concern"] == ("all", "all")
    assert told["education", "cse_concern"][0] in ("few", "none")
    assert told["education", "screening"] == ("too few records", "too few records")


def test_an_agencys_own_numbers_tie_its_records_and_nobody_elses() -> None:
    """Its own children can be counted; what others recorded about them cannot."""
    found = states(released(records(SCHOOLS, "cse_concern", 90, by="local")), "education")
    assert found["m1_children"] is CellState.FIGURE
    assert found["m7_screened"] is CellState.NOT_COUNTABLE


@pytest.mark.parametrize(
    ("with_token", "without", "countable"),
    [(0, 0, True), (30, 0, True), (0, 2, True), (0, 25, False), (80, 25, True), (300, 25, True), (20, 90, False)],
)
def test_under_half_of_enough_records(with_token: int, without: int, countable: bool) -> None:
    rows = records(SCHOOLS, "cse_concern", with_token) + records(SCHOOLS, "cse_concern", without, by="")
    view = seen(rows)
    found = [tied(view, YEAR, keys(n)).countable("m1_children", "education") for n in range(200)]
    # Chance alone counts 25 records, none of them tied, in 2 of 100 draws.
    assert found.count(countable) >= 190


def test_few_records_without_a_token_leave_few_true() -> None:
    """So many at least are looked for, and as many children at most are hidden by fewer."""
    assert FEWEST_UNTIED <= 10
    view = seen([])
    boards = [tied(view, YEAR, keys(n)) for n in range(20)]
    assert all(board.countable(name, "education") for board in boards for name in COUNTS)


def test_the_months_are_twelve_up_to_the_end_of_the_window() -> None:
    assert span_of("2026Q1") == span_of("2025FY") == (date(2025, 4, 1), date(2026, 4, 1))
    assert span_of("2025Q2") == (date(2024, 7, 1), date(2025, 7, 1))
    assert span_of("2024FY2") == (date(2024, 4, 1), date(2026, 4, 1))
    old = records(SCHOOLS, "cse_concern", 40, by="", window="2024FY")
    assert states(released(old), "education")["m1_children"] is CellState.LOW
    of_quarter = released(records(SCHOOLS, "cse_concern", 40, by=""), window="2026Q1")
    assert states(of_quarter, "education")["m1_children"] is CellState.NOT_COUNTABLE


def test_records_sent_again_with_an_identifier_are_counted_at_once() -> None:
    without = records(SCHOOLS, "cse_concern", 40, by="")
    assert states(released(without), "education")["m1_children"] is CellState.NOT_COUNTABLE
    mended = [
        (own, fold(row, Record(own.partition("|")[0], 1, "cse_concern", dict(row.data) | {"tokens": [
            {"kind": "upn", "epoch": 1, "token": f"child-{n}"}]}, 0, 1, 0)))
        for n, (own, row) in enumerate(without)
    ]  # fmt: skip
    assert states(released(mended), "education")["m1_children"] is CellState.FIGURE


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(SECTOR)),
            st.sampled_from(KINDS),
            st.sampled_from([(), ("nhs:a",), ("nhs:b", "local:x"), ("local:x",), ("local:y",), ("upn:c", "nhs:a")]),
            st.integers(0, 800),
        ),
        max_size=30,
    ),
    st.integers(0, 29),
)
def test_one_record_more_moves_no_count_by_more_than_one_child(
    sent: list[tuple[str, str, tuple[str, ...], int]], last: int
) -> None:
    """A record moves one count by one; as a link it may move what it ties, of a child at most so much a kind."""
    first = date(2024, 4, 1)
    rows = [record(f"e{n}", a, kind, first + timedelta(days=d), t) for n, (a, kind, t, d) in enumerate(sent)]
    if not rows:
        return
    left = rows[: last % len(rows)] + rows[last % len(rows) + 1 :]
    tokens = sent[last % len(rows)][2]
    span = bounds(YEAR)
    more, less = record_counts(seen(rows), span), record_counts(seen(left), span)
    moved = {key: [abs(a - b) for a, b in zip(more[key], less[key], strict=True)] for key in more}
    assert all(number <= 2 * MOST_RECORDS for of in moved.values() for number in of)
    if len(tokens) < 2:
        assert sum(map(sum, moved.values())) <= 1
    agency = sent[last % len(rows)][0]
    assert all(not sum(of) for (sector, _), of in moved.items() if sector != SECTOR[agency])


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.integers(0, 400))
def test_class_and_state_agree(number: int, without: int) -> None:
    """What stands beside a cell and whether it is counted are read from the same noisy counts."""
    untied = without if without >= FEWEST_UNTIED else 0
    share = TiedShare(number, untied)
    assert (share.token_class in ("few", "none")) == (untied > 0 and number < 0.5 * (number + untied))


def test_own_and_others_are_told_by_what_decides_the_measure() -> None:
    assert "m1_children" in OWN_RECORDS
    assert "m7_screened" not in OWN_RECORDS
    counts = record_counts(seen(records(SCHOOLS, "cse_concern", 3, by="local")), bounds(YEAR))
    assert counts["education", "cse_concern"] == RecordCounts(others=0, own=3, untied=0)
