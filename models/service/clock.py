"""The process clock: system time, shifted by `YPSEM_CLOCK_OFFSET_SECONDS` in demo and tests."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """The present in UTC, whole seconds."""
    offset = int(os.environ.get("YPSEM_CLOCK_OFFSET_SECONDS", "0"))
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=offset)


def today() -> date:
    """Today's calendar date in London."""
    return now().astimezone(LONDON).date()
