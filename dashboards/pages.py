"""Templates and what all of them share: how dates and quarters read, the referral route, the synthetic banner."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.contract.clock import LONDON
from models.contract.periods import bounds
from models.register import Board, Register

_TEMPLATES = Path(__file__).parent / "templates"
SERVICE = "YPSEM intelligence"


class Pages:
    """Renders the templates."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"day": day, "moment": moment, "quarter": quarter, "short": short_quarter}

    def render(self, template: str, register: Register | None, board: Board | None = None, **view: Any) -> str:
        """The HTML of one page; on a page of no single board the referral routes of all are given."""
        boards = [board] if board else list(register.boards if register else ())
        return self._environment.get_template(template).render(
            service=SERVICE,
            synthetic=register is not None and register.synthetic,
            referral_boards=boards,
            board=board,
            **view,
        )


def day(value: date) -> str:
    """`11 May 2026`."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """`11 May 2026, 14:05`, London time."""
    local = value.astimezone(LONDON)
    return f"{day(local)}, {local:%H:%M}"


def quarter(value: str) -> str:
    """`January to March 2026`."""
    start, end = bounds(value)
    last = date(start.year, 12 if end.month == 1 else end.month - 1, 1)
    return f"{start:%B} to {last:%B %Y}"


def short_quarter(value: str) -> str:
    """`Jan to Mar 2026`, for the heads of tables."""
    start, end = bounds(value)
    last = date(start.year, 12 if end.month == 1 else end.month - 1, 1)
    return f"{start:%b} to {last:%b %Y}"
