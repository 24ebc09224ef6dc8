"""The safeguarding unit's training sessions with three-stage feedback, two of them planted programmes; and what the
groups of people said whom it heard."""

from __future__ import annotations

from datetime import date, timedelta

from demo.synthetic import borough as b
from demo.synthetic.borough import END, START
from demo.synthetic.dirt import BAD_DAY, Dirt, soil
from demo.synthetic.table import Cell, ExportFile, ExportLine, columns, day_text
from demo.synthetic.world import World
from demo.synthetic.writers.heard import HEARD, themes

COLUMNS = columns(
    "Session Ref,Date,Topics (pipe list),Role Group,In Scope,Places,Attended,Before n,Before mean,After n,After mean,"
    "Follow-up n,Follow-up mean,Follow-up Date,Audience Sector"
)
AUDIENCES = (
    "Police",
    "Social care",
    "Health",
    "Schools",
    "Youth justice",
    "Voluntary",
    "Housing",
    "Several",
    "Several",
)
AUDIENCE = {b.HEALTH: "Health", b.SCHOOLS: "Schools", b.YOUTH_JUSTICE: "Youth justice"}
"""Of the planted programmes."""
ORDINARY_TOPICS = ("general", "missing", "online", "behaviour", "general", "education", "health")


def exports(world: World) -> list[ExportFile]:
    """Three sessions a month, and six sessions of each planted programme in the six weeks before it counts."""
    rng = world.random("training")
    held: list[tuple[date, str, str, str]] = []
    whose = world.random("training-audience")
    month = START
    while month <= END:
        held += [
            (month + timedelta(days=rng.randint(0, 27)), rng.choice(ORDINARY_TOPICS), "", whose.choice(AUDIENCES))
            for _ in range(3)
        ]
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    plant = world.plant
    planted = (
        (plant.effective_from, plant.effective_category, AUDIENCE[plant.effective_agency]),
        (plant.idle_from, plant.idle_category, AUDIENCE[plant.idle_agency]),
    )
    for first, topic, audience in planted:
        held += [(first - timedelta(days=42 - 7 * week), topic, "specialists", audience) for week in range(6)]
    lines = [_line(world, number, *session) for number, session in enumerate(sorted(held), 1)]
    file = ExportFile(
        b.SAFEGUARDING,
        "1-training.csv",
        COLUMNS,
        lines,
        "training.yaml",
        order=1,
        key=("Session Ref",),
        reference="Session Ref",
    )
    plan = [Dirt("bad-date", "Date", BAD_DAY, 1), Dirt("unknown-code", "Topics (pipe list)", "juggling", 1)]
    soil(world.random("dirt/training"), file, plan, duplicates=1)
    return [file, themes(world, b.SAFEGUARDING, HEARD)]


def _line(world: World, number: int, day: date, topic: str, role: str, audience: str) -> ExportLine:
    rng = world.random(f"training-line/{number}")
    places = rng.choice((16, 20, 24, 30))
    attended = rng.randint(places // 2, places)
    before, after = rng.uniform(2.1, 2.9), rng.uniform(3.6, 4.4)
    followed = day + timedelta(days=rng.randint(42, 90))
    has_follow_up = followed <= b.LAST_EDITION and rng.random() < 0.7
    cells: list[Cell] = [
        f"TS-{world.borough.place.mark}{number:04d}",
        day_text(day),
        topic if topic == "general" or rng.random() < 0.7 else f"{topic}|general",
        role or rng.choice(("frontline", "frontline", "supervisors", "mixed", "volunteers")),
        str(rng.randint(40, 160)),
        str(places),
        str(attended),
        str(max(5, attended - rng.randint(0, 3))),
        f"{before:.1f}",
        str(max(5, attended - rng.randint(0, 4))),
        f"{after:.1f}",
        str(max(3, attended // 2)) if has_follow_up else "",
        f"{after - rng.uniform(0.1, 0.6):.1f}" if has_follow_up else "",
        day_text(followed) if has_follow_up else "",
        audience,
    ]
    feedback = ("training_feedback",) * (3 if has_follow_up else 2)
    return ExportLine(cells, day, ("training_session", *feedback))
