"""Works out what the methods page says of the protection rule and the ladder, so that it is true of this version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.disclosure.accuracy import apart_words, error_words, fates, low_words
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladder import Ladder, Rung
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import STANDARD, KeyedNoise
from analysis.measures.registry import BY_ID
from dashboards import states
from dashboards.exports.document import short
from dashboards.words import KINDS, capital
from models.register.types import Schedule
from models.releases.release import NOISE_SINCE

NEWEST = LADDERS[max(LADDERS)]
_SPLITS = {
    "any": "no split",
    "sector": "by sector",
    "indicator": "by indicator",
    "sector x indicator": "by indicator and sector",
}
_LEVELS = {"board": "Whole board", "town": "Towns", "ward": "Wards"}
_BOARDS: Mapping[Schedule, str] = {
    "quarters_and_years": "300 children a year or more",
    "years_and_pairs_of_years": "Fewer",
}


@dataclass(frozen=True)
class Method:
    """The parts of the page that depend on the rule and the ladder."""

    ladder: int
    rungs: tuple[tuple[str, str, str, str, str], ...]
    """For each rung: boards, place, period, split, measures."""
    own: str
    """Measures that are counted for a sector from that sector's own records."""
    error: str
    low: str
    apart: str
    change: str
    parameters: tuple[tuple[str, str], ...]
    fates: tuple[tuple[str, str, str, str, str], ...]
    """Children; share below 10; mean error before suppression; mean of the figures shown; what suppression adds."""
    old_error: str
    old_ladders: str


def methods_of(ladder: Ladder = NEWEST, rule: KeyedNoise = STANDARD) -> Method:
    """The page's parts for a ladder and a rule; by default those in use."""
    return Method(
        ladder=ladder.version,
        rungs=tuple(_rung(ladder, rung) for rung in ladder.rungs),
        own=_measures(ladder, ladder.own_records),
        error=error_words(rule),
        low=low_words(rule),
        apart=apart_words(rule),
        change=states.change_words((rule,)),
        parameters=(
            ("Standard deviation of the chance move, in children", str(rule.deviation)),
            ("Figures are multiples of", str(rule.base)),
            ("A moved number below this is shown as fewer than 10", str(rule.lowest)),
            ("Most indicators that one child counts under, in one measure and period", str(ladder.most_indicators)),
        ),
        fates=tuple(
            (
                str(fate.count),
                _percent(fate.low),
                f"{fate.error + 0:.2f}".replace("-0.00", "0.00"),
                f"{fate.mean:.1f}",
                f"{fate.bias:+.1f}",
            )
            for fate in fates(rule)
        ),
        old_error=f"{error_words(KR5())} {apart_words(KR5())}",
        old_ladders=f"1 to {NOISE_SINCE - 1}",
    )


def _rung(ladder: Ladder, rung: Rung) -> tuple[str, str, str, str, str]:
    measures = _measures(ladder, rung.measures)
    return _BOARDS[rung.schedule], _LEVELS[rung.level], capital(KINDS[rung.window]), _SPLITS[rung.split], measures


def _measures(ladder: Ladder, names: tuple[str, ...]) -> str:
    """Titles of measures, "in part" where these are not all of the measure's counts on the ladder."""
    on_ladder, listed = Counter(map(short, ladder.measures)), Counter(map(short, names))
    ordered = sorted(listed, key=lambda measure: int(measure[1:]))
    titles = {measure: BY_ID[measure.lower()].definition.title for measure in ordered}
    parts = ("" if listed[measure] == on_ladder[measure] else " (in part)" for measure in ordered)
    return "; ".join(f"{titles[measure]}{part}" for measure, part in zip(ordered, parts, strict=True))


def _percent(share: float) -> str:
    if share > 0.9995 or share < 0.0005:
        return "over 99.9%" if share > 0.5 else "under 0.1%"
    return f"{100 * share:.1f}%"
