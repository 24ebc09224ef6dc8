"""Which records of a sector can be tied to children, and what can therefore not be counted (docs/adr/0032).

An event without a token is in no count. If most of a sector's records have no token, its cells would say "few, or none"
about children whom the sector did record. So those cells say that they cannot be counted.

No decision here depends on what is hidden. It is made from counts of records with keyed noise, like everything beside
the cells (docs/adr/0020, 2 and 7). Whoever reads a state or a class learns what the noisy counts say, and no more.
`MOST_RECORDS` and the deviations below set the cost in privacy; `python -m analysis mechanism` measures it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, NamedTuple, get_args

from analysis.disclosure.cells import ANY
from analysis.disclosure.noise import RoundingKeys, noisy
from analysis.measures.children import BoardView
from analysis.measures.registry import OWN_RECORDS, records_of
from analysis.measures.workdays import months_after
from models.contract.codes import Sector, TokenKind
from models.contract.periods import bounds
from models.register.types import ChildRecord
from models.releases.beside import TOKEN_CLASSES, TiedRecords, TokenClass

MONTHS = 12
"""The records of this many months up to the end of the window decide. In one quarter most sectors have too few."""
LEAST_TIED = TOKEN_CLASSES["some"]
"""Below this share of tied records the cells are not counted. It is half: below it a figure would leave out more
records than it counts. Above it a figure is lower than the truth, and the class beside it says so."""
MOST_RECORDS = 4
"""At most this many records of one child and kind count in a share, so one child cannot move it further."""
TIED_DEVIATION = 12
"""Standard deviation of the noise on counts of tied records. All records of one child and kind cost as much as one
figure (4**2/12**2 is 1/3**2). One record costs a sixteenth of that."""
UNTIED_DEVIATION = 3
"""The same for records without a token, which are in no figure. One record costs as much as one figure."""
FEWEST_UNTIED = 10
"""A noisy count of records without a token below this is taken for none. If there are none, chance alone reaches it
less than once in 1,000 draws. Fewer records are about fewer children than this, so `<10` stays true."""
FEWEST_TIED = 40
"""The same for tied records."""
KINDS: Final[tuple[ChildRecord, ...]] = get_args(ChildRecord)
"""The kinds of record about children."""


class RecordCounts(NamedTuple):
    """Counts of a sector's records of one kind. Exact counts are never written anywhere."""

    others: int
    """Records of children with a token of a kind that other agencies can hold."""
    own: int
    """Records of children whom only the sector's own tokens can tie."""
    untied: int
    """Records without a token."""


DEVIATIONS: Final = RecordCounts(TIED_DEVIATION, TIED_DEVIATION, UNTIED_DEVIATION)
"""The standard deviation of the noise on each count."""
SectorKind = tuple[str, ChildRecord]
"""A sector and a kind of record."""


@dataclass(frozen=True, slots=True)
class TiedShare:
    """How many records of one sector and kind are tied to children, and how many are not, by counts with noise."""

    tied: int
    untied: int

    @property
    def token_class(self) -> TokenClass:
        """The class of the share."""
        if not self.untied and self.tied < FEWEST_TIED:
            return "too few records"
        share = self.tied / (self.tied + self.untied)
        return next(name for name, least in TOKEN_CLASSES.items() if share >= least)


@dataclass(frozen=True, slots=True)
class TiedBoard:
    """The shares of tied records for every sector of a board, in the months of one window, by counts with noise."""

    own: Mapping[SectorKind, TiedShare] = field(default_factory=dict)
    """Records that can be tied to the sector's own children."""
    others: Mapping[SectorKind, TiedShare] = field(default_factory=dict)
    """Records that can be tied to children whom others may have recorded."""

    def countable(self, measure: str, sector: str) -> bool:
        """Whether enough of the records that a measure rests on can be tied to children, for one sector.

        If the sector's own records alone decide the measure, any token ties them. Otherwise they need a token of a
        kind that other agencies can hold.
        """
        by_kind = self.own if measure in OWN_RECORDS else self.others
        shares = [by_kind[sector, kind] for kind in KINDS if kind in records_of(measure) and (sector, kind) in by_kind]
        tied, untied = sum(share.tied for share in shares), sum(share.untied for share in shares)
        return not untied or tied >= LEAST_TIED * (tied + untied)

    def released(self) -> tuple[TiedRecords, ...]:
        """The classes that a release gives."""
        return tuple(
            TiedRecords(
                sector=_named(sector), record=kind, own=self.own[sector, kind].token_class, others=share.token_class
            )
            for (sector, kind), share in sorted(self.others.items())
        )


def _named(sector: str) -> Sector | Literal["any"]:
    return "any" if sector == ANY else Sector(sector)


def span_of(window: str) -> tuple[date, date]:
    """The first day of the months whose records decide for a window, and the day after the last."""
    start, end = bounds(window)
    return min(start, months_after(end, -MONTHS)), end


def tied(seen: BoardView, window: str, keys: RoundingKeys, *, by_sector: bool = True) -> TiedBoard:
    """How far the records of each sector can be tied to children, for the release of a window.

    A board without figures by sector (docs/adr/0021) counts all agencies together, so that a child moves fewer draws.
    """
    start, end = span_of(window)
    own: dict[SectorKind, TiedShare] = {}
    others: dict[SectorKind, TiedShare] = {}
    for (sector, kind), counts in record_counts(seen, (start, end), by_sector=by_sector).items():
        drawn = RecordCounts(
            *(
                noisy(count, f"tied|{sector}|{kind}|{name}|{start}|{end}", keys, deviation)
                for name, count, deviation in zip(RecordCounts._fields, counts, DEVIATIONS, strict=True)
            )
        )
        untied = drawn.untied if drawn.untied >= FEWEST_UNTIED else 0
        alone = drawn.own if drawn.own >= FEWEST_TIED else 0
        shared = max(0, drawn.others)
        own[sector, kind] = TiedShare(shared + alone, untied)
        others[sector, kind] = TiedShare(shared, untied + alone)
    return TiedBoard(own, others)


def record_counts(
    seen: BoardView, span: tuple[date, date], *, by_sector: bool = True
) -> dict[SectorKind, RecordCounts]:
    """The exact counts of every sector and kind, also where there are no such records.

    At most `MOST_RECORDS` records of one child and kind count. A record counts on the day on which it happened.
    """
    start, end = span
    number_of: Counter[tuple[str, str, str]] = Counter()
    children = {sector: view.children for sector, view in seen.sectors.items()} if by_sector else {ANY: seen.children}
    for sector, own in children.items():
        for child in own.values():
            tied_by = "own" if {kind for kind, _ in child.tokens} <= {TokenKind.LOCAL} else "others"
            for kind in KINDS:
                number = sum(start <= record.occurred_on < end for record in child.of_type(kind))
                number_of[sector, kind, tied_by] += min(MOST_RECORDS, number)
    for (agency, kind_of, day), number in seen.untied.items():
        if start <= day < end:
            number_of[seen.sector_of.get(agency, "") if by_sector else ANY, kind_of, "untied"] += number
    return {
        (sector, kind): RecordCounts(*(number_of[sector, kind, name] for name in RecordCounts._fields))
        for sector in children
        for kind in KINDS
    }
