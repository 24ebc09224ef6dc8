"""What the evidence is made from: counts and figures of one board, read from what its other pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from analysis.shown import measure as shown
from analysis.shown.measure import PageTable
from analysis.shown.quotients import span
from analysis.shown.training import Training
from dashboards import breaks, states, themes
from dashboards.compared.expected import CANNOT, FEWER, expected_rows
from dashboards.measures.entries import Told, told
from dashboards.measures.known import OPERATIONAL, Known
from dashboards.queries.releases import newest_first
from dashboards.training import view as training_view
from dashboards.words import day, quarter, sector_words
from models.catalogue import shipped
from models.contract.codes import Sector
from models.register import Duties
from models.store import SignalRow
from models.store.actions import Impact, Listed
from models.store.actions import actions as actions_of

COUNTED = ("m1", "m2", "m7", "m8", "m9", "m10", "m16", "m21")
"""The measures whose figures are evidence (`dashboards.inspection.evidence`)."""
Name = tuple[str, str, str]
"""Measure, part and whole of a column; without a whole it counts children."""


class Said(NamedTuple):
    """An entry as its page shows it."""

    text: str
    between: str = ""
    """The likely range of a figure."""
    figure: bool = False

    @property
    def full(self) -> str:
        """The figure with its range."""
        return f"{self.text} (likely {self.between})" if self.between else self.text


@dataclass(frozen=True)
class ActionCounts:
    """How some actions stand."""

    all: int
    closed: int
    overdue: int
    evidenced: int
    """Those for which somebody recorded evidence of what changed."""
    told: int
    """Those of which every agency was told."""


@dataclass(frozen=True)
class BoardActions:
    """The actions of a board on a day."""

    listed: tuple[Listed, ...]
    agencies: frozenset[str]
    today: date

    def of(self, source: str = "") -> ActionCounts:
        """How those from one source stand, or all."""
        some = [action for action in self.listed if not source or action.source == source]
        return ActionCounts(
            len(some),
            sum(action.closed_on is not None for action in some),
            sum(action.overdue(self.today) for action in some),
            sum(action.impact == Impact.EVIDENCED for action in some),
            sum(self.agencies <= action.told for action in some),
        )


class Programmes(NamedTuple):
    """Training programmes of two years: all, those that could be compared, and those that changed clearly."""

    all: int
    compared: int
    clear: int


@dataclass(frozen=True)
class Facts:
    """All of it. None stands for what cannot be worked out, which is not 0."""

    year: str
    """The newest of the board's longest periods, in words."""
    today: str
    counted: Mapping[Name, Said]
    returns: tuple[int, int, int]
    """Due, received, on time."""
    schools: tuple[int, int]
    """Returns of education: received, due."""
    releases: int
    newest: str
    """The newest period of an approved release, in words."""
    approved: str
    """The day on which it was approved, in words; empty if not known."""
    actions: BoardActions
    heard: Mapping[str, states.Shown]
    """Whose voice -> how many people were heard."""
    sessions: tuple[int, int]
    """Training sessions, and staff who came."""
    met: tuple[int, int] | None
    """Training needs of the year before that had a session, of all."""
    programmes: Programmes | None
    needs: int | None
    coverage: tuple[int, int] | None
    """Sectors with a kind of sign that they recorded for few children or none, of all."""
    expected: tuple[tuple[str, ...], int] | None
    """Sectors that raised clearly fewer concerns than expected, by name; how many could be compared."""
    schools_expected: Said | None
    signals: tuple[int, int]
    """Opened in the period; open now."""


