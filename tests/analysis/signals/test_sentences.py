"""What could have been noticed, in words: one sentence and one table for a lay member, from the calibration alone."""

from __future__ import annotations

from analysis.signals.sentences import noticed_sentence, noticed_sentences, noticed_table
from models.register import Noticeable, SignalCalibration


def one(level: str = "ward", weeks: int = 8, usual: float = 0.7, extra: int | None = 12) -> Noticeable:
    return Noticeable(kind="missing", level=level, weeks=weeks, usual=usual, extra=extra)


def test_the_sentence_says_how_many_and_that_a_doubling_would_not() -> None:
    assert noticed_sentence(one()) == (
        "In a ward of this board about 12 more missing children in 8 weeks would probably, 8 times in 10, have been "
        "noticed. A doubling would not."
    )
    assert noticed_sentence(one("board", usual=40)).endswith("noticed. A doubling would too.")
    assert noticed_sentence(one("board")).startswith("On the whole board about 12 more")


def test_where_nothing_would_be_noticed_the_sentence_says_so() -> None:
    said = noticed_sentence(one(extra=None))
    assert said == "In a ward of this board hardly any rise of missing children in 8 weeks would have been noticed."


def test_the_table_has_every_span_and_the_sentences_one() -> None:
    made = SignalCalibration(
        children=400, places="0" * 16, told=5, rare=7, by_chance=0.2, in_groups=0.5, boards=100,
        noticeable=tuple(
            one(level, weeks, usual) for level in ("ward", "town") for weeks, usual in ((8, 0.7), (13, 4.4))
        ),
    )  # fmt: skip
    assert len(noticed_sentences(made)) == 2
    rows = noticed_table(made)
    assert [row.name for row in rows] == ["Missing children, ward", "Missing children, town"]
    assert rows[0].spans == ((8, "12 more (under 1 usual)"), (13, "12 more (about 4 usual)"))
