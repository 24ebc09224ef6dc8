"""Builds the page of what people said: a table by theme and voice, and the measures that answer to a theme."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.disclosure.release_file import rule_of
from analysis.measures.registry import BY_ID
from dashboards import states, themes
from dashboards.measures.entries import Told
from dashboards.measures.known import Known
from dashboards.measures.view import Summary, summaries
from models.releases import Release
from models.releases.voices import VOICES


@dataclass(frozen=True)
class ThemeRow:
    """One theme, with what is shown for each voice."""

    code: str
    words: str
    cells: tuple[states.Shown, ...]


@dataclass(frozen=True)
class AnswerRow:
    """One theme, who named it, and the measure that answers to it."""

    code: str
    words: str
    said: tuple[tuple[str, states.Shown], ...]
    """The voices with a figure, by name."""
    measure: str
    name: str
    """The measure's title."""
    why: str
    figures: tuple[tuple[str, Told], ...]
    absent: states.Shown | None
    """Why the measure shows no figures."""


@dataclass(frozen=True)
class VoicesPage:
    """All of the page."""

    release: Release
    voices: tuple[str, ...]
    rows: tuple[ThemeRow, ...]
    """Everybody who was heard first, then every theme in a fixed order that depends on no figure."""
    answers: tuple[AnswerRow, ...]
    numbered: tuple[tuple[str, str], ...]
    errors: tuple[str, ...]
    """The error of the people's figures, then that of the measures'."""


def voices_page(known: Known) -> VoicesPage | None:
    """The newest of the board's longest windows; None if its release does not say what people said."""
    release = known.release
    if release is None or not release.voices:
        return None
    heard = {voice.voice: voice for voice in release.voices}
    columns = [heard[voice] for voice in VOICES if voice in heard]
    by_theme = {count.theme for voice in columns for count in voice.themes}
    rows = [ThemeRow("any", themes.ALL_THEMES, tuple(themes.show(voice.people) for voice in columns))]
    for theme, words in themes.THEMES.items():
        if theme in by_theme:
            counts = [next((c for c in voice.themes if c.theme == theme), None) for voice in columns]
            rows.append(ThemeRow(theme, words, tuple(themes.show(c) if c else states.NOT_IN_RELEASE for c in counts)))
    names = tuple(themes.VOICES[voice.voice] for voice in columns)
    measured = {summary.definition.id: summary for summary in summaries(known)}
    answers = tuple(
        _answer(answer, row, names, measured[answer.measure])
        for answer in themes.ANSWERS
        for row in rows
        if row.code == answer.theme
    )
    rule = rule_of(release.parameters)
    errors = (themes.error(rule), *states.errors((rule,)))
    return VoicesPage(release, names, tuple(rows), answers, themes.numbered(release), errors)


def _answer(answer: themes.Counterpart, row: ThemeRow, names: tuple[str, ...], summary: Summary) -> AnswerRow:
    definition = BY_ID[answer.measure].definition
    said = tuple((name, cell) for name, cell in zip(names, row.cells, strict=True) if cell.css == "figure")
    name, figures, absent = definition.title, summary.figures, summary.absent
    return AnswerRow(row.code, row.words, said, answer.measure, name, answer.why, figures, absent)
