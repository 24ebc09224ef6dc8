"""Releases in which people said something: a voice in every state, most themes fewer than ten."""

from __future__ import annotations

from models.contract.codes import Theme
from models.releases import PeopleCount, Release, ThemeCount, VoiceHeard
from models.releases.voices import THEMES, VOICES, VoiceCode
from tests.dashboards.ladder_5 import ladder_5

CHILDREN = {Theme.NOT_LISTENED_TO: 25, Theme.HELP_CAME_LATE: 1250, Theme.RETURN_INTERVIEW_NOT_WANTED: 15}
SCHOOLS = {Theme.TRAINING_WANTED: 40}


def _heard(voice: VoiceCode) -> VoiceHeard:
    figures = {"children": CHILDREN, "schools": SCHOOLS}.get(voice)
    if voice == "faith_communities":
        none = tuple(ThemeCount(theme=theme, state="not_recorded") for theme in THEMES)
        return VoiceHeard(voice=voice, numbered="none", people=PeopleCount(state="not_recorded"), themes=none)
    if voice == "lay_members":
        few = tuple(ThemeCount(theme=theme, state="low") for theme in THEMES)
        return VoiceHeard(voice=voice, numbered="all", people=PeopleCount(state="low"), themes=few)
    if figures is None:
        nobody = tuple(ThemeCount(theme=theme, state="no_return") for theme in THEMES)
        return VoiceHeard(voice=voice, numbered="no return", people=PeopleCount(state="no_return"), themes=nobody)
    counts = tuple(
        ThemeCount(theme=theme, state="figure" if theme in figures else "low", value=figures.get(theme))
        for theme in THEMES
    )
    whole = PeopleCount(state="figure", value=1300 if voice == "children" else 45)
    return VoiceHeard(voice=voice, numbered="some", people=whole, themes=counts)


HEARD = tuple(_heard(voice) for voice in VOICES)


def with_voices(window: str = "2025FY") -> Release:
    """A release on ladder 5 in which people said something."""
    return ladder_5(window).model_copy(update={"voices": HEARD})
