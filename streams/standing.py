"""The remedies in force, and the removals announced, as the newest record of each key on the remedies topic says."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError

from models.contract import topics
from models.operations.remedies import (
    REMEDY,
    AnyRemedy,
    Gap,
    Hold,
    RefusedLately,
    Removal,
    RequestAnswer,
    Skip,
    remedy_key,
)
from streams.outputs import Out

log = logging.getLogger(__name__)

NOTHING: Mapping[int, str] = {}
WORKER = "worker"
"""Who decided, where no person did."""


class Standing:
    """Which raw topics are held, which offsets are passed over, and which were never read."""

    def __init__(self) -> None:
        self.holds: dict[str, Hold] = {}
        self._skips: dict[tuple[str, int], dict[int, str]] = {}
        self._announced: dict[bytes, datetime] = {}
        self._gaps: dict[tuple[str, int, int], Gap] = {}
        self._answered: set[str] = set()

    def take(self, remedy: Hold | Skip | Gap) -> None:
        """Obey a remedy from now on; the newest of a key stands."""
        if isinstance(remedy, Hold):
            self.holds[remedy.agency] = remedy
            return
        if isinstance(remedy, Gap):
            self._gaps[remedy.topic, remedy.partition, remedy.first] = remedy
            return
        offsets = self._skips.setdefault((remedy.topic, remedy.partition), {})
        if remedy.lifted:
            offsets.pop(remedy.offset, None)
        else:
            offsets[remedy.offset] = remedy.rule

    def read(self, value: bytes | None) -> Hold | Skip | Gap | None:
        """Take in a record of the topic; one that cannot be read is passed by, and said so."""
        if value is None:
            return None
        try:
            remedy = REMEDY.validate_json(value, strict=False)
        except ValidationError:
            log.error("remedy-unreadable: ignored a record on %s that this service did not write", topics.REMEDIES)
            return None
        if isinstance(remedy, Removal):
            # Nothing to obey: it tells what was done.
            self._announced[remedy_key(remedy)] = remedy.at
            return None
        if isinstance(remedy, RefusedLately):
            return None
        if isinstance(remedy, RequestAnswer):
            self._answered.add(remedy.request_id)
            return None
        self.take(remedy)
        return remedy

    def has_announced(self, removal: Removal) -> bool:
        """Whether this removal was announced: a repetition finds less to remove, and the first word is to stand.

        A later one under the same key is another: offsets begin anew when the topics are made anew.
        """
        at = self._announced.get(remedy_key(removal))
        return at is not None and at >= removal.at

    def has_answered(self, request_id: str) -> bool:
        """Whether a request of the pages was answered: it is not carried out twice."""
        return request_id in self._answered

    def held_topics(self) -> frozenset[str]:
        """Raw topics that are not to be read."""
        return frozenset(topics.raw(agency) for agency, hold in self.holds.items() if hold.held)

    def passed_over(self, topic: str, partition: int) -> Mapping[int, str]:
        """Offset -> rule of the records of a partition that are not to be handled."""
        return self._skips.get((topic, partition), NOTHING)

    def gaps(self) -> list[Gap]:
        """The gaps that stand open, by topic, partition and offset."""
        return [gap for _, gap in sorted(self._gaps.items()) if not gap.closed]

    def open_gap(self, topic: str, partition: int, first: int) -> Gap | None:
        """The gap that begins there, if it stands open."""
        gap = self._gaps.get((topic, partition, first))
        return None if gap is None or gap.closed else gap

    def never_read(self) -> Mapping[str, int]:
        """Family of topics -> offsets in its open gaps; a family that ever had one stays named."""
        found: Counter[str] = Counter()
        for (topic, _, _), gap in self._gaps.items():
            found[topics.family(topic)] += 0 if gap.closed else gap.last - gap.first + 1
        return found

    def quarantined(self) -> Mapping[str, int]:
        """Family of topics -> how many of its records stand quarantined; a family that ever had one stays named."""
        found: Counter[str] = Counter()
        for (topic, _), offsets in self._skips.items():
            found[topics.family(topic)] += sum(rule == "quarantined" for rule in offsets.values())
        return found


def out(remedy: AnyRemedy) -> Out:
    """The record that makes a remedy known to every worker and to the sink."""
    return Out(topics.REMEDIES, 0, remedy_key(remedy), remedy.model_dump_json().encode())
