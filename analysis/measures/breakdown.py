"""A count of children, broken down by a coded answer: by model of exploitation, by length of the episode and so on.

Each answer is a released count of its own. A child counts under every answer that its records give, so the rows of a
breakdown do not add up to the whole. Codes that say nothing (unknown, not recorded) have no row. docs/adr/0033 says
which breakdowns are released, for which boards, and what they cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from analysis.measures.count import Count, Kinds
from analysis.measures.figures import Figure, ratio
from analysis.measures.occurred import Counts, Named
from analysis.measures.occurrence import Occurrence


class CodedAnswer(NamedTuple):
    """One row of a breakdown."""

    key: str
    """The end of the count's name."""
    words: str
    codes: tuple[str, ...]
    """The codes of the contract's list that it stands for."""


@dataclass(frozen=True)
class Breakdown:
    """The children of one count (`whole`) by answer."""

    key: str
    """`m19_model`: how the names of its counts begin."""
    title: str
    """`By model of exploitation`: the heading of its table."""
    whole: str
    """The count whose children are broken down."""
    whole_words: str
    """`children with a concern`: the whole, within a sentence."""
    records: Kinds
    answers: tuple[CodedAnswer, ...]
    note: str = ""
    """What a reader must know of the rows."""
    others_take_away: bool = False
    """Whether other agencies' records of the same thing can change its answer (`Count.others_take_away`)."""

    @cached_property
    def counts(self) -> tuple[Count, ...]:
        """A released count for each answer."""
        return tuple(
            Count(
                f"{self.key}_{answer.key}",
                f"{self._of}: {answer.words}",
                self.records,
                part_of=(self.whole,),
                others_take_away=self.others_take_away,
            )
            for answer in self.answers
        )

    @property
    def _of(self) -> str:
        """`Children with a concern, by kind of place`: without how it is split, two answers could read alike."""
        by = f"{self.title[:1].lower()}{self.title[1:]}"
        return f"{self.whole_words[:1].upper()}{self.whole_words[1:]}, {by}"

    @cached_property
    def _names(self) -> dict[str, str]:
        """Code -> the name of its count."""
        return {code: f"{self.key}_{answer.key}" for answer in self.answers for code in answer.codes}

    def told(self, occurrence: Occurrence, codes: Iterable[str]) -> Iterator[Named]:
        """The occurrence under each answer that one of the codes stands for, once for each answer."""
        for name in dict.fromkeys(self._names[code] for code in codes if code in self._names):
            yield name, occurrence

    def figures(self, counts: Counts) -> list[Figure]:
        """The exact number of children under each answer, and its share of the whole. `counts` must hold both."""
        whole = counts.children(self.whole)
        lines = []
        for answer in self.answers:
            number = counts.children(f"{self.key}_{answer.key}")
            numbers = {"children": number, "of": whole}
            lines.append(Figure(self.key.partition("_")[2], answer.key, numbers, ratio(number, whole)))
        return lines


def counts_of(breakdowns: Iterable[Breakdown]) -> tuple[Count, ...]:
    """The released counts of some breakdowns, in order."""
    return tuple(count for breakdown in breakdowns for count in breakdown.counts)


def figures_of(breakdowns: Iterable[Breakdown], counts: Counts) -> list[Figure]:
    """The exact figures of some breakdowns, in order."""
    return [line for breakdown in breakdowns for line in breakdown.figures(counts)]


def same(codes: Iterable[str], words: dict[str, str] | None = None) -> tuple[CodedAnswer, ...]:
    """An answer for each code, named after it. `words` has the wording where the code with spaces does not read."""
    given = words or {}
    return tuple(
        CodedAnswer(code.replace("-", "_"), given.get(code, code.replace("_", " ")), (code,)) for code in codes
    )
