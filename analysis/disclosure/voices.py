"""What groups of people said, as it may be released: people by voice and theme, with keyed noise (docs/adr/0034).

Groups are so few that a count of them would nearly always be below ten. So the people are counted: those of the groups
that named the theme. A figure is that sum and a draw, as for cells. One person more or fewer in a group moves the sum
of each theme that the group named, and the total of the voice, by one.

No decision depends on a hidden count. A voice has a state instead of figures if no group was returned, or if no group
gave a number of people. Both are facts about what agencies did, which are no secret; the number of people does not
change them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from analysis.disclosure.counting import lot
from analysis.disclosure.noise import STANDARD, Protected, RoundingKeys, uniform
from analysis.ledger.parse import theme_record
from analysis.ledger.row import Row
from models.contract.codes import Sector, Theme, Voice
from models.contract.periods import bounds
from models.releases.voices import (
    MOST_PEOPLE,
    MOST_THEMES,
    THEMES,
    VOICES,
    Numbered,
    PeopleCount,
    ThemeCount,
    VoiceCode,
    VoiceHeard,
    VoiceState,
)

ANY_THEME: Final = "any"
_UNCOUNTED: Final[Mapping[Numbered, VoiceState]] = {"none": "not_recorded", "no return": "no_return"}
"""The state of a voice of which nobody can be counted."""


@dataclass(frozen=True, slots=True)
class GroupHeard:
    """One group that was heard, as far as it counts. Exact, so never written."""

    own_id: str = field(repr=False)
    voice: VoiceCode
    held_on: date
    themes: tuple[Theme, ...] = field(repr=False)
    """At most `MOST_THEMES`, each once."""
    people: int | None = field(repr=False)
    """At most `MOST_PEOPLE`; None if the return gives no number."""


def group_heard(own_id: str, row: Row, sector: str) -> GroupHeard | None:
    """The group of a theme return that an agency of this sector sent. None if its voice is not released.

    Findings of case audits are not what people said, and a voice that is not named belongs in no row.
    """
    record = theme_record(row)
    voice = _voice(record.voice, sector)
    if voice is None:
        return None
    # Not by their order in the return: readers of files sort codes, so the end of the alphabet would never count.
    named = sorted(set(map(Theme, record.themes)).intersection(THEMES), key=lambda theme: lot(own_id, theme))
    people = None if record.people is None else min(record.people, MOST_PEOPLE)
    return GroupHeard(own_id, voice, record.held_on, tuple(named[:MOST_THEMES]), people)


def voices(groups: Iterable[GroupHeard], window: str, keys: RoundingKeys) -> tuple[VoiceHeard, ...]:
    """Every voice and theme of a window, in a fixed order. The same groups and keys give the same figures."""
    start, end = bounds(window)
    held = [group for group in groups if start <= group.held_on < end]
    return tuple(_heard(voice, [group for group in held if group.voice == voice], window, keys) for voice in VOICES)


def _voice(voice: str, sector: str) -> VoiceCode | None:
    if voice == Voice.PRACTITIONERS and sector == Sector.EDUCATION:
        return "schools"
    return next((name for name in VOICES if name == voice), None)


def _heard(voice: VoiceCode, groups: Collection[GroupHeard], window: str, keys: RoundingKeys) -> VoiceHeard:
    numbered = _numbered(groups)
    uncounted = _UNCOUNTED.get(numbered)
    shown: dict[str, tuple[VoiceState, int | None]] = {}
    for theme in (ANY_THEME, *THEMES):
        named = [group for group in groups if theme in (ANY_THEME, *group.themes)]
        shown[theme] = (uncounted, None) if uncounted else _state(_protect(named, f"{window}|{voice}|{theme}", keys))
    state, value = shown.pop(ANY_THEME)
    return VoiceHeard(
        voice=voice,
        numbered=numbered,
        people=PeopleCount(state=state, value=value),
        themes=tuple(ThemeCount(theme=theme, state=shown[theme][0], value=shown[theme][1]) for theme in THEMES),
    )


def _numbered(groups: Iterable[GroupHeard]) -> Numbered:
    """Whether groups gave a number of people: as a class, never how many did."""
    given = {group.people is not None for group in groups}
    if not given:
        return "no return"
    return "some" if len(given) > 1 else "all" if True in given else "none"


def _protect(groups: Iterable[GroupHeard], name: str, keys: RoundingKeys) -> Protected:
    """What is shown for the people of some groups. The draw is keyed by the name of what it counts, and by the set of
    events with the people of each, so that a number that an agency corrects is not read off an unchanged draw."""
    people = {group.own_id: group.people for group in groups if group.people is not None}
    counted = frozenset(f"{own_id}|{number}" for own_id, number in people.items())
    return STANDARD.shown(sum(people.values()) + STANDARD.draw(uniform(counted, f"voices|{name}", keys)))


def _state(shown: Protected) -> tuple[Literal["figure", "low"], int | None]:
    return ("low", None) if shown.value is None else ("figure", shown.value)
