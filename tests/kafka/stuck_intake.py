"""Intake whose consumer stops fetching while its producer, heartbeats and other clients are well.

`python -m tests.kafka.stuck_intake worker --role intake`: once the file STUCK_FILE is there, no fetch of a raw topic is
ever answered, as when a client goes on asking a broker that is gone.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from aiokafka.consumer.fetcher import Fetcher

from models.service.logs import log_to_stderr
from streams.__main__ import cli


def plant(once_there: Path) -> None:
    """Let fetches of raw topics hang from the moment that the file is there."""
    fetch: Any = Fetcher._proc_fetch_request

    async def hangs(self: Any, assignment: Any, node_id: Any, request: Any) -> Any:
        if once_there.exists() and any(topic.startswith("cse.events.") for topic, _ in request.topics):
            await asyncio.Event().wait()
        return await fetch(self, assignment, node_id, request)

    setattr(Fetcher, "_proc_fetch_request", hangs)  # noqa: B010


if __name__ == "__main__":
    plant(Path(os.environ["STUCK_FILE"]))
    log_to_stderr("streams")
    cli(sys.argv[1:])
