"""Each kind of file opened by a program that we did not write, and compared with the release cell by cell."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pandas  # type: ignore[import-untyped]
import pytest
from csvw import CSVW, TableGroup  # type: ignore[import-untyped]

from dashboards.exports import formats
from dashboards.labels import label_of, label_of_voice
from models.releases import CellState, Release
from models.releases.written import WRITTEN
from tests.dashboards.exports import readers
from tests.dashboards.exports.releases import NAMES, full
from tests.dashboards.ladder_3 import ladder_3
from tests.dashboards.voices.releases import with_voices
from tests.models.store.factories import wire
from tests.support.lanes import missing

pytestmark = pytest.mark.slow

RELEASES = {"every-state": full(), "ladder-3": ladder_3("2025FY"), "ladder-5": with_voices()}
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""LibreOffice's filter for CSV: comma, quotation mark, UTF-8, numbers as numbers, each sheet a file of its own."""
SECONDS = 120


def labels(release: Release) -> dict[str, int | CellState]:
    """Label -> figure or state, from the release alone."""
    found = {label_of(c, NAMES): c.state if c.value is None else c.value for c in release.cells}
    for voice in release.voices:
        for theme, count in (("any", voice.people), *((str(one.theme), one) for one in voice.themes)):
            state = CellState(count.state)
            found[label_of_voice(voice.voice, theme)] = state if count.value is None else count.value
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every file of every release. The names say the format, so that what is made of them does not collide."""
    into = tmp_path_factory.mktemp("files")
    for name, release in RELEASES.items():
        for suffix in ("xlsx", "ods"):
            (into / f"{name}-{suffix}.{suffix}").write_bytes(formats.write(release, NAMES, suffix))
        for suffix in ("csv", *formats.FOR_PROGRAMS):
            (into / f"{release.release_id}.{suffix}").write_bytes(formats.write(release, NAMES, suffix))
        if (voices := formats.write_voices(release, NAMES)) is not None:
            (into / f"{release.release_id}.{formats.VOICES}").write_bytes(voices)
    return into


@pytest.fixture(scope="module")
def opened(folder: Path) -> Path:
    """What LibreOffice sees in the spreadsheets, as CSV: one run for all of them."""
    program = os.environ.get("YPSEM_TEST_LIBREOFFICE") or shutil.which("soffice")
    if program is None:
        missing("there is no LibreOffice here: apt-get install libreoffice-calc, or name it in YPSEM_TEST_LIBREOFFICE")
    into = folder / "opened"
    books = sorted(map(str, [*folder.glob("*.xlsx"), *folder.glob("*.ods")]))
    profile = (folder / "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", AS_CSV, "--outdir", str(into)]
    subprocess.run([*command, *books], check=True, capture_output=True, timeout=SECONDS)
    return into


def sheets_of(opened: Path, book: str) -> Iterator[tuple[str, list[list[str]]]]:
    for path in sorted(opened.glob(f"{book}-*.csv")):
        yield path.stem.removeprefix(f"{book}-"), list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))


@pytest.mark.parametrize("name", list(RELEASES))
@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_libreoffice_sees_every_sheet_cell_by_cell(folder: Path, opened: Path, name: str, suffix: str) -> None:
    content = (folder / f"{name}-{suffix}.{suffix}").read_bytes()
    ours = readers.xlsx_sheets(content) if suffix == "xlsx" else readers.ods_sheets(content)
    theirs = dict(sheets_of(opened, f"{name}-{suffix}"))
    assert set(theirs) == set(ours)
    for sheet, rows in ours.items():
        texts = [[str(cell) for cell in row] for row in rows]
        assert [[cell for cell in row if cell] for row in theirs[sheet]] == texts, sheet
    seen = {row[0]: row[1] for rows in theirs.values() for row in readers.below_headings(rows)}
    release = RELEASES[name]
    assert seen == {
        label: str(value) if isinstance(value, int) else WRITTEN[value].in_files
        for label, value in labels(release).items()
    }


@pytest.mark.parametrize("name", list(RELEASES))
def test_pandas_reads_the_workbook_and_the_csv_alike(folder: Path, name: str) -> None:
    release = RELEASES[name]
    book = pandas.read_excel(folder / f"{name}-xlsx.xlsx", sheet_name=None, header=None, dtype=object)
    seen = {
        row[0]: row[1]
        for sheet in book.values()
        for row in readers.below_headings(sheet.astype(object).to_numpy().tolist())
    }
    tables = [pandas.read_csv(folder / f"{release.release_id}.csv", keep_default_na=False)]
    if release.voices:
        tables.append(pandas.read_csv(folder / f"{release.release_id}.voices.csv", keep_default_na=False))
    of_csv = {row["label"]: row for table in tables for row in table.to_dict("records")}
    assert set(seen) == set(of_csv) == set(labels(release))
    for label, value in labels(release).items():
        shown = of_csv[label]["children" if "children" in of_csv[label] else "people"]
        wanted = str(value) if isinstance(value, int) else WRITTEN[value].in_files
        assert (str(seen[label]), str(shown)) == (wanted, wanted), label


@pytest.mark.parametrize("name", list(RELEASES))
def test_a_program_that_knows_csv_on_the_web_reads_numbers_and_nothing_where_there_is_none(
    folder: Path, name: str
) -> None:
    release = RELEASES[name]
    description = folder / f"{release.release_id}.{formats.DESCRIPTION}"
    group = TableGroup.from_file(description)
    seen = {}
    for table in group.tables:
        for row in table.iterdicts(strict=True):
            assert all(row[column] not in ("", None) for column in row if column not in OPTIONAL), row["label"]
            number = row["children"] if "children" in row else row["people"]
            seen[row["label"]] = number if row["state"] == "figure" else CellState(row["state"])
            assert (number is None) == (row["state"] not in ("figure", "none")), row["label"]
            assert (row["likely_from"] is None) == (row["likely_to"] is None)
        assert table.check_primary_key()
    assert seen == labels(release)
    assert CSVW(str(description), validate=True).is_valid
    told = json.loads(description.read_text("utf-8"))
    assert "dc:license" not in told
    assert told["tables"][0]["url"] == f"{release.release_id}.csv"


OPTIONAL = ("children", "people", "likely_from", "likely_to")
"""Columns that may hold no number."""


def test_a_value_that_breaks_the_description_is_found(folder: Path, tmp_path: Path) -> None:
    name = full().release_id
    for suffix in ("csv", formats.DESCRIPTION):
        shutil.copy(folder / f"{name}.{suffix}", tmp_path)
    whole = (tmp_path / f"{name}.csv").read_text("utf-8")
    (tmp_path / f"{name}.csv").write_text(whole.replace(",fewer than 10,", ",about 7,", 1), "utf-8")
    with pytest.raises(ValueError, match="about 7"):
        list(TableGroup.from_file(tmp_path / f"{name}.{formats.DESCRIPTION}").tables[0].iterdicts(strict=True))


@pytest.mark.parametrize("name", list(RELEASES))
def test_both_kinds_of_json_are_as_their_schemas_say(folder: Path, name: str) -> None:
    release = RELEASES[name]
    files = {
        "schema.json": json.loads(wire(release)),
        "labelled.schema.json": json.loads((folder / f"{release.release_id}.{formats.LABELLED}").read_bytes()),
    }
    for suffix, told in files.items():
        schema = json.loads((folder / f"{release.release_id}.{suffix}").read_bytes())
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        assert list(validator.iter_errors(told)) == []
        assert list(validator.iter_errors(told | {"child": "x"})) != [], "the schema is closed"
    lines = (*files["labelled.schema.json"]["children"], *files["labelled.schema.json"]["people"])
    seen = {line["label"]: CellState(line["state"]) if line["value"] is None else line["value"] for line in lines}
    assert seen == labels(release)
