"""What the page of files shows: each release that may be seen, its files, how large they are, and how to check one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from dashboards.exports import formats
from dashboards.life.states import LifeState
from dashboards.queries.documents import parsed
from dashboards.queries.releases import Released, every_release, newest_first
from dashboards.words import capital, day, kind_words, moment, quarter
from models.contract.periods import kind_of
from models.service.clock import LONDON
from models.store import ReleaseRow

_SIZES: Final[Mapping[str, tuple[int, int]]] = {
    "csv": (1_000, 640),
    "xlsx": (16_000, 90),
    "ods": (5_500, 33),
    "pdf": (38_000, 290),
    formats.LABELLED: (6_000, 780),
    formats.DESCRIPTION: (14_000, 0),
    "schema.json": (18_700, 0),
    "labelled.schema.json": (9_000, 0),
    formats.CHECKSUMS: (900, 0),
}
"""Bytes that a file has in any case, and for each figure: measured, because a file is made only when it is taken."""


class OneFile(NamedTuple):
    """One file of a release."""

    suffix: str
    label: str
    size: str
    """`about 90 kB`, or the exact size of what is stored."""
    good_for: str


@dataclass(frozen=True)
class ReleaseFiles:
    """A release and what can be taken of it."""

    release_id: str
    period: str
    kind: str
    """`Quarter`, `Financial year`."""
    since: str
    """Since when its figures are shown."""
    cut_off: str
    superseded: bool
    """Whether a later release stands in its place."""
    for_people: tuple[OneFile, ...] = ()
    for_programs: tuple[OneFile, ...] = ()
    digest: str = ""
    """SHA-256 of the release as it is stored."""


@dataclass(frozen=True)
class FilesPage:
    """All of a board's releases that may be seen."""

    newest: tuple[ReleaseFiles, ...]
    """The newest of each kind of period, with all that is to know of their files."""
    earlier: tuple[ReleaseFiles, ...]


def files_page(connection: Connection, board: str) -> FilesPage:
    """The page of a board; a release that is not approved is not on it. It reads the bytes of the newest alone."""
    shown = newest_first([row for row in every_release(connection, board) if row.shown])
    newest: dict[str, Released] = {}
    for row in shown:
        newest.setdefault(kind_of(row.window), row)
    full = [_full(connection, row) for row in shown if row in newest.values()]
    return FilesPage(tuple(full), tuple(_plain(row) for row in shown if row not in newest.values()))


def size_words(size: int) -> str:
    """`958 bytes`, `9.0 kB`, `490 kB`, `1.2 MB`."""
    for unit, least in (("MB", 1_000_000), ("kB", 1_000)):
        if size >= least:
            return f"{size / least:.1f} {unit}" if size < 10 * least else f"{size / least:,.0f} {unit}"
    return f"{size} bytes"


def about_words(size: int) -> str:
    """`about 90 kB`: to one figure, or two where it begins with one. More would look exact."""
    step: int = 10 ** (len(str(size)) - (2 if str(size)[0] == "1" else 1))
    return f"about {size_words(round(size / step) * step).replace('.0 ', ' ')}"


def likely_size(suffix: str, figures: int) -> int:
    """About how many bytes a file of a release with so many figures has."""
    least, each = _SIZES[suffix]
    return least + each * figures


def _full(connection: Connection, row: Released) -> ReleaseFiles:
    body = connection.scalar(select(ReleaseRow.body).where(ReleaseRow.release_id == row.release_id)) or b""
    release = parsed(body)
    heard = sum(1 + len(voice.themes) for voice in release.voices)

    def about(known: formats.Format, figures: int) -> OneFile:
        return OneFile(known.suffix, known.label, about_words(likely_size(known.suffix, figures)), known.good_for)

    figures = len(release.cells)
    people = [about(known, figures + (0 if known.suffix == "csv" else heard)) for known in formats.FORMATS.values()]
    if heard:
        said = "What children, families and communities said, counted as people."
        size = about_words(likely_size("csv", heard) // 2)
        people.append(OneFile(formats.VOICES, "CSV of what people said", size, said))
    as_it_is = "The release itself, byte for byte as it was approved."
    stored = OneFile(formats.JSON, "JSON", size_words(len(body)), as_it_is)
    programs = [stored, *(about(known, figures + heard) for known in formats.FOR_PROGRAMS.values())]
    return _plain(row, tuple(people), tuple(programs), hashlib.sha256(body).hexdigest())


def _plain(
    row: Released, people: tuple[OneFile, ...] = (), programs: tuple[OneFile, ...] = (), digest: str = ""
) -> ReleaseFiles:
    return ReleaseFiles(
        release_id=row.release_id,
        period=quarter(row.window),
        kind=capital(kind_words(row.window)),
        since=day(row.since.astimezone(LONDON)) if row.since else "not recorded",
        cut_off=moment(row.cut_off),
        superseded=row.life is LifeState.SUPERSEDED,
        for_people=people,
        for_programs=programs,
        digest=digest,
    )
