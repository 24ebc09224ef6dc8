"""The training page (paragraphs 161 and 172): what was trained, did it reflect the priorities, and what changed?

It is made from releases only: needs and effects from their cells, sessions from what they carry besides the cells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.beside import as_records
from analysis.ledger.records import FeedbackRecord, SessionRecord
from analysis.training.calibration import curves
from analysis.training.detection import has_detection, weighed_by_topic, weighed_sectors
from analysis.training.effect import Outcome, Programme, broken, outcome, programmes, years_of
from analysis.training.needs import GENERAL, LIKELY, Need, listed, needs
from analysis.training.noticed import WHOLE
from analysis.training.released import ReleasedBoard, ReleasedFigure
from models.catalogue import Catalogue
from models.contract.periods import before, bounds, financial_year_of, kind_of
from models.register import Duties
from models.releases import Release, SessionHeld

RANKED = 3
"""The financial years whose needs the page uses: the newest, and the two before it."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What a sector recorded before and after a programme: its children with a sign of the topic, and with any sign."""

    sector: str
    before: tuple[ReleasedFigure, ReleasedFigure]
    after: tuple[ReleasedFigure, ReleasedFigure]


@dataclass(frozen=True, slots=True)
class Trained:
    """One programme: its outcome, and the need of the year before that it answered."""

    outcome: Outcome
    need: Need | None
    """The first need of the same sector and topic that was likely or worth asking about; None if there was none."""
    needs_known: bool
    """Whether the year before is released. Without it, nothing can be said about priorities."""
    ranked: int
    """The number of needs in the year before that were likely or worth asking about."""
    shares: tuple[Shares, ...] = ()
    """Of the trained sector and then of those that it is compared with. Empty if the two years have no such figures, or
    may not be compared."""

    @property
    def was_priority(self) -> bool:
        """Whether it answered a priority."""
        return self.need is not None


@dataclass(frozen=True, slots=True)
class Training:
    """The content of the page, for the newest released financial year."""

    year: str
    signs_judged: bool
    """Whether the release has detection shares (M18), on which needs about signs rest."""
    needs: tuple[Need, ...]
    """All needs of the year that could be weighed, in order of rank."""
    trained: tuple[Trained, ...]
    """The programmes of the two newest years: first those that answered a priority, then newest first."""
    earlier_released: bool
    """Whether the year before is released."""
    priorities_before: tuple[Need, ...]
    """The priorities of the year before."""
    priorities_trained: int
    """How many of the priorities of the year before had a session in the year."""
    sessions: tuple[SessionRecord, ...]
    feedback: tuple[FeedbackRecord, ...]
    noticed: tuple[tuple[str, float | None], ...]
    """Sector -> the ratio to what the others record from which down a gap over all signs would have been called likely
    4 times in 5; None if no gap would."""
    pairs_weighed: int
    """Pairs of sector and kind of sign that could be weighed."""
    pairs_noticed: int
    """Of these, the pairs of which some gap would have been called likely 4 times in 5."""
    without_audience: int
    """The number of sessions in the year whose audience is unknown or not recorded. They answer no sector's need."""

    @property
    def priorities(self) -> tuple[Need, ...]:
        """The needs of the year that are priorities: the likely ones, then those worth asking about."""
        return tuple(listed(self.needs))


