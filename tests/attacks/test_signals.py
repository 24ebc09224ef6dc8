"""An agency adds, revises and withdraws invented children to learn from signals what the others hold.

What is promised, for any one agency A and whatever it sends:
1. Where the others' own events carry no alarm on ten children, by a count with noise, nothing is told: two worlds that
   differ in what the others hold there look the same to A, through any number of probes.
2. Everything that is told also stands in the others' events alone, by the same noise.
3. Within a day neither order nor time of arrival changes a byte; after a change nothing changes for a week.
And for any two: in a year of looks they name how many children the others hold seldom more often than ADR 0013 says.
What remains, and is not promised away: where a rise already stands without A, A can hide it, and can bring forward or
put off the day on which it is told (ADR 0013).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from analysis.disclosure.noise import RoundingKeys
from analysis.signals.draws import WINDOWS, drawn, held_back
from analysis.signals.evidence import Evidence, evidence
from analysis.signals.gate import FEWEST_CHILDREN, standing_of, verdict, view_of
from analysis.signals.history import lives_after
from analysis.signals.thresholds import Thresholds
from models.signals import CHILD_KINDS
from tests.analysis.signals.worlds import (
    AGENCIES,
    BACK,
    EASY,
    KEYS,
    NEXT,
    THRESHOLDS,
    TODAY,
    WARD,
    Story,
    background,
    board,
    keys,
    keys_without_noise,
    places,
    rise,
    row,
    shared,
)
from tests.attacks.probing import AT, HARD, KEYED, LOOKS, fewest, noise_of, successes
from tests.attacks.probing import story as probed
from tests.factories import CARE, POLICE, SCHOOLS, token

pytestmark = pytest.mark.slow

ATTACKER = SCHOOLS
TRIES = 200
NAMED, TOLD_APART = 0.45, 0.80
"""How often at most two agencies that know everything but the keys are right after a year (ADR 0013): of 0 to 12
children which number others hold, and whether it is six or seven."""
Probe = Callable[[Story, random.Random], None]


def invented(story: Story, children: int, draw: random.Random, ward: str = WARD) -> list[str]:
    """Children who do not exist, in the last four weeks."""
    days = [TODAY - timedelta(days=draw.randint(1, 28)) for _ in range(children)]
    return story.add(*(row(ATTACKER, f"invented{draw.random()}", day, ward) for day in days))


def many(story: Story, draw: random.Random) -> None:
    invented(story, draw.choice([1, 5, 9, 10, 20, 40]), draw, draw.choice([WARD, NEXT]))


def everywhere(story: Story, draw: random.Random) -> None:
    for ward in places().wards:
        invented(story, draw.randint(0, 6), draw, ward)


def withdrawn(story: Story, draw: random.Random) -> None:
    for event_id in invented(story, 30, draw)[: draw.randint(1, 30)]:
        del story.rows[event_id]


def revised(story: Story, draw: random.Random) -> None:
    for event_id in invented(story, 30, draw, NEXT):
        if draw.random() < 0.7:
            story.rows[event_id].data["areas"] = {"occurred": WARD}


def guessed(story: Story, draw: random.Random) -> None:
    """Real children of others whose tokens the attacker holds too, joined with each other and with invented ones."""
    names = [f"held{n}" for n in range(12)] + [f"rise{n}" for n in range(40)]
    for _ in range(30):
        one, two = draw.sample(names, 2)
        story.add(row(ATTACKER, one, TODAY - timedelta(days=3), tokens=[token(one), token(two, "upn")]))


def emptied(story: Story, draw: random.Random) -> None:
    """Its own past withdrawn, so that everything new looks like a rise."""
    for event_id in [i for i, r in story.rows.items() if r.agency == ATTACKER]:
        if draw.random() < 0.9:
            del story.rows[event_id]
    invented(story, 15, draw)


def dated(story: Story, draw: random.Random) -> None:
    """Events at the edge, to move the end of the windows."""
    story.add(*(row(ATTACKER, f"edge{n}", TODAY - timedelta(days=n % 3), NEXT) for n in range(9)))
    many(story, draw)


PROBES: tuple[Probe, ...] = (many, everywhere, withdrawn, revised, guessed, emptied, dated)


def standing(
    known: Evidence, today: date = TODAY, under: RoundingKeys = KEYS, thresholds: Thresholds = THRESHOLDS
) -> dict[str, list[tuple[int, int]]]:
    """Kind -> places and windows that stand."""
    judged = verdict(known, places(), today, under, thresholds)
    if judged is None:
        return {}
    return {kind: list(zip(*map(list, np.nonzero(judged.standing[kind])), strict=True)) for kind in CHILD_KINDS}


@pytest.mark.parametrize("held", [[[POLICE]] * 5 + [[CARE]] * 4, [[POLICE, CARE]] * 9])
@pytest.mark.parametrize("probe", PROBES)
def test_what_others_hold_below_ten_cannot_be_probed(probe: Probe, held: list[list[str]]) -> None:
    """Nine children of the others in a ward, or none: through any probe the attacker sees the same."""
    nobody = background(spare=90)
    somebody = nobody.copy()
    for n, agencies in enumerate(held):
        somebody.add(*(row(a, f"held{n}", TODAY - timedelta(days=2 + n)) for a in agencies))
    told = []
    for world in (nobody, somebody):
        probed = world.copy()
        probe(probed, random.Random(1))
        told.append([life.signal for life in lives_after([], probed.evidence(), places(), [TODAY], KEYS, THRESHOLDS)])
    assert told[0] == told[1] == []


@pytest.mark.parametrize("probe", PROBES)
def test_everything_told_stands_without_any_agency(probe: Probe) -> None:
    """Recomputed from evidence in which the agency never was, not by the gate's own way of leaving it out."""
    story = rise(background(), shared(40))
    probe(story, random.Random(1))
    known = story.evidence()
    last = known.horizon(TODAY)
    assert last is not None
    found = standing(known)
    for agency in AGENCIES:
        others = evidence([(i, r) for i, r in story.rows.items() if r.agency != agency], board().live_from)
        noise = {kind: drawn(places(), kind, TODAY, KEYS) for kind in CHILD_KINDS}
        views = view_of(others, places(), TODAY, last)
        alone = standing_of(views, places(), noise, THRESHOLDS)
        for kind in CHILD_KINDS:
            for place, window in found.get(kind, []):
                assert alone[kind][place, window] >= THRESHOLDS.told
                children = views[kind].children(places().places[place], WINDOWS[window]) + noise[kind][place, window]
                assert children >= FEWEST_CHILDREN + held_back(places(), kind)[place]


