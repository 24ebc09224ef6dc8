"""What is hard or wrong in the English of one page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.dashboards.english.hardness import grade
from tests.dashboards.english.passages import Passage, passages, sentences, words
from tests.dashboards.english.wordings import slips

GRADE = 9.0
"""The hardest that a page may be on the whole: a reading age of about 14."""
LONGEST = 30
"""The most words of a sentence."""
_FEW = 60
"""With fewer words of prose, one name makes the grade."""


LONG = "a long sentence"
HARD = "hard on the whole"


@dataclass(frozen=True)
class Slip:
    """What is wrong (a key of `FORBIDDEN`, `LONG` or `HARD`), and the words."""

    kind: str
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"


@dataclass(frozen=True)
class Judged:
    """A page's grade (0.0 if it has too little prose), its sentences by grade, and what is wrong."""

    grade: float
    hardest: list[tuple[float, str]]
    wrong: list[Slip]


def judge(markup: str) -> Judged:
    """Judge the page's own part; what all pages share is judged as a page of its own (`frame`)."""
    return _judge([passage for passage in passages(markup) if passage.main])


def frame(markup: str) -> Judged:
    """Judge what surrounds a page's own part: header, navigation, footer."""
    return _judge([passage for passage in passages(markup) if not passage.main])


def _judge(found: list[Passage]) -> Judged:
    prose = [passage.text for passage in found if passage.prose]
    # What has no stop at its end is a name or a list.
    every = [one for text in prose if re.search(r"[.!?:][\"')]*$", text) for one in sentences(text)]
    wrong = [Slip(why, f"{said!r} in {passage.text[:160]!r}") for passage in found for why, said in slips(passage.text)]
    wrong += [Slip(LONG, f"{len(words(one))} words, and the most is {LONGEST}: {one}") for one in every if _long(one)]
    whole = grade(prose) if len(words(" ".join(prose))) >= _FEW else 0.0
    if whole > GRADE:
        wrong.append(Slip(HARD, f"grade {whole:.1f}, and the most is {GRADE}"))
    hardest = sorted({(round(grade([one]), 1), one) for one in every if len(words(one)) > 3}, reverse=True)
    return Judged(whole, hardest, list(dict.fromkeys(wrong)))


def _long(sentence: str) -> bool:
    return len(words(sentence)) > LONGEST
