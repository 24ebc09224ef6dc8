"""What is wrong with a page is found: each kind of fault on a page that has it, and none on one that has not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dashboards.browser.judged.looking import Eye, Findings
from tests.dashboards.browser.judged.sweep import Answer, Sweep
from tests.dashboards.browser.served import Served
from tests.support import nu

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGE = """<!doctype html><html lang="en-GB"><head><title>A page</title><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><style>:focus-visible {{ outline: 3px solid }}</style></head>
<body><header>Who</header><main><h1>A page</h1>{}</main><footer>End</footer></body></html>"""
HTML = {"content-type": "text/html; charset=utf-8"}
PATTERN = '<pattern id="hatch" width="6" height="6"><path d="M0 6L6 0" stroke="{}"/></pattern>'
HATCHED = '<rect width="200" height="40" fill="url(#hatch)"/><text x="9" y="30">Hatched</text>'
USED = """<defs><path id="area" d="M0 0h200v40H0z"/></defs><use href="#area" fill="{}"/>
<text x="9" y="30" fill="#ffffff">In an area</text>"""
RINGED = """<style>.area:focus-visible {{ outline: none }} .area:focus-visible .ring {{ visibility: {} }}</style>
<svg width="60" height="40"><title>Map</title><a href="/" class="area" aria-label="Abbey"><rect width="60" height="40"/>
<rect class="ring" width="60" height="40" fill="none" stroke="#ffdd00" stroke-width="6" visibility="hidden"/>
</a></svg>"""


@pytest.fixture
def eye(pages: Served, chromium: Browser) -> Iterator[Eye]:
    """An eye that has seen nothing."""
    opened = Eye(chromium, pages.url)
    yield opened
    opened.close()


def seen(eye: Eye, part: str) -> Findings:
    """What is found on a page with this part."""
    eye.look("/judged", HTML, PAGE.format(part).encode(), first=True)
    return eye.found


def test_a_sound_page_has_no_fault(eye: Eye) -> None:
    found = seen(eye, '<p><a href="/">Where to go</a></p><details><summary>More</summary><p>Said</p></details>')
    assert found == Findings()
    eye.in_other_colours("/judged", HTML, PAGE.format("<p>Said</p>").encode())
    assert found == Findings()


def test_axe_is_asked_at_both_widths(eye: Eye) -> None:
    found = seen(eye, '<img src="/static/none.png">')
    assert [line.partition(":")[0] for line in found.axe] == ["image-alt /judged at 1280", "image-alt /judged at 320"]


def test_what_is_too_wide_is_named(eye: Eye) -> None:
    found = seen(eye, "<p><code>" + 60 * "wide" + "</code></p>")
    assert [line.partition(":")[0] for line in found.wide] == ["/judged at 1280", "/judged at 320"]
    assert "code" in found.wide[1]


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ('<button tabindex="2">Later</button>', "out of order"),
        ('<style>a:focus-visible { outline: none }</style><a href="/">Where</a>', "focus unseen"),
        (RINGED.format("hidden"), "focus unseen"),
        ('<div tabindex="0" inert>Not to be reached</div>', "takes no focus"),
        ("<style>main { display: flex; flex-direction: row-reverse }</style><p>B</p>", "another order"),
    ],
)
def test_what_the_keyboard_cannot_reach_is_named(part: str, fault: str, eye: Eye) -> None:
    assert any(fault in line for line in seen(eye, part).unreached)


def test_an_area_of_a_map_may_have_a_ring_of_its_own(eye: Eye) -> None:
    assert seen(eye, RINGED.format("visible")).unreached == []


def picture(inside: str) -> str:
    return f'<svg role="img" width="200" height="40"><title>A picture</title>{inside}</svg>'


@pytest.mark.parametrize(
    ("inside", "faults"),
    [
        ('<text x="9" y="30" fill="#0b0c0c">On paper</text>', 0),
        ('<text x="9" y="30" fill="#b1b4b6">On paper</text>', 1),
        ('<rect width="200" height="40" fill="#12436d"/><text x="9" y="30" fill="#ffffff">On blue</text>', 0),
        ('<rect width="200" height="40" fill="#12436d"/><text x="9" y="30" fill="#0b0c0c">On blue</text>', 1),
        ('<text x="9" y="30" fill="#0b0c0c">Under it</text><rect y="38" width="9" height="2" fill="#12436d"/>', 0),
        ('<rect width="50" height="40" fill="#12436d"/><text x="9" y="30" fill="#ffffff">Half on blue only</text>', 1),
        (PATTERN.format("#505a5f") + HATCHED, 1),
        (PATTERN.format("#d0d4d6") + HATCHED, 0),
        (USED.format("#12436d"), 0),
        (USED.format("#dae9f8"), 1),
        ('<g opacity="0.4"><text x="9" y="30" fill="#0b0c0c">Pale</text></g>', 1),
    ],
)
def test_text_in_a_picture_is_held_against_what_is_under_it(inside: str, faults: int, eye: Eye) -> None:
    found = seen(eye, picture(inside))
    assert (found.texts, len(found.faint)) == (2, 2 * faults), "each text at both widths"


def test_a_request_elsewhere_is_seen(eye: Eye) -> None:
    assert seen(eye, '<img alt="" src="http://127.0.0.2:9/x.png">').elsewhere == ["/judged: http://127.0.0.2:9/x.png"]


def test_what_stays_folded_on_paper_is_seen(eye: Eye) -> None:
    folded = "<details><summary>More</summary><p>Hidden on paper</p></details>"
    eye.in_other_colours("/judged", HTML, PAGE.format(folded).encode())
    assert ["Hidden on paper" in line for line in eye.found.folded] == [True]


def test_a_page_of_which_every_part_was_seen_is_not_looked_at_again(eye: Eye, pages: Served) -> None:
    sweep = Sweep(pages.url, eye)
    for number, words in enumerate(("Same", "Same", "Other")):
        sweep.judge("somebody", f"/{number}", Answer(200, HTML, PAGE.format(f"<p>{words}</p>").encode()))
    sweep.judge("somebody", "/4", Answer(500, HTML, b""))
    assert list(sweep.seen) == ["/0 as somebody", "/2 as somebody"]
    assert sweep.refused == ["/4 as somebody: 500 text/html; charset=utf-8"]


def test_the_checker_of_html_names_page_and_fault(tmp_path: Path) -> None:
    said = nu.complaints({"sound": PAGE.format(""), "wrong": PAGE.format('<p id="a"><p id="a">')}, tmp_path)
    assert {(one.page, one.kind) for one in said} == {("wrong", "error"), ("wrong", "info warning")}
    assert "Duplicate ID" in " ".join(one.words for one in said)
