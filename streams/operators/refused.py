"""Counts which rules refused records lately, for the page of operations: by rule and day, never by agency."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Protocol

from models.contract import dead_letters, topics
from models.operations.remedies import RULE_NAME, RefusedByRule, RefusedLately
from models.operations.retention import days
from models.service.clock import LONDON, now, today
from streams.operators.redrive import OWN
from streams.outputs import Out
from streams.standing import out

AGAIN = timedelta(minutes=1)
"""How often the count is sent at most, and only if it has changed."""
MOST = 500
_RULE = re.compile(RULE_NAME)


class LetterBroker(Protocol):
    """What this needs of a broker."""

    def since(self, topic: str, offset: int) -> Iterable[Any]:
        """The records of a topic's one partition from an offset up to its present end."""
        ...

    def confirm(self, outs: list[Out]) -> None:
        """Send, and wait for the broker's word."""
        ...


class RefusedCount:
    """The dead letters that a redrive could find, counted as they come."""

    def __init__(self) -> None:
        self._next = 0
        self._seen: Counter[tuple[str, date]] = Counter()
        self._sent: RefusedLately | None = None

    def turn(self, broker: LetterBroker) -> None:
        """Read on, and send the count if it has changed; raises `NoBroker`."""
        for record in broker.since(topics.DEAD_LETTERS, self._next):
            letter = dead_letters.read(record.value)
            if (
                letter is not None
                and _RULE.fullmatch(letter.rule)
                and (letter.topic in OWN or topics.family(letter.topic) == "raw")
            ):
                self._seen[letter.rule, letter.at.astimezone(LONDON).date()] += 1
            self._next = record.offset + 1
        first = today() - timedelta(days=days("topic:dead-letters"))
        for key in [key for key in self._seen if key[1] < first]:
            del self._seen[key]
        counted = RefusedLately(rules=self._by_rule(), at=now())
        if self._sent is not None and (counted.rules == self._sent.rules or counted.at - self._sent.at < AGAIN):
            return
        broker.confirm([out(counted)])
        self._sent = counted

    def _by_rule(self) -> tuple[RefusedByRule, ...]:
        by_rule: dict[str, list[tuple[date, int]]] = {}
        for (rule, day), records in sorted(self._seen.items()):
            by_rule.setdefault(rule, []).append((day, records))
        return tuple(
            RefusedByRule(rule=rule, records=sum(n for _, n in on), first=on[0][0], last=on[-1][0])
            for rule, on in sorted(by_rule.items())[:MOST]
        )
