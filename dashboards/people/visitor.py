"""Whoever a request is from, as handlers and templates see them; the door puts it into the request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from dashboards.people.permissions import Act, may
from dashboards.people.person import Person, in_order


@dataclass(frozen=True)
class Visitor:
    """A person during one request."""

    person: Person
    form_token: str
    """What a form of theirs has to carry."""
    number: str = field(repr=False)
    """The number of their session, which only the browser and this request have."""
    said: str = ""
    """What the page tells them of what they did last, once."""

    @property
    def who(self) -> str:
        """As the audit log names them."""
        return self.person.who

    @property
    def words(self) -> str:
        """Name and roles, for the head of the page."""
        if not self.person.issuer:
            return "No sign-in: everybody on this machine has every role"
        roles = ", ".join(role.words for role in in_order(self.person.roles))
        return f"Signed in as {self.person.name or self.person.subject} ({roles})"

    def may(self, act: Act, board: str = "", agency: str = "") -> bool:
        """Whether they may do an act."""
        return may(self.person, act, board, agency).allowed

    def agencies(self, board: str) -> frozenset[str]:
        """The agencies for which they are a viewer on a board."""
        return frozenset(grant.agency for grant in self.person.grants if grant.agency and grant.on(board))

    def sees(self, act: str, board: str = "") -> bool:
        """The same for a template, which names the act as the table's code does."""
        return self.may(Act[act], board)


def visitor_of(request: Request) -> Visitor:
    """The visitor of a request; raises `RuntimeError` where no door let them in, so that nothing is shown."""
    visitor = getattr(request.state, "visitor", None)
    if not isinstance(visitor, Visitor):
        raise RuntimeError("a request came past the door")
    return visitor


Here = Annotated[Visitor, Depends(visitor_of)]
"""A handler's parameter for its visitor."""
