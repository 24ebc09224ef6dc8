"""Whether something is still as somebody saw it when they loaded the form that they now send."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from dashboards.errors import DoneAlready, Overtaken
from models.store import audit


def check_as_seen(
    connection: Connection, subject: str, seen: int | None, who: str, own: Collection[str], leave_out: Iterable[str]
) -> None:
    """Raise `Overtaken` if others acted on a subject since row `seen` of the log, `DoneAlready` if this person did.

    At the terminal nothing was seen, and `seen` is None. `own` are the acts that the form itself leads to, and acts in
    `leave_out` do no harm. Nobody else writes to the log until the transaction ends.
    """
    if seen is None:
        return
    audit.hold(connection)
    acts = audit.since(connection, subject, seen, leave_out)
    if acts and all(act.who == who and act.action in own for act in acts):
        raise DoneAlready("you did this already")
    if acts:
        raise Overtaken(acts)
