"""Kills an HTTP intake while batches are sent to it, as a client that sends again until it hears 202.

For the test here and for the fault harness: what it returns is what the client was told.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException

from tests.agencies.serve.support import Gateway
from tests.factories import POLICE, event
from tests.support.pace import patience
from tests.support.waiting import unique


@dataclass
class Told:
    """What the client heard."""

    ids: set[str] = field(default_factory=set)
    """`<event id>.<revision>` of every event for which 202 was heard."""
    confirmed: int = 0
    """Batches answered 202."""
    kills: int = 0
    lost_answers: int = 0
    """Requests that were under way when the process died, or met nobody."""


def confirmed_or_sent_again(
    gateway: Gateway, rng: random.Random, *, kills: int, batches: int, events: int, agency: str = POLICE
) -> Told:
    """Send `batches` batches; SIGKILL the intake at `kills` random moments and start it again on a new port."""
    told = Told()
    up, failed = threading.Event(), threading.Event()
    up.set()

    def client() -> None:
        for _ in range(batches):
            documents = [event(record=unique("kill"), agency=agency) for _ in range(events)]
            deadline = time.monotonic() + patience(90)
            status = -1
            while status != 202:
                up.wait(patience(60))
                try:
                    status = gateway.batch(documents, agency).status
                except (OSError, HTTPException):
                    status = 0
                    told.lost_answers += 1
                if time.monotonic() > deadline:
                    failed.set()
                    return
            told.ids |= {document["id"] for document in documents}
            told.confirmed += 1

    thread = threading.Thread(target=client, daemon=True)
    thread.start()
    # Here, not in the thread: a child dies with the thread that started it.
    for wanted in sorted(rng.sample(range(batches - 1), kills)):
        while told.confirmed < wanted and not failed.is_set():
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.06))
        assert gateway.child is not None
        up.clear()
        gateway.child.kill()
        told.kills += 1
        gateway.start()
        up.set()
    thread.join(180)
    assert not failed.is_set(), "no 202 within 90 s"
    return told
