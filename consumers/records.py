"""Parses the bytes of a record into something that may be stored, or into a refusal. Pure."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from pydantic import BaseModel, ValidationError

from models.contract import topics
from models.contract.refusals import UNKNOWN_KEY, Refusal
from models.operations.remedies import (
    REMEDY,
    AnyRemedy,
    Gap,
    Hold,
    RefusedByRule,
    RefusedLately,
    Removal,
    RequestAnswer,
    Skip,
)
from models.releases import Release, SubmissionState
from models.releases.release import NOISE_SINCE, Cell, CellState, KR5Parameters, NoiseParameters
from models.releases.voices import PeopleCount, ThemeCount, VoiceHeard
from models.signals import ANY_SIGNAL, OperationalSignal, Signal

SINK_TOPICS = (topics.RELEASES, topics.SUBMISSIONS, topics.SIGNALS, topics.REMEDIES)
LEAST = NoiseParameters()
"""The least that a rule must protect: what docs/privacy.md says of odds holds for these numbers."""
NOT_SINCE = frozenset({CellState.NONE, CellState.ONE_TO_NINE, CellState.WITHHELD})
"""States that say something of a hidden count: on ladders up to 3 alone."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")

Parsed = Release | SubmissionState | Signal | OperationalSignal | AnyRemedy


def parse(topic: str, value: bytes | None) -> Parsed | Refusal:
    """What the record says; a `Refusal` (rule and path, no value) if it may not be stored."""
    if not value:
        return Refusal("sink.empty", "(whole message)")
    try:
        if topic == topics.RELEASES:
            release = Release.model_validate_json(value)
            return _release_refusal(release) or release
        if topic == topics.SIGNALS:
            return ANY_SIGNAL.validate_json(value)
        if topic == topics.REMEDIES:
            return REMEDY.validate_json(value, strict=False)
        submission = SubmissionState.model_validate_json(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        return Refusal(f"schema.{first['type']}", _path(first["loc"]))
    if submission.received_at.tzinfo is None:
        return Refusal("sink.time-without-zone", "received_at")
    return submission


def _release_refusal(release: Release) -> Refusal | None:
    """Checks that the schema cannot make. They are the last before SQL: an unprotected figure is never stored."""
    if release.release_id != f"{release.board}.{release.window}.l{release.ladder_version}":
        return Refusal("sink.release-id", "release_id")
    if release.cut_off.tzinfo is None:
        return Refusal("sink.time-without-zone", "cut_off")
    if not 0 <= release.agencies_returned <= release.agencies_expected <= 10_000:
        return Refusal("sink.agencies", "agencies_returned")
    if not _CODE.fullmatch(release.boundary_set):
        return Refusal("sink.code", "boundary_set")
    return _rule_refusal(release) or _cells_refusal(release) or _voices_refusal(release)


def _rule_refusal(release: Release) -> Refusal | None:
    """Refuses a rule that does not belong to the ladder, or protects less than pages and docs/privacy.md say."""
    rule = release.parameters
    if isinstance(rule, NoiseParameters) is not (release.ladder_version >= NOISE_SINCE):
        return Refusal("sink.rule", "parameters.rule")
    if rule.base < LEAST.base:
        return Refusal("sink.rounding-base", "parameters.base")
    if isinstance(rule, NoiseParameters):
        for name in ("deviation", "lowest"):
            if getattr(rule, name) < getattr(LEAST, name):
                return Refusal("sink.noise", f"parameters.{name}")
    return None


def _cells_refusal(release: Release) -> Refusal | None:
    noisy = isinstance(release.parameters, NoiseParameters)
    for at, cell in enumerate(release.cells):
        if not _rounded(cell.value, release):
            return Refusal("sink.not-rounded", f"cells[{at}].value")
        if noisy and cell.state in NOT_SINCE:
            return Refusal("sink.state", f"cells[{at}].state")
        for name in ("area", "sector", "agency", "indicator"):
            if not _CODE.fullmatch(getattr(cell, name)):
                return Refusal("sink.code", f"cells[{at}].{name}")
    keys = Counter((c.measure, c.level, c.area, c.sector, c.agency, c.indicator) for c in release.cells)
    if any(n > 1 for n in keys.values()):
        return Refusal("sink.cell-twice", "cells")
    return None


def _voices_refusal(release: Release) -> Refusal | None:
    """The same of what people said. Only releases made with noise have it."""
    if release.voices and not isinstance(release.parameters, NoiseParameters):
        return Refusal("sink.rule", "voices")
    for at, voice in enumerate(release.voices):
        counts = {"people": voice.people} | {f"themes[{n}]": count for n, count in enumerate(voice.themes)}
        for place, count in counts.items():
            if not _rounded(count.value, release):
                return Refusal("sink.not-rounded", f"voices[{at}].{place}.value")
        if len({count.theme for count in voice.themes}) < len(voice.themes):
            return Refusal("sink.cell-twice", f"voices[{at}].themes")
    if len({voice.voice for voice in release.voices}) < len(release.voices):
        return Refusal("sink.cell-twice", "voices")
    return None


def _rounded(value: int | None, release: Release) -> bool:
    """Whether a figure, if there is one, is rounded as the release says, and not below the smallest that is shown."""
    rule = release.parameters
    least = rule.lowest if isinstance(rule, NoiseParameters) else 2 * rule.base
    return value is None or (least <= value <= 10**8 and not value % rule.base)


@cache
def _known_names() -> frozenset[str]:
    models: tuple[type[BaseModel], ...] = (
        Release,
        Cell,
        VoiceHeard,
        PeopleCount,
        ThemeCount,
        KR5Parameters,
        NoiseParameters,
        SubmissionState,
        Signal,
        OperationalSignal,
        Hold,
        Skip,
        Removal,
        Gap,
        RequestAnswer,
        RefusedLately,
        RefusedByRule,
    )
    return frozenset(name for model in models for name in model.model_fields)


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += ("." if path else "") + (part if part in _known_names() else UNKNOWN_KEY)
    return path or "(whole message)"
