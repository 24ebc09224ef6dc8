"""The plain conversions: one or two cells to one value, without code tables or age bands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from agencies.errors import RowError
from agencies.generalise import Moment, age_band, duration_band
from agencies.readers.areas import Gazetteer, UnknownArea
from agencies.readers.codetables import BLANK_WORDS, NO, UNKNOWN_WORDS, YES, normal
from agencies.readers.moments import BadDate, parse_month
from models.contract.periods import RETURN_NAME

_PERIOD = re.compile(f"^{RETURN_NAME}$")


class CellRefused(RowError):
    """A cell that cannot be converted; `rule` says why. It never holds the cell."""


@dataclass(slots=True)
class RowView:
    """The cells of one row by column, and the day of the event once it is known."""

    cells: Sequence[str]
    day: date | None = None
    warnings: list[str] = field(default_factory=list)
    month_first: bool = False


Convert = Callable[[RowView], object]
"""The value of a field, or None when the row has none; raises `CellRefused`."""
Pick = Callable[[RowView], str]


def banded(age: int) -> str:
    """The band of an age; refuses one outside of 0 to 25."""
    try:
        return age_band(age)
    except ValueError:
        raise CellRefused("age-out-of-range") from None


def iso_date(at: Callable[[RowView], Moment | None]) -> Convert:
    """A date in ISO form."""
    return lambda row: moment.day.isoformat() if (moment := at(row)) else None


def month_start(pick: Pick) -> Convert:
    """The first day of a month, in ISO form."""

    def convert(row: RowView) -> object:
        text = pick(row)
        if normal(text) in BLANK_WORDS:
            return None
        try:
            return parse_month(text).isoformat()
        except BadDate:
            raise CellRefused("bad-date") from None

    return convert


def span(start: Callable[[RowView], Moment | None], end: Callable[[RowView], Moment | None]) -> Convert:
    """A duration band."""

    def convert(row: RowView) -> object:
        first, last = start(row), end(row)
        return None if first is None else duration_band(first, last)

    return convert


_DECLINED = frozenset({"declined", "refused", "not reached", "not contacted", "no reply"})


def yes_no(pick: Pick) -> Convert:
    """yes, no or unknown, from the words in use for them."""

    def convert(row: RowView) -> object:
        text = normal(pick(row))
        if text in BLANK_WORDS:
            return None
        if text in YES or text == "accepted":
            return "yes"
        if text in NO or text in _DECLINED:
            return "no"
        if text in UNKNOWN_WORDS:
            return "unknown"
        raise CellRefused("unknown-code")

    return convert


def number(pick: Pick, scale: tuple[float, float] | None, whole: bool) -> Convert:
    """A count or a score, from its scale to 0-10 where there is one."""

    def convert(row: RowView) -> object:
        text = pick(row).strip()
        if normal(text) in BLANK_WORDS or normal(text) in UNKNOWN_WORDS:
            return None
        if not re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,9})?", text):
            raise CellRefused("bad-number")
        value = float(text)
        if scale is not None:
            low, high = scale
            if not low <= value <= high:
                raise CellRefused("off-scale")
            value = round((value - low) * 10 / (high - low), 2)
        if whole:
            if not value.is_integer():
                raise CellRefused("bad-number")
            return int(value)
        return value

    return convert


def area(pick: Pick, gazetteer: Gazetteer, postcode: bool) -> Convert:
    """An area of the register, by ward or by postcode."""
    find = gazetteer.area_of_postcode if postcode else gazetteer.area

    def convert(row: RowView) -> object:
        try:
            return find(pick(row))
        except UnknownArea as error:
            raise CellRefused(error.rule) from None

    return convert


def period(pick: Pick) -> Convert:
    """A quarter or month."""

    def convert(row: RowView) -> object:
        text = pick(row).strip().upper().replace(" ", "")
        if not _PERIOD.match(text):
            raise CellRefused("bad-period")
        return text

    return convert
