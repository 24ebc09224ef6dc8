"""Dirty export files without end, in every format that is read: each with words that must never be seen again.

A child's own number is such a word too, in rows that are good: what becomes of it must not leave. Seeded.
"""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

import openpyxl

from agencies.readers.mapping import MAPPINGS
from tests.factories import BOARD, OTHER_BOARD, SCHOOLS
from tests.fuzz.hostile import canary, messages

HEADERS = dict(
    re.findall(
        r"^## ([a-z-]+)\.yaml.*?```\n(.*?)\n```", (MAPPINGS / "HEADERS.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
)
GOOD = {
    "lcs-missing": {
        "DOB": "01/02/2010", "Gender": "Male", "Ethnicity": "WBRI", "Placement Type": "K2", "Missing Status": "Missing",
        "Start Date/Time": "01/06/2025 22:00", "End Date/Time": "02/06/2025 07:00", "NHS Number": "999 000 0026",
    },
    "cse-concern": {"Date of Concern": "03/06/2025", "Ward": "X05000001", "NHS Number": "9990000026"},
    "training": {"Date": "03/06/2025", "Topics (pipe list)": "online", "Attended": "12"},
}  # fmt: skip
"""Cells of rows that are taken; their key column, the first, is the word."""
CELLS = (
    "", "01/06/2025", "01/06/2025 22:00", "31/02/2025", "2025-06-01", "45809", "45809.9", "M", "F", "Yes", "No", "X",
    "X05000001", "Ward 01", "WBRI", "K2", "K1", "Missing", "High", "GIFTS_MONEY|online", "999 000 0026", "9990000018",
    "943 476 5919", "A801200005001", "2025Q2", "12", "-1", "1e400", "NaN", "=1+1", "'", '"', "\x00", "\u2028", "\ud7ff",
    "1" * 400, "9" * 19, "00/00/0000", "true", "#REF!",
)  # fmt: skip
NUMBER = "77319990000018"
"""In cells of spreadsheets that are formatted as dates, which openpyxl warns of by value."""
Part = tuple[str, str | None, bytes]
"""Name, file name, content."""


@dataclass
class Upload:
    """The parts of a form, and how many rows its file has; `media` and `cut` bend the form itself."""

    parts: list[Part]
    rows: int
    how: str
    media: str = ""
    """Put behind the content type."""
    cut: float = 1.0
    """How much of the body is sent."""
    good: bool = field(default=False)
    """Must be taken."""


def uploads(seed: int, count: int) -> Iterator[Upload]:
    """`count` forms for an intake inside one agency."""
    rng = random.Random(seed)
    for number in range(count):
        words = (canary(80_000_000 + (seed % 9) * 1_000_000 + number * 10 + n) for n in range(10))
        yield rng.choice(BENDS)(rng, words)


def _fields(rng: random.Random, format: str, mapping: str | None = None, **more: str) -> list[Part]:
    given = {"format": format} | ({"mapping": mapping} if mapping else {}) | {"board": BOARD} | more
    return [(name, None, text.encode("utf-8", "replace")) for name, text in given.items()]


def _cell(rng: random.Random, word: str) -> str:
    return rng.choice([
        word, f"{word} {word}", f"Mr {word}", f'=HYPERLINK("http://{word}")', f"{word}@example.org",
        f"943 476 5919 {word}", f'"{word}', f"{word}\n{word}", f"01/06/2025 {word}", word * 300,
        f"{word}\x00", f"\ufeff{word}",
    ])  # fmt: skip


def _table(rng: random.Random, words: Iterator[str], mapping: str) -> list[list[str]]:
    """Header and rows of a mapping's file, every row with a word somewhere."""
    header = HEADERS[mapping].split(",")
    rows = []
    for _ in range(rng.randrange(1, 40)):
        row = [rng.choice(CELLS) for _ in header]
        word = next(words, canary(rng.randrange(10**7)))
        row[0] = rng.choice([word, row[0]])
        row[rng.randrange(len(row))] = _cell(rng, word)
        rows.append(row)
    return [header, *rows]


def _text(table: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(table)
    return out.getvalue()


@cache
def _mappings() -> tuple[str, ...]:
    return tuple(sorted(HEADERS))


def good(rng: random.Random, words: Iterator[str]) -> Upload:
    """Rows whose key is the word: taken, and the word stays at home."""
    mapping = rng.choice(sorted(GOOD))
    header = HEADERS[mapping].split(",")
    rows = [[next(words), *(GOOD[mapping].get(name, "") for name in header[1:])] for _ in range(rng.randrange(1, 5))]
    file = ("file", "export.csv", _text([header, *rows]).encode())
    return Upload([file, *_fields(rng, "mapped-csv", mapping)], len(rows), "good", good=True)


def good_903(rng: random.Random, words: Iterator[str]) -> Upload:
    rows = [[next(words), "01/02/2011", "M", f"0{n}/03/2026", f"1{n}/03/2026"] for n in range(1, rng.randrange(2, 6))]
    text = _text([["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"], *rows])
    return Upload(
        [("file", "Missing.csv", text.encode()), *_fields(rng, "ssda903-missing")], len(rows), "903", good=True
    )


def cells(rng: random.Random, words: Iterator[str]) -> Upload:
    mapping = rng.choice(_mappings())
    table = _table(rng, words, mapping)
    encoding = rng.choice(["utf-8", "utf-8-sig", "cp1252", "utf-16", "latin-1"])
    text = _text(table, rng.choice([",", ",", "\t", ";", "|"])).encode(encoding, "replace")
    name = rng.choice(["export.csv", "export.txt", "export.tsv"])
    return Upload([("file", name, text), *_fields(rng, "mapped-csv", mapping)], len(table) - 1, "cells")


def headers(rng: random.Random, words: Iterator[str]) -> Upload:
    mapping = rng.choice(_mappings())
    table = _table(rng, words, mapping)
    word, header = next(words, canary(1)), table[0]
    turn = rng.randrange(4)
    if turn == 0:
        table = [[*row, word] for row in table]
    elif turn == 1:
        header[rng.randrange(len(header))] = word
    elif turn == 2:
        header[rng.randrange(len(header))] = header[0]
    else:
        table = [[word, word], [word], *table]
    file = ("file", "export.csv", _text(table).encode("utf-8", "replace"))
    return Upload([file, *_fields(rng, "mapped-csv", mapping)], len(table) - 1, "headers")


def nine_o_three(rng: random.Random, words: Iterator[str]) -> Upload:
    rows = [
        [next(words), rng.choice(CELLS), rng.choice("MAX"), rng.choice(CELLS), _cell(rng, canary(7))]
        for _ in range(rng.randrange(1, 8))
    ]
    text = _text([["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"], *rows]).encode("utf-8", "replace")
    word = next(words)
    beside = _text([["CHILD", "SEX", "DOB", "ETHNIC", "UPN", word], [word, "1", "01/02/2011", "WBRI", word, word]])
    parts = [("file", f"{word}.csv", text), *_fields(rng, "ssda903-missing")]
    for name in rng.sample(["header", "episodes", "previous", "postcodes"], rng.randrange(3)):
        parts.append((name, f"{word}{name}.csv", rng.choice([beside.encode(), word.encode(), b"\xff" + word.encode()])))
    return Upload(parts, len(rows), "903-dirty")


def lines(rng: random.Random, words: Iterator[str]) -> Upload:
    found = messages(rng.randrange(10**6) * 7 + 6, rng.randrange(1, 30), SCHOOLS)
    made = [(message.value or b"").replace(b"\n", b" ").replace(b"\r", b" ") for message in found]
    name = rng.choice(["events.json", "events.jsonl", "events.ndjson"])
    return Upload([("file", name, b"\n".join(made)), *_fields(rng, "events")], len(made), "events")


def names(rng: random.Random, words: Iterator[str]) -> Upload:
    word = next(words)
    name = rng.choice([
        f"{word}.csv", f"../../{word}.csv", f"/etc/{word}.csv", f"x.{word}", word, f"{word}.CSV", f"{word}\x00.csv",
        f"a{word}.xlsx", f"{word}.csv\\", "." * 200 + f"{word}.csv",
    ])  # fmt: skip
    table = _table(rng, words, "lcs-missing")
    return Upload([("file", name, _text(table).encode("utf-8", "replace")), *_fields(rng, "mapped-csv", "lcs-missing")],
                  len(table) - 1, "names")  # fmt: skip


def fields(rng: random.Random, words: Iterator[str]) -> Upload:
    word = next(words)
    wrong = {rng.choice(["format", "mapping", "board", "collection_year", "complete", "yes", word]): word}
    if rng.randrange(3) == 0:
        wrong = {"board": rng.choice([OTHER_BOARD, "Z99999999", f"{BOARD} {word}"]), "yes": word}
    file = ("file", "export.csv", _text([HEADERS["training"].split(","), [word] * 14]).encode())
    given = {"format": "mapped-csv", "mapping": "training", "board": BOARD} | wrong
    return Upload([file, *((name, None, text.encode()) for name, text in given.items())], 1, "fields")


def broken_forms(rng: random.Random, words: Iterator[str]) -> Upload:
    word = next(words)
    made = cells(rng, words)
    made.how = "forms"
    made.parts.append((rng.choice([word, "file", "format"]), rng.choice([None, word]), word.encode()))
    made.media = rng.choice(["", f"; charset={word}", f"; {word}"])
    made.cut = rng.choice([1.0, 0.99, rng.random()])
    return made


def sheets(rng: random.Random, words: Iterator[str]) -> Upload:
    mapping = rng.choice(_mappings())
    table = _table(rng, words, mapping)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = next(words, canary(2))
    for row in table:
        # A workbook cannot hold control characters at all.
        sheet.append([re.sub(r"[\x00-\x1f]", " ", cell) for cell in row])
    for line in sheet.iter_rows(min_row=2, max_col=3):
        # An identifier in a column of dates; no word of ours is a number, so the search for this one is its own.
        cell = line[rng.randrange(len(line))]
        cell.value, cell.number_format = int(NUMBER), "dd/mm/yyyy"
    book.properties.creator = canary(3)
    out = io.BytesIO()
    book.save(out)
    content = bytearray(out.getvalue())
    turn = rng.randrange(4)
    if turn == 1:
        content = content[: rng.randrange(len(content))]
    elif turn == 2:
        for _ in range(rng.randrange(1, 30)):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    name = rng.choice(["export.xlsx", "export.xlsm", "export.csv"])
    return Upload([("file", name, bytes(content)), *_fields(rng, "mapped-csv", mapping)], len(table) - 1, "sheets")


def noise(rng: random.Random, words: Iterator[str]) -> Upload:
    word = next(words).encode()
    content = rng.choice(
        [b"", word, b"PK\x03\x04" + word, rng.randbytes(300) + word, b"\xff\xfe" + word, b"[" * 900 + word]
    )
    name = rng.choice(["a.csv", "a.xlsx", "a.json", "a.tsv"])
    how = rng.choice([_fields(rng, "events"), _fields(rng, "ssda903-missing"), _fields(rng, "mapped-csv", "cpoms")])
    return Upload([("file", name, content), *how], 1, "noise")


Bend = Callable[[random.Random, Iterator[str]], Upload]
BENDS: tuple[Bend, ...] = (
    good, good_903, cells, cells, headers, nine_o_three, lines, names, fields, broken_forms, sheets, noise,
)  # fmt: skip
