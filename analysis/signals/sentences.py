"""A signal in words that a lay member of the board understands, and how to read one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from models.register import Noticeable, SignalCalibration
from models.signals import ChildKind, OperationalKind, Recurrence

WHAT: Mapping[ChildKind, str] = {
    "cse_concern": "more children than usual had a concern about child sexual exploitation (CSE) recorded",
    "cse_sign": "more children than usual had a sign of child sexual exploitation (CSE) recorded",
    "missing": "more children than usual went missing",
}
NAMES: Mapping[ChildKind | OperationalKind, str] = {
    "cse_concern": "CSE concerns",
    "cse_sign": "Signs of CSE",
    "missing": "Missing children",
    "agency_silent": "An agency has gone silent",
    "refused_format": "An agency's records are refused",
}
HOW_RARE: Mapping[Recurrence, str] = {
    Recurrence.ONE_TO_FIVE: "fewer than one false alarm a year",
    Recurrence.FIVE_TO_TWENTY_FIVE: "fewer than one false alarm in 5 years",
    Recurrence.OVER_TWENTY_FIVE: "fewer than one false alarm in 25 years",
}
CAUTION = (
    "Staff may simply be recording more. A rise can mean more harm. It can also mean that staff see and record more of "
    "it, after training or a campaign or with a new team. Read it beside what was trained and returned in those weeks, "
    "and ask the agencies before drawing a conclusion."
)
NO_ONE_AGENCY = "No single agency explains it: it remains if the records of any one agency are left out."
WHERE_IT_HAPPENED = (
    "A signal is where something was recorded as happening. Figures by ward and town count children where they live. "
    "So the two need not agree."
)
NOT_A_COUNT = (
    "A signal gives no number of children. It says where something about them was recorded as happening, not where "
    "they live."
)


def happened(kind: ChildKind, names: Sequence[str], level: str, starts_on: date, ends_on: date) -> str:
    """What a signal says, in a sentence; `names` are of its places, `level` is `ward`, `town` or `board`."""
    return f"{_where(names, level)}, {WHAT[kind]} in the weeks from {_day(starts_on)} to {_day(ends_on)}."


def rare(how: Recurrence) -> str:
    """How likely it is to be chance, in a sentence."""
    return f"It is unlikely to be chance: {HOW_RARE[how]} anywhere on the board."


def explain(kind: ChildKind, names: Sequence[str], level: str, starts_on: date, ends_on: date, how: Recurrence) -> str:
    """One signal in three sentences: what happened, that it is hardly chance, and that no one agency explains it."""
    return f"{happened(kind, names, level, starts_on, ends_on)} {rare(how)} {NO_ONE_AGENCY}"


def explain_operational(kind: OperationalKind, agency: str, since: date) -> str:
    """An operational signal in a sentence."""
    if kind == "agency_silent":
        return (
            f"{agency} has sent no return and no record for the time since {_day(since)}. Figures and signals may miss "
            "what it knows: silence does not mean that nothing happened."
        )
    return f"Most records that {agency} sent since {_day(since)} were refused, and are in no figure: see to its format."


SPAN_OF_THE_SENTENCE = 8
"""Weeks. The table beside it has the others."""
_IN: Mapping[str, str] = {"ward": "In a ward", "town": "In a town", "board": "On the whole board"}
_MORE: Mapping[str, str] = {
    "cse_concern": "more children with a CSE concern",
    "cse_sign": "more children with a sign of CSE",
    "missing": "more missing children",
}


@dataclass(frozen=True, slots=True)
class NoticedRow:
    """A kind and a level: for each span of weeks, what would have been noticed, in words."""

    name: str
    spans: tuple[tuple[int, str], ...]
    """Weeks, and words."""


def noticed_sentence(one: Noticeable) -> str:
    """How large a rise would probably have been noticed in a kind of place, and whether a doubling would."""
    where = f"{_IN[one.level]} of this board" if one.level != "board" else _IN["board"]
    if one.extra is None:
        what = _MORE[one.kind].removeprefix("more ")
        return f"{where} hardly any rise of {what} in {one.weeks} weeks would have been noticed."
    doubled = "A doubling would" + (" too" if one.usual >= one.extra else " not") + "."
    return (
        f"{where} about {one.extra} {_MORE[one.kind]} in {one.weeks} weeks would probably, 8 times in 10, have been "
        f"noticed. {doubled}"
    )


def noticed_sentences(made: SignalCalibration) -> list[str]:
    """The sentences of a page: of each kind and level, for eight weeks."""
    return [noticed_sentence(one) for one in made.noticeable if one.weeks == SPAN_OF_THE_SENTENCE]


def noticed_table(made: SignalCalibration) -> list[NoticedRow]:
    """All of it: a row for each kind and level, in the order in which it was worked out."""
    spans: dict[str, list[tuple[int, str]]] = {}
    for one in made.noticeable:
        more = f"{one.extra} more" if one.extra else "not even 160 more"
        usual = "under 1" if one.usual < 1 else f"about {one.usual:.0f}"
        name = f"{NAMES[cast(ChildKind, one.kind)]}, {one.level}"
        spans.setdefault(name, []).append((one.weeks, f"{more} ({usual} usual)"))
    return [NoticedRow(name, tuple(found)) for name, found in spans.items()]


def _where(names: Sequence[str], level: str) -> str:
    if level == "board":
        return f"Across {names[0]}"
    if level == "town":
        return f"In the town of {names[0]}"
    if len(names) == 1:
        return f"In {names[0]} ward"
    return f"In the neighbouring wards of {', '.join(names[:-1])} and {names[-1]}, taken together"


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"
