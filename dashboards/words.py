"""Formats of dates and windows, and the texts that pages and files share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from analysis.measures.registry import BY_ID
from models.contract.periods import PeriodKind, bounds, kind_of
from models.service.clock import LONDON

SECTORS = {
    "childrens_social_care": "Children's social care",
    "adults_services": "Adults' services",
    "childrens_homes": "Children's homes",
}
"""Sectors whose name is more than the code with spaces for underscores."""
SIGNS = {
    "missing": "going missing",
    "location": "places",
    "living": "where they live",
    "material": "money and goods",
    "online": "contact online",
    "education": "absence from school",
    "disclosure": "what they disclose",
}
"""Kinds of sign whose name, after `signs about`, is more than their code."""
KINDS: dict[PeriodKind, str] = {
    "month": "month",
    "quarter": "quarter",
    "year": "financial year",
    "pair": "pair of financial years",
}
SERVICE = "YPSEM intelligence"
_CODE = re.compile(r"\bM[0-9]{1,2}\b")
SAFETY = (
    "This service never tells you about one child. If a child is in danger call 999; otherwise use your local "
    "referral route."
)
SYNTHETIC = "Synthetic data: an invented place, invented children, no real figures"


def day(value: date) -> str:
    """`11 May 2026`."""
    return f"{value.day} {value:%B %Y}"


def short_day(value: date) -> str:
    """`11 May 2026`, `5 Jan 2026`, for pictures."""
    return f"{value.day} {value:%b %Y}"


def moment(value: datetime) -> str:
    """`11 May 2026, 14:05`, London time."""
    local = value.astimezone(LONDON)
    return f"{day(local)}, {local:%H:%M}"


def quarter(value: str) -> str:
    """`January to March 2026`, `April 2025 to March 2026`: any period."""
    return window_words(*bounds(value))


def short_quarter(value: str) -> str:
    """`Jan to Mar 2026`, `Apr 2025 to Mar 2026`, for the heads of tables."""
    start, last = bounds(value)[0], bounds(value)[1] - timedelta(days=1)
    return f"{start:%b} to {last:%b %Y}" if start.year == last.year else f"{start:%b %Y} to {last:%b %Y}"


def kind_words(value: str) -> str:
    """The kind of window, in words."""
    return KINDS[kind_of(value)]


def capital(text: str) -> str:
    """A sentence's first letter as a capital; the rest as it is."""
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """A heading's first letter as a small one, for use within a sentence; the rest as it is, and `CSE` too."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def without_codes(text: str) -> str:
    """The text with the names of measures in place of their codes: documents say `M5`, pages its title in quotes."""
    return _CODE.sub(_title, text)


def _title(code: re.Match[str]) -> str:
    measure = BY_ID.get(code[0].lower())
    return f'"{measure.definition.title}"' if measure else code[0]


def listed(names: Sequence[str]) -> str:
    """`Health, Housing and Police`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def sector_words(code: str) -> str:
    """`childrens_social_care` -> `Children's social care`."""
    return SECTORS.get(code, code.replace("_", " ").capitalize())


def sign_words(code: str) -> str:
    """`online` -> `signs about contact online`."""
    return f"signs about {SIGNS.get(code, code)}"


def window_words(starts_on: date, ends_before: date) -> str:
    """`January 2026`, `January to March 2026`, `April 2025 to March 2026`: any run of whole months.

    Two years are named as such: `April 2024 to March 2026 (two years)`.
    """
    last = ends_before - timedelta(days=1)
    if ends_before.replace(year=ends_before.year - 2) == starts_on:
        return f"{starts_on:%B %Y} to {last:%B %Y} (two years)"
    if (starts_on.year, starts_on.month) == (last.year, last.month):
        return f"{last:%B %Y}"
    if starts_on.year == last.year:
        return f"{starts_on:%B} to {last:%B %Y}"
    return f"{starts_on:%B %Y} to {last:%B %Y}"
