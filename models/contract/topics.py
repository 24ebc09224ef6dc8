"""Topics: every name and number of partitions. How long each is kept is in `models.operations.topic_specs`.

Names are lower case with dots, carry their version and no environment.
"""

from __future__ import annotations

PARTITIONS = 12
"""Of the accepted topic and everything partitioned like it; boards map to these explicitly (ADR 0026)."""

RAW_PARTITIONS = 4

ACCEPTED = "ypsem.accepted.v1"
SIGNALS = "ypsem.signals.v1"
RELEASES = "ypsem.releases.v1"
REQUESTS = "ypsem.requests.v1"
SUBMISSIONS = "ypsem.submissions.v1"
DEAD_LETTERS = "ypsem.dead-letters.v1"
REMEDIES = "ypsem.remedies.v1"
"""What operations decided about single records and whole raw topics: skipped, quarantined, held (ADR 0010)."""
REMEDY_REQUESTS = "ypsem.remedy-requests.v1"
"""What operations asked for on the pages: to skip, resume, redrive or close. The answer is on the remedies topic."""
POSITIONS = "ypsem.positions.v1"
"""How far the workers have handled each partition, apart from what the groups have committed, and how often they found
its log cut (ADR 0018)."""
INTAKE_APP = "ypsem-intake"
LEDGER_APP = "ypsem-ledger"
LEDGER_CHANGELOG = f"{LEDGER_APP}-events-changelog"
RELEASED_CHANGELOG = f"{LEDGER_APP}-released-changelog"
SIGNALS_CHANGELOG = f"{LEDGER_APP}-signals-changelog"
"""Of the lives of signals, and of the full alert records: ledger tier only."""
HOMES_CHANGELOG = f"{LEDGER_APP}-homes-changelog"
"""Of the home areas that releases settled: holds tokens, as the ledger's own does."""
MARKS_CHANGELOG = f"{LEDGER_APP}-marks-changelog"
"""Of what was erased or skipped: digests and coordinates, no content."""


RAW_PREFIX = "cse.events."


def raw(agency: str) -> str:
    """The one topic an agency may write."""
    return f"{RAW_PREFIX}{agency}.v1"


def receipts(agency: str) -> str:
    """The one topic an agency may read."""
    return f"ypsem.receipts.{agency}.v1"


def family(topic: str) -> str:
    """The metric label of a topic: a family, never an agency."""
    if topic.startswith(RAW_PREFIX):
        return "raw"
    if topic.startswith("ypsem.receipts."):
        return "receipts"
    known = {
        ACCEPTED: "accepted",
        SIGNALS: "signals",
        RELEASES: "releases",
        REQUESTS: "requests",
        SUBMISSIONS: "submissions",
        DEAD_LETTERS: "dead-letters",
        REMEDIES: "remedies",
        REMEDY_REQUESTS: "remedy-requests",
        POSITIONS: "positions",
    }
    return known.get(topic, "changelog")
