"""What groups of people said, by coded theme (paragraphs 160, 167): voices beside the figures, about no one child."""

from __future__ import annotations

from collections import Counter

from analysis.measures.figures import DateSpan, Figure
from analysis.measures.picture import Picture


def themes(picture: Picture, window: DateSpan) -> list[Figure]:
    """Voice by theme: how many groups said it, of how many groups of that voice. Groups, never people or children."""
    heard = [told for told in picture.themes if window.holds(told.held_on)]
    groups = Counter(told.voice for told in heard)
    said = Counter((told.voice, theme) for told in heard for theme in set(told.themes))
    return [
        Figure(voice, theme, {"groups": number, "of": groups[voice]}, number / groups[voice])
        for (voice, theme), number in sorted(said.items())
    ]
