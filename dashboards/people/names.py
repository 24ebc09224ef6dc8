"""Names beside the codes of people, for those who may see them. Everybody else sees the code alone.

No log, metric or address has a name, and no file but the papers of a meeting pack: each names whoever took it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from jinja2 import pass_context
from jinja2.runtime import Context
from sqlalchemy import Engine

from dashboards.life.states import SUBJECT
from dashboards.people.permissions import Act
from dashboards.people.visitor import Visitor
from models.register import Board
from models.store.people import every_name

Named = Callable[[str], str]
"""A text, with names beside the codes in it."""
_CODE = re.compile(rf"\b(?:{SUBJECT.pattern})")
_AFTER = ".,;:)"
"""What may stand after a code in a sentence. A code may end with these, too: then it is looked for as it stands."""


def as_it_is(text: str) -> str:
    """For whoever may see no names."""
    return text


class PeopleNames:
    """The names of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, visitor: Visitor, board: Board | None) -> Named:
        """How a page of a board, or of none, writes codes for a visitor."""
        if visitor.scope is not None or not visitor.may(Act.SEE_NAMES, board.code if board else ""):
            return as_it_is
        known: list[Mapping[str, str]] = []

        def names() -> Mapping[str, str]:
            # Once for a page, and not for one without codes.
            if not known:
                with self._engine.connect() as connection:
                    known.append(every_name(connection))
            return known[0]

        def beside(found: re.Match[str]) -> str:
            code = found[0] if found[0] in names() else found[0].rstrip(_AFTER)
            name = names().get(code)
            return f"{code} ({name}){found[0][len(code) :]}" if name else found[0]

        return lambda text: _CODE.sub(beside, text)


@pass_context
def named(context: Context, text: str) -> str:
    """The filter of the templates."""
    write: Named = context.get("names", as_it_is)
    return write(text)
