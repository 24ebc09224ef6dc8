"""The file formats of a release, each with its writer and its media type."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from dashboards.exports import csv_file, ods, pdf, xlsx
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


FORMATS = {
    "csv": Format("csv", "CSV", "text/csv; charset=utf-8", csv_file.write),
    "xlsx": Format("xlsx", "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.write),
    "ods": Format("ods", "ODS", ods.MIMETYPE, ods.write),
    "pdf": Format("pdf", "PDF", "application/pdf", pdf.write),
}
JSON = "json"
"""The release itself: its stored bytes, unchanged."""
TYPES = {JSON: "application/json"} | {name: known.media_type for name, known in FORMATS.items()}
"""Suffix -> media type of every file that can be downloaded."""
VOICES = "voices.csv"
"""What people said as CSV, for a release that holds it."""
LABELS = (*((known.suffix, known.label) for known in FORMATS.values()), (JSON, "JSON"))
"""In the order in which they are offered."""


def split(name: str) -> tuple[str, str]:
    """The release id and the suffix of a file's name; the suffix is empty if there is no such kind of file."""
    suffix = next((suffix for suffix in (VOICES, *TYPES) if name.endswith(f".{suffix}")), "")
    return name.removesuffix(f".{suffix}"), suffix


def media_type(suffix: str) -> str:
    """The media type of a file with this suffix."""
    return FORMATS["csv"].media_type if suffix == VOICES else TYPES[suffix]


def write_voices(release: Release, names: Names, corrections: Iterable[Correction] = ()) -> bytes | None:
    """The bytes of what people said, as CSV; None if the release does not hold it."""
    return csv_file.write_voices(document(release, names, corrections)) if release.voices else None


def write(release: Release, names: Names, suffix: str, corrections: Iterable[Correction] = ()) -> bytes:
    """The bytes of a release in one format, with its correction notices.

    Raises `PdfUnavailable` for the PDF if Pango is missing.
    """
    return FORMATS[suffix].write(document(release, names, corrections))
