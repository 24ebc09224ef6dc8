"""One answer to "who has returned": on the overview, in M5 (exact and page) and in the silence signal."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from analysis.measures import m5
from analysis.measures.figures import DateSpan
from analysis.measures.picture import picture
from analysis.measures.setting import BoardSetting
from analysis.returns import ReturnStatus
from analysis.silence import GRACE, heard, silent_agencies
from dashboards.measures.known import Known
from dashboards.queries.returns import BoardReturns, submitted_returns
from models.contract.periods import bounds
from models.register import load_register
from models.store import SubmissionRow
from models.store.remedies import Left
from tests.analysis.measures.ledger import rows
from tests.dashboards.conftest import REGISTER, store
from tests.models.store.factories import BOARD, make_submission

AGENCIES = ("aldermere-police", "aldermere-health")
QUARTERS = ("2025Q3", "2025Q4", "2026Q1")
PERIODS = (*QUARTERS, "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03")

returns = st.dictionaries(
    st.tuples(st.sampled_from(AGENCIES), st.sampled_from(PERIODS)),
    st.integers(-40, 90),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(returns, st.dates(date(2025, 9, 20), date(2026, 7, 31)))
def test_every_surface_says_the_same_of_each_agency_and_quarter(
    sqlite: Engine, sent: dict[tuple[str, str], int], on: date
) -> None:
    days = {key: bounds(key[1])[1] + timedelta(days=after) for key, after in sent.items()}
    with sqlite.begin() as connection:
        connection.execute(delete(SubmissionRow))
    store(sqlite, *(make_submission(a, period=p, submitted_on=day) for (a, p), day in days.items()), checked=False)
    register = load_register(REGISTER)
    board = register.board_by_code[BOARD]
    events = [
        {"type": "return", "by": agency, "period": period, "submitted_on": day}
        for (agency, period), day in days.items()
    ]
    ledger = rows(events)
    setting = BoardSetting.of(register, board, on + timedelta(days=1))
    with sqlite.connect() as connection:
        overview = BoardReturns(register, BOARD, submitted_returns(connection, BOARD), on)
        page = Known(connection, register, board, on).tables("m5", QUARTERS)[0]
    by_page: dict[str, list[float | int | None]] = {
        line.name: [entry.number for entry in line.entries[:3]] for line in page.lines
    }
    overdue = {s.agency: s.overdue for s in silent_agencies(heard(ledger.values()), register.agencies_of(BOARD), on)}
    for quarter in QUARTERS:
        status = overview.status(quarter)
        exact = {f.group: f for f in m5.figures(picture(ledger.items(), setting), DateSpan(*bounds(quarter)))}
        for agency in AGENCIES:
            counts = exact[agency].counts
            assert (counts["due"], counts["received"]) == (status[agency].counts_as_due, status[agency].is_in)
            assert counts["on_time"] == (status[agency] is ReturnStatus.RETURNED)
            late = bounds(quarter)[1] + timedelta(days=20) + GRACE < on
            if agency in overdue:
                assert (quarter in overdue[agency]) == (status[agency] is ReturnStatus.NONE and late)
        together = overview.received(quarter)
        assert by_page[quarter][:2] == [together.due, together.returned]
        shown = {row.name: row.returns[0] for row in overview.rows((quarter,), Left(0, ()))}
        assert shown == {register.agency_by_id[agency].name: status[agency] for agency in status}
