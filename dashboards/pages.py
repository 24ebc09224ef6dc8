"""Renders the templates with what all pages share: formats of dates, the referral route, the synthetic banner."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboards.order import HELP_PAGES, MAIN_PAGES, MORE_PAGES
from dashboards.people.names import named
from dashboards.people.visitor import Visitor
from dashboards.words import (
    KINDS,
    SAFETY,
    SERVICE,
    SYNTHETIC,
    capital,
    day,
    kind_words,
    moment,
    quarter,
    sector_words,
    short_quarter,
    uncapital,
    window_words,
    without_codes,
)
from models.register import Board, Register

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    """One for the process, so that each template is compiled once."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": day,
        "moment": moment,
        "quarter": quarter,
        "short": short_quarter,
        "kind": kind_words,
        "words_of_kind": KINDS.__getitem__,
        "window": window_words,
        "capital": capital,
        "uncapital": uncapital,
        "plain": without_codes,
        "sector": sector_words,
        "named": named,
    }
    return environment


class Pages:
    """Renders the templates."""

    def render(
        self,
        template: str,
        register: Register | None,
        board: Board | None = None,
        visitor: Visitor | None = None,
        **view: Any,
    ) -> str:
        """Return the HTML of a page. A page that is not about one board shows the referral routes of all boards.

        Without a visitor the page leads nowhere but to signing in.
        """
        boards = [board] if board else list(register.boards if register else ())
        return (
            _environment()
            .get_template(template)
            .render(
                service=SERVICE,
                safety=SAFETY,
                synthetic_words=SYNTHETIC,
                synthetic=register is not None and register.synthetic,
                referral_boards=boards,
                board=board,
                visitor=visitor,
                main_pages=MAIN_PAGES,
                more_pages=MORE_PAGES,
                help_pages=HELP_PAGES,
                **view,
            )
        )
