"""Taking the papers: who may, what the log has of it, and what is said where there is nothing to take."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

from dashboards.__main__ import main
from dashboards.exports import pdf
from dashboards.life.states import LifeState
from dashboards.pack import made
from dashboards.pack.kinds import KINDS, PPTX
from models.store import AuditRow
from tests.dashboards.conftest import REGISTER, Visit, browser, signed_in, store
from tests.dashboards.exports.releases import needs_pango
from tests.dashboards.html import Page
from tests.dashboards.pack.conftest import AGENCIES
from tests.models.store.factories import BOARD, make_release

PACK = f"/boards/{BOARD}/pack"
RELEASE = f"{BOARD}.2026Q1.l1"


def rows(engine: Engine) -> list[tuple[str, str, str, str]]:
    row = AuditRow
    query = select(row.who, row.action, row.subject, row.detail).where(row.action == "pack").order_by(row.number)
    with engine.connect() as connection:
        return [(who, action, subject, detail) for who, action, subject, detail in connection.execute(query)]


@needs_pango
def test_a_paper_is_in_the_log_with_its_checksum_and_the_page_shows_it_to_whoever_took_it(
    sqlite: Engine, visit: Visit
) -> None:
    store(sqlite, make_release("2026Q1"))
    client = visit(sqlite)
    answer = client.get(f"{PACK}/brief.pdf")
    digest = hashlib.sha256(answer.content)
    assert (answer.status_code, answer.content[:4]) == (200, b"%PDF")
    assert answer.headers["content-disposition"] == 'attachment; filename="brief.pdf"'
    assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    sheet = client.get(f"{PACK}/agency-aldermere-police.pdf")
    of_sheet = hashlib.sha256(sheet.content).hexdigest()
    assert rows(sqlite) == [
        ("sub:reader", "pack", RELEASE, f"brief {digest.hexdigest()[:24]}"),
        ("sub:reader", "pack", f"{RELEASE}:aldermere-police", f"agency {of_sheet[:24]}"),
    ]
    page = " ".join(Page(client.get(PACK).text).text.split())
    assert page.count("You took it on 11 May 2026") == 2
    assert f"begins {digest.hexdigest()[:24]}" in page
    log = " ".join(Page(client.get(f"/boards/{BOARD}/audit").text).text.split())
    assert f"brief for chief officers, checksum begins {digest.hexdigest()[:24]}" in log


def test_slides_need_no_pango_and_a_pdf_that_cannot_be_made_is_not_in_the_log(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release("2026Q1"))
    client = visit(sqlite)
    with patch.object(pdf, "_engine", side_effect=pdf.PdfUnavailable):
        assert client.get(f"{PACK}/meeting.pdf").status_code == 501
        slides = client.get(f"{PACK}/slides.pptx")
    assert (slides.status_code, slides.headers["content-type"]) == (200, PPTX)
    with patch.object(pdf, "_bounded", side_effect=pdf.PdfBusy):
        busy = client.get(f"{PACK}/meeting.pdf")
    assert (busy.status_code, busy.headers["retry-after"]) == (429, "60")
    assert [detail.partition(" ")[0] for *_, detail in rows(sqlite)] == ["slides"]


@needs_pango
def test_a_viewer_takes_the_sheet_of_the_own_agency_and_of_no_other(sqlite: Engine, register_dir: Path) -> None:
    store(sqlite, make_release("2026Q1"))
    client = browser(sqlite, register_dir, signed_in(sqlite, f"viewer:{BOARD}:aldermere-health"))
    assert client.get(f"{PACK}/agency-aldermere-health.pdf").status_code == 200
    refused = client.get(f"{PACK}/agency-aldermere-police.pdf")
    assert refused.status_code == 403
    assert "a viewer for the agency that it is about" in refused.text
    links = [a["href"] for a in Page(client.get(PACK).text).having("a") if "agency-" in a.get("href", "")]
    assert links == [f"{PACK}/agency-aldermere-health.pdf"]
    chair = browser(sqlite, register_dir, signed_in(sqlite, f"chair:{BOARD}"))
    links = [a["href"] for a in Page(chair.get(PACK).text).having("a") if "agency-" in a.get("href", "")]
    assert len(links) == len(AGENCIES)


@pytest.mark.parametrize("name", ["none.pdf", "agency-nobody.pdf", "agency-merrowdale-health.pdf", "meeting.html"])
def test_what_is_no_paper_of_the_board_is_not_found(sqlite: Engine, visit: Visit, name: str) -> None:
    store(sqlite, make_release("2026Q1"))
    assert visit(sqlite).get(f"{PACK}/{name}").status_code == 404
    assert rows(sqlite) == []


def test_without_an_approved_release_there_is_no_paper_and_the_page_says_so(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release("2026Q1"), state=LifeState.BUILT)
    client = visit(sqlite)
    assert client.get(f"{PACK}/brief.pdf").status_code == 404
    page = Page(client.get(PACK).text)
    assert "no release of this board is approved" in page.text
    assert not [a for a in page.having("a") if "pack/" in a.get("href", "")]


def test_what_cannot_be_noted_is_not_handed_out(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release("2026Q1"))
    client = visit(sqlite)
    with patch.object(made, "note", side_effect=RuntimeError):
        assert client.get(f"{PACK}/slides.pptx").status_code == 500


@needs_pango
@pytest.mark.slow
def test_the_command_writes_every_paper_and_its_checksums(sqlite: Engine, tmp_path: Path) -> None:
    store(sqlite, make_release("2026Q1"))
    url, out = sqlite.url.render_as_string(hide_password=False), tmp_path / "some" / "pack"
    given = ["pack", "--board", BOARD, "--out", str(out), "--database-url", url, "--register", str(REGISTER)]
    done = CliRunner().invoke(main, given)
    assert done.exit_code == 0, done.output
    names = {kind.file for kind in KINDS} | {f"agency-{one.id}.pdf" for one in AGENCIES}
    assert {path.name for path in out.iterdir()} == names | {"SHA256SUMS"}
    sums = dict(line.split("  ")[::-1] for line in (out / "SHA256SUMS").read_text().splitlines())
    assert sums == {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in names}
    assert {who for who, *_ in rows(sqlite)} == {"terminal"}
    assert len(rows(sqlite)) == len(names)


def test_the_command_writes_nothing_without_an_approved_release(sqlite: Engine, tmp_path: Path) -> None:
    url = sqlite.url.render_as_string(hide_password=False)
    given = ["pack", "--board", BOARD, "--out", str(tmp_path / "x"), "--database-url", url, "--register", str(REGISTER)]
    done = CliRunner().invoke(main, given)
    assert done.exit_code == 1
    assert "no release of this board is approved" in done.stderr
    assert not (tmp_path / "x").exists()
