"""A Faust table whose changelog goes out with the chunk's other outputs and is confirmed with them.

Stock Faust queues changelog records and commits after a flush that gives up after 0.1 seconds, and a failed send is
only logged, payload included. Here the agent sends them itself and acknowledges nothing before the broker has.
Recovery is Faust's own: the topic, its name and its records are those it expects.
"""

from __future__ import annotations

from typing import Any

import faust

ChangeKey = tuple[int, bytes]


class ConfirmedTable(faust.Table[bytes, bytes]):
    """`bytes -> bytes` table; `take_changes` gives what was written since the last call."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changes: dict[ChangeKey, bytes | None] = {}

    def on_key_set(self, key: bytes, value: bytes) -> None:
        """Note the change for the agent to send; a key written twice in a chunk is sent once.

        The store is told the key's partition, too: it drops what is of a partition that another worker has now, and
        knows of itself only the partitions of what was read back. Rows that it kept would come to life again with the
        partition, if that came back after their tombstones had been compacted away.
        """
        partition = self._partition(key)
        self.changes[partition, key] = value
        self.data._key_partition[key] = partition  # type: ignore[attr-defined]
        self._sensor_on_set(self, key, value)

    def on_key_del(self, key: bytes) -> None:
        """Note a tombstone for the agent to send."""
        partition = self._partition(key)
        self.changes[partition, key] = None
        self.data._key_partition.pop(key, None)  # type: ignore[attr-defined]
        self._sensor_on_del(self, key)

    def take_changes(self) -> list[tuple[int, bytes, bytes | None]]:
        """(partition, key, value) of every change since the last call, None for a tombstone."""
        changes = [(partition, key, value) for (partition, key), value in self.changes.items()]
        self.changes.clear()
        return changes

    def _partition(self, key: bytes) -> int:
        partition = self.partition_for_key(key)
        if partition is None:
            raise RuntimeError("only its own agent may write a ledger table")
        return int(partition)
