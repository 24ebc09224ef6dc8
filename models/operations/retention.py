"""How long everything is kept, in one table. Topics are set from it, and tests compare the documents with it.

`python -m analysis dpia-facts` prints this table, and docs/privacy.md repeats it. `built` says whether the service
removes what is past its time; where it is False, a person has to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from models.register.types import DEFAULT_MONTHS

Holds = Literal["tokens", "keyed ids", "exact counts", "no child data"]

YEAR = 365
LONGEST_SEGMENT_DAYS = 1
"""A record goes with its segment, so this is added to every topic's time."""
LEDGER_BEHIND_DAYS = 3
"""How far the ledger may be behind before compaction takes copies of an accepted record that it has not read. It is
well within the days of an erasure, and an alert comes after minutes."""
LONGEST_ERASURE_DAYS = 7
"""Until the old value of an overwritten or nulled key is gone from a compacted topic; the null stays as long."""


LONGEST_BACKUP_DAYS = 30
"""The backup command deletes older backups, so what was erased is in none after this time."""
LONGEST_MONTH_DAYS = 31
"""Length of a month where nothing may be removed too early."""
NO_REPLAY_MARGIN_DAYS = 7
"""Added to the raw topics' own time, until it is certain that no replay brings a record back."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One store and its time."""

    store: str
    """`topic:<family>`, `changelog:<table>`, `table:<SQL table>` or `file:<what>`."""
    what: str
    holds: Holds
    time: str
    """In words; `days` says the same where it is a number of days."""
    by: str
    """What removes it."""
    days: int | None = None
    built: bool = True


_BOARD = f"the board's retention ({DEFAULT_MONTHS} months by default)"
_LEDGER = "the ledger's daily removal writes nulls, compaction drops what they replace"
_NEWEST = "compaction keeps the newest word on each key; nothing removes that"
_NOTHING = "nothing removes it yet"
_RETENTION = "python -m models.store retention, daily"
_OWNER = "its owner"

