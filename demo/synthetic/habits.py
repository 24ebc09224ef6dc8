"""Records that add nothing new: the same record entered twice, and another agency's report entered as one's own.

Case systems have many of both. They add no child and no event of a child's life, and the truth counts them apart.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from demo.synthetic import borough as b
from demo.synthetic.borough import END, Plant
from demo.synthetic.sightings import Concern, InventedSighting


def second_entries(
    seed: int, sightings: Iterable[InventedSighting], concerns: Iterable[Concern], plant: Plant
) -> tuple[list[InventedSighting], list[Concern]]:
    """The records that are entered again. Their random stream is their own, so all other records stay as they were."""
    rng = random.Random(f"{seed}/second-entries")
    concerns = list(concerns)
    taken = {(c.agency, c.child.number, c.day) for c in concerns}
    again = [
        replace(seen, recorded=seen.recorded + timedelta(days=rng.randint(0, 3)))
        for seen in sightings
        if rng.random() < plant.double_entry
    ]
    more: list[Concern] = []
    for concern in concerns:
        if concern.agency == b.POLICE and rng.random() < plant.second_hand:
            day = concern.recorded + timedelta(days=rng.randint(0, 2))
            entered = day + timedelta(days=rng.randint(0, 5))
            copy = replace(concern, agency=b.SOCIAL_CARE, day=day, recorded=entered, second_hand=True)
        elif rng.random() < plant.double_entry:
            day = concern.day + timedelta(days=rng.randint(1, 3))
            copy = replace(concern, day=day, recorded=max(day, concern.recorded))
        else:
            continue
        # One concern a day of one agency about one child: that is what its reference is made of.
        if _fits(copy, day) and (copy.agency, copy.child.number, day) not in taken:
            taken.add((copy.agency, copy.child.number, day))
            more.append(copy)
    return again, more


def _fits(concern: Concern, day: date) -> bool:
    return day <= END and concern.child.under_18(day)
