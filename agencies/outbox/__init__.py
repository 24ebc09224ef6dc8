"""The agency's own store of what it has published and still has to: SQLite, one process at a time."""

from agencies.outbox.connection import OutboxError
from agencies.outbox.records import Changes, Outgoing, Queued, Sent, Stored, Takeback
from agencies.outbox.store import Outbox

__all__ = ["Changes", "Outbox", "OutboxError", "Outgoing", "Queued", "Sent", "Stored", "Takeback"]
