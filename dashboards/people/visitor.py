"""Whoever a request is from, as handlers and templates see them; the door puts it into the request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from dashboards.people.permissions import Act, Permission, Scope, may, within
from dashboards.people.person import SERVICE, Person, in_order


@dataclass(frozen=True)
class Visitor:
    """A person during one request."""

    person: Person
    form_token: str
    """What a form of theirs has to carry."""
    number: str = field(repr=False)
    """The number of their session, which only the browser and this request have."""
    scope: Scope | None = None
    """Of a service account: what its token is for. People have none: the table of permissions says what they may."""
    said: str = ""
    """What the page tells them of what they did last, once."""

    @property
    def who(self) -> str:
        """As the audit log names them."""
        return self.person.who

    @property
    def signed_in(self) -> bool:
        """Whether it is a person who signed in, whose session ends and who can sign out."""
        return bool(self.person.issuer) and self.scope is None

    @property
    def words(self) -> str:
        """Name and roles, for the head of the page."""
        if not self.person.issuer:
            return "No sign-in: everybody on this machine has every role"
        if self.person.issuer == SERVICE:
            return f"Read by the service account {self.person.subject}"
        roles = ", ".join(role.words for role in in_order(self.person.roles))
        return f"Signed in as {self.person.name or self.person.subject} ({roles})"

    def may(self, act: Act, board: str = "", agency: str = "") -> bool:
        """Whether they may do an act."""
        return self.answer(act, board, agency).allowed

    def answer(self, act: Act, board: str = "", agency: str = "") -> Permission:
        """Whether they may do an act, and if not why not and what to do."""
        if self.scope is not None:
            return within(self.scope, act, board)
        return may(self.person, act, board, agency)

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
