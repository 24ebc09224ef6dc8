"""Empties the outbox's queue into the broker, batch by batch; what is not acknowledged stays queued."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agencies.outbox import Outbox
from agencies.publish.broker import BrokerProblem, Sender

Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a drain ended: `acknowledged` messages, `left` in the outbox, and why when there are any."""

    acknowledged: int
    left: int
    problem: BrokerProblem | None
    again: int = 0
    """How many of the acknowledged had been acknowledged before, and the service had never read them."""


def deliver(outbox: Outbox, sender: Sender, batch: int, progress: Progress = lambda _: None) -> Delivery:
    """Send everything pending, in order, marking each batch once the broker acknowledged it.

    Stops at the first batch that did not get through whole. Safe to repeat and to kill: a message sent but not
    marked is sent again, as the same bytes under the same id and revision.
    """
    acknowledged = again = 0
    problem: BrokerProblem | None = None
    while problem is None and (queued := outbox.next_batch(batch)):
        sent, problem = sender.send(queued)
        again += outbox.acknowledge(sent)
        acknowledged += len(sent)
        progress(len(sent))
    return Delivery(acknowledged, outbox.pending(), problem, again)
