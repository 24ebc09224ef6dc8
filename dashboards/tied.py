"""Which records of a release can be tied to children, in words, and what an agency can do about the others. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from analysis.measures.registry import BY_ID, OWN_RECORDS, records_of
from dashboards.words import sector_words
from models.contract.codes import Sector
from models.releases import Release, TiedRecords
from models.releases.beside import TOKEN_CLASSES, TokenClass

RECORDS: Mapping[str, str] = {
    "cse_concern": "concerns",
    "indicator_observed": "signs observed",
    "missing_episode": "missing episodes",
    "return_interview": "return interviews",
    "screening": "screenings",
    "response": "responses",
}
"""The kinds of record, as words within a sentence."""
SHORT: tuple[TokenClass, ...] = ("some", "few", "none")
"""The classes in which many records are in no count. In the last two the sector is not counted."""
_IDENTIFIERS: Mapping[str, str] = {
    Sector.HEALTH: "the NHS number",
    Sector.EDUCATION: "the unique pupil number",
    Sector.SOCIAL_CARE: "the NHS number, and surname, first name, date of birth and sex",
}
_OTHERWISE = "surname, first name, date of birth and sex"
MENDED = (
    "The agency names the columns that hold {} in the file that maps its export, and publishes the export again. Then "
    "earlier records are counted too. The identifier itself never leaves the agency. Its data officer finds the steps "
    "in the agency's kit."
)


class TiedRow(NamedTuple):
    """A sector and a kind of record, with the share that has a usable token."""

    sector: str
    records: str
    share: str
    mended: str
    """How the agency improves the share; empty if it need not."""


def _who(records: TiedRecords) -> str:
    return "All agencies" if records.sector == "any" else sector_words(records.sector)


def class_words(name: TokenClass) -> str:
    """`most (80 to 94%)`."""
    if name not in TOKEN_CLASSES:
        return name
    least = list(TOKEN_CLASSES.values())
    at = list(TOKEN_CLASSES).index(name)
    low = round(100 * least[at])
    if at == 0:
        return f"{name} ({low}% or more)"
    high = round(100 * least[at - 1])
    # Chance may turn none into few, so both classes say no more than an upper limit.
    return f"{name} (under {high}%)" if name in ("few", "none") else f"{name} ({low} to {high - 1}%)"


def classes() -> str:
    """All classes in words, for a key."""
    return "; ".join(class_words(name) for name in TOKEN_CLASSES)


def rows_of(release: Release, measure: str) -> tuple[TiedRow, ...]:
    """The kinds of record that a measure (`m7`) rests on, by sector, with the share that can be tied.

    Kinds with too few records are left out.
    """
    table = []
    for records in release.tied:
        share = _share(records, measure)
        if records.record in _kinds(measure) and share != "too few records":
            mended = how_mended(records.sector) if share in SHORT else ""
            table.append(TiedRow(_who(records), RECORDS[records.record], class_words(share), mended))
    return tuple(sorted(table))


def name_of(records: TiedRecords) -> str:
    """`Health, concerns`."""
    return f"{_who(records)}, {RECORDS[records.record]}"


def how_mended(sector: str) -> str:
    """Which identifier the agency adds, and where."""
    return MENDED.format(_IDENTIFIERS.get(sector, _OTHERWISE))


def not_in_totals(release: Release, measure: str = "") -> str:
    """Says which records are largely in no total, of one measure or of any. Empty if there are none."""
    short = [
        f"{_who(records)} ({RECORDS[records.record]}: {records.own} of them can be tied to a child)"
        for records in release.tied
        if records.own in SHORT and (not measure or records.record in _kinds(measure))
    ]
    if not short:
        return ""
    return (
        "Children known only by records without an identifier are in no figure, nor in the totals of the board and its "
        f"towns: {'; '.join(short)}."
    )


def beside_line(release: Release, count: str, sector: str) -> str:
    """For one line of a file: the shares of a sector's own records, or for all sectors those that fall short."""
    kinds = records_of(count)
    if not release.tied:
        return "not said"
    if sector != "any":
        mine = [records for records in release.tied if records.sector == sector and records.record in kinds]
        told = [(records, records.own if count in OWN_RECORDS else records.others) for records in mine]
        return "; ".join(f"{RECORDS[records.record]}: {share}" for records, share in told) or "not said"
    short = [records for records in release.tied if records.own in SHORT and records.record in kinds]
    return "; ".join(f"{name_of(records)}: {records.own}" for records in short) or "all or most"


def _kinds(measure: str) -> frozenset[str]:
    """The kinds of record that any count of a measure's page rests on."""
    columns = BY_ID[measure].columns
    return frozenset().union(*(records_of(name) for c in columns for name in (c.part, c.whole) if name))


def _share(records: TiedRecords, measure: str) -> TokenClass:
    """The share that decides the measure's own counts."""
    own = all(count.own_records for count in BY_ID[measure].counts)
    return records.own if own else records.others
