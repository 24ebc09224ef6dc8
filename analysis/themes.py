"""What groups of people said, by coded theme, exactly, for analysts with access to the ledger. Never about a child.

What is released counts people, with noise: `analysis.disclosure.voices`.
"""

from __future__ import annotations

from collections import Counter

from analysis.measures.figures import DateSpan, Figure
from analysis.measures.picture import Picture


def themes(picture: Picture, window: DateSpan) -> list[Figure]:
    """For each voice and theme: how many groups named the theme, out of all groups of that voice in the window.

    It counts groups, never people or children.
    """
    records = [record for record in picture.themes if window.holds(record.held_on)]
    groups = Counter(record.voice for record in records)
    named = Counter((record.voice, theme) for record in records for theme in set(record.themes))
    return [
        Figure(voice, theme, {"groups": number, "of": groups[voice]}, number / groups[voice])
        for (voice, theme), number in sorted(named.items())
    ]
