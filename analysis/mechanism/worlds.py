"""Pairs of worlds that differ by one thing, which is recorded in one world and not in the other.

Each pair names the agencies that know the thing, and the agency that must send invented records to create the pair, if
any. The strongest possible attacker knows everything except that one thing. For an insider, its own records only decide
which pairs it does not know, and which children of a cell it can subtract.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal, get_args

from analysis.mechanism.board import AGENCIES, SIGNS, TYPES, WARDS, SentRecord, Token, life, token

Kind = Literal[
    "one record, the child otherwise unknown",
    "one record without an identifier",
    "one record of a child that others know",
    "one record of a child that somebody invents records about",
    "one home", "one link", "one link of three to eight identifiers",
    "a child's quarter, by one agency", "a child's quarter, by four", "a child's year, by one agency",
    "a child's year, by four", "a record each of two to four children", "a quarter of two to four children",
]  # fmt: skip


KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class WorldPair:
    """Two worlds. `less` and `more` are all records about unknown children in each of them."""

    kind: Kind
    what: str
    by: tuple[str, ...]
    """The agencies that know which world is true; for all others it is a secret."""
    less: tuple[SentRecord, ...] = field(repr=False)
    more: tuple[SentRecord, ...] = field(repr=False)
    sender: str = ""
    """The agency that sends invented records about the child; empty if none does."""


def pairs(victim: str, sender: str) -> Iterator[WorldPair]:
    """All pairs in which the agency `victim` holds the secret and `sender` may send invented records."""
    yield from _events(victim, sender)
    yield from _homes(victim, sender)
    yield from _links(victim, sender)
    yield from _children(victim, sender)


def _events(victim: str, sender: str) -> Iterator[WorldPair]:
    """Each record of a child's quarter: alone, beside its agency's other records, and beside records of other agencies.

    The records of other agencies are real in some pairs, and invented by `sender` in others.
    """
    child = [token("unknown")]
    own = life(child, [victim], quarters=(1,))
    others = [agency for agency in AGENCIES if agency != victim]
    kinds_of = [event.short_type for event in own]
    for place, event in enumerate(own):
        if place not in (kinds_of.index(event.short_type), len(own) - 1 - kinds_of[::-1].index(event.short_type)):
            continue  # only the first and the last record of a type: those between move no more cells
        rest = own[:place] + own[place + 1 :]
        what = f"{event.short_type} {place}"
        yield WorldPair("one record, the child otherwise unknown", what, (victim,), (), (event,))
        yield WorldPair("one record without an identifier", what, (victim,), (), (replace(event, tokens=()),))
        yield WorldPair(
            "one record of a child that others know", f"{what}, its own others", (victim,), tuple(rest), tuple(own)
        )
        for name, kinds, signs, answers in _beside(event):
            known = tuple(life(child, others, quarters=(1,), kinds=kinds, signs=signs, answers=answers))
            yield WorldPair(
                "one record of a child that others know", f"{what}, {name}", (victim,), known, (*known, event)
            )
            invented = tuple(life(child, [sender], quarters=(1,), kinds=kinds, signs=signs, answers=answers))
            yield WorldPair("one record of a child that somebody invents records about", f"{what}, {name}", (victim,),
                       invented, (*invented, event), sender)  # fmt: skip
    for days in (28, 350):
        start = date(2025, 4, 2)
        data = {"ended_on": (start + timedelta(days)).isoformat(), "areas": {"home": WARDS[0]}}
        long = SentRecord(victim, "missing_episode", start, tuple(child), data)
        what = f"an episode of {days} days over those of others"
        known, invented = tuple(life(child, others)), tuple(life(child, [sender]))
        yield WorldPair("one record of a child that others know", what, (victim,), known, (*known, long))
        yield WorldPair("one record of a child that somebody invents records about", what, (victim,),
                   invented, (*invented, long), sender)  # fmt: skip


def _beside(event: SentRecord) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...], int]]:
    """What others hold of the child: a name, the types of record, their signs, and their set of answers.

    All types, all but the record's own, and all but recognitions; each again by signs that the record does not have,
    and by answers that it does not give.
    """
    own_type = event.short_type
    held = [("others with one too", TYPES), ("others without one", tuple(kind for kind in TYPES if kind != own_type))]
    if own_type in ("cse_concern", "screening"):
        without = tuple(kind for kind in TYPES if kind not in ("cse_concern", "screening"))
        held.append(("others without a concern or screening", without))
    yield from ((name, kinds, SIGNS, 0) for name, kinds in held)
    yield from ((f"{name}, by other answers", kinds, SIGNS, 1) for name, kinds in held)
    if own := event.data.get("indicators"):
        rest = tuple(sign for sign in SIGNS if sign not in own)
        # A life's concerns have the first six signs, and its observations the others. So these come twice.
        other = (*rest[:6], *rest)
        yield from ((f"{name}, by other signs", kinds, other, 0) for name, kinds in held)
        yield from ((f"{name}, by other signs and answers", kinds, other, 1) for name, kinds in held)


def _homes(victim: str, sender: str) -> Iterator[WorldPair]:
    """An earlier home in another town, in a record that counts nowhere."""
    child = [token("unknown")]
    there = SentRecord(victim, "response", date(2025, 4, 1), tuple(child), {"kind": "nfa", "areas": {"home": WARDS[2]}})
    nowhere = replace(there, data={"kind": "nfa"})
    for holder, by in ((victim, ""), (sender, sender)):
        rest = life(child, [holder], home=WARDS[0])
        yield WorldPair("one home", "in another town" + ", of an invented life" * bool(by), (victim,),
                   (*rest, nowhere), (*rest, there), by)  # fmt: skip


def _links(victim: str, sender: str) -> Iterator[WorldPair]:
    """One record that carries all identifiers under which others know a child, or only one of them."""
    nhs, upn = token("unknown"), token("unknown", "upn")
    others = tuple(agency for agency in AGENCIES if agency not in (victim, sender))
    halves = {
        "two equal halves": (TYPES, TYPES, SIGNS, SIGNS),
        "two halves with other signs and answers": (TYPES, TYPES, SIGNS, SIGNS[::-1]),
        "concerns under one, the rest under the other": (("cse_concern",), TYPES[1:], SIGNS, SIGNS),
        "missing under one, the rest under the other": (
            ("missing_episode",), tuple(kind for kind in TYPES if kind != "missing_episode"), SIGNS, SIGNS
        ),
    }  # fmt: skip
    for name, (first, second, signs, more) in halves.items():
        for nhs_holder, upn_holder, by in ((sender, sender, sender), (others[0], others[1], "")):
            known = (
                *life([nhs], [nhs_holder], kinds=first, signs=signs),
                *life([upn], [upn_holder], kinds=second, signs=more, answers=int(more != signs)),
            )
            name_of = name + ("" if by else ", as two agencies sent them")
            yield _linked("one link", name_of, victim, known, [nhs, upn], by)
    for number in (3, 4, 8):
        many: list[Token] = [nhs, upn, *(token(f"unknown{n}", "demog") for n in range(number - 2))]
        known = tuple(sent for identifier in many for sent in life([identifier], [sender]))
        yield _linked("one link of three to eight identifiers", f"{number}", victim, known, many, sender)


def _linked(
    kind: Kind, name: str, victim: str, known: Sequence[SentRecord], tokens: Sequence[Token], by: str
) -> WorldPair:
    record = SentRecord(victim, "response", date(2025, 4, 1), tuple(tokens), {"kind": "nfa"}, name="link")
    apart = replace(record, tokens=(tokens[0],))
    return WorldPair(kind, name, (victim,), (*known, apart), (*known, record), by)


def _children(victim: str, sender: str) -> Iterator[WorldPair]:
    """All records of a child from one agency, or from all agencies but one; then records of a few children at once."""
    everyone = tuple(agency for agency in AGENCIES if agency != sender)
    child = [token("unknown")]
    spans: tuple[tuple[Kind, tuple[str, ...], tuple[int, ...]], ...] = (
        ("a child's quarter, by one agency", (victim,), (1,)),
        ("a child's quarter, by four", everyone, (1,)),
        ("a child's year, by one agency", (victim,), (0, 1, 2, 3)),
        ("a child's year, by four", everyone, (0, 1, 2, 3)),
    )
    for kind, who, quarters in spans:
        own, beside = life(child, who, quarters=quarters), life(child, [sender], quarters=quarters)
        yield WorldPair(kind, "nobody else", who, (), tuple(own))
        yield WorldPair(kind, "beside invented records", who, tuple(beside), (*beside, *own), sender)
    for number in (2, 3, 4):
        lives = [life([token(f"unknown{n}")], [victim], quarters=(1,)) for n in range(number)]
        concerns = tuple(sent for records in lives for sent in records if sent.short_type == "cse_concern")
        yield WorldPair("a record each of two to four children", f"{number}", (victim,), (), concerns)
        every = tuple(sent for records in lives for sent in records)
        yield WorldPair("a quarter of two to four children", f"{number}", (victim,), (), every)
