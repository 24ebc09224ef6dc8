"""Everything the sink writes to SQL. Each statement may be repeated, and changes nothing the second time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from consumers.records import SINK_TOPICS
from models.contract import clock
from models.contract.refusals import Refusal
from models.releases import Release, SubmissionState
from models.store import Base, ReleaseCellRow, ReleaseRow, ServiceStateRow, SinkOffsetRow, SubmissionRow, audit, upsert

CONFLICT = Refusal("sink.release-differs", "release_id")
"""A second, different body under a stored release's id. Releases are immutable: the first one stands."""


class Outcome(StrEnum):
    """What became of a record; the `outcome` label of the records metric."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    """Seen before: the same release again, or an older state of a submission."""
    REFUSED = "refused"
    CONFLICT = "conflict"


class SinkStore:
    """The sink's tables in one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def apply(
        self, connection: Connection, parsed: Release | SubmissionState, body: bytes, offset: int
    ) -> Outcome | Refusal:
        """Store one record; a `Refusal` if the database cannot hold it, and then nothing of it is stored."""
        try:
            with connection.begin_nested():
                if isinstance(parsed, Release):
                    return self._release(connection, parsed, body, offset)
                return self._submission(connection, parsed, offset)
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
        """Begin again: the topics were made anew, so that offsets seen before mean nothing any more."""
        connection.execute(delete(SinkOffsetRow).where(SinkOffsetRow.topic.in_(SINK_TOPICS)))
        connection.execute(update(SubmissionRow).values(src_offset=-1))

    def note(self, connection: Connection, name: str, value: str) -> None:
        """Write down a fact about the sink, for pages to show."""
        row = upsert(self._engine, ServiceStateRow).values(name=name, value=value, updated_at=clock.now())
        connection.execute(
            row.on_conflict_do_update(
                index_elements=["name"],
                set_={"value": row.excluded.value, "updated_at": row.excluded.updated_at},
            )
        )

    def _release(self, connection: Connection, release: Release, body: bytes, offset: int) -> Outcome | Refusal:
        stored = connection.execute(
            select(ReleaseRow.body).where(ReleaseRow.release_id == release.release_id)
        ).scalar_one_or_none()
        if stored is not None:
            return Outcome.UNCHANGED if stored == body else CONFLICT
        fields = release.model_dump(include=_columns(ReleaseRow))
        connection.execute(
            insert(ReleaseRow), [fields | {"body": body, "received_at": clock.now(), "src_offset": offset}]
        )
        if cells := list(_cells(release)):
            connection.execute(insert(ReleaseCellRow), cells)
        audit.append(connection, "sink", "receive", release.release_id)
        return Outcome.APPLIED

    def _submission(self, connection: Connection, state: SubmissionState, offset: int) -> Outcome:
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
        return Outcome.UNCHANGED if result is None else Outcome.APPLIED


def _cells(release: Release) -> Iterable[dict[str, object]]:
    for cell in release.cells:
        yield cell.model_dump(include=_columns(ReleaseCellRow)) | {
            "release_id": release.release_id,
            "state": cell.state.value,
        }


def _columns(table: type[Base]) -> set[str]:
    # The contract may grow fields that have no column yet; the body keeps them.
    return set(table.__table__.columns.keys())
