"""Everything the sink writes to SQL. Each statement may be repeated, and changes nothing the second time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from consumers.records import SINK_TOPICS, Parsed
from models.contract import topics
from models.contract.refusals import Refusal
from models.operations.remedies import Gap, Hold, RefusedLately, Removal, RequestAnswer, Skip, remedy_key
from models.releases import Release, SubmissionState
from models.service import clock
from models.signals import OperationalSignal, Signal
from models.store import (
    Base,
    RefusedRuleRow,
    ReleaseCellRow,
    ReleaseRow,
    RemedyRow,
    ServiceStateRow,
    SignalRow,
    SinkOffsetRow,
    SubmissionRow,
    audit,
    remedy_requests,
    upsert,
)
from models.store.remedies import LEDGER, REMOVALS
from models.store.remedy_requests import place_of

CONFLICT = Refusal("sink.release-differs", "release_id")
"""A second, different body under a stored release's id. Releases are immutable: the first one stays."""


class StoreOutcome(StrEnum):
    """What became of a record; the `outcome` label of the records metric."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    """Nothing new: the same release again, or an older state of a submission."""
    REFUSED = "refused"
    CONFLICT = "conflict"


class SinkStore:
    """The sink's tables in one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def apply(self, connection: Connection, parsed: Parsed, body: bytes, offset: int) -> StoreOutcome | Refusal:
        """Store one record; a `Refusal` if the database cannot hold it, and then nothing of it is stored."""
        try:
            with connection.begin_nested():
                if isinstance(parsed, Release):
                    return self._release(connection, parsed, body, offset)
                if isinstance(parsed, SubmissionState):
                    return self._submission(connection, parsed, offset)
                if isinstance(parsed, Hold | Skip | Gap):
                    return self._remedy(connection, parsed)
                if isinstance(parsed, Removal):
                    return self._removal(connection, parsed)
                if isinstance(parsed, RefusedLately):
                    return self._refused(connection, parsed)
                if isinstance(parsed, RequestAnswer):
                    stored = remedy_requests.answered(connection, parsed)
                    return StoreOutcome.APPLIED if stored else StoreOutcome.UNCHANGED
                return self._signal(connection, parsed, offset)
        except (IntegrityError, DataError):
            return Refusal("sink.database-refuses", "(whole message)")

    def offsets(self) -> dict[tuple[str, int], tuple[int, str | None]]:
        """(topic, partition) -> (next offset, topic id)."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(SinkOffsetRow.__table__)).all()
        return {(row.topic, row.partition): (row.next_offset, row.topic_id) for row in rows}

    def advance(
        self, connection: Connection, next_offsets: Mapping[tuple[str, int], int], topic_ids: Mapping[str, str | None]
    ) -> None:
        """Move the stored offsets forward, in the transaction of the rows before them."""
        for (topic, partition), next_offset in sorted(next_offsets.items()):
            row = upsert(self._engine, SinkOffsetRow).values(
                topic=topic,
                partition=partition,
                next_offset=next_offset,
                topic_id=topic_ids.get(topic),
                updated_at=clock.now(),
            )
            connection.execute(
                row.on_conflict_do_update(
                    index_elements=["topic", "partition"],
                    set_={name: row.excluded[name] for name in ("next_offset", "topic_id", "updated_at")},
                    where=row.excluded.next_offset > SinkOffsetRow.next_offset,
                )
            )

    def forget_offsets(self, connection: Connection) -> None:
        """Start again: the topics were recreated, so earlier offsets mean nothing any more."""
        connection.execute(delete(SinkOffsetRow).where(SinkOffsetRow.topic.in_(SINK_TOPICS)))
        connection.execute(update(SubmissionRow).values(src_offset=-1))
        connection.execute(update(SignalRow).values(src_offset=-1))

    def note(self, connection: Connection, name: str, value: str) -> None:
        """Write down a fact about the sink, for pages to show."""
        row = upsert(self._engine, ServiceStateRow).values(name=name, value=value, updated_at=clock.now())
        connection.execute(
            row.on_conflict_do_update(
                index_elements=["name"],
                set_={"value": row.excluded.value, "updated_at": row.excluded.updated_at},
            )
        )

    def _release(self, connection: Connection, release: Release, body: bytes, offset: int) -> StoreOutcome | Refusal:
        stored = connection.execute(
            select(ReleaseRow.body).where(ReleaseRow.release_id == release.release_id)
        ).scalar_one_or_none()
        if stored is not None:
            return StoreOutcome.UNCHANGED if stored == body else CONFLICT
        fields = release.model_dump(include=_columns(ReleaseRow))
        connection.execute(
            insert(ReleaseRow), [fields | {"body": body, "received_at": clock.now(), "src_offset": offset}]
        )
        if cells := list(_cells(release)):
            connection.execute(insert(ReleaseCellRow), cells)
        audit.append(connection, "sink", "receive", release.release_id)
        return StoreOutcome.APPLIED

    def _submission(self, connection: Connection, state: SubmissionState, offset: int) -> StoreOutcome:
        if state.withdrawn:
            same = (SubmissionRow.board == state.board, SubmissionRow.agency == state.agency)
            gone = delete(SubmissionRow).where(
                *same, SubmissionRow.period == state.period, SubmissionRow.src_offset < offset
            )
            return StoreOutcome.APPLIED if connection.execute(gone).rowcount else StoreOutcome.UNCHANGED
        row = upsert(self._engine, SubmissionRow).values(
            **state.model_dump(include=_columns(SubmissionRow)), src_offset=offset
        )
        changed = ("submitted_on", "received_at", "on_time", "src_offset")
        result = connection.execute(
            row.on_conflict_do_update(
                index_elements=["board", "agency", "period"],
                set_={name: row.excluded[name] for name in changed},
                where=row.excluded.src_offset > SubmissionRow.src_offset,
            ).returning(SubmissionRow.src_offset)
        ).one_or_none()
        return StoreOutcome.UNCHANGED if result is None else StoreOutcome.APPLIED

    def _remedy(self, connection: Connection, remedy: Hold | Skip | Gap) -> StoreOutcome:
        """Write down what operations did or a worker found missing, with an audit row the first time."""
        by = remedy_requests.person_of(connection, remedy.by)
        fields: dict[str, object] = {"kind": remedy.kind, "reason": "", "by": by, "at": remedy.at}
        detail = ""
        if isinstance(remedy, Hold):
            fields |= {"topic": topics.raw(remedy.agency), "partition": None, "offset": None}
            fields |= {"rule": "held", "active": remedy.held}
            act, subject = "hold" if remedy.held else "resume", remedy.agency
        elif isinstance(remedy, Gap):
            fields |= {"topic": remedy.topic, "partition": remedy.partition, "offset": remedy.first}
            fields |= {"last_offset": remedy.last, "rule": remedy.cause, "active": not remedy.closed}
            act, detail = "gap.closed" if remedy.closed else "gap", remedy.cause
            subject = place_of(remedy.topic, remedy.partition, f"{remedy.first}-{remedy.last}")
        else:
            fields |= remedy.model_dump(include={"topic", "partition", "offset", "rule", "reason"})
            fields["active"] = not remedy.lifted
            act = "lift" if remedy.lifted else "skip" if remedy.rule == "skipped" else "quarantine"
            subject = place_of(remedy.topic, remedy.partition, remedy.offset)
        key = {"remedy_id": remedy_key(remedy).decode()}
        stored = connection.execute(select(RemedyRow.__table__).filter_by(**key)).mappings().first()
        if stored is not None and (stored["at"] > remedy.at or all(stored[k] == v for k, v in fields.items())):
            return StoreOutcome.UNCHANGED
        row = upsert(self._engine, RemedyRow).values(**key, **fields)
        connection.execute(row.on_conflict_do_update(index_elements=["remedy_id"], set_=fields))
        audit.append(connection, by, act, subject, detail)
        return StoreOutcome.APPLIED

    def _removal(self, connection: Connection, removal: Removal) -> StoreOutcome:
        """Write down what the ledger removed, with an audit row the first time; a repeat may say less about it."""
        key = {"remedy_id": remedy_key(removal).decode()}
        before = connection.execute(select(RemedyRow.at).filter_by(**key)).scalar_one_or_none()
        if before is not None and before >= removal.at:
            return StoreOutcome.UNCHANGED
        coordinates = {"topic": topics.ACCEPTED, "partition": removal.partition, "offset": removal.offset}
        changes = {"rule": removal.cause, "active": False, "reason": "", "by": LEDGER, "at": removal.at}
        row = upsert(self._engine, RemedyRow).values(**key, kind=removal.kind, **coordinates, **changes)
        connection.execute(row.on_conflict_do_update(index_elements=["remedy_id"], set_=changes))
        audit.append(connection, LEDGER, *_act(removal))
        return StoreOutcome.APPLIED

    def _refused(self, connection: Connection, refused: RefusedLately) -> StoreOutcome:
        """Write down what each rule refused lately, instead of what stood there."""
        newest = connection.scalar(select(func.max(RefusedRuleRow.at)))
        if newest is not None and newest >= refused.at:
            return StoreOutcome.UNCHANGED
        connection.execute(delete(RefusedRuleRow))
        if refused.rules:
            rows = [one.model_dump() | {"at": refused.at} for one in refused.rules]
            connection.execute(insert(RefusedRuleRow), rows)
        return StoreOutcome.APPLIED

    def _signal(self, connection: Connection, signal: Signal | OperationalSignal, offset: int) -> StoreOutcome:
        fields = signal.model_dump(include=_columns(SignalRow) - {"areas"})
        fields["areas"] = " ".join(signal.areas) if isinstance(signal, Signal) else ""
        stored = connection.execute(select(SignalRow).where(SignalRow.signal_id == signal.signal_id)).mappings().first()
        if stored is not None and all(stored[name] == value for name, value in fields.items()):
            return StoreOutcome.UNCHANGED
        fields.setdefault("agency", None)
        row = upsert(self._engine, SignalRow).values(**fields, src_offset=offset)
        result = connection.execute(
            row.on_conflict_do_update(
                index_elements=["signal_id"],
                set_={name: row.excluded[name] for name in (*fields, "src_offset")},
                where=row.excluded.src_offset > SignalRow.src_offset,
            ).returning(SignalRow.src_offset)
        ).one_or_none()
        return StoreOutcome.UNCHANGED if result is None else StoreOutcome.APPLIED


def _act(removal: Removal) -> tuple[str, str, str]:
    """Action, subject and detail in the audit log, which people search by board."""
    act = REMOVALS[removal.cause]
    if removal.cause == "retention":
        return act, removal.board, f"before {removal.before}, {removal.size}"
    if removal.cause == "erasure-agency":
        return act, f"{removal.board}:{removal.agency}", str(removal.size)
    return act, f"{removal.board}:{removal.partition}:{removal.offset}", ""


def _cells(release: Release) -> Iterable[dict[str, object]]:
    for cell in release.cells:
        yield cell.model_dump(include=_columns(ReleaseCellRow)) | {
            "release_id": release.release_id,
            "state": cell.state.value,
        }


def _columns(table: type[Base]) -> set[str]:
    # The contract may grow fields that have no column yet; the body keeps them.
    return set(table.__table__.columns.keys())
