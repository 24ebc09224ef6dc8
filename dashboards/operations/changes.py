"""Asks operations' service for a remedy, or agrees to one: in one transaction with its audit row."""

from __future__ import annotations

from sqlalchemy import Engine

from dashboards.errors import DecisionRefused, DoneAlready
from dashboards.life.states import check_principal
from models.service import clock
from models.store import audit, remedy_requests, writing
from models.store.remedy_requests import RemedyRequest
from models.store.texts import check_text

LOOKED_AT = 500
"""How many of the newest requests are looked at for one that asks for the same."""


def ask(engine: Engine, request: RemedyRequest) -> None:
    """Store a request; the sink passes it on, once a second person has agreed where one is needed.

    Raises `DoneAlready` for a form that was sent twice, `TextRefused` for a text that may name someone, and
    `DecisionRefused` if the same was asked for and is not done, or if it cannot be said.
    """
    check_principal(request.requested_by)
    check_text(request.text)
    try:
        request.message()
    except ValueError:
        raise DecisionRefused("this cannot be asked for: look at what you typed") from None
    with writing(engine).begin() as connection:
        audit.hold(connection)
        if remedy_requests.find(connection, request.request_id) is not None:
            raise DoneAlready("you asked for this already")
        now = clock.now()
        if any(one.what == request.what and one.open(now) for one in remedy_requests.newest(connection, LOOKED_AT)):
            raise DecisionRefused("somebody has asked for this already, and it is not done yet")
        remedy_requests.ask(connection, request)


def confirm(engine: Engine, who: str, request_id: str) -> None:
    """Agree to what somebody else asked for.

    Raises `DoneAlready` for whoever agreed before, and `DecisionRefused` where nobody has to agree any more, where it
    is too late, and for whoever asked.
    """
    check_principal(who)
    with writing(engine).begin() as connection:
        audit.hold(connection)
        request = remedy_requests.find(connection, request_id)
        if request is None:
            raise DecisionRefused("there is no such request")
        if request.confirmed_by == who:
            raise DoneAlready("you agreed already")
        if not request.waits_for_second or request.outcome is not None:
            raise DecisionRefused("nobody has to agree to this any more")
        if request.lapsed(clock.now()):
            raise DecisionRefused(
                "it was asked for more than a day ago: look again, and ask again if it is still right"
            )
        if request.requested_by == who:
            raise DecisionRefused("whoever asked cannot agree too: somebody else with your role must")
        remedy_requests.confirm(connection, request, who)