def training(
    releases: Mapping[str, Release],
    catalogue: Catalogue,
    duties: Duties | None = None,
    apart: Collection[str] = (),
    boards_of: Mapping[str, ReleasedBoard] | None = None,
) -> Training | None:
    """The page, from the shown releases (window -> release); None without a financial year.

    It asks for those that it rests on, and no others, so that it does not grow with the years. `boards_of` has their
    board-level cells, where these are at hand.

    `duties` has the sectors that owe each act, from the register. `apart` has the years that may not be compared with
    the year before, because the series breaks between.
    """
    rests = rests_on(releases)
    years = [window for window in rests if kind_of(window) == "year"]
    if not years:
        return None
    boards = {year: boards_of[year] if boards_of else ReleasedBoard.of(releases[year]) for year in years}
    weighed = {year: weighed_by_topic(boards[year], catalogue) for year in years[-RANKED:]}
    earlier_of = {year: None if year in apart else boards.get(before(year)) for year in weighed}
    ranked = {year: needs(boards[year], catalogue, earlier_of[year], duties, weighed[year]) for year in weighed}
    sessions, feedback = as_records(held(releases, rests))
    year = years[-1]
    trained = [
        _trained(programme, sessions, feedback, boards, catalogue, ranked, apart)
        for programme in programmes(sessions)
        if financial_year_of(programme.first) >= before(year)
    ]
    trained.sort(key=_order)
    earlier = tuple(listed(ranked.get(before(year), ())))
    this_year = [session for session in sessions if financial_year_of(session.held_on) == year]
    met = {(session.audience, topic) for session in this_year for topic in session.topics}
    pairs = weighed[year]
    return Training(
        year,
        has_detection(boards[year]),
        tuple(ranked[year]),
        tuple(trained),
        before(year) in boards,
        earlier,
        sum((need.sector, need.topic) in met for need in earlier),
        sessions,
        feedback,
        tuple(
            (one.detection.sector, one.noticed(curves()["m18 any"].modelled(LIKELY)))
            for one in weighed_sectors(boards[year], (duties or Duties()).who("observe"))
        ),
        len(pairs),
        sum(one.noticed(curves()["m18"].modelled(LIKELY), WHOLE) is not None for one in pairs),
        sum(session.audience in ("unknown", "not_recorded") for session in this_year),
    )


def rests_on(windows: Collection[str]) -> list[str]:
    """The windows, of those that are released, on which the page of the newest financial year rests, in order of name.

    Programmes are of that year and the year before. What one is compared with begins in the year before its own. The
    needs of that year look back on one more. Without a financial year: none.
    """
    years = sorted(window for window in windows if kind_of(window) == "year")
    if not years:
        return []
    first = years[-1]
    for _ in range(RANKED):
        first = before(first)
    start = bounds(first)[0]
    return sorted(window for window in windows if kind_of(window) != "pair" and bounds(window)[0] >= start)


def held(releases: Mapping[str, Release], windows: Iterable[str] | None = None) -> list[SessionHeld]:
    """Every session that the releases carry, once; of some `windows`, or of all.

    The sessions of a year replace those of its quarters, which were released earlier and hold less feedback.
    """
    years = {window for window in releases if kind_of(window) == "year"}
    sessions: list[SessionHeld] = []
    for window in sorted(releases if windows is None else set(windows) & set(releases)):
        if kind_of(window) == "pair":  # its years are released too, and carry the same sessions
            continue
        if window in years or financial_year_of(bounds(window)[0]) not in years:
            sessions += releases[window].training
    return sessions


def _trained(
    programme: Programme,
    sessions: Sequence[SessionRecord],
    feedback: Sequence[FeedbackRecord],
    boards: Mapping[str, ReleasedBoard],
    catalogue: Catalogue,
    ranked: Mapping[str, Sequence[Need]],
    apart: Collection[str],
) -> Trained:
    earlier, later = years_of(programme)
    known = listed(ranked.get(earlier, ()))
    own = [need for need in known if (need.sector, need.topic) == (programme.sector, programme.topic)]
    result = outcome(programme, sessions, feedback, boards, catalogue, known, apart)
    shares: tuple[Shares, ...] = ()
    if programme.topic != GENERAL and {earlier, later} <= boards.keys() and not broken(earlier, later, apart):
        sectors = (programme.sector, *(result.effect.compared if result.effect else ()))
        shares = tuple(_shares(boards[earlier], boards[later], sector, programme.topic) for sector in sectors)
    return Trained(result, own[0] if own else None, earlier in ranked, len(known), shares)


def _shares(before: ReleasedBoard, after: ReleasedBoard, sector: str, topic: str) -> Shares:
    one, other = ((of.cell(f"m6_{topic}", sector), of.cell("m6_any", sector)) for of in (before, after))
    return Shares(sector, one, other)


def _order(trained: Trained) -> tuple[bool, bool, int, str, str]:
    """Sort key: programmes that met a priority, then those that could be compared, newest first, then by name.

    Figures never decide the order.
    """
    programme = trained.outcome.programme
    year = bounds(financial_year_of(programme.first))[0].year
    return not trained.was_priority, trained.outcome.effect is None, -year, programme.sector, programme.topic
