"""The papers as files: tagged, with words in place of codes, stamped on every page, the same bytes every time."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from dashboards.exports import pdf
from dashboards.pack import made
from dashboards.pack.blocks import Drawing
from dashboards.pack.kinds import KINDS
from dashboards.pack.pdf import quoted
from tests.dashboards.exports.releases import needs_pango
from tests.dashboards.pack.conftest import AGENCIES, OWNER, PERSON, World

pytestmark = needs_pango
CODE = re.compile(r"\bM\d+\b|\bm\d+_\w+|ladder|KR5|_children|[a-z]+_[a-z]+")
PAGES = {"meeting": (8, 14), "brief": (1, 1), "police": (2, 4), "inspect": (3, 6), "agency": (1, 2)}


@pytest.mark.parametrize("name", PAGES)
def test_a_paper_has_the_pages_that_its_readers_are_promised(pack_world: World, name: str) -> None:
    least, most = PAGES[name]
    assert least <= len(pack_world.text(name)) <= most


@pytest.mark.parametrize("name", PAGES)
def test_no_paper_has_a_code_a_key_or_a_column_name(pack_world: World, name: str) -> None:
    text = " ".join(pack_world.text(name)).replace(pack_world.stamp.release_id, "")
    assert CODE.findall(text) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_of_which_release_it_is_who_took_it_and_how_to_handle_it(pack_world: World, name: str) -> None:
    pages = pack_world.text(name)
    for number, page in enumerate(pages, 1):
        assert pack_world.stamp.release_id in page
        assert f"made for {PERSON} on 11 May 2026" in page
        assert "Handling: for the YPSEM group" in page
        assert f"Page {number} of {len(pages)}" in page
        assert "Synthetic data" in page


@pytest.mark.parametrize("name", PAGES)
def test_a_paper_is_tagged_and_every_picture_has_its_words(pack_world: World, name: str) -> None:
    reader = PdfReader(io.BytesIO(pack_world.file(name)))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert pack_world.stamp.period in str(reader.metadata and reader.metadata.title)
    figures = [element for element in _elements(root["/StructTreeRoot"]) if element.get("/S") == "/Figure"]
    paper = pack_world.papers[f"agency-{OWNER}" if name == "agency" else name]
    drawn = [b for part in paper.parts for b in part.blocks if isinstance(b, Drawing)]
    assert len(figures) == sum(1 + len(one.key) for one in drawn)
    assert all(str(figure.get("/Alt", "")).strip() for figure in figures)
    assert len(drawn) >= (7 if name == "meeting" else 0)


def _elements(node: Any) -> list[Any]:
    """Every element of the structure tree."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [element for kid in node for element in _elements(kid)]
    if not hasattr(node, "get"):
        return []
    return [node, *_elements(node["/K"])] if "/K" in node else [node]


def test_the_bytes_are_the_same_every_time(pack_world: World) -> None:
    for kind in KINDS:
        if kind.name not in ("brief", "slides"):
            continue  # the other papers have the same writer
        pdf._drawn.clear()
        assert made.paper(pack_world.source, kind, PERSON).content == pack_world.file(kind.name)


def test_a_sheet_names_no_other_agency_and_nothing_of_it(pack_world: World) -> None:
    for one in AGENCIES:
        paper = pack_world.papers[f"agency-{one.id}"]
        said = repr(paper.parts) + paper.title
        assert one.name in paper.title
        assert [other.name for other in AGENCIES if other.id != one.id and other.name in said] == []
    police, health = (repr(pack_world.papers[f"agency-aldermere-{name}"]) for name in ("police", "health"))
    assert "Owed by number 1" in police
    assert "Owed by number 2" not in police
    assert "Owed by number 2" in health
    assert "Owed by number 1" not in health


def test_decisions_have_options_and_what_speaks_for_each(pack_world: World) -> None:
    text = " ".join(pack_world.text("meeting"))
    assert "2 actions are overdue: what happens to each?" in text
    assert "Who looks into the rise in Rookhollow" in text
    for part in pack_world.papers["meeting"].parts:
        for block in part.blocks:
            for choice in getattr(block, "choices", ()):
                assert choice.because, choice.option


def test_words_of_a_person_cannot_end_the_text_of_a_footer() -> None:
    assert quoted('a"; } b\\\n') == "a\\22 ; \\7d  b\\5c \\a "
