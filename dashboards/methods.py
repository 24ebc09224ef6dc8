"""What the page on methods says of the rule and the ladder: worked out from both, so true of this version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.disclosure.accuracy import apart_words, error_words, fates, low_words
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladder import Ladder, Rung
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import STANDARD, KeyedNoise
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
    """The parts of the page that follow from the rule and the ladder."""

    ladder: int
    rungs: tuple[tuple[str, str, str, str, str], ...]
    """Boards, where, period, split, measures."""
    own: str
    """Measures of which a sector's own records decide its figures."""
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
    """Of the ladder and the rule in use."""
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
            ("Indicators that a child counts under at most, of a measure and period", str(ladder.most_indicators)),
        ),
        fates=tuple(
            (
                str(one.count),
                _percent(one.low),
                f"{one.error + 0:.2f}".replace("-0.00", "0.00"),
                f"{one.mean:.1f}",
                f"{one.bias:+.1f}",
            )
            for one in fates(rule)
        ),
        old_error=f"{error_words(KR5())} {apart_words(KR5())}",
        old_ladders=f"1 to {NOISE_SINCE - 1}",
    )


def _rung(ladder: Ladder, rung: Rung) -> tuple[str, str, str, str, str]:
    measures = _measures(ladder, rung.measures)
    return _BOARDS[rung.schedule], _LEVELS[rung.level], capital(KINDS[rung.window]), _SPLITS[rung.split], measures


def _measures(ladder: Ladder, names: tuple[str, ...]) -> str:
    """`M1, M10 in part`: in part where the ladder has more of the measure."""
    whole, found = Counter(map(short, ladder.measures)), Counter(map(short, names))
    ordered = sorted(found, key=lambda measure: int(measure[1:]))
    return ", ".join(measure if found[measure] == whole[measure] else f"{measure} in part" for measure in ordered)


def _percent(share: float) -> str:
    if share > 0.9995 or share < 0.0005:
        return "over 99.9%" if share > 0.5 else "under 0.1%"
    return f"{100 * share:.1f}%"
