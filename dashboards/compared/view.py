"""Reads what the page compares, from the releases that are shown, and puts it in order: by name, never by figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.measures.registry import BY_ID, DEFINITIONS
from analysis.shown.quotients import PER, Quotient, rate, share
from dashboards import breaks
from dashboards.begun import partly
from dashboards.compared import similar
from dashboards.compared.expected import ExpectedRow, SignRow, expected_rows, sign_rows
from dashboards.compared.past import PastRow, past_rows
from dashboards.compared.similar import Likeness, Made, Reading, Readings
from dashboards.findings import pairs as findings
from dashboards.measures.entries import quotient
from dashboards.measures.known import Known
from dashboards.words import KINDS, capital, quarter
from models.contract.periods import before, bounds, kind_of
from models.register import Board


@dataclass(frozen=True)
class ComparedRow:
    """One share or rate of two boards."""

    words: str
    measure: str
    own: str
    other: str
    told: str


@dataclass(frozen=True)
class Candidate:
    """A board that the visitor sees besides this one, by what the register says of it."""

    code: str
    name: str
    same: tuple[str, ...]
    """What makes it similar."""
    apart: tuple[str, ...]
    """What makes it unlike."""

    @property
    def similar(self) -> bool:
        """Whether it is like this board in every way that is looked at."""
        return not self.apart


@dataclass(frozen=True)
class OtherBoard:
    """The board that this one is compared with."""

    candidate: Candidate
    year: str
    """In words; empty if none is released for both."""
    obstacles: tuple[str, ...]
    """Why no difference is told."""
    doubts: tuple[str, ...]
    rows: tuple[ComparedRow, ...]

    @property
    def tells(self) -> bool:
        """Whether differences are told at all."""
        return self.candidate.similar and not self.obstacles

    @property
    def differ(self) -> tuple[ComparedRow, ...]:
        """The rows with a difference to tell."""
        return tuple(row for row in self.rows if row.told in ("higher there", "lower there"))


@dataclass(frozen=True)
class ComparedPage:
    """All of the page."""

    period: str
    """The newest of the board's longest periods, in words; empty without one."""
    kind: str
    past: tuple[PastRow, ...]
    why_no_past: str
    expected: tuple[ExpectedRow, ...]
    signs: tuple[SignRow, ...]
    weighed: int
    """Pairs of a sector and a kind of sign that could be weighed."""
    candidates: tuple[Candidate, ...]
    """By name."""
    other: OtherBoard | None
    """The one that was chosen."""


def candidates_of(board: Board, seen: Sequence[Board]) -> tuple[Candidate, ...]:
    """The other boards that a visitor sees, by name."""
    own = _likeness(board)
    found = (Candidate(one.code, one.name, *similar.alike(own, _likeness(one))) for one in seen)
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def chosen(candidates: Sequence[Candidate], code: str) -> Candidate | None:
    """The one of this code; without a code the first by name that is similar, or the first. Raises `KeyError` for a
    code that is not among them."""
    if code:
        return {one.code: one for one in candidates}[code]
    return next((one for one in candidates if one.similar), next(iter(candidates), None))


def compared_page(
    known: Known, candidates: tuple[Candidate, ...], other: tuple[Candidate, Known] | None
) -> ComparedPage:
    """The page of one board, beside the one that was chosen, if there is any."""
    past, why = _past(known)
    signs, weighed = sign_rows(known)
    period = quarter(known.headline) if known.headline else ""
    beside = _other(known, *other) if other else None
    return ComparedPage(
        period, KINDS[known.longest], past, why, expected_rows(known), signs, weighed, candidates, beside
    )


def _past(known: Known) -> tuple[tuple[PastRow, ...], str]:
    kind, window, shown = KINDS[known.longest], known.headline, known.documents.shown
    earlier = before(window) if window else ""
    if window not in shown or earlier not in shown:
        return (), f"Nothing can be compared yet: it takes two released {kind}s, one after the other."
    if breaks.apart(known.board, window):
        return (), f"Nothing is compared with the {kind} before, because the series breaks."
    now, then = shown[window], shown[earlier]
    of_board = tuple(findings.of_board(known.board, now, then))
    return past_rows(of_board, findings.pairs(known.board, now, then)), ""


def _other(known: Known, candidate: Candidate, other: Known) -> OtherBoard:
    common = sorted(set(known.boards) & set(other.boards), key=lambda window: bounds(window)[1])
    year = next((window for window in reversed(common) if kind_of(window) == "year"), "")
    own, others = _made(known, year), _made(other, year)
    obstacles = similar.obstacles(own, others)
    rows = _rows(known, other, year, tell=candidate.similar and not obstacles) if year else ()
    doubts = () if obstacles else similar.doubts(own, others)
    return OtherBoard(candidate, quarter(year) if year else "", obstacles, doubts, rows)


def _likeness(board: Board) -> Likeness:
    population = sum(ward.population_10_17 for ward in board.wards)
    return Likeness(population, len(board.wards), board.releases)


def _made(known: Known, year: str) -> Made:
    board, released = known.board, known.documents.standing.get(year)
    within = [one for one in board.breaks if year and bounds(year)[0] < one.day < bounds(year)[1]]
    notes = breaks.of_window(board, year) if any(one.kind != "places" for one in within) else ()
    returned = (released.agencies_returned, released.agencies_expected) if released else (0, 0)
    return Made(board.name, year, returned, released.linked_share if released else "", notes)


def _rows(known: Known, other: Known, year: str, *, tell: bool) -> tuple[ComparedRow, ...]:
    own, others = _readings(known, year), _readings(other, year)
    both = [name for name in own if name in others]
    return tuple(
        ComparedRow(
            words,
            measure,
            own[measure, words].text,
            others[measure, words].text,
            similar.told(own[measure, words], others[measure, words], len(both)) if tell else "not compared",
        )
        for measure, words in both
    )


def _readings(known: Known, year: str) -> Readings:
    """The headline shares and rates of the whole board. One that counts part of the year only is left out."""
    figures, release = known.boards[year], known.documents.shown[year]
    found: dict[tuple[str, str], Reading] = {}
    for definition in DEFINITIONS:
        if partly(release, definition.id):
            continue
        for column in BY_ID[definition.id].columns:
            if not column.headline or column.unit not in ("share", "rate") or not figures.has(column.part):
                continue
            part = figures.cell(column.part)
            whole = known.population if column.unit == "rate" else figures.cell(column.whole)
            result = rate(part, known.population) if isinstance(whole, int) else share(part, whole)
            words = f"{definition.title}: {_per(column.words) if column.unit == 'rate' else column.words}"
            found[definition.id, capital(words)] = Reading(_text(column.unit, result), result, part, whole)
    return found


def _per(words: str) -> str:
    return words.replace("Per 10,000", f"children for every {PER:,}")


def _text(unit: str, result: Quotient) -> str:
    shown, beside, _ = quotient("rate" if unit == "rate" else "share", result)
    return f"{shown.text} (likely {beside})" if beside else shown.text
