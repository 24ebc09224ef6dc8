"""What the papers say of change: figures in sentences, and their course over time as pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from analysis.measures.registry import MEASURE_WORDS
from dashboards import breaks, states
from dashboards.measures.finding import FEWEST
from dashboards.pack.blocks import Drawing, Entry, Part, Points, Said, Share
from dashboards.pack.figures import NOT_COMPARED
from dashboards.pack.source import Source
from dashboards.pictures.series import SeriesPoint, series
from dashboards.queries.releases import absent
from dashboards.words import KINDS, short_quarter
from models.contract.periods import kind_of

HEADLINES = ("m1_children", "m9_children")
"""Counts that are told whether they changed or not."""
WATCHED = (
    "m6_any", "m2_over_30", "m2_raised_later", "m7_screened", "m8_offered", "m8_completed", "m10_children",
    "m11_of_concern", "m16_high", "m16_met", "m19_harmed", "m21_turned_away", "m21_raised_again",
)  # fmt: skip
"""Counts that are told only if they changed, in this order whatever they say."""


ONE_BY_ONE = "A search through all figures would seldom find as large a change by chance."


class Course(NamedTuple):
    """A picture of one count, or of the share that it is of another."""

    title: str
    part: str
    whole: str = ""


COURSES = (
    Course("Children with a new concern recorded", "m1_children"),
    Course("Children who went missing", "m9_children"),
    Course("Concerns screened within 10 working days, of children to be screened", "m7_screened", "m7_children"),
    Course("Children offered a return interview, of those who returned", "m8_offered", "m8_returned"),
)


def sentence(source: Source, count: str) -> Said:
    """One count of the whole board with its change, in a sentence or two."""
    now, change = source.figures.of(count), source.figures.change(count)
    year = KINDS[kind_of(source.window)]
    told = ""
    if change == states.NO_CHANGE:
        told = f"No clear change on the {year} before."
    elif change == NOT_COMPARED:
        told = f"It cannot be compared with the {year} before."
    elif change.startswith(("up ", "down ")):
        told = f"That is {change} on the {year} before."
    return Said(f"{MEASURE_WORDS[count]}: {now.told}. {told}".strip(), (now, source.figures.past(count)))


def changed(source: Source) -> tuple[str, ...]:
    """The watched counts that clearly changed, in their fixed order."""
    return tuple(name for name in WATCHED if source.figures.change(name).startswith(("up ", "down ")))


def course(source: Source) -> Part:
    """How the first figures went, period by period; then what else changed from year to year."""
    drawings = tuple(drawing for one in COURSES for drawing in drawn(source, one))
    year = KINDS[kind_of(source.window)]
    others = tuple(sentence(source, name) for name in changed(source))
    said = Said(
        "Each point is a figure. The bar behind it is the range in which the true number lies 9 times in 10. "
        "A dashed line marks a break in the series: figures on its two sides cannot be compared."
    )
    also = (
        (Said(f"Other figures that changed on the {year} before", strong=True), Points(others), Said(ONE_BY_ONE))
        if others
        else (Said(f"No other figure that this pack watches changed clearly on the {year} before."),)
    )
    return Part("What changed", (said, *drawings, *also))


def drawn(source: Source, one: Course) -> Iterator[Drawing]:
    """The picture of one course; nothing for fewer periods than a picture needs, or without a figure."""
    points = tuple(_points(source, one))
    if len(points) < FEWEST:
        return
    svg = series(f"course-{one.part}", one.title, tuple(point for point, _ in points))
    if svg:
        newest = points[-1]
        told = newest[1] if isinstance(newest[1], str) else newest[1].told
        yield Drawing(
            one.title, svg, f"In {newest[0].period}: {told}.", tuple((point.period, entry) for point, entry in points)
        )


def _points(source: Source, one: Course) -> Iterator[tuple[SeriesPoint, Entry]]:
    """The shorter windows, oldest first, up to the newest that is shown."""
    known = source.known
    windows = known.windows[known.board.windows[0]]
    begin = next((at for at, window in enumerate(windows) if window in known.boards), len(windows))
    for window in reversed(windows[begin:]):
        broken, period = breaks.apart(known.board, window), short_quarter(window)
        if window not in known.boards:
            shown = absent(known.documents.standing.get(window))
            text = shown.text if shown is not None else ""
            yield SeriesPoint(period, text, broken=broken), text
        elif one.whole:
            share = source.figures.share(one.part, one.whole, window=window)
            yield _share_point(period, share, broken), share
        else:
            figure = source.figures.of(one.part, window=window)
            point = SeriesPoint(period, figure.text, figure.value, figure.low, figure.high, figure.few, broken)
            yield point, figure


def _share_point(period: str, share: Share, broken: bool) -> SeriesPoint:
    if share.value is None:
        return SeriesPoint(period, share.text, broken=broken)
    value, low, high = (None if part is None else 100 * part for part in (share.value, share.low, share.high))
    return SeriesPoint(period, share.text, value, low, high, broken=broken)
