"""Intake with a fault of ours planted from outside: one event's decision raises, or ends the process at once.

`python -m tests.kafka.faulty_intake EVENT_ID raise|kill worker --role intake`: a test's own process, so that the
program itself needs no hook for it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from models.service.logs import log_to_stderr
from streams.__main__ import cli
from streams.intake import chunk
from streams.intake.decide import Accepted, IntakeRules, Refused, decide


def plant(event_id: bytes, how: str) -> None:
    """Let the decision about this event go wrong."""

    def faulty(
        agency: str,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes | None]],
        rules: IntakeRules,
        message_key: bytes | None = None,
    ) -> Accepted | Refused:
        if event_id in (value or b""):
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise ZeroDivisionError
        return decide(agency, value, headers, rules, message_key)

    chunk.decide = faulty  # type: ignore[attr-defined]


if __name__ == "__main__":
    plant(sys.argv[1].encode(), sys.argv[2])
    log_to_stderr("streams")
    cli(sys.argv[3:])
