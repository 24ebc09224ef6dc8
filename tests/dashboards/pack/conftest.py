"""A board with two years and four quarters of releases, signals, actions and returns, read once for all papers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache, cached_property
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine, insert

from analysis.measures.registry import COUNTS
from dashboards.exports import csv_file
from dashboards.exports.document import document
from dashboards.geography.files import Maps
from dashboards.labels import Names
from dashboards.pack import agency, inspection, made, papers, police
from dashboards.pack.blocks import Paper
from dashboards.pack.kinds import KINDS
from dashboards.pack.source import Source, read
from models.register import Agency, load_register
from models.service import clock
from models.store import SignalRow, make_engine, upgrade, writing
from models.store.actions import Source as From
from models.store.actions import open_action
from tests.dashboards.conftest import REGISTER, TODAY, store
from tests.dashboards.ladder_5 import ladder_5
from tests.models.store.factories import BOARD, make_signal, make_silence, make_submission

PERSON = "Rita Reader (chair)"
REGISTERED = load_register(REGISTER)
AGENCIES = REGISTERED.agencies_of(BOARD)
OWNER = "aldermere-police"


def filled(engine: Engine) -> None:
    """Put a full board into a database."""
    changed = dict.fromkeys(list(COUNTS)[::3], 100)
    store(engine, ladder_5("2024FY", **changed), ladder_5("2025FY"))
    for quarter in ("2025Q2", "2025Q3", "2025Q4", "2026Q1"):
        store(engine, ladder_5(quarter), checked=False)
    returned = [make_submission(one.id) for one in AGENCIES if one.id != "aldermere-housing"]
    store(engine, *returned, checked=False)
    with writing(engine).begin() as connection:
        for number, message in enumerate((make_signal(), make_silence())):
            fields = message.model_dump(include=set(SignalRow.__table__.columns.keys()))
            fields |= {"areas": " ".join(fields.get("areas", ()))}
            connection.execute(insert(SignalRow).values(**fields, src_offset=number))
        for number, one in enumerate((OWNER, "aldermere-health"), 1):
            open_action(
                connection, "chair", board=BOARD, source=From.AUDIT, owner=one, title=f"Owed by number {number}",
                opened_on=date(2026, 1, 1), due_on=date(2026, 2, number),
            )  # fmt: skip


class World:
    """What the papers are written from, and each of them once it is asked for."""

    def __init__(self, source: Source) -> None:
        self.source, self.names = source, Names.of(REGISTERED, BOARD)
        self.stamp = papers.stamp(source, PERSON)

    @cached_property
    def papers(self) -> dict[str, Paper]:
        """Name -> paper, before it is written down."""
        sheets = {f"agency-{one.id}": agency.sheet(self.source, self.stamp, one) for one in AGENCIES}
        whole = {"meeting": papers.meeting, "brief": papers.brief, "slides": papers.slides, "police": police.annex}
        whole |= {"inspect": inspection.paper}
        return {name: write(self.source, self.stamp) for name, write in whole.items()} | sheets

    @cache  # noqa: B019 - there is one world, and it lasts
    def file(self, name: str) -> bytes:
        """The file of one kind of paper; `agency` for one sheet."""
        if name == "agency":
            return made.sheet(self.source, self.police, PERSON).content
        return made.paper(self.source, next(kind for kind in KINDS if kind.name == name), PERSON).content

    @cache  # noqa: B019
    def text(self, name: str) -> list[str]:
        """The text of each page of a PDF."""
        pages = PdfReader(io.BytesIO(self.file(name))).pages
        return [" ".join(page.extract_text().split()) for page in pages]

    @property
    def police(self) -> Agency:
        """The agency whose sheet is written."""
        return next(one for one in AGENCIES if one.id == OWNER)

    @cached_property
    def rows(self) -> dict[str, Mapping[str, Mapping[str, str]]]:
        """Window -> label -> its row in the CSV of the release."""
        found: dict[str, Mapping[str, Mapping[str, str]]] = {}
        for window, release in self.source.known.documents.shown.items():
            text = csv_file.write(document(release, self.names)).decode("utf-8-sig")
            found[window] = {row["label"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
        return found


@pytest.fixture(scope="module")
def pack_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all tests of a file: another file keeps its own clock."""
    with pytest.MonkeyPatch.context() as patch:
        offset = int((TODAY - datetime.now(UTC)).total_seconds())
        patch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", str(offset))
        path: Path = tmp_path_factory.mktemp("pack") / "pages.db"
        engine = make_engine(f"sqlite:///{path}")
        upgrade(engine)
        filled(engine)
        board = REGISTERED.board_by_code[BOARD]
        with engine.connect() as connection:
            source = read(connection, REGISTERED, board, clock.today(), Maps(REGISTER), sees_waiting=True)
        engine.dispose()
        assert source is not None
        yield World(source)
