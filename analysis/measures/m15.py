"""M15 Training reach and confidence (paragraphs 157, 161, 172). Its effect is in analysis/training/effect.py."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.ledger.records import FeedbackRecord, SessionRecord
from analysis.measures.definition import Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.measure import Measure
from analysis.measures.picture import Picture

STAGES = ("before", "after", "follow_up")

DEFINITION = Definition(
    number=15,
    title="Training, and what changed",
    question="What was trained, did it reflect the priorities, and what changed?",
    numerator=(
        "reach: staff who attended. Confidence: mean score (0-10) of those who answered before, after and at follow-"
        "up, weighted by answers. Need: released coverage and recognition below what the other sectors show. Effect: "
        "change in the trained sector's released figures beside those not trained"
    ),
    denominator="staff in scope of the sessions held; answers at each stage",
    window="sessions held in the period; follow-up 6 to 13 weeks after",
    unit="staff; points of confidence. Needs and effects are computed from released cells only",
    splits="sector of the audience; topic (indicator category)",
    source="paragraphs 157, 161, 172; Haringey's three-stage evaluation",
    released="reach and confidence as they are: they hold no child data. Needs and effects for the financial year",
    reading=(
        "A rise in recorded concerns after training is first of all a success. No effect is claimed with fewer than "
        "two sectors to compare with; then the sector's own trend is shown as 'not proof'."
    ),
    unknowns=(
        Unknown(
            "not recorded", "Sessions without an audience sector count for no sector. Staff who came twice count twice."
        ),
        Unknown("not returned", "Confidence is that of those who answered; those who did not answer may differ."),
    ),
)


def figures(picture: Picture, window: DateSpan) -> list[Figure]:
    """All sessions, then by audience and by topic. `value` is the share of staff in scope who attended."""
    held = [s for s in picture.sessions if window.holds(s.held_on)]
    lines = [_figure(ALL, ALL, held, picture.feedback)]
    for audience in sorted({s.audience for s in held}):
        lines.append(_figure("audience", audience, [s for s in held if s.audience == audience], picture.feedback))
    for topic in sorted({topic for s in held for topic in s.topics}):
        lines.append(_figure("topic", topic, [s for s in held if topic in s.topics], picture.feedback))
    return lines


def confidence(sessions: Iterable[SessionRecord], feedback: Iterable[FeedbackRecord]) -> dict[str, tuple[int, float]]:
    """Stage -> (number of answers, mean score) of some sessions. Each session is weighted by its answers."""
    wanted = {session.session for session in sessions}
    sums: dict[str, tuple[int, float]] = {}
    for answers in feedback:
        if answers.about in wanted and answers.stage in STAGES and answers.answered:
            n, total = sums.get(answers.stage, (0, 0.0))
            sums[answers.stage] = (n + answers.answered, total + answers.answered * answers.mean_score)
    return {stage: (n, total / n) for stage, (n, total) in sums.items()}


def _figure(split: str, group: str, held: list[SessionRecord], feedback: Iterable[FeedbackRecord]) -> Figure:
    known = [s for s in held if s.attended is not None]
    scoped = [s for s in known if s.in_scope]
    counts = {
        "sessions": len(held),
        "places": sum(s.places or 0 for s in held),
        "attended": sum(s.attended or 0 for s in known),
        "attendance_unknown": len(held) - len(known),
        "in_scope": sum(s.in_scope or 0 for s in scoped),
    }
    for stage, (n, mean) in sorted(confidence(held, feedback).items()):
        counts |= {f"{stage}_answers": n, f"{stage}_mean_hundredths": round(100 * mean)}
    reached = sum(s.attended or 0 for s in scoped)
    return Figure(split, group, counts, ratio(reached, counts["in_scope"]))


MEASURE = Measure(DEFINITION, of_records=figures, about_children=False)