def facts_of(known: Known) -> Facts:
    """Everything that is known of a board, in one transaction."""
    window = known.headline
    windows = (window,) if window else ()
    findings = _training(known)
    shown_releases = newest_first([row for row in known.documents.standing.values() if row.shown])
    newest = shown_releases[0] if shown_releases else None
    due, received, in_time = _numbers(known.tables("m5", windows)[0], 3)
    sessions, came = _numbers(known.tables("m15", windows)[0], 2)
    expected, schools = _expected(known)
    return Facts(
        year=quarter(window) if window else "no period yet",
        today=day(known.today),
        counted=dict(_counted(known, windows)),
        returns=(due, received, in_time),
        schools=_schools(known, windows),
        releases=len(shown_releases),
        newest=quarter(newest.window) if newest else "",
        approved=day(newest.since.date()) if newest and newest.since else "",
        actions=BoardActions(
            tuple(actions_of(known.connection, known.board.code)), frozenset(known.agencies), known.today
        ),
        heard=_heard(known),
        sessions=(sessions, came),
        met=_met(findings),
        programmes=_programmes(findings),
        needs=len(findings.priorities) if findings else None,
        coverage=_coverage(known),
        expected=expected,
        schools_expected=schools,
        signals=(_numbers(known.tables("m13", windows)[0], 1)[0], _open_signals(known)),
    )


def _numbers(table: PageTable, wanted: int) -> tuple[int, ...]:
    entries = table.lines[0].entries if table.lines else ()
    found = [entry.number or 0 for entry in entries[:wanted]]
    return tuple(found + [0] * (wanted - len(found)))


def _counted(known: Known, windows: tuple[str, ...]) -> Sequence[tuple[Name, Said]]:
    found: list[tuple[Name, Said]] = []
    for name in COUNTED:
        table = shown.by_window(name, known.boards, windows, known.population, known.board.releases)
        for line in table.lines:
            for column, entry in zip(table.columns, line.entries, strict=False):
                if column.unit not in ("children", "share"):
                    continue
                said = _said(told(column, entry))
                if said.figure and entry.cell is not None and (counts := span(entry.cell)):
                    said = said._replace(between=f"{counts[0]:,} to {counts[1]:,}")
                found.append(((name, column.part, column.whole), said))
    return found


def _said(entry: Told) -> Said:
    return Said(entry.shown.text, entry.beside, entry.shown.css == "figure")


def _schools(known: Known, windows: tuple[str, ...]) -> tuple[int, int]:
    _, split = known.tables("m5", windows)
    schools = {a.id for a in known.register.agencies_of(known.board.code) if a.sector is Sector.EDUCATION}
    own = [line.entries for line in (split.lines if split else ()) if line.name in schools]
    return sum(entries[1].number or 0 for entries in own), sum(entries[0].number or 0 for entries in own)


def _heard(known: Known) -> Mapping[str, states.Shown]:
    release = known.release
    return {str(voice.voice): themes.show(voice.people) for voice in (release.voices if release else ())}


def _training(known: Known) -> Training | None:
    if not known.board.has_sectors:
        return None
    apart = breaks.years_apart(known.board, known.documents.shown)
    return training_view.of(known.documents, Duties.of(known.register, known.board), apart)


def _met(findings: Training | None) -> tuple[int, int] | None:
    if findings is None or not findings.earlier_released:
        return None
    return findings.priorities_trained, len(findings.priorities_before)


def _programmes(findings: Training | None) -> Programmes | None:
    if findings is None:
        return None
    effects = [trained.outcome.effect for trained in findings.trained]
    compared = [effect for effect in effects if effect is not None]
    return Programmes(len(effects), len(compared), sum(effect.clear for effect in compared))


def _coverage(known: Known) -> tuple[int, int] | None:
    board = known.boards.get(known.headline)
    if board is None or not board.sectors():
        return None
    return len(shown.prompts(board, shipped())), len(board.sectors())


def _expected(known: Known) -> tuple[tuple[tuple[str, ...], int] | None, Said | None]:
    """As the page of comparison has it: sectors clearly below what we expect, and education's multiple."""
    rows = expected_rows(known)
    compared = [row for row in rows if row.told != CANNOT]
    below = tuple(row.sector for row in compared if row.told == FEWER)
    education = next((row for row in rows if row.sector == sector_words(Sector.EDUCATION)), None)
    schools = education and Said(education.figure, education.beside, education.told != CANNOT)
    return ((below, len(compared)) if compared else None), schools


def _open_signals(known: Known) -> int:
    row = SignalRow
    wanted = (row.board == known.board.code, row.kind.not_in(OPERATIONAL), row.closed_on.is_(None))
    return len(list(known.connection.scalars(select(row.signal_id).where(*wanted))))
