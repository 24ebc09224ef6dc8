"""Field types shared by every message: identifiers, area codes, tokens, dates.

All strings are anchored patterns of at most 64 characters: there is no field that could hold prose, a name, a
case number or a token in clear.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.contract.codes import TokenKind
from models.contract.periods import RETURN_NAME, WINDOW_NAME


class Closed(BaseModel):
    """Base of every message: unknown keys are refused, values are frozen, errors never repeat the input."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )


EventId = Annotated[str, Field(pattern=r"^[a-p]{40}$")]
"""160 bits of a keyed hash of the source record's own key, as 40 letters a-p."""

AgencyId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
"""Register id of an organisation."""

BoardCode = Annotated[str, Field(pattern=r"^[A-Z][0-9]{8}$")]
"""ONS code of the local authority whose board this is; of one of them where a board covers several (the register)."""

AgreementId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
"""Register id of the information-sharing agreement that lets the agency share this."""

AreaCode = Annotated[str, Field(pattern=r"^([A-Z][0-9]{8}(-T[0-9]{1,2})?|out_of_area|unknown|not_recorded)$")]
"""Ward (GSS code), town (`<board>-T1`), or one of the three ways of having neither."""

Revision = Annotated[int, Field(ge=0, le=999_999)]
"""Raised by the publisher's own store whenever the content of the record changes."""

Period = Annotated[str, Field(pattern=f"^{RETURN_NAME}$")]
"""A calendar quarter `2026Q1` or month `2026-01`."""

Window = Annotated[str, Field(pattern=f"^{WINDOW_NAME}$")]
"""What a release is for: a month, a quarter, a financial year `2025FY` (April 2025 to March 2026), or a pair of them
`2024FY2` (April 2024 to March 2026)."""

Token = Annotated[str, Field(pattern=r"^(lt|ct)_[a-p]{40}$")]
"""`lt_` made at the agency, `ct_` at intake."""


class ChildToken(Closed):
    """A keyed token for one child, of one kind, in one key epoch. Personal data, whoever holds it."""

    kind: TokenKind
    epoch: Annotated[int, Field(ge=1, le=9999)]
    token: Token


MAX_TOKENS = 8
"""Tokens in one event: two epochs of three kinds while they overlap, or several demographic forms."""


def token_order(token: ChildToken) -> tuple[TokenKind, int, str]:
    """The sort key of tokens in canonical form. The order is total, so one content has one spelling."""
    return token.kind, token.epoch, token.token


def repeated_tokens(tokens: Sequence[ChildToken]) -> Iterator[int]:
    """Indexes of tokens that an event may not carry beside those before them (rule `token-repeated`).

    No token comes twice. A child has one NHS number, one UPN and one local id, so there is one token of each in an
    epoch; of its name and date of birth there may be several forms.
    """
    earlier: set[object] = set()
    for index, token in enumerate(tokens):
        taken: set[object] = {token.token}
        if token.kind is not TokenKind.DEMOG:
            taken.add((token.kind, token.epoch))
        if taken & earlier:
            yield index
        earlier |= taken


class Areas(Closed):
    """Where, by role: `home` for release tables; `occurred`, `missing_from`, `found` for hotspots."""

    home: AreaCode = "not_recorded"
    occurred: AreaCode | None = None
    missing_from: AreaCode | None = None
    found: AreaCode | None = None


IsoDate = date
"""A London calendar date, ISO 8601."""

SizeClass = Literal["fewer than 10", "10 or more"]
"""How many, where a number would say too much; zero is not distinguished from a few."""


def size_class(n: int) -> SizeClass:
    """The class of a number."""
    return "fewer than 10" if n < 10 else "10 or more"
