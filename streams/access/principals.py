"""The principals of one register and their rights: the least that each needs, as data. Pure.

An agency writes its own raw topic and reads its own receipts, and nothing else, not even a group. A service reads and
writes what it is there for. `READ` and `WRITE` bring `DESCRIBE` with them, and `WRITE` on any topic the right to be an
idempotent producer (Kafka 3.0 and newer); nobody here is transactional. Every right is on a literal name: a prefix
would make `met` the reader of `met-police`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from models.contract import topics
from models.operations.topic_specs import all_topics
from models.register import Register
from streams.backup.archive import state_topics

Resource = Literal["topic", "group", "cluster"]
Operation = Literal["read", "write", "describe", "describe_configs"]

SERVICE_PREFIX, AGENCY_PREFIX = "ypsem-", "agency."
"""What begins the user names that this command makes and may take away; a broker's other users it leaves alone."""


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One thing that one user may do to one named resource, from any host."""

    resource: Resource
    name: str
    operation: Operation


@dataclass(frozen=True, slots=True, order=True)
class Quota:
    """Limits of one user on each broker."""

    producer_byte_rate: int
    """Bytes a second, after which the broker makes the client wait."""
    consumer_byte_rate: int
    request_percentage: int
    """Share of one broker thread's time."""


AGENCY_QUOTA = Quota(producer_byte_rate=1_048_576, consumer_byte_rate=1_048_576, request_percentage=25)
"""An agency's first load of years of history is some ten megabytes; its day is a few kilobytes."""
GATEWAY_QUOTA = Quota(producer_byte_rate=8_388_608, consumer_byte_rate=1_048_576, request_percentage=100)
SERVICE_QUOTA: Quota | None = None
"""Our own services are not slowed: a replay reads and writes as fast as it can."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A user of the brokers."""

    user: str
    rights: tuple[Right, ...]
    quota: Quota | None = None

    @property
    def is_agency(self) -> bool:
        """Whether it logs in from outside."""
        return self.user.startswith(AGENCY_PREFIX)


def agency_user(agency: str) -> str:
    """The user name of an agency."""
    return f"{AGENCY_PREFIX}{agency}"


def ours(user: str) -> bool:
    """Whether this command made the user, and may take it away."""
    return user.startswith((AGENCY_PREFIX, SERVICE_PREFIX))


def principals(register: Register) -> list[Principal]:
    """Every user the brokers need, services first, agencies in order."""
    agencies = sorted(agency.id for agency in register.agencies)
    raws, receipts = [topics.raw(a) for a in agencies], [topics.receipts(a) for a in agencies]
    return [
        _service(
            "intake",
            group=topics.INTAKE_APP,
            reads=[*raws, topics.REMEDIES, topics.POSITIONS],
            writes=[topics.ACCEPTED, topics.DEAD_LETTERS, topics.REMEDIES, topics.POSITIONS, *receipts],
        ),
        _service(
            "ledger",
            group=topics.LEDGER_APP,
            reads=[topics.ACCEPTED, topics.REQUESTS, topics.REMEDIES, topics.POSITIONS, *_changelogs()],
            writes=[
                topics.ACCEPTED,  # the nulls of an erasure
                topics.REQUESTS,  # its own, for windows that have come due
                topics.RELEASES,
                topics.SIGNALS,
                topics.SUBMISSIONS,
                topics.DEAD_LETTERS,
                topics.REMEDIES,
                topics.POSITIONS,
                *_changelogs(),
                *receipts,
            ],
        ),
        _service(
            "sink",
            reads=[topics.RELEASES, topics.SIGNALS, topics.SUBMISSIONS, topics.REMEDIES],
            writes=[topics.REQUESTS, topics.REMEDY_REQUESTS, topics.DEAD_LETTERS],
        ),
        _service("gateway", writes=raws, quota=GATEWAY_QUOTA),
        _service(
            "operations",
            # The ledger's rows and marks say nothing that the accepted topic does not: `streams balances` reads them.
            reads=[
                *(topics.DEAD_LETTERS, topics.REMEDIES, topics.ACCEPTED, topics.REQUESTS, topics.REMEDY_REQUESTS),
                *(topics.LEDGER_CHANGELOG, topics.MARKS_CHANGELOG),
                topics.POSITIONS,  # how often a raw log was cut: `streams redrive` writes places as intake does
                *raws,
                *receipts,
            ],
            # What was passed over on our own topics is let through again: streams/operators/redrive.py.
            writes=[topics.REMEDIES, topics.ACCEPTED, topics.REQUESTS, topics.DEAD_LETTERS, *receipts],
            looks_at=[topics.INTAKE_APP, topics.LEDGER_APP],
        ),
        # Only reads: a restore, into a new cluster, is the administrator's. What holds it can read every token's `ct`.
        _service("backup", reads=[spec.name for spec in state_topics(all_topics([]))]),
        *(_agency(agency) for agency in agencies),
    ]


def _agency(agency: str) -> Principal:
    rights = (
        Right("topic", topics.raw(agency), "write"),
        Right("topic", topics.receipts(agency), "read"),
    )
    return Principal(agency_user(agency), tuple(sorted(rights)), AGENCY_QUOTA)


def _service(
    name: str,
    *,
    reads: Iterable[str] = (),
    writes: Iterable[str] = (),
    group: str | None = None,
    looks_at: Iterable[str] = (),
    quota: Quota | None = SERVICE_QUOTA,
) -> Principal:
    def rights() -> Iterator[Right]:
        yield from (Right("topic", topic, "read") for topic in reads)
        yield from (Right("topic", topic, "write") for topic in writes)
        yield from (Right("group", one, "describe") for one in looks_at)
        if group is not None:
            yield Right("group", group, "read")

    return Principal(f"{SERVICE_PREFIX}{name}", tuple(sorted(set(rights()))), quota)


def _changelogs() -> list[str]:
    """The ledger's tables, from the list of topics: a table that is added is covered."""
    return [spec.name for spec in all_topics([]) if spec.name.startswith(f"{topics.LEDGER_APP}-")]
