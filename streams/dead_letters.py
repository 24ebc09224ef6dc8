"""Dead letters as the stream tier sends them."""

from __future__ import annotations

from datetime import datetime

from models.contract import topics
from models.contract.dead_letters import DeadLetter, UnusableRecord
from models.contract.refusals import Refusal
from models.contract.warned import WHOLE
from streams.outputs import Out


def dead_letter(record: UnusableRecord, refusal: Refusal | str, at: datetime, event_id: str | None = None) -> Out:
    """The dead letter of a record; a rule alone is about the whole message."""
    why = Refusal(refusal, WHOLE) if isinstance(refusal, str) else refusal
    letter = DeadLetter.of(record, why, at, event_id)
    return Out(topics.DEAD_LETTERS, 0, letter.key, letter.body)
