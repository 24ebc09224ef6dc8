"""Which records of a release can be tied to children, in words, and how an agency mends what cannot. Pure."""

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
"""Kinds of record within a sentence."""
SHORT: tuple[TokenClass, ...] = ("some", "few", "none")
"""Classes of which it is said that many are in no count; of the last two no sector is counted."""
_IDENTIFIERS: Mapping[str, str] = {
    Sector.HEALTH: "the NHS number (`nhs`)",
    Sector.EDUCATION: "the UPN (`upn`)",
    Sector.SOCIAL_CARE: "the NHS number (`nhs`), and surname, first name, date of birth and sex (`demog`)",
}
_OTHERWISE = "surname, first name, date of birth and sex (`demog`)"
MENDED = (
    "The agency mends it in its mapping file: under `identifiers` it names the columns that hold {}. Then it publishes "
    "its export again, and what it sent before is counted too (agencies/mappings/README.md). The identifier itself "
    "never leaves the agency."
)


class TiedRow(NamedTuple):
    """A sector and a kind of record: the share with a usable token, and what follows."""

    sector: str
    records: str
    share: str
    mended: str
    """How the agency mends it; empty where it need not."""


def _who(one: TiedRecords) -> str:
    return "All agencies" if one.sector == "any" else sector_words(one.sector)


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
    # Where hardly any are tied chance may say a few: the class says no more than that they are fewer than half.
    return f"{name} (under {high}%)" if name in ("few", "none") else f"{name} ({low} to {high - 1}%)"


def classes() -> str:
    """All classes in words, for a key."""
    return "; ".join(class_words(name) for name in TOKEN_CLASSES)


def rows_of(release: Release, measure: str) -> tuple[TiedRow, ...]:
    """By sector, the kinds of record that a measure (`m7`) rests on, and how many can be tied; too few are left out."""
    found = []
    for one in release.tied:
        share = _share(one, measure)
        if one.record in _kinds(measure) and share != "too few records":
            mended = how_mended(one.sector) if share in SHORT else ""
            found.append(TiedRow(_who(one), RECORDS[one.record], class_words(share), mended))
    return tuple(sorted(found))


def name_of(one: TiedRecords) -> str:
    """`Health, concerns`."""
    return f"{_who(one)}, {RECORDS[one.record]}"


def how_mended(sector: str) -> str:
    """Which identifier, and where it is named."""
    return MENDED.format(_IDENTIFIERS.get(sector, _OTHERWISE))


def not_in_totals(release: Release, measure: str = "") -> str:
    """Whose records are largely in no total, of a measure or of any; empty where there are none such."""
    short = [
        f"{_who(one)} ({RECORDS[one.record]}: {one.own} of them can be tied to a child)"
        for one in release.tied
        if one.own in SHORT and (not measure or one.record in _kinds(measure))
    ]
    if not short:
        return ""
    return (
        "In no figure, nor in the totals of the board and its towns, are children known only by records without an "
        f"identifier: {'; '.join(short)}."
    )


def beside_line(release: Release, count: str, sector: str) -> str:
    """Beside one line of a file: of a sector its own kinds of record, of all together those that are short."""
    kinds = records_of(count)
    if not release.tied:
        return "not said"
    if sector != "any":
        mine = [one for one in release.tied if one.sector == sector and one.record in kinds]
        told = [(one, one.own if count in OWN_RECORDS else one.others) for one in mine]
        return "; ".join(f"{RECORDS[one.record]}: {share}" for one, share in told) or "not said"
    short = [one for one in release.tied if one.own in SHORT and one.record in kinds]
    return "; ".join(f"{name_of(one)}: {one.own}" for one in short) or "all or most"


def _kinds(measure: str) -> frozenset[str]:
    """The kinds of record that any count of a measure's page rests on."""
    columns = BY_ID[measure].columns
    return frozenset().union(*(records_of(name) for c in columns for name in (c.part, c.whole) if name))


def _share(one: TiedRecords, measure: str) -> TokenClass:
    """The share that decides the measure's own counts."""
    own = all(count.own_records for count in BY_ID[measure].counts)
    return one.own if own else one.others
