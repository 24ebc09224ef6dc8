"""What `publish`, `drain`, `receipts` and `report` do around their own work: connect, deliver, follow."""

from __future__ import annotations

from tqdm import tqdm

from agencies.outbox import Outbox, confirmations
from agencies.publish.broker import BrokerProblem, KafkaSender
from agencies.publish.deliver import Delivery, deliver
from agencies.publish.follow import Followed, KafkaReceipts, follow, follow_and_send
from agencies.settings import KafkaSettings


def drain(outbox: Outbox, bootstrap: str, settings: KafkaSettings, quiet: bool) -> Delivery:
    """Deliver what is pending; a broker that is away leaves it pending and is named in the result.

    The bar goes to standard error, and only when that is a terminal.
    """
    pending = outbox.pending()
    if not pending:
        return Delivery(0, 0, None)
    try:
        with (
            KafkaSender(bootstrap, outbox.agency, settings) as sender,
            tqdm(total=pending, unit="event", desc="publishing", disable=True if quiet else None) as bar,
        ):
            return deliver(outbox, sender, settings.batch, bar.update)
    except BrokerProblem as problem:
        return Delivery(0, pending, problem)


def follow_receipts(
    outbox: Outbox, bootstrap: str, settings: KafkaSettings, seconds: float, *, quiet: bool = True
) -> Followed:
    """Read receipts until all is accounted for or the time is up; raises `BrokerProblem`.

    What the service never read is sent again on the way.
    """
    position = confirmations.position(outbox)
    with KafkaReceipts(bootstrap, outbox.agency, settings, position) as source:
        return follow_and_send(outbox, source, lambda: drain(outbox, bootstrap, settings, quiet), seconds)


def read_receipts(outbox: Outbox, bootstrap: str, settings: KafkaSettings) -> Followed:
    """Read the receipts that are there, and send nothing; raises `BrokerProblem`."""
    position = confirmations.position(outbox)
    with KafkaReceipts(bootstrap, outbox.agency, settings, position) as source:
        return follow(outbox, source, 0)
