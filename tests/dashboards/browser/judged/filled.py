"""A database in which every page has something to show, and every form something to be about."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Engine, insert

from dashboards.life import changes
from dashboards.life.states import Fault, LifeState
from demo.boards import LARGE
from models.contract import topics
from models.store import audit, writing
from models.store.access import give
from models.store.actions import Source, acknowledge, open_action, tell
from models.store.remedies import RefusedRuleRow, RemedyRow
from models.store.remedy_requests import ask
from tests.dashboards.browser.judged import kept
from tests.dashboards.conftest import TODAY, store
from tests.dashboards.test_every_page import ACTION, GRANT
from tests.models.store.factories import make_release, make_request

SHOWN = f"{LARGE}.2026Q1.l5"
"""A release whose figures are shown."""
WAITS = f"{LARGE}.2025Q4.l1"
"""One that waits for a publisher."""


def fill(engine: Engine, mishaps: bool = True) -> None:
    """Put the demo's releases into a migrated empty database, and beside them what waits for somebody's decision.

    With `mishaps` records were lost and held up, and a release has a correction notice: pages are longer then.
    """
    with writing(engine).begin() as connection:
        kept.load(connection)
        give(connection, "sub:a", GRANT)
        ask(connection, make_request(TODAY))
        open_action(
            connection, "sub:a", board=LARGE, source=Source.NEED, owner="aldermere-health", title="Tell the schools",
            opened_on=date(2026, 2, 1), due_on=date(2026, 6, 1), action_id=ACTION,
        )  # fmt: skip
        tell(connection, "sub:a", ACTION, ("aldermere-police", "aldermere-health"), date(2026, 2, 2))
        acknowledge(connection, "sub:a", ACTION, "aldermere-health", TODAY)
        if mishaps:
            connection.execute(insert(RemedyRow), [_remedy("skip"), _remedy("hold"), _remedy("gap")])
        connection.execute(insert(RefusedRuleRow).values(
            rule="R1", records=7, first=TODAY.date() - timedelta(9), last=TODAY.date(), at=TODAY,
        ))  # fmt: skip
        audit.append(connection, "sub:a", "refused", LARGE, "see figures")
    store(engine, make_release("2025Q4"), state=LifeState.BUILT, checked=False)
    if mishaps:
        changes.correct(engine, SHOWN, "sub:b", next(iter(Fault)))
    changes.annotate(engine, SHOWN, "sub:b", "The new recording system began in January.", "n" * 24)


def _remedy(kind: str) -> dict[str, object]:
    return {
        "remedy_id": f"{kind}-1", "kind": kind, "topic": f"{topics.RAW_PREFIX}aldermere-police.v1", "partition": 0,
        "offset": 7, "rule": "skipped" if kind == "skip" else "held", "active": True, "reason": "cannot_wait",
        "by": "sub:a", "at": TODAY, "last_offset": 9 if kind == "gap" else None,
    }  # fmt: skip
