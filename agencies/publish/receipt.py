"""The receipt a publish ends with: every row of the file accounted for, as text or JSON, without a value in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agencies.publish.follow import Followed


@dataclass(slots=True)
class Receipt:
    """Counts of the agency's own rows and messages, for the agency alone."""

    agency: str
    format: str = ""
    mapping: str | None = None
    rows_read: int = 0
    rows_refused: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    skipped: int = 0
    repeated: int = 0
    new: int = 0
    revised: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    erased: int = 0
    """Events of records that were erased: they stay away."""
    published: int = 0
    published_earlier_spool: int = 0
    published_again: int = 0
    """Acknowledged once before; the service had never read them."""
    spooled: int = 0
    broker: str | None = None
    intake: Followed | None = None

    def as_dict(self) -> dict[str, object]:
        """For `--json`: stable names, sorted rules."""
        found: dict[str, object] = {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name not in ("refused", "warnings", "intake")
        }
        found["refused"] = dict(sorted(self.refused.items()))
        found["warnings"] = dict(sorted(self.warnings.items()))
        found["intake"] = None if self.intake is None else self.intake.as_dict()
        return found

    def lines(self) -> Iterator[str]:
        """For people."""
        yield (
            f"{self.rows_read} rows read; {self.rows_refused} refused, {self.duplicates} duplicates, "
            f"{self.skipped} about something else"
        )
        yield from by_rule("refused by", self.refused)
        yield from by_rule("warned by", self.warnings)
        if self.repeated:
            yield f"  {self.repeated} rows repeat a record that comes again further down; the last one counts"
        if self.erased:
            yield f"  {self.erased} events were erased before, and are not sent again"
        yield (
            f"{self.new} new, {self.revised} revised, {self.withdrawn} withdrawn, "
            f"{self.unchanged} already published and unchanged"
        )
        yield from self.delivery_lines()

    def delivery_lines(self) -> Iterator[str]:
        """What became of the messages."""
        earlier = f", and {self.published_earlier_spool} that were spooled before" * bool(self.published_earlier_spool)
        yield f"{self.published} published (acknowledged by the broker){earlier}"
        if self.published_again and self.intake is None:  # else said below
            yield f"{self.published_again} published again: the service never read them"
        if self.spooled:
            yield f"spooled {self.spooled}: {self.broker}; run `python -m agencies drain`"
        elif self.broker:
            yield f"receipts not read: {self.broker}"
        if self.intake is not None:
            yield from self.intake.lines()


def by_rule(what: str, counted: Mapping[str, int]) -> Iterator[str]:
    """`  refused by 1004: 3`, most frequent first."""
    for rule, n in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {what} {rule}: {n}"
