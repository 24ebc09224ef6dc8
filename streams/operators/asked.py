"""Carries out what operations asked for on the pages, by the same rules as the commands, and answers each once.

A request comes by its topic from the sink, and the answer goes to the remedies topic, where the sink and this process
both read it. A crash between the two repeats what was done, and each of these may be repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from models.contract import topics
from models.operations.remedies import Hold, RemedyOutcome, RequestAnswer, Skip
from models.operations.remedy_requests import ASKED, AnyAsked, AskClose, AskResume, AskSkip
from models.register import Register
from models.service.clock import now
from models.service.errors import ForeseenError
from models.service.faults import where
from streams import metrics
from streams.operators.broker import NoBroker
from streams.operators.doing import RemedyBroker, reader_of, redrive, standing_of
from streams.operators.redrive import Redriven
from streams.operators.skipping import Done, skip_record
from streams.settings import StreamSettings
from streams.standing import out

log = logging.getLogger(__name__)

_SKIPPED = {
    Done.SKIPPED: RemedyOutcome.DONE,
    Done.ALREADY: RemedyOutcome.ALREADY,
    Done.NO_RECORD: RemedyOutcome.NO_RECORD,
    Done.HANDLED: RemedyOutcome.HANDLED,
    Done.TOO_LATE: RemedyOutcome.TOO_LATE,
}


class Asking:
    """What was asked for and not answered: `turn` does all of it."""

    def __init__(self, settings: StreamSettings, register: Callable[[], Register]) -> None:
        """`register` gives the one in force; it may raise `RegisterError`, and then the request waits."""
        self._settings, self._register = settings, register
        self._next = 0

    def turn(self, broker: RemedyBroker) -> int:
        """Carry out what came since the last turn and return how many were answered.

        Raises `NoBroker` and `RegisterError`: the next turn begins with what was not answered.
        """
        records = list(broker.since(topics.REMEDY_REQUESTS, self._next))
        if not records:
            return 0
        answered = 0
        standing = standing_of(broker)
        for record in records:
            request = _read(record)
            if request is not None and not standing.has_answered(request.request_id):
                outcome = self._outcome(broker, request)
                broker.confirm([out(RequestAnswer(request_id=request.request_id, outcome=outcome, at=now()))])
                metrics.ASKED.labels(outcome.value).inc()
                log.warning("asked-on-the-pages: %s %s: %s", request.kind, request.request_id, outcome.value)
                answered += 1
            self._next = record.offset + 1
        return answered

    def _outcome(self, broker: RemedyBroker, request: AnyAsked) -> RemedyOutcome:
        register = self._register()
        if request.lapsed(now()):
            return RemedyOutcome.EXPIRED
        try:
            return self._done(broker, request, register)
        except NoBroker:
            raise
        except ForeseenError as error:
            log.error("a request cannot be carried out: %s", error)
        except Exception as error:
            # One request must not stop those behind it.
            log.error("a fault while a request was carried out: %s", where(error))
        return RemedyOutcome.FAILED

    def _done(self, broker: RemedyBroker, request: AnyAsked, register: Register) -> RemedyOutcome:
        if isinstance(request, AskSkip):
            reader = reader_of(request.topic, register)
            if reader is None:
                return RemedyOutcome.UNKNOWN
            place = request.model_dump(include={"topic", "partition", "offset", "reason"})
            return _SKIPPED[skip_record(broker, Skip(**place, rule="skipped", by=request.by, at=now()), *reader)]
        if isinstance(request, AskClose):
            gap = standing_of(broker).open_gap(request.topic, request.partition, request.offset)
            if gap is None:
                return RemedyOutcome.NO_GAP
            broker.confirm([out(gap.closed_by(request.by, now()))])
            return RemedyOutcome.DONE
        if request.agency is not None and request.agency not in register.agency_by_id:
            return RemedyOutcome.UNKNOWN
        if isinstance(request, AskResume):
            hold = standing_of(broker).holds.get(request.agency)
            if hold is None or not hold.held:
                return RemedyOutcome.ALREADY
            broker.confirm([out(Hold(agency=request.agency, held=False, by=request.by, at=now()))])
            return RemedyOutcome.DONE
        done = redrive(broker, self._settings, register, request.rule, request.since, request.agency, request.by)
        return _redriven(done)


def _redriven(done: Redriven) -> RemedyOutcome:
    if not done.letters:
        return RemedyOutcome.NOTHING
    return RemedyOutcome.PARTLY if done.refused or done.gone else RemedyOutcome.DONE


def _read(record: Any) -> AnyAsked | None:
    """A request; None for a record that the sink did not write, which is passed by."""
    try:
        return ASKED.validate_json(record.value or b"", strict=False)
    except ValidationError:
        log.error("request-unreadable: %s offset %d", topics.REMEDY_REQUESTS, record.offset)
        return None