POLICY: tuple[Kept, ...] = (
    Kept("topic:raw", "agencies' events as sent", "tokens", "30 days", "Kafka", days=30),
    Kept("topic:receipts", "the fate of each event, for its agency", "keyed ids", "30 days", "Kafka", days=30),
    Kept("topic:dead-letters", "where refused records lay, and why", "no child data", "14 days", "Kafka", days=14),
    Kept("topic:requests", "what reviewers asked for", "no child data", "30 days", "Kafka", days=30),
    Kept("topic:remedy-requests", "what operations asked for", "no child data", "30 days", "Kafka", days=30),
    Kept("topic:accepted", "accepted events, re-keyed", "tokens", _BOARD, f"Kafka, and before that {_LEDGER}"),
    Kept("changelog:events", "the ledger", "tokens", _BOARD, _LEDGER),
    Kept("changelog:homes", "home areas that releases settled", "tokens", _BOARD, _LEDGER),
    Kept("changelog:marks", "what was erased or skipped, as digests", "keyed ids", _BOARD, _LEDGER),
    Kept("changelog:signals", "lives of signals and full alert records", "exact counts", "7 years", _NOTHING,
         days=7 * YEAR, built=False),
    Kept("changelog:released", "releases as built", "no child data", "7 years", _NOTHING, days=7 * YEAR, built=False),
    Kept("topic:releases", "releases", "no child data", "7 years", _NOTHING, days=7 * YEAR, built=False),
    Kept("topic:signals", "signals", "no child data", "7 years", _NOTHING, days=7 * YEAR, built=False),
    Kept("topic:submissions", "which agency returned which period", "no child data", "7 years", _NEWEST,
         days=7 * YEAR, built=False),
    Kept("topic:positions", "how far the workers read each partition, and how often its log had lost its end",
         "no child data", "while it runs", "the next position replaces it"),
    Kept("topic:remedies", "what operations did about single records, what was removed and when", "no child data",
         "6 years", _NEWEST, days=6 * YEAR, built=False),
    Kept("table:releases", "releases", "no child data", "7 years", _NOTHING, days=7 * YEAR, built=False),
    Kept("table:release_cells", "their cells", "no child data", "7 years", _NOTHING, days=7 * YEAR, built=False),
    Kept("table:release_states", "where each release stands", "no child data", "7 years", _NOTHING,
         days=7 * YEAR, built=False),
    Kept("table:release_corrections", "what is wrong in one, as its page says", "no child data", "7 years", _NOTHING,
         days=7 * YEAR, built=False),
    Kept("table:release_approvals", "who approved it", "no child data", "7 years", _NOTHING,
         days=7 * YEAR, built=False),
    Kept("table:submissions", "which agency returned which period", "no child data", "7 years", _NOTHING,
         days=7 * YEAR, built=False),
    Kept("table:signals", "signals", "no child data", "7 years", _NOTHING, days=7 * YEAR, built=False),
    Kept("table:remedies", "what operations did about single records, what was removed and when", "no child data",
         "6 years", _NOTHING, days=6 * YEAR, built=False),
    Kept("table:audit_log", "who did what and when", "no child data", "6 years", _RETENTION, days=6 * YEAR),
    Kept("table:people", "the name beside the code of somebody who signed in", "no child data",
         "as long as the audit log or a session has the code", _RETENTION),
    Kept("table:refused_rules", "how many records each rule refused lately, of all agencies together", "no child data",
         "while it runs", "the sink writes it over"),
    Kept("table:remedy_requests", "what operations asked for, who agreed, and what became of it", "no child data",
         "6 years", _NOTHING, days=6 * YEAR, built=False),
    Kept("table:requests", "what was asked for, and by whom", "no child data", "6 years", _NOTHING,
         days=6 * YEAR, built=False),
    Kept("table:actions", "what the board decided to do", "no child data", "7 years", _NOTHING,
         days=7 * YEAR, built=False),
    Kept("table:action_agencies", "who was told of it", "no child data", "7 years", _NOTHING,
         days=7 * YEAR, built=False),
    Kept("table:action_acknowledgements", "which agency acknowledged it", "no child data", "7 years", _NOTHING,
         days=7 * YEAR, built=False),
    Kept("table:release_annotations", "what people wrote beside one", "no child data", "7 years", _NOTHING,
         days=7 * YEAR, built=False),
    Kept("table:access_grants", "who was given which role here", "no child data", "6 years", _NOTHING,
         days=6 * YEAR, built=False),
    Kept("table:sessions", "who signed in, and with which roles", "no child data", "2 days",
         "the pages, at each sign-in", days=2),
    Kept("table:typed_forms", "what was typed when a session ended, sealed", "no child data", "1 hour",
         "the pages, when the next one comes or somebody signs in"),
    Kept("table:service_tokens", "which programs may read what, by hash", "no child data", "6 years", _NOTHING,
         days=6 * YEAR, built=False),
    Kept("table:sink_offsets", "how far the sink read", "no child data", "while it runs", "the sink writes it over"),
    Kept("table:leases", "which sink may write", "no child data", "while it runs", "the sink writes it over"),
    Kept("table:service_state", "how the service is", "no child data", "while it runs", "the sink writes it over"),
    Kept("file:outbox", "at the agency: events sent and to be sent", "tokens", "as long as the agency publishes",
         _OWNER, built=False),
    Kept("file:keys", "key files", "keyed ids", "link and gate keys: the epoch and its overlap", _OWNER, built=False),
    Kept("file:logs", "what processes print", "no child data", "the newest 50 MB of each service",
         "Docker's log driver"),
    Kept("file:metrics", "counters of records and times", "no child data", "90 days", "Prometheus", days=90),
    Kept("file:backups", "copies that whoever runs it makes", "tokens", "no longer than what they copy", _OWNER,
         built=False),
)  # fmt: skip
BY_STORE = {kept.store: kept for kept in POLICY}


def no_replay_days() -> int:
    """Days after which no replay of a raw topic can bring a record back."""
    return days("topic:raw") + NO_REPLAY_MARGIN_DAYS


def days(store: str) -> int:
    """The days that a store is kept for; raises `KeyError` if its time is not a number of days."""
    kept_days = BY_STORE[store].days
    if kept_days is None:
        raise KeyError(store)
    return kept_days
