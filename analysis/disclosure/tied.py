"""Which records of a sector can be tied to children, and what can therefore not be counted (docs/adr/0032).

An event without a token is in no count. Where most of a sector's records are such, its cells would say "few, or none"
of children whom it did record. So they say that they cannot be counted.

Nothing here looks at what is hidden. The decision is made of counts of records with keyed noise, as what stands beside
the cells is (docs/adr/0020, 2 and 7): whoever reads a state or a class learns what the noisy counts say, and no more.
What that costs is `MOST_RECORDS` and the deviations below; `python -m analysis mechanism` measures it.
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
"""Records of so many months up to the end of a window decide: in a quarter most sectors have too few to tell."""
LEAST_TIED = TOKEN_CLASSES["some"]
"""Under this share of tied records nothing is counted of them. Half: below it a figure would be of fewer records than
it leaves out. Above it a figure is of children who are known, fewer than there are, and the class beside it says so."""
MOST_RECORDS = 4
"""Of a child, of one kind, in a share: so much a child can move it."""
TIED_DEVIATION = 12
"""Standard deviation of the draw of tied records. All of one child's of a kind cost what one figure costs: 4**2/12**2
is 1/3**2; one record costs a sixteenth of that."""
UNTIED_DEVIATION = 3
"""The same of records without a token, which are in no figure. One costs what a figure costs."""
FEWEST_UNTIED = 10
"""So many records without a token, by the count with its draw, before a share of them is acted on: without any there
are as many by chance less than once in 1,000 times. Fewer are at most as many children, of whom `<10` is true."""
FEWEST_TIED = 40
"""The same of tied records."""
KINDS: Final[tuple[ChildRecord, ...]] = get_args(ChildRecord)
"""The kinds of record about children."""


class RecordCounts(NamedTuple):
    """A sector's records of one kind. Exact ones are never written."""

    others: int
    """Of children with a kind of token that other agencies can hold."""
    own: int
    """Of children whom the sector's own tokens tie, and nobody else's could."""
    untied: int
    """Without a token."""


DEVIATIONS: Final = RecordCounts(TIED_DEVIATION, TIED_DEVIATION, UNTIED_DEVIATION)
"""Of the draw of each."""
SectorKind = tuple[str, ChildRecord]
"""A sector and a kind of record."""


@dataclass(frozen=True, slots=True)
class TiedShare:
    """The records of one sector and kind, by counts with noise: a share of them can be counted."""

    tied: int
    untied: int

    @property
    def told(self) -> TokenClass:
        """The class of the share."""
        if not self.untied and self.tied < FEWEST_TIED:
            return "too few records"
        share = self.tied / (self.tied + self.untied)
        return next(name for name, least in TOKEN_CLASSES.items() if share >= least)


@dataclass(frozen=True, slots=True)
class TiedBoard:
    """All sectors of a board with records in the months of one window, by counts with noise."""

    own: Mapping[SectorKind, TiedShare] = field(default_factory=dict)
    """Records that can be tied to the sector's own children."""
    others: Mapping[SectorKind, TiedShare] = field(default_factory=dict)
    """Records that can be tied to children whom others may have recorded."""

    def countable(self, measure: str, sector: str) -> bool:
        """Whether enough of the records that a measure rests on can be tied, of a sector.

        To its own children where its own records alone decide the measure, else to those of others too.
        """
        of = self.own if measure in OWN_RECORDS else self.others
        shares = [of[sector, kind] for kind in KINDS if kind in records_of(measure) and (sector, kind) in of]
        tied, untied = sum(one.tied for one in shares), sum(one.untied for one in shares)
        return not untied or tied >= LEAST_TIED * (tied + untied)

    def released(self) -> tuple[TiedRecords, ...]:
        """What a release says of it."""
        return tuple(
            TiedRecords(sector=_named(sector), record=kind, own=self.own[sector, kind].told, others=share.told)
            for (sector, kind), share in sorted(self.others.items())
        )


def _named(sector: str) -> Sector | Literal["any"]:
    return "any" if sector == ANY else Sector(sector)


def span_of(window: str) -> tuple[date, date]:
    """The months whose records decide for a window: half open."""
    start, end = bounds(window)
    return min(start, months_after(end, -MONTHS)), end


def tied(seen: BoardView, window: str, keys: RoundingKeys, *, by_sector: bool = True) -> TiedBoard:
    """How far the records of each sector can be tied to children, for the release of a window.

    Of a board without figures by sector (docs/adr/0021) all agencies' together: fewer draws that a child moves.
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
    """Exact: every sector and kind, whether it has such records or not. Of a child so many of a kind at most.

    A record is of the day on which it happened.
    """
    start, end = span
    found: Counter[tuple[str, str, str]] = Counter()
    children = {sector: view.children for sector, view in seen.sectors.items()} if by_sector else {ANY: seen.children}
    for sector, own in children.items():
        for child in own.values():
            of = "own" if {kind for kind, _ in child.tokens} <= {TokenKind.LOCAL} else "others"
            for kind in KINDS:
                number = sum(start <= record.occurred_on < end for record in child.of_type(kind))
                found[sector, kind, of] += min(MOST_RECORDS, number)
    for (agency, kind_of, day), number in seen.untied.items():
        if start <= day < end:
            found[seen.sector_of.get(agency, "") if by_sector else ANY, kind_of, "untied"] += number
    return {
        (sector, kind): RecordCounts(*(found[sector, kind, name] for name in RecordCounts._fields))
        for sector in children
        for kind in KINDS
    }
