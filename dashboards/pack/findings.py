"""The findings of the overview as sentences of the pack, each with the released figures that it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from dashboards.findings.changed import Pair
from dashboards.findings.finding import Finding
from dashboards.findings.pairs import pairs
from dashboards.pack.blocks import Figure, Said
from dashboards.pack.source import Source
from dashboards.words import capital
from models.contract.periods import before

PLACES = "/places/"


def told(source: Source, findings: Iterable[Finding]) -> tuple[Said, ...]:
    """The sentences of some findings, in their order."""
    shown = source.known.documents.shown
    now, past = (shown.get(window) for window in (source.window, before(source.window)))
    looked_at = pairs(source.board, now, past) if now is not None and past is not None else ()
    by_words = {capital(pair.words): pair for pair in looked_at}
    return tuple(Said(one.whole, _figures(source, by_words.get(one.sentence.partition(":")[0]))) for one in findings)


def _figures(source: Source, pair: Pair | None) -> tuple[Figure, ...]:
    """The cells of a pair, of both periods; none for a sentence that has no figure."""
    if pair is None:
        return ()
    area = pair.path.rpartition(PLACES)[2] if PLACES in pair.path else ""
    windows = (source.window, before(source.window))
    return tuple(
        source.figures.of(cell.measure, window=window, area=area, sector=cell.sector)
        for window in windows
        for cell in pair.now
    )
