"""Paragraphs 154 to 178 of the review, in our own words, and which evidence this service may have for each.

Source: Ofsted, review of one local safeguarding children board, 2015. Crown copyright. 154 to 161 are what the board
must do; 162 to 178 are the findings behind it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

SOURCE: Final = "Ofsted, 2015, Crown copyright"
ASKED_UNTIL: Final = 161
"""The last paragraph that says what a board must do. Those after it say what inspectors found."""


class Paragraph(NamedTuple):
    """One paragraph."""

    number: int
    says: str
    """Its gist, in our words."""
    evidence: tuple[str, ...] = ()
    """What to look for, by its name in `dashboards.inspection.evidence`. Nothing: it is outside this service."""
    outside: str = ""
    """What this service cannot show of it, and why; empty if nothing."""


PARAGRAPHS: Final = (
    Paragraph(
        154,
        "Check the work of partners, one by one and together. Hold them to account for its quality and its effect.",
        ("returns", "expected", "every_action"),
        "Quality shows in case files, which this service does not hold.",
    ),
    Paragraph(
        155,
        "Carry out a section 11 audit, so that the board can be sure that partners do their duty.",
        ("section_11_actions",),
        "The audit itself is the board's. This service holds only the actions that follow from it.",
    ),
    Paragraph(
        156,
        "Check whether agencies understand and use the agreed thresholds, so that children get the help they need.",
        ("plan", "turned_away", "raised_again"),
        "Whether each decision was right shows in case files.",
    ),
    Paragraph(
        157,
        "See that intelligence about child sexual exploitation is gathered and guides training and planning. Each "
        "agency should know its part in noticing children at risk.",
        ("concerns", "coverage", "needs", "signals"),
    ),
    Paragraph(
        158,
        "Spread what audits and reviews teach to every agency, use it for policy, and see actions through.",
        ("review_actions", "audit_actions"),
    ),
    Paragraph(
        159,
        "Use the shared data set to understand how agencies do, and what their audits find.",
        ("releases", "returns", "on_time"),
        "The findings of agencies' own audits are not sent to this service.",
    ),
    Paragraph(
        160,
        "Let children and young people influence the board. Involve lay members and faith groups.",
        ("children_heard", "lay_heard", "faith_heard"),
        "What the board did with it is in its own minutes.",
    ),
    Paragraph(
        161,
        "Judge whether training is good and has an effect, and whether it follows the board's priorities.",
        ("training", "priorities", "effects"),
    ),
    Paragraph(
        162,
        "The board could not show that it does its job. Progress had been slow, then fast under a new chair.",
        outside="This is a judgement of the board as a whole. It needs more than figures.",
    ),
    Paragraph(
        163,
        "The chair's own review: duties not checked, key issues not put first or planned, few audits, and partners who "
        "did not hold one another to account.",
        ("every_action",),
        "The board's priorities and delivery plan are not held here.",
    ),
    Paragraph(
        164,
        "Partners said that the board had drifted. New leaders had not yet shown an effect.",
        outside="What partners think of the board is not sent to this service.",
    ),
    Paragraph(
        165,
        "The board's check of agencies by data did not work, and there was no section 11 audit in that year.",
        ("releases", "returns", "section_11_actions"),
        "Whether the audit was held is not recorded here.",
    ),
    Paragraph(
        166,
        "Case audits found delay, and nobody could see what was done about it. No action of the audit on the voice of "
        "the child was finished.",
        ("delay", "audit_actions"),
        "Case files and the audits themselves are not held here.",
    ),
    Paragraph(
        167,
        "Children had little influence, faith communities were hardly involved, and lay members were seldom there.",
        ("children_heard", "faith_heard", "lay_heard"),
        "Who comes to the board's meetings is not recorded here.",
    ),
    Paragraph(
        168,
        "Staff were trained in the thresholds, but nobody knew whether they were used in the same way.",
        ("plan", "turned_away", "raised_again"),
    ),
    Paragraph(
        169,
        "Nobody could be sure that children at risk of exploitation were noticed by agencies, or got help.",
        ("concerns", "delay", "screened", "interview_offered", "plan"),
        "Leadership and strategy are not held here.",
    ),
    Paragraph(
        170,
        "An audit of five cases led to a screening tool and a team. Four months later nobody knew whether the rest of "
        "its advice had been followed.",
        ("screened", "audit_actions"),
        "Five cases are too few for any figure here. Their lessons enter as actions only.",
    ),
    Paragraph(
        171,
        "What serious case reviews taught was not always spread, followed up or checked.",
        ("review_actions",),
        "Learning events that were cancelled are not recorded here.",
    ),
    Paragraph(
        172,
        "Core training was well attended. Little was known of its quality and effect.",
        ("training", "effects"),
    ),
    Paragraph(
        173,
        "The annual report named gaps and did not look into them. The panel that reviews child deaths was active.",
        outside="Annual reports, private fostering and child death reviews are not sent to this service.",
    ),
    Paragraph(
        174,
        "Many partners came to meetings, and a new structure with sub-groups was in place.",
        outside="Meetings and sub-groups are not recorded here.",
    ),
    Paragraph(
        175,
        "Schools took more part, and their own audits had improved.",
        ("schools_returned", "schools_expected", "school_actions"),
        "Schools' audits themselves are not sent to this service.",
    ),
    Paragraph(
        176,
        "The board challenged agencies about the lead professional, and the police about missing children.",
        ("plan", "missing", "repeat_missing", "interview_offered", "interview_in_time"),
        "The challenge itself is in the board's minutes.",
    ),
    Paragraph(
        177,
        "A plan of ten points was to make the board able to do its job within six months.",
        ("every_action",),
        "The plan of that time is not held here. This service shows the actions of today.",
    ),
    Paragraph(
        178,
        "The roles of the boards and partnerships of the area were written down, so that they can check one another.",
        outside="Agreements between boards are documents, and none is held here.",
    ),
)
