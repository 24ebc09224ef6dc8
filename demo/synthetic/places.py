"""The boards that the generator knows, by code."""

from __future__ import annotations

from collections.abc import Mapping

from demo.synthetic.borough import ALDERMERE, Place
from demo.synthetic.merrowdale import MERROWDALE

PLACES: Mapping[str, Place] = {place.board: place for place in (ALDERMERE, MERROWDALE)}
