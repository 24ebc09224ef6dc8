"""What a form holds as it was sent; the door has checked its size, its kind and its token before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request


@dataclass(frozen=True)
class SentForm:
    """The fields of a form. What is missing reads as empty."""

    fields: Mapping[str, list[str]]

    def one(self, name: str) -> str:
        """A field's only value, without spaces around it; of several values the first."""
        return self.fields.get(name, [""])[0].replace("\r\n", "\n").strip()

    def many(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may have several."""
        return tuple(self.fields.get(name, ()))

    def number(self, name: str) -> int:
        """A whole number that our own form carries; 0 for anything else."""
        return whole_number(self.one(name))

    def day(self, name: str) -> date | None:
        """A day from its three fields; None if all are empty. Raises `ValueError` for anything that is no day."""
        parts = [self.one(f"{name}-{part}") for part in ("day", "month", "year")]
        if not any(parts):
            return None
        if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
            raise ValueError("no day")
        return date(int(parts[2]), int(parts[1]), int(parts[0]))


def whole_number(text: str) -> int:
    """A whole number that our own pages wrote and a database can hold; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


NOTHING = SentForm({})


async def sent_of(request: Request) -> SentForm:
    """The form of a request."""
    body = (await request.body()).decode("utf-8", "replace")
    fields = parse_qs(body, keep_blank_values=True)
    return SentForm({name: [_plain(value) for value in values] for name, values in fields.items()})


def _plain(text: str) -> str:
    """Without control characters, which no keyboard types and no database keeps; lines stay."""
    return "".join(character for character in text if character.isprintable() or character in "\r\n\t")


Posted = Annotated[SentForm, Depends(sent_of)]
"""A handler's parameter for the form that was sent to it."""
