"""Reads the input of `audit` and `export-audit`: release files, stored releases, generic documents, knowns."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from analysis.commands._errors import Unusable
from analysis.commands._register import shape_of
from analysis.disclosure.algebra import BoardSystem, Published, system_of
from analysis.disclosure.cells import ANY, CellKey, Shape
from analysis.disclosure.document import Document
from analysis.disclosure.knowns import Knowns
from analysis.disclosure.published import Notice
from analysis.disclosure.release_file import ReleaseFile, published_release, shape_from
from analysis.disclosure.system import Knowledge
from models.contract.refusals import from_validation
from models.releases import Release
from models.signals import ANY_SIGNAL, OperationalSignal, Signal

Json = Any
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attack:
    """The releases of one board, and what one attacker knows."""

    releases: list[Published]
    sources: list[Release | ReleaseFile]
    """The files as they were read."""
    board: BoardSystem
    knowledge: Knowledge


def read_json(path: Path) -> Json:
    """Read a JSON file. Raises `Unusable` if that fails."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Unusable(f"{path}: not a readable JSON file ({type(error).__name__})") from None


def read_document(path: Path, content: Json) -> Document:
    """Parse a generic audit document. Raises `Unusable` if it is none."""
    try:
        return Document.model_validate(content)
    except ValidationError as error:
        raise _bad(path, "an audit document", error) from None


def is_document(content: Json) -> bool:
    """Whether the content of a file is a generic document, not a release."""
    return isinstance(content, dict) and "cells" in content and "release_id" not in content


def read_attack(
    paths: Sequence[Path], insiders: Sequence[str], knowns: Sequence[Path], steady: bool, where: Path | None
) -> Attack:
    """Read the releases in some files as an attack.

    `steady` takes all releases as having the last cut-off. Raises `Unusable` or a click error if a file cannot be used
    or the files do not fit together.
    """
    releases: list[Published] = []
    sources: list[Release | ReleaseFile] = []
    shapes: list[Shape] = []
    boards: set[str] = set()
    for path in paths:
        content = read_json(path)
        try:
            if isinstance(content, dict) and "release_id" in content:
                release = Release.model_validate_json(json.dumps(content))
                sources.append(release)
                releases.append(published_release(release))
                if release.shape is not None:
                    shapes.append(shape_from(release.board, release.shape))
                boards.add(release.board)
            else:
                file = ReleaseFile.model_validate_json(json.dumps(content))
                sources.append(file)
                releases.append(file.published())
                shapes.append(file.board_shape())
                boards.add(file.board)
        except ValidationError as error:
            raise _bad(path, "a release", error) from None
        except ValueError as error:
            raise Unusable(f"{path}: {error}") from None
    if len(boards) > 1:
        raise click.UsageError("the releases are of different boards: audit each board on its own")
    releases.sort(key=lambda release: release.cut_off)
    if steady:
        releases = [replace(release, cut_off=releases[-1].cut_off) for release in releases]
    shape = _shape(shapes, releases, boards.pop(), where)
    board = system_of(releases, shape)
    return Attack(releases, sources, board, knowledge_of_files(board, _read_knowns(insiders, knowns)))


def read_signals(path: Path) -> list[Signal | OperationalSignal]:
    """Read published signals: a JSON list, or one JSON object per line."""
    return _listed(path, "a list of signals", lambda entry: ANY_SIGNAL.validate_json(json.dumps(entry)))


def read_notices(path: Path) -> list[Notice]:
    """Read corrections and withdrawals: a JSON list, or one JSON object per line.

    The output of `python -m dashboards releases --json` is accepted too; only its withdrawn releases are used.
    """

    def notice_in(entry: Json) -> Notice | None:
        if "state" in entry:
            if entry["state"] != "withdrawn":
                return None
            day = str(entry.get("since"))[:10]
            entry = {"release_id": entry.get("release_id"), "kind": "withdrawal", "on": day, "reason": entry["reason"]}
        return Notice.model_validate_json(json.dumps(entry))

    return [notice for notice in _listed(path, "a list of notices", notice_in) if notice is not None]


def _listed(path: Path, what: str, parse: Callable[[Json], T]) -> list[T]:
    try:
        text = path.read_text("utf-8")
        lines = text.splitlines() if not text.lstrip().startswith("[") else None
        entries = json.loads(text) if lines is None else [json.loads(line) for line in lines if line.strip()]
        return [parse(entry) for entry in entries]
    except ValidationError as error:
        raise _bad(path, what, error) from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unusable(f"{path}: not {what} ({type(error).__name__})") from None


def _shape(shapes: Sequence[Shape], releases: Sequence[Published], board: str, where: Path | None) -> Shape:
    if where:
        return shape_of(where, board)
    if shapes:
        if any(shape != shapes[0] for shape in shapes):
            raise click.UsageError("the releases disagree on areas, sectors or indicators: give --register")
        return shapes[0]
    keys = [key for release in releases for key in release.cells]
    if any(key.level != "board" or key.who != ANY or key.indicator != ANY for key in keys):
        raise click.UsageError("a stored release with towns, wards or sectors needs --register")
    return Shape(board, {}, (), {})


def _read_knowns(insiders: Sequence[str], paths: Sequence[Path]) -> list[Knowns]:
    knowns = []
    for path in paths:
        try:
            knowns.append(Knowns.model_validate_json(json.dumps(read_json(path))))
        except ValidationError as error:
            raise _bad(path, "a knowns file", error) from None
    if sorted(insiders) != sorted({known.agency for known in knowns}):
        raise click.UsageError("give a --knowns file for each --insider, made with `knowns … --agency INSIDER`")
    return knowns


def knowledge_of_files(board: BoardSystem, knowns: Sequence[Knowns]) -> Knowledge:
    """What some insiders know, from their files. Raises a click error for an agency that the board does not have."""
    total = Knowledge(" and ".join(known.agency for known in knowns) or "outsider")
    for known in knowns:
        group = known.members
        if unknown := set(group) - set(board.shape.sector_of):
            raise click.UsageError(f"--insider: {len(unknown)} agencies are not in the releases' shape")
        counts = known.counts()

        def count_of(key: CellKey, asked: tuple[str, ...], counts: dict[CellKey, int] = counts) -> int:
            return counts.get(key, 0)

        for cut_off in board.ids:
            if known.cut_off is None or _same_time(known.cut_off, cut_off):
                known_then = board.knowledge_of(group, count_of, cut_off)
                total.whole.update(known_then.whole)
                total.own.update(known_then.own)
    return total


def _same_time(first: str, second: str) -> bool:
    """Whether two cut-offs are the same time. A release writes `Z` where others write `+00:00`."""
    if first == second:
        return True
    try:
        return datetime.fromisoformat(first) == datetime.fromisoformat(second)
    except (ValueError, TypeError):
        return False


def _bad(path: Path, what: str, error: ValidationError) -> Unusable:
    refusal = from_validation(error, limit=1)[0]
    return Unusable(f"{path}: not {what} ({refusal.rule} at {refusal.path})")
