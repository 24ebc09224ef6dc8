"""PDFs are drawn one at a time, kept, and refused when too many wait: nobody can keep the pages busy with them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from unittest.mock import patch

import pytest
from sqlalchemy import Engine

from dashboards.exports import pdf
from dashboards.life import changes
from dashboards.life.states import Fault
from tests.dashboards.conftest import Visit, store
from tests.dashboards.exports.releases import needs_pango
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD, make_release

PATH = f"/releases/{BOARD}.2026Q1.l1.pdf"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Other tests draw too."""
    pdf._drawn.clear()
    yield
    pdf._drawn.clear()


class Drawing:
    """Stands in for drawing a document, which a test holds up or counts."""

    def __init__(self) -> None:
        self.drawn, self.go_on = 0, Event()
        self.begun = Event()

    def __call__(self) -> bytes:
        self.drawn += 1
        self.begun.set()
        assert self.go_on.wait(20)
        return b"%PDF"


def test_a_few_wait_the_rest_are_refused_and_one_is_drawn() -> None:
    drawing = Drawing()
    with ThreadPoolExecutor(pdf.WAITING + 1) as pool:
        first = pool.submit(pdf._bounded, b"key", drawing)
        assert drawing.begun.wait(20)
        waiting = [pool.submit(pdf._bounded, b"key", drawing) for _ in range(pdf.WAITING)]
        refused = 0
        while not refused:  # until all of them have taken their places
            try:
                if pdf._PLACES.acquire(blocking=False):
                    pdf._PLACES.release()
                    continue
                pdf._bounded(b"another", drawing)
            except pdf.PdfBusy:
                refused += 1
        drawing.go_on.set()
        assert {future.result(20) for future in (first, *waiting)} == {b"%PDF"}
    assert drawing.drawn == 1
    assert pdf._bounded(b"another", drawing) == b"%PDF", "there is room again"


def test_one_that_fails_gives_its_place_back() -> None:
    def broken() -> bytes:
        raise RuntimeError

    for _ in range(pdf.WAITING + 3):
        with pytest.raises(RuntimeError):
            pdf._bounded(b"key", broken)
    drawing = Drawing()
    drawing.go_on.set()
    assert pdf._bounded(b"key", drawing) == b"%PDF"


def test_a_bounded_number_is_kept() -> None:
    for number in range(pdf.KEPT * 2):
        pdf._bounded(str(number).encode(), lambda: b"%PDF")
    assert len(pdf._drawn) == pdf.KEPT


@needs_pango
def test_the_same_release_is_drawn_once_until_a_notice_is_put_beside_it(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release("2026Q1"))
    client = visit(sqlite)
    first = client.get(PATH)
    assert (first.status_code, first.content[:4]) == (200, b"%PDF")
    with patch.object(pdf, "_PLACES") as places:
        places.acquire.return_value = False  # as if the pages were busy
        assert client.get(PATH).content == first.content, "what is kept needs no place"
        changes.correct(sqlite, f"{BOARD}.2026Q1.l1", "ana", Fault.RETURN)
        busy = client.get(PATH)
    assert (busy.status_code, busy.headers["retry-after"]) == (429, "60")
    assert "Several are being made at this moment" in " ".join(Page(busy.text).text.split())
    after = client.get(PATH)
    assert after.status_code == 200
    assert after.content != first.content
