"""What stands beside a paragraph: evidence only where something is recorded, and never that a paragraph is met."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dashboards.inspection.evidence import _COUNTED, FINDERS
from dashboards.inspection.facts import COUNTED, BoardActions, Facts, Programmes, Said
from dashboards.inspection.paragraphs import PARAGRAPHS
from dashboards.inspection.view import lines_of, row_of
from dashboards.states import Shown
from models.store.actions import Listed
from tests.dashboards.english.wordings import slips

TODAY = date(2026, 5, 12)
NOTHING = Facts(
    "April 2025 to March 2026", "12 May 2026", {}, (0, 0, 0), (0, 0), 0, "", "",
    BoardActions((), frozenset("ab"), TODAY), {}, (0, 0), None, None, None, None, None, None, (0, 0),
)  # fmt: skip


def action(source: str, told: str = "", closed: date | None = None, impact: str = "not_recorded") -> Listed:
    """An action that was due before today."""
    return Listed("act-1", source, "a", "t", date(2026, 1, 1), date(2026, 3, 1), closed, impact, "", frozenset(told))


FULL = replace(
    NOTHING,
    counted={
        ("m7", "m7_screened", "m7_children"): Said("68%", "64 to 72%", True),
        ("m16", "m16_met", "m16_high"): Said("cannot be counted"),
    },
    returns=(32, 29, 27),
    schools=(3, 4),
    releases=10,
    newest="April 2025 to March 2026",
    approved="11 May 2026",
    actions=BoardActions(
        (action("audit", "ab", date(2026, 2, 1), "evidenced"), action("audit", "a"), action("cspr")),
        frozenset("ab"),
        TODAY,
    ),
    heard={"children": Shown("65", "", "figure"), "faith_communities": Shown("not recorded", "", "not-recorded")},
    sessions=(48, 790),
    met=(1, 2),
    programmes=Programmes(20, 5, 1),
    needs=3,
    coverage=(3, 8),
    expected=(("Education",), 3),
    schools_expected=Said("0.56", "0.50 to 0.63", True),
    signals=(2, 1),
)


def said(number: int, facts: Facts = FULL) -> tuple[list[str], list[str]]:
    """The sentences of one paragraph: found, and not found."""
    row = row_of(next(one for one in PARAGRAPHS if one.number == number), facts)
    return [one.words for one in row.evidence], [one.words for one in row.missing]


def test_every_paragraph_is_there_once_and_looks_for_evidence_or_says_why_not() -> None:
    assert [one.number for one in PARAGRAPHS] == list(range(154, 179))
    assert all(one.evidence or one.outside for one in PARAGRAPHS)
    assert {name for one in PARAGRAPHS for name in one.evidence} == FINDERS.keys()


def test_a_board_without_anything_has_no_evidence_and_says_so_of_each() -> None:
    rows = [row_of(one, NOTHING) for one in PARAGRAPHS]
    assert [row.evidence for row in rows] == [()] * len(rows)
    assert {row.state for row in rows} == {"No evidence yet", "Outside this service"}
    assert all(one.words for row in rows for one in row.missing)


def test_a_figure_stands_in_its_sentence_with_its_range() -> None:
    found, missing = said(170)
    assert found[0] == "Of children with a concern, 68% (likely 64 to 72%) were screened within 10 working days."
    assert missing == []


def test_a_state_is_no_evidence_and_is_named() -> None:
    found, missing = said(168)
    assert found == []
    assert missing[0] == "How many children get a plan in time: cannot be counted."
    assert missing[1] == "How many concerns end in no further action: not in this release."


def test_actions_are_counted_by_where_they_came_from() -> None:
    found, missing = said(166)
    assert found == [
        "2 actions from case audits are recorded: 1 closed, 1 overdue. 1 has evidence of what changed. "
        "1 has been told to every agency."
    ]
    assert "How late children are recognised" in missing[0]
    assert said(155) == ([], ["No action from a section 11 audit is recorded."])


def test_a_voice_that_nobody_recorded_is_not_heard() -> None:
    found, missing = said(160)
    assert found == ["Agencies heard 65 people in groups of children, and recorded what they said as themes."]
    assert missing == ["What lay members say: nothing is released.", "What faith communities say: not recorded."]


@pytest.mark.parametrize("facts", [NOTHING, FULL], ids=["nothing", "full"])
def test_no_sentence_is_a_verdict_or_a_code(facts: Facts) -> None:
    for line in lines_of(tuple(row_of(one, facts) for one in PARAGRAPHS)):
        for text in line[1:7]:
            assert not slips(text), text
            assert not [word for word in (" met", "compliant", "achieved", "passed") if word in text.lower()], text


def test_the_file_has_a_line_for_each_piece_and_one_for_what_is_outside() -> None:
    rows = tuple(row_of(one, FULL) for one in PARAGRAPHS)
    lines = list(lines_of(rows))
    assert len(lines) == sum(max(1, len(row.evidence) + len(row.missing)) for row in rows)
    assert [line[3] for line in lines if line[0] == "162"] == ["Outside this service"]
    assert len({tuple(line[:1]) + tuple(line[3:4]) for line in lines}) == len(lines)


def test_every_figure_that_is_evidence_is_read() -> None:
    assert {one.measure for one in _COUNTED.values()} == set(COUNTED)
