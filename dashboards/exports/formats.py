"""The files of a release: each with its writer, its media type, and what it is good for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from dashboards.exports import csv_file, csvw, labelled, ods, pdf, xlsx
from dashboards.exports.document import ExportDocument, document
from dashboards.labels import Names
from dashboards.life.listing import Correction
from models.releases import Release


class Format(NamedTuple):
    """One kind of file."""

    suffix: str
    label: str
    media_type: str
    write: Callable[[ExportDocument], bytes]
    good_for: str


_JSON_TYPE = "application/json"
FORMATS = {
    "xlsx": Format(
        "xlsx",
        "XLSX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        xlsx.write,
        "A workbook with a sheet for each question, to read and filter in Excel.",
    ),
    "ods": Format("ods", "ODS", ods.MIMETYPE, ods.write, "The same workbook for LibreOffice and other free programs."),
    "pdf": Format("pdf", "PDF", "application/pdf", pdf.write, "All figures with their labels, to print or to keep."),
    "csv": Format(
        "csv",
        "CSV",
        "text/csv; charset=utf-8",
        csv_file.write,
        "One table of all figures, for any program that reads tables. Each code has its words beside it.",
    ),
}
"""The files that people read."""
LABELLED, DESCRIPTION = "labelled.json", "csv-metadata.json"
FOR_PROGRAMS = {
    LABELLED: Format(
        LABELLED,
        "JSON with labels",
        _JSON_TYPE,
        labelled.write,
        "The same lines as the CSV for programs, with numbers as numbers.",
    ),
    DESCRIPTION: Format(
        DESCRIPTION,
        "Description of the CSV",
        "application/csvm+json",
        csvw.write,
        "What each column of the CSV holds, by the standard CSV on the Web. Keep it beside the CSV.",
    ),
    "schema.json": Format(
        "schema.json",
        "Schema of the JSON",
        "application/schema+json",
        labelled.write_release_schema,
        "Tells a program what the release as JSON may hold.",
    ),
    "labelled.schema.json": Format(
        "labelled.schema.json",
        "Schema of the JSON with labels",
        "application/schema+json",
        labelled.write_schema,
        "Tells a program what the JSON with labels may hold.",
    ),
}
"""The files that programs read, besides the release itself."""
WRITERS = FORMATS | FOR_PROGRAMS
JSON = "json"
"""The release itself: its stored bytes, unchanged."""
VOICES = "voices.csv"
"""What people said as CSV, for a release that holds it."""
CHECKSUMS = "sha256"
"""The SHA-256 of each of the files, as `sha256sum` writes and checks them."""
TYPES = {
    **{name: known.media_type for name, known in WRITERS.items()},
    JSON: _JSON_TYPE,
    VOICES: FORMATS["csv"].media_type,
    CHECKSUMS: "text/plain; charset=utf-8",
}
"""Suffix -> media type of every file that can be downloaded."""
LABELS = (*((known.suffix, known.label) for known in FORMATS.values()), (JSON, "JSON"))
"""In the order in which they are offered."""
_LONGEST_FIRST = sorted(TYPES, key=len, reverse=True)


def split(name: str) -> tuple[str, str]:
    """The release id and the suffix of a file's name; the suffix is empty if there is no such kind of file."""
    suffix = next((suffix for suffix in _LONGEST_FIRST if name.endswith(f".{suffix}")), "")
    return name.removesuffix(f".{suffix}"), suffix


def media_type(suffix: str) -> str:
    """The media type of a file with this suffix."""
    return TYPES[suffix]


def write_voices(release: Release, names: Names, corrections: Iterable[Correction] = ()) -> bytes | None:
    """The bytes of what people said, as CSV; None if the release does not hold it."""
    return csv_file.write_voices(document(release, names, corrections)) if release.voices else None


def write(release: Release, names: Names, suffix: str, corrections: Iterable[Correction] = ()) -> bytes:
    """The bytes of a release in one format, with its correction notices.

    Raises `PdfUnavailable` for the PDF if Pango is missing.
    """
    return WRITERS[suffix].write(document(release, names, corrections))


def every(
    body: bytes, release: Release, names: Names, corrections: Iterable[Correction]
) -> Iterator[tuple[str, bytes]]:
    """Suffix and bytes of every file of a release but its checksums; `body` is the release as it is stored.

    The PDF comes last. Raises `PdfUnavailable` then if Pango is missing, and `PdfBusy` if too many are asked for.
    """
    made = document(release, names, corrections)
    yield JSON, body
    if made.voices:
        yield VOICES, csv_file.write_voices(made)
    for suffix, known in WRITERS.items():
        if suffix != "pdf":
            yield suffix, known.write(made)
    yield "pdf", pdf.write(made)


def checksums(release_id: str, files: Iterable[tuple[str, bytes]]) -> bytes:
    """A line for each file, as `sha256sum --check` reads it, in order of names; none for a PDF that cannot be made."""
    sums: dict[str, str] = {}
    with suppress(pdf.PdfUnavailable):  # it comes last
        for suffix, content in files:
            sums[f"{release_id}.{suffix}"] = hashlib.sha256(content).hexdigest()
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()
