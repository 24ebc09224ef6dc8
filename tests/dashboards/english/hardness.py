"""How hard sentences are to read: the grade of Flesch and Kincaid. Grade 8 or 9 is a reading age of 13 or 14."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import pyphen  # type: ignore[import-untyped]

from tests.dashboards.english.passages import words

_BREAKS = [pyphen.Pyphen(lang=lang, left=1, right=1) for lang in ("en_GB", "en_US")]


@cache
def syllables(word: str) -> int:
    """Parts of a word by the rules of hyphenation. A little low: these rules leave the ends of words whole."""
    return max(len(breaks.positions(part)) + 1 for part in [word.lower()] for breaks in _BREAKS)


def grade(texts: Iterable[str]) -> float:
    """The grade of passages taken together; 0.0 without words.

    A colon and a semicolon end a sentence too: that is Flesch's own rule.
    """
    clauses = [words(part) for text in texts for part in re.split(r"[.!?:;](?:\s|$)", text)]
    clauses = [part for part in clauses if part]
    every = [word for part in clauses for word in part]
    if not every:
        return 0.0
    return 0.39 * len(every) / len(clauses) + 11.8 * sum(map(syllables, every)) / len(every) - 15.59
