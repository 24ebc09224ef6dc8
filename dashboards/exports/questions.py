"""The questions under which files put their figures: a sheet each, with a plain name and what it counts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from analysis.measures.registry import BY_ID, MEASURE_OF
from dashboards.labels import words_of

LONGEST_NAME: Final = 31
"""More characters than this the name of a sheet cannot have."""
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
"""What no spreadsheet program takes in the name of a sheet."""


class Question(NamedTuple):
    """One question of the board, and the part of a file that answers it."""

    name: str
    """Of its sheet: plain, and short enough for one."""
    asks: str
    """The question itself."""
    counts: str
    """What its figures count, in a sentence."""


_SHEETS: Final[Mapping[str, tuple[str, str]]] = {
    "m1": ("Children of concern", "Children about whom an agency recorded a concern about sexual exploitation."),
    "m2": (
        "How soon recognised",
        "Children first raised as a concern who had an earlier sign, and how long after that sign it was.",
    ),
    "m3": ("Seen before with serious signs", "Children recognised at a high level, and those who were seen before."),
    "m6": ("Signs that are recorded", "Children about whom a sign was recorded, by kind of sign."),
    "m7": ("Screening after a concern", "Children with a concern to be screened, and those screened in time."),
    "m8": (
        "Interviews after going missing",
        "Children who came back from being missing, and those who were offered and had an interview.",
    ),
    "m9": ("Children who go missing", "Children with a missing episode that began in the period."),
    "m10": (
        "Children missing repeatedly",
        "Children who went missing repeatedly, and those for whom somebody acted within 5 working days.",
    ),
    "m11": ("Missing and of concern", "Children who were both missing and of concern within 90 days."),
    "m12": (
        "Placed out of area",
        "Children who are placed out of area and came back from being missing, and those who had an interview.",
    ),
    "m16": (
        "Response to a high level",
        "Children at a high level, and those with a plan or lead practitioner in time.",
    ),
    "m17": ("Boys and ethnic group", "Boys with a concern, and children of concern whose ethnic group is recorded."),
    "m18": (
        "Seen by others",
        "Children whom a sector knew and of whom another sector recorded a sign: whether it recorded one too.",
    ),
    "m19": (
        "How children are exploited",
        "Children with a concern, by how and where they are exploited, by level, and by who they are.",
    ),
    "m20": (
        "When and where from missing",
        "Children with a missing episode, by how long, when and where from, and how often.",
    ),
    "m21": ("What followed a concern", "Children with a concern, a screening or a response, by what became of it."),
}
"""Measure -> the name of its sheet, and what its rows count."""


def question_of(count: str) -> Question:
    """The question that a count helps to answer; one of its own for a count that no measure has."""
    measure = MEASURE_OF.get(count)
    if measure is None:
        return Question(sheet_name(words_of(count)), words_of(count), f"{words_of(count)}.")
    name, counts = _SHEETS.get(measure.id, ("", ""))
    definition = measure.definition
    return Question(name or sheet_name(definition.title), definition.question, counts or f"{definition.title}.")


def what_people_said() -> Question:
    """The question under which people who were heard are counted."""
    return Question(
        "What people said",
        "What do children, families and communities tell us?",
        "People in groups that named a theme. They are people who were heard, not children whom agencies recorded.",
    )


def sheet_name(text: str) -> str:
    """A text as the name of a sheet: cut at its last whole word, without what no program takes."""
    clean = " ".join(text.translate(_FORBIDDEN).split())
    if len(clean) <= LONGEST_NAME:
        return clean
    return clean[: LONGEST_NAME + 1].rpartition(" ")[0] or clean[:LONGEST_NAME]


def unnamed() -> tuple[str, ...]:
    """Measures that may be released and have no sheet name of their own here; a test wants none."""
    return tuple(name for name, measure in BY_ID.items() if measure.counts and name not in _SHEETS)
