"""The content of every file of a release, whatever its format: facts, ordered lines, notes. Pure.

All of it comes from the release, and from the names in the register version that the release was built with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from analysis.disclosure.accuracy import apart_words, error_words
from analysis.disclosure.release_file import rule_of
from analysis.measures.registry import MEASURE_WORDS
from dashboards import breaks, states, themes
from dashboards.begun import every_begun
from dashboards.exports.lines import DocumentLine, VoiceLine, by_question, lines_of, voices_of
from dashboards.exports.questions import Question
from dashboards.labels import Names, words_of
from dashboards.life.listing import Correction
from dashboards.tied import class_words, name_of, not_in_totals
from dashboards.words import SAFETY, SYNTHETIC, day, moment, window_words
from models.contract.periods import kind_of
from models.register.types import Schedule
from models.releases import NoiseParameters, Release
from models.service.clock import LONDON

HANDLING = "Handling: for the YPSEM group and the agencies in its agreements"
MEASURES = MEASURE_WORDS
"""Measures without an entry appear by their code."""
NOTES = (
    "The figures show what agencies recorded, not what happened. Absence of records is not absence of harm, and a rise "
    "after training is often recognition.",
    "A release counts what had arrived by its cut-off and is never changed. A record that cannot be tied to a child is "
    "in no figure.",
    "Lines are in alphabetical order, never in order of figures: places and agencies are not ranked.",
)


YEAR_NOTES = (
    "Yearly figures include records that came after a quarter's cut-off. The quarters do not add up to the year: a "
    "child counted in two of them counts once in the year.",
)
PAIR_NOTES = (
    "Over two years a child counts once, however often it is recorded; a child who moved counts in both towns. A pair "
    "is not the sum of its years, may hold records that came after the first year's cut-off, and shares a year with "
    "the next pair.",
)
FEW_NOTES = (
    "Few children are counted in this board, so it releases financial years and pairs of them, for the whole board "
    "and its towns. Figures by quarter, sector or ward would say next to nothing.",
)


def notes_of(window: str, schedule: Schedule) -> tuple[str, ...]:
    """What a reader has to know of a window's figures, on a board with this schedule."""
    few = schedule == "years_and_pairs_of_years"
    own = {"pair": PAIR_NOTES, "year": () if few else YEAR_NOTES}.get(kind_of(window), ())
    return NOTES + own + (FEW_NOTES if few else ())


@dataclass(frozen=True)
class ExportDocument:
    """A release, ready to be written in any format."""

    release: Release
    title: str
    board: str
    period: str
    synthetic: str
    """The notice that the data are synthetic, or empty."""
    facts: tuple[tuple[str, str], ...]
    tied: tuple[tuple[str, str], ...]
    """By sector and kind of record, the share that can be tied to a child, in words. Empty in older releases."""
    safety: str
    referral_route: str
    key: tuple[tuple[str, str], ...]
    error: str
    """How far a figure may be from the number of children."""
    notes: tuple[str, ...]
    lines: tuple[DocumentLine, ...]
    voices: tuple[VoiceLine, ...]
    """What people said, in the order of pages. Empty in a release that does not hold it."""
    voices_key: tuple[tuple[str, str], ...]
    """What the entries of that table mean."""
    voices_notes: tuple[str, ...]
    """The error of its figures, and what a reader has to know of them."""
    corrections: tuple[tuple[str, str], ...] = ()
    """Measure (empty for all) and words of each notice. They belong to this file: the release never changes."""

    @property
    def questions(self) -> tuple[tuple[Question, tuple[DocumentLine, ...]], ...]:
        """The lines about children under each question, both in order."""
        return tuple((question, tuple(lines)) for question, lines in by_question(self.lines).items())

    def corrected(self, measure: str) -> str:
        """The notice on a count, or on all of the release, in words; empty if there is none. A figure has one."""
        return next((notice for of, notice in self.corrections if of in ("", measure)), "")


def document(release: Release, names: Names, corrections: Iterable[Correction] = ()) -> ExportDocument:
    """The document of a release, with the correction notices made so far."""
    board = names.board or release.board
    period = window_words(release.starts_on, release.ends_before)
    rule = rule_of(release.parameters)
    return ExportDocument(
        release=release,
        title=f"{board}: children, {period}",
        board=board,
        period=period,
        synthetic=SYNTHETIC if release.synthetic else "",
        facts=_facts(release, board, period),
        tied=tuple((name_of(records), class_words(records.own)) for records in release.tied),
        safety=SAFETY,
        referral_route=names.referral_route,
        key=states.file_key(rule),
        error=error_words(rule),
        notes=(
            apart_words(rule),
            *(breaks.of_window(names.listed, release.window, places=True) if names.listed else ()),
            *_begun(release),
            *notes_of(release.window, names.schedule),
        ),
        lines=lines_of(release, names),
        voices=tuple(voices_of(release)),
        voices_key=themes.key(states.file_word),
        voices_notes=(themes.error(rule), *themes.NOTES),
        corrections=tuple((correction.measure, notice(correction)) for correction in corrections),
    )


def notice(correction: Correction) -> str:
    """A correction notice in words."""
    measure, on = correction.measure, day(correction.at.astimezone(LONDON))
    what = f'"{words_of(measure)}"' if measure else f"all {'other ' * correction.others}measures"
    return (
        f"Correction notice of {on}: figures of {what} in this release are wrong, because {correction.fault.words}. "
        "The release stays as it was published: do not rely on them."
    )


def short(measure: str) -> str:
    """`m10_children` -> `M10`: the measure, which may have several counts."""
    return measure.partition("_")[0].upper()


def _facts(release: Release, board: str, period: str) -> tuple[tuple[str, str], ...]:
    last = release.ends_before - timedelta(days=1)
    return (
        ("Board", f"{board} ({release.board})"),
        ("Period", f"{period} ({day(release.starts_on)} to {day(last)})"),
        ("Release", release.release_id),
        ("Counts what had arrived by", moment(release.cut_off)),
        ("Agencies that returned", f"{release.agencies_returned} of {release.agencies_expected}"),
        ("Records that can be tied to a child", release.linked_share),
        ("Protection", _protection(release)),
        ("Error of a figure", error_words(rule_of(release.parameters))),
        ("Boundaries of wards", release.boundary_set),
        ("Register in force from", day(release.register_version)),
        ("Data", SYNTHETIC if release.synthetic else "From agencies' records"),
        ("Handling", HANDLING.partition(": ")[2]),
    )  # fmt: skip


def _protection(release: Release) -> str:
    rule = release.parameters
    if isinstance(rule, NoiseParameters):
        return (
            f"Each number was moved by chance (standard deviation {rule.deviation}) and taken to the nearest "
            f"{rule.base}. Below {rule.lowest} it is shown as fewer than {rule.lowest}."
        )
    parts = f"threshold {rule.threshold}, base {rule.base}, width {rule.width}, coalition {rule.coalition}"
    return f"{rule.rule}: {parts}"


def _begun(release: Release) -> tuple[str, ...]:
    """The notes on measures that do not count from the first day, and on children who are in no total."""
    totals = not_in_totals(release)
    return (*every_begun(release), *((totals,) if totals else ()))
