"""Dates as exports write them: dd/mm/yyyy with or without a time, and Excel serial numbers; nothing else.

`01/31/2025` is a month-first date and is refused: guessing the order of day and month would move episodes by months.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from agencies.errors import RowError
from agencies.generalise import Moment

DateFormat = Literal["dd/mm/yyyy", "iso"]

_CLOCK = r"(?:[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?)?"
_DMY = re.compile(r"^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})" + _CLOCK + "$")
_ISO = re.compile(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})" + _CLOCK + "$")
_SERIAL = re.compile(r"^[0-9]{5}(?:\.[0-9]+)?$")
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  (a spreadsheet's clock has no zone; London is given by `Moment`)
_MONTH = re.compile(r"^(?:([0-9]{1,2})/([0-9]{4})|([0-9]{4})-([0-9]{2})|([a-z]{3,9})[ -]+([0-9]{4}))$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)


class BadDate(RowError):
    """Text that is not a date we accept; `month_first` when it is provably mm/dd/yyyy."""

    def __init__(self, month_first: bool = False) -> None:
        super().__init__("bad-date")
        self.month_first = month_first


@lru_cache(maxsize=65536)
def parse_moment(text: str, date_format: DateFormat = "dd/mm/yyyy") -> Moment:
    """A cell's date; raises `BadDate`. Excel serials count days from 1899-12-30, their fraction is the time of day."""
    text = text.strip()
    if _SERIAL.match(text):
        return _from_serial(float(text), "." in text)
    if date_format == "iso":
        found = _ISO.match(text)
        year, month, day = (found[1], found[2], found[3]) if found else ("0", "0", "0")
    else:
        found = _DMY.match(text)
        day, month, year = (found[1], found[2], found[3]) if found else ("0", "0", "0")
    if found is None:
        raise BadDate
    try:
        clock = time(int(found[4]), int(found[5]), int(found[6] or 0)) if found[4] else None
        return Moment(date(int(year), int(month), int(day)), clock)
    except ValueError:
        raise BadDate(month_first=int(month) > 12 and int(day) <= 12) from None


def _from_serial(serial: float, has_fraction: bool) -> Moment:
    # 20000 is October 1954, 60000 April 2064: outside of it a five-digit number is not a date of this service.
    if not 20000 <= serial < 60000:
        raise BadDate
    moment = _EXCEL_ZERO + timedelta(seconds=round(serial * 86400))
    return Moment(moment.date(), moment.time() if has_fraction else None)


@lru_cache(maxsize=4096)
def parse_month(text: str) -> date:
    """First day of `03/2025`, `2025-03`, `March 2025` or `Mar-2025`; raises `BadDate`."""
    found = _MONTH.match(text.strip().casefold())
    if found is None:
        raise BadDate
    if found[5]:
        word = found[5]
        known = word in _MONTHS or word in _FULL_MONTHS
        month, year = (_MONTHS.index(word[:3]) + 1 if known else 0), int(found[6])
    else:
        month, year = int(found[1] or found[4]), int(found[2] or found[3])
    try:
        return date(year, month, 1)
    except ValueError:
        raise BadDate from None
