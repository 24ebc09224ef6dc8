"""The fields of an upload, checked: they mean what the options of `publish` mean."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from agencies.publish.run import Complete
from agencies.readers import FORMATS
from agencies.serve.multipart import MultipartForm, NotMultipart

FILES = ("file", "header", "episodes", "previous", "postcodes")
FIELDS = ("format", "mapping", "board", "collection_year", "complete", "yes")
_BOARD = re.compile(r"[A-Z][0-9]{8}")


@dataclass(frozen=True, slots=True)
class FileForm:
    """How an uploaded file is to be read and published."""

    format: str
    mapping: str | None
    board: str | None
    collection_year: int | None
    complete: Complete | None
    yes: bool

    @property
    def source(self) -> str:
        """What the outbox remembers the events by, as `publish` has it."""
        return f"{self.format}/{self.mapping}" if self.mapping else self.format


def read_file_form(form: MultipartForm, mappings: Collection[str]) -> FileForm:
    """Raises `NotMultipart` for a field that is missing, unknown or wrong; its text names ours and quotes none."""
    if set(form.files) - set(FILES) or set(form.fields) - set(FIELDS) or "file" not in form.files:
        raise NotMultipart(f"it needs a part `file`; it may have {', '.join((*FILES[1:], *FIELDS))} and nothing else")
    given = {name: text.strip() for name, text in form.fields.items() if text.strip()}
    if given.get("format") not in FORMATS:
        raise NotMultipart(f"format is one of {', '.join(FORMATS)}")
    mapping = given.get("mapping", "").removesuffix(".yaml") or None
    # A name, never a path: this comes over the network.
    if (mapping is not None and mapping not in mappings) or (mapping is None) is (given["format"] == "mapped-csv"):
        raise NotMultipart("mapped-csv takes the name of a shipped mapping, the other formats none")
    if "board" in given and not _BOARD.fullmatch(given["board"]):
        raise NotMultipart("board is a code such as E08000001")
    return FileForm(
        given["format"], mapping, given.get("board"), _year(given), _complete(given), given.get("yes") == "true"
    )


def _year(given: dict[str, str]) -> int | None:
    text = given.get("collection_year")
    if text is None:
        return None
    if not re.fullmatch(r"20[0-9]{2}", text):
        raise NotMultipart("collection_year is a year such as 2025")
    return int(text)


def _complete(given: dict[str, str]) -> Complete | None:
    if "complete" not in given:
        return None
    try:
        first, last = (date.fromisoformat(part) for part in given["complete"].split(".."))
    except ValueError:
        raise NotMultipart("complete is two days, for example 2025-04-01..2026-03-31") from None
    if last < first:
        raise NotMultipart("complete: the first day is after the last")
    return Complete(first, last)
