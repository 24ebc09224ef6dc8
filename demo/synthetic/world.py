"""The whole invented borough over two years, from one seed: everything the export writers draw on."""

from __future__ import annotations

import random
from dataclasses import dataclass

from demo.synthetic.borough import ALDERMERE, Borough, Place, Plant
from demo.synthetic.children import InventedChild, make_children
from demo.synthetic.exploitation import Story, make_stories
from demo.synthetic.habits import second_entries
from demo.synthetic.histories import InventedEpisode, make_episodes
from demo.synthetic.missing_records import MissingRecord, care_records, police_records
from demo.synthetic.sightings import Concern, InventedSighting, Screened, record, screen


@dataclass(slots=True)
class World:
    """The truth (children, episodes, stories) and what agencies recorded of it."""

    seed: int
    """Of the place's own random streams."""
    scale: float
    borough: Borough
    children: list[InventedChild]
    episodes: list[InventedEpisode]
    stories: list[Story]
    police: list[MissingRecord]
    care: list[MissingRecord]
    sightings: list[InventedSighting]
    concerns: list[Concern]
    screenings: list[Screened]

    @property
    def plant(self) -> Plant:
        """What is planted in it."""
        return self.borough.plant

    def random(self, purpose: str) -> random.Random:
        """A random stream for one purpose, the same for the same seed."""
        return random.Random(f"{self.seed}/{purpose}")


def make_world(seed: int, scale: float, place: Place = ALDERMERE) -> World:
    """Everything, in a fixed order; the same seed, scale and place give the same world."""
    seed = place.seed(seed)
    borough = Borough(seed, place)
    children = make_children(seed, place.share(scale), borough)
    # Stories first: the planted rise moves its children into its ward.
    stories = make_stories(seed, scale, children, borough)
    episodes = make_episodes(seed, children, borough)
    sightings, concerns = record(seed, stories, place.plant)
    more_sightings, more_concerns = second_entries(seed, sightings, concerns, place.plant)
    sightings, concerns = [*sightings, *more_sightings], [*concerns, *more_concerns]
    return World(
        seed,
        scale,
        borough,
        children,
        episodes,
        stories,
        police_records(seed, episodes),
        care_records(seed, episodes),
        sightings,
        concerns,
        screen(seed, stories, concerns),
    )
