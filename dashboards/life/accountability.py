"""`python -m dashboards audit anchor`, `audit removals` and `breach-report`: what a data protection officer asks for.

Exit codes: 0 done, 1 something is wrong with the log, 2 wrong usage.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from dashboards.life.anchor import Anchor, add_anchor, compared, read_anchors
from dashboards.life.breach import LIMITS, BreachReport, report
from dashboards.life.commands import audit, database, removed_words
from dashboards.life.verify import LogVerdict, verify
from dashboards.settings import kept_days
from models.service import clock
from models.service.exits import DONE, NOT_ALL
from models.store.audit import entries
from models.store.remedies import LEDGER, REMOVALS

_DATABASE = click.option("--database-url", help="sqlite:///file or postgresql://user@host/name. [YPSEM_DATABASE_URL]")


@audit.command("anchor")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only check the log against the file; write nothing.")
@_DATABASE
def anchor(file: Path, check: bool, database_url: str | None) -> None:
    """Check the log, also against every head in FILE, and add today's head to FILE. For a daily job.

    Keep FILE where people who can write to the database cannot write: on another machine, or sent to a mailbox.
    Nothing is added if the log does not hold, or no longer contains an earlier head.
    """
    anchors = read_anchors(file)
    with database(database_url) as engine, engine.connect() as connection:
        verdict = verify(connection, kept_days=kept_days())
        missing, removed = compared(entries(connection), anchors, verdict.removed)
    if verdict.wrong is not None or missing is not None:
        where = f"{verdict.wrong} at {verdict.where}" if missing is None else f"{missing[0]} at row {missing[1]}"
        click.echo(where, err=True)
        sys.exit(NOT_ALL)
    if removed:
        click.echo(f"{removed} heads of {file} are of rows that were removed by retention", err=True)
    if check:
        click.echo(f"the log holds, and contains the {len(anchors) - removed} heads of {file}")
        return
    today = Anchor(clock.now(), verdict.head)
    add_anchor(file, today)
    click.echo(str(today))


_WORDS = {
    REMOVALS["retention"]: "past its retention",
    REMOVALS["erasure-agency"]: "all that an agency sent",
    REMOVALS["erasure-child"]: "a child's events, at their agency's request",
}


@audit.command("removals")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day, UTC; by default all.")
@_DATABASE
def removals(since: datetime | None, database_url: str | None) -> None:
    """List what the ledger removed: when the sink recorded it, the board and the reason. No child, no exact number.

    The board is followed by the agency, or by the coordinates of a child's erasure on the accepted topic.
    """
    with database(database_url) as engine, engine.connect() as connection:
        removed = [entry for entry in entries(connection) if entry.who == LEDGER and entry.action in _WORDS]
    for entry in removed:
        if since is None or entry.at >= since.replace(tzinfo=UTC):
            click.echo(
                f"{entry.at:%Y-%m-%d %H:%M} UTC  {entry.subject}  {_WORDS[entry.action]}  {entry.detail}".rstrip()
            )


@click.command("breach-report")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day, UTC.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="First day after; by default now.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_DATABASE
def breach_report(since: datetime, until: datetime | None, as_json: bool, database_url: str | None) -> None:
    """List, from the audit log, releases that could be seen in a period, who approved them and who read or took them.

    For the notification that is due within 72 hours. It holds no figure and no child. If the log itself does not
    hold, the report cannot be relied on, and that is part of the breach.
    """
    # The clock counts whole seconds, and the report includes what happened in the present one.
    first = since.replace(tzinfo=UTC)
    last = until.replace(tzinfo=UTC) if until else clock.now() + timedelta(seconds=1)
    if first >= last:
        raise click.UsageError("--since must lie before --until")
    with database(database_url) as engine, engine.connect() as connection:
        verdict = verify(connection, kept_days=kept_days())
        breach = report(entries(connection), first, last)
    click.echo(_as_json(breach, verdict) if as_json else "\n".join(_lines(breach, verdict)))
    sys.exit(DONE if verdict.wrong is None else NOT_ALL)


def _as_json(breach: BreachReport, verdict: LogVerdict) -> str:
    exposed = [release._asdict() for release in breach.exposed]
    log = {"holds": verdict.wrong is None, "head": str(verdict.head)}
    limits = _limits(verdict)
    return json.dumps({"log": log, "releases": exposed, "other_acts": breach.others, "limits": limits}, indent=1)


def _limits(verdict: LogVerdict) -> list[str]:
    gone = [f"{removed_words(verdict.removed)} A release approved before is listed if it was read."]
    return [*LIMITS, *(gone if verdict.removed else [])]


def _lines(breach: BreachReport, verdict: LogVerdict) -> list[str]:
    log = f"the audit log holds; head {verdict.head}"
    if verdict.wrong is not None:
        log = f"THE AUDIT LOG DOES NOT HOLD: {verdict.wrong} at {verdict.where}"
    lines = [log, f"{len(breach.exposed)} releases could be seen:"]
    for release in breach.exposed:
        lines.append(
            f"  {release.release_id}: {release.state}; approved by {', '.join(release.approved_by) or 'nobody'}"
        )
        lines += [f"    {who}: {_times(times)}" for who, times in release.readers.items()]
    lines.append("other acts:" if breach.others else "no other acts")
    lines += [f"  {who}: {_times(times)}" for who, times in breach.others.items()]
    return [*lines, "what this report cannot show:", *(f"  {limit}" for limit in _limits(verdict))]


def _times(times: dict[str, int]) -> str:
    return ", ".join(f"{act} {number} times" for act, number in sorted(times.items()))


COMMANDS = (breach_report,)
