"""Paragraphs 161 and 172 on one page: what was trained, did it reflect the priorities, and what changed?

From releases only: needs and effects from their cells, sessions from what they carry beside the cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.beside import as_records
from analysis.ledger.records import FeedbackRecord, SessionRecord
from analysis.training.detection import has_detection
from analysis.training.effect import Outcome, Programme, outcome, programmes, years_of
from analysis.training.needs import Need, listed, needs
from analysis.training.released import ReleasedBoard
from models.catalogue import Catalogue
from models.contract.periods import before, bounds, financial_year_of, kind_of
from models.register import Duties
from models.releases import Release, SessionHeld


@dataclass(frozen=True, slots=True)
class Trained:
    """One programme: what is known of it, and the need it answered in the year before."""

    outcome: Outcome
    need: Need | None
    """The need of the same sector and topic of which something was said, the first of them; None when it answered
    none."""
    needs_known: bool
    """Whether the year before is released: without it, nothing can be said about priorities."""
    out_of: int
    """Of how many needs something was said in that year."""

    @property
    def was_priority(self) -> bool:
        """Whether it answered a need."""
        return self.need is not None


@dataclass(frozen=True, slots=True)
class Training:
    """The page, for the newest financial year that is released."""

    year: str
    signs_judged: bool
    """Whether the release has detection shares (M18), on which needs about signs rest."""
    needs: tuple[Need, ...]
    """Everything that could be weighed, in order of rank."""
    trained: tuple[Trained, ...]
    """Programmes of the two newest years, those that answered a priority first, then newest first."""
    priorities_before: tuple[Need, ...]
    """Priorities of the year before."""
    priorities_trained: int
    """How many of those had a session in the year."""
    sessions: tuple[SessionRecord, ...]
    feedback: tuple[FeedbackRecord, ...]
    without_audience: int
    """Sessions of the year for several sectors, or whose audience was not recorded: they answer no sector's need."""

    @property
    def priorities(self) -> tuple[Need, ...]:
        """Needs of which something is said: the likely ones, then those worth asking about."""
        return tuple(listed(self.needs))


def training(releases: Mapping[str, Release], catalogue: Catalogue, duties: Duties | None = None) -> Training | None:
    """The page from the releases that are shown, by window; None without a financial year.

    `duties` says which sector owes what, by the register.
    """
    years = sorted(window for window in releases if kind_of(window) == "year")
    if not years:
        return None
    boards = {year: ReleasedBoard.of(releases[year]) for year in years}
    ranked = {year: needs(boards[year], catalogue, boards.get(before(year)), duties) for year in years}
    sessions, feedback = as_records(held(releases))
    year = years[-1]
    found = [
        _trained(programme, sessions, feedback, boards, catalogue, ranked)
        for programme in programmes(sessions)
        if financial_year_of(programme.first) >= before(year)
    ]
    found.sort(key=_order)
    earlier = tuple(listed(ranked.get(before(year), ())))
    this_year = [session for session in sessions if financial_year_of(session.held_on) == year]
    met = {(session.audience, topic) for session in this_year for topic in session.topics}
    return Training(
        year,
        has_detection(boards[year]),
        tuple(ranked[year]),
        tuple(found),
        earlier,
        sum((need.sector, need.topic) in met for need in earlier),
        sessions,
        feedback,
        sum(session.audience in ("unknown", "not_recorded") for session in this_year),
    )


def held(releases: Mapping[str, Release]) -> list[SessionHeld]:
    """Every session that the releases carry, once: a year's stand for its quarters', which know of less feedback."""
    years = {window for window in releases if kind_of(window) == "year"}
    found: list[SessionHeld] = []
    for window, release in sorted(releases.items()):
        if kind_of(window) == "pair":  # its years are released beside it, and carry the same
            continue
        if window in years or financial_year_of(release.starts_on) not in years:
            found += release.training
    return found


def _trained(
    programme: Programme,
    sessions: Sequence[SessionRecord],
    feedback: Sequence[FeedbackRecord],
    boards: Mapping[str, ReleasedBoard],
    catalogue: Catalogue,
    ranked: Mapping[str, Sequence[Need]],
) -> Trained:
    earlier = years_of(programme)[0]
    known = listed(ranked.get(earlier, ()))
    own = [need for need in known if (need.sector, need.topic) == (programme.sector, programme.topic)]
    told = outcome(programme, sessions, feedback, boards, catalogue, known)
    return Trained(told, own[0] if own else None, earlier in ranked, len(known))


def _order(one: Trained) -> tuple[bool, bool, int, str, str]:
    """Those that met a priority, then those that could be compared, then newest first, by name: never by a figure."""
    first = one.outcome.programme.first
    year = bounds(financial_year_of(first))[0].year
    sector, topic = one.outcome.programme.sector, one.outcome.programme.topic
    return not one.was_priority, one.outcome.effect is None, -year, sector, topic