def test_the_attack_finds_something_to_attack() -> None:
    """The rise above is told when nobody probes it; else the test before would hold of an empty list."""
    assert standing(rise(background(), shared(40)).evidence())["cse_concern"]


def test_without_the_gate_the_attacker_would_learn() -> None:
    """Ten children in all is not enough: nine of the others and one invented tell whether the others hold nine."""
    story, none, ward = background(spare=90), keys_without_noise(WARD), places().wards.index(WARD)
    for n in range(9 + BACK):
        story.add(row(CARE, f"held{n}", TODAY - timedelta(days=2 + n)))
    invented(story, 1, random.Random(1))
    known = story.evidence()
    assert (ward, WINDOWS.index(84)) not in standing(known, under=none, thresholds=EASY)["cse_concern"]
    assert (ward, WINDOWS.index(84)) in standing(replace(known, agencies=()), under=none, thresholds=EASY)[
        "cse_concern"
    ]


def test_order_and_time_of_arrival_within_a_day_change_nothing() -> None:
    live = board().live_from
    day = live.date() + timedelta(days=20)
    story = rise(background(until=day), shared(30), until=day)
    told = []
    for seed in range(3):
        draw = random.Random(seed)
        rows = []
        for event_id, one in story.rows.items():
            came = datetime.combine(date.fromisoformat(one.data["occurred_on"]), datetime.min.time(), UTC)
            one.first_ms = int((max(came, live) + timedelta(hours=6 + draw.random() * 12)).timestamp() * 1000)
            rows.append((event_id, one))
        draw.shuffle(rows)
        told.append(
            [
                life.signal.model_dump_json()
                for life in lives_after([], evidence(rows, live), places(), [day], KEYS, THRESHOLDS)
            ]
        )
    assert told[0] == told[1] == told[2]
    assert told[0]


def test_one_event_of_others_seldom_changes_what_is_told_and_never_within_a_week() -> None:
    """Each of twelve events of other agencies taken out: three weeks of signals hardly differ."""
    days = [TODAY - timedelta(days=n) for n in (21, 14, 7, 3, 0)]
    story = rise(background(), shared(40), days=60)
    whole = [life.signal for life in lives_after([], story.evidence(), places(), days, KEYS, THRESHOLDS)]
    assert whole
    draw = random.Random(5)
    recent = [i for i, r in story.rows.items() if r.data["areas"].get("occurred") == WARD and r.agency != ATTACKER]
    different = 0
    for event_id in draw.sample(recent, 12):
        less = story.copy()
        del less.rows[event_id]
        told = [life.signal for life in lives_after([], less.evidence(), places(), days, KEYS, THRESHOLDS)]
        assert {(s.kind, s.areas[0]) for s in told} == {(s.kind, s.areas[0]) for s in whole}, "the same signals"
        different += told != whole
    assert different <= 6


@pytest.fixture(scope="module")
def noises() -> list[list[int]]:
    """What the gate adds to the ward's count at each look of a year, under fresh keys."""
    return [noise_of(keys(number)) for number in range(TRIES)]


def most_of(right: int) -> float:
    """The lower end of the 95 % interval of a share (Wilson): what was measured is surely no less."""
    z, share = 1.96, right / TRIES
    spread = z * math.sqrt(share * (1 - share) / TRIES + z * z / 4 / TRIES**2)
    return (share + z * z / 2 / TRIES - spread) / (1 + z * z / TRIES)


@pytest.mark.parametrize("lifted", [0, 25], ids=["a quiet ward", "a past that the pair invented"])
@pytest.mark.parametrize(
    ("may_be", "at_most"), [(range(13), NAMED), ((6, 7), TOLD_APART)], ids=["names", "tells apart"]
)
def test_a_pair_that_probes_for_a_year_seldom_finds_how_many_others_hold(
    lifted: int, may_be: Sequence[int], at_most: float, noises: list[list[int]]
) -> None:
    """Without noise the same pair is right as often as can be: what is ten or more is told at once, whatever it is."""
    hard = successes(may_be, lifted, 40, lambda _: [0] * LOOKS, HARD)
    assert hard >= 40 * (1.0 if len(may_be) == 2 else 0.7)
    right = successes(may_be, lifted, TRIES, noises.__getitem__, KEYED)
    assert most_of(right) <= at_most


def test_the_pair_is_played_against_the_gate_itself() -> None:
    """What the pair is told, look by look, is what the gate tells of the same events under the same keys."""
    for number in range(12):
        held = 8 + number
        judged = verdict(probed(held, 0).evidence(), places(), TODAY, keys(number), THRESHOLDS)
        assert judged is not None
        noise = drawn(places(), "cse_concern", TODAY, keys(number))[AT]
        assert (judged.standing["cse_concern"][AT] > 0) == (noise >= fewest(0)[held])
