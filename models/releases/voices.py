"""What groups of people said, in a release: how many people of each voice were heard, and in groups that named what.

It counts people who were heard, never children whom agencies recorded. A figure is made as those of cells are
(docs/adr/0034). Whether anybody was asked is no secret, so a voice that nobody returned says so.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self, get_args

from pydantic import Field, model_validator

from models.contract.codes import Theme
from models.contract.fields import Closed

VoiceCode = Literal[
    "children",
    "parents_carers",
    "lay_members",
    "faith_communities",
    "community_groups",
    "practitioners",
    "schools",
]
"""Whose voice: codes of the contract, and `schools` for practitioners whose return an agency of education sent."""
VOICES: Final[tuple[VoiceCode, ...]] = get_args(VoiceCode)
"""Every voice, in the order of pages and files."""
THEMES: Final = tuple(theme for theme in Theme if theme not in (Theme.UNKNOWN, Theme.NOT_RECORDED))
"""Every theme that is counted, in the order of pages and files."""
MOST_PEOPLE: Final = 30
"""A group counts with at most this many people, so that one return cannot play a larger part."""
MOST_THEMES: Final = 6
"""A group counts in at most this many of the themes that it named, so that one person moves few figures."""

VoiceState = Literal["figure", "low", "no_return", "not_recorded"]
"""The states of a cell that can occur here."""
Numbered = Literal["all", "some", "none", "no return"]
"""How many of a voice's groups gave a number of people. The others cannot be counted."""
_STATES: Final[dict[Numbered, tuple[VoiceState, ...]]] = {
    "all": ("figure", "low"),
    "some": ("figure", "low"),
    "none": ("not_recorded",),
    "no return": ("no_return",),
}


class PeopleCount(Closed):
    """A number of people, or the state that stands in its place."""

    state: VoiceState
    value: int | None = None
    """A multiple of the rounding base, ten or more; present if and only if the state is a figure."""

    @model_validator(mode="after")
    def _value_goes_with_state(self) -> Self:
        if (self.state == "figure") != (self.value is not None):
            raise ValueError("there is a value if and only if it is a figure")
        return self


class ThemeCount(PeopleCount):
    """The people in groups that named one theme. Not every one of them need have said it."""

    theme: Theme


class VoiceHeard(Closed):
    """One voice in the window of a release."""

    voice: VoiceCode
    numbered: Numbered
    people: PeopleCount
    """All who were heard. Whoever was in two groups counts twice."""
    themes: Annotated[tuple[ThemeCount, ...], Field(min_length=1)]
    """Every theme, so that the presence of one says nothing."""

    @model_validator(mode="after")
    def _states_go_with_numbers(self) -> Self:
        if {count.state for count in (self.people, *self.themes)} - set(_STATES[self.numbered]):
            raise ValueError("a state does not go with how many groups gave a number of people")
        return self
