"""A person, and the roles they have on which boards. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

EVERY = "*"
"""Stands for every board in a grant."""
LONGEST_NAME = 80
SERVICE = "service account"
"""Stands for the issuer of a service account. A provider's is an address, so it is never this."""
_PLAIN = re.compile(r"[\x21-\x7e]{1,60}")


class Role(StrEnum):
    """What a person is to a board, as the provider's claims write it."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    CHAIR = "chair"
    PUBLISHER = "publisher"
    GOVERNANCE = "information-governance"
    ADMINISTRATOR = "administrator"
    OPERATIONS = "operations"
    KEYS = "key-custodian"

    @property
    def words(self) -> str:
        """As a page writes it."""
        return self.value.replace("-", " ")


@dataclass(frozen=True, order=True)
class Grant:
    """One role on one board, or on every board; a viewer's is for one agency too."""

    role: Role
    board: str = EVERY
    agency: str = ""

    def on(self, board: str) -> bool:
        """Whether it is a role on that board."""
        return self.board in (board, EVERY)

    def __str__(self) -> str:
        return ":".join(filter(None, (self.role.value, self.board, self.agency)))


@dataclass(frozen=True)
class Person:
    """Somebody who signed in. The same subject of the same issuer is the same person, whatever the name."""

    issuer: str
    subject: str
    name: str
    """What the page calls them. It may be empty, and it decides nothing."""
    grants: frozenset[Grant]

    @property
    def who(self) -> str:
        """How the audit log, requests and approvals name them: at most 64 characters, the same at every sign-in.

        A subject that does not fit, or has spaces or letters beyond ASCII, is written as its hash.
        """
        if not self.issuer:
            return NOBODY_WHO
        if self.issuer == SERVICE:
            return f"service:{self.subject}"
        if _PLAIN.fullmatch(self.subject):
            return f"sub:{self.subject}"
        return f"sub-sha256:{hashlib.sha256(self.subject.encode()).hexdigest()[:40]}"

    @property
    def everywhere(self) -> bool:
        """Whether some role is for every board."""
        return any(grant.board == EVERY for grant in self.grants)

    @property
    def boards(self) -> frozenset[str]:
        """The boards on which they have a role by name."""
        return frozenset(grant.board for grant in self.grants) - {EVERY}

    def roles_on(self, board: str) -> frozenset[Role]:
        """Their roles on one board."""
        return frozenset(grant.role for grant in self.grants if grant.on(board))

    @property
    def roles(self) -> frozenset[Role]:
        """Their roles on whichever board."""
        return frozenset(grant.role for grant in self.grants)


NOBODY_WHO = "nobody signed in"
"""How the audit log names whoever is at pages that run without sign-in."""
NOBODY = Person(issuer="", subject="", name="", grants=frozenset(Grant(role) for role in Role))
"""Whoever is at pages that run without sign-in, on this machine alone: every role on every board."""


def stored(texts: Iterable[str]) -> frozenset[Grant]:
    """Roles as a session keeps them: each as `str` writes it."""
    parts = [text.split(":") for text in texts]
    return frozenset(Grant(Role(name), board, *agency) for name, board, *agency in parts)


def in_order(roles: Iterable[Role]) -> list[Role]:
    """Roles in the order in which they are declared."""
    wanted = set(roles)
    return [role for role in Role if role in wanted]
