"""What reading a file gives: its rows, and what is true of the file as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from agencies.errors import AgencyError
from agencies.rows import Row
from models.contract.refusals import Refusal


class UnreadableFile(AgencyError):
    """A file no row of which can be trusted; `rule` and the message name columns and settings, never a value."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows of one file, in file order, and file-level facts; iterating it gives the rows."""

    rows: list[Row]
    source: str
    """Name of the format or of the mapping, for the summary."""
    rules_not_run: dict[str, str] = field(default_factory=dict)
    """Rule id -> why it was not run (`needs an Episodes file`)."""
    rules_run: tuple[str, ...] = ()
    """Numbered rules that were run on every row."""
    file_warnings: list[Refusal] = field(default_factory=list)
    """Warnings about the file that no single row carries."""

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)
