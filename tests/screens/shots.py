"""What is photographed, as whom, and how: whole pages, few colours, small files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from dashboards.people.mapped import ROUTES
from dashboards.people.person import Person, stored
from demo.boards import LARGE, SMALL
from demo.provider.people import PEOPLE
from tests.dashboards.browser.judged.addresses import open_pages, pages

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = {LARGE: "aldermere", SMALL: "merrowdale"}
WIDTHS = (1280, 320)
COLOURS = 32
HIGHEST = 16_000
"""Pixels. WebP holds no more, and nobody looks further."""
WHO = ("chris", "gwen", "ana", "petra", "adam", "olu", "vera")
"""Whose page is shown, first of those who may see it: the chair's where the chair may."""
_MADE = re.compile(r"act-[0-9a-f]{16}|(?<=/)[a-z]{24}(?=/)|X0800000\d\.\d{4}Q\d\.l\d")


@dataclass(frozen=True)
class Shot:
    """One page, and who looks at it."""

    address: str
    who: str
    """A subject of the demo's people; empty for somebody who is not signed in."""

    @property
    def slug(self) -> str:
        """Its name as a file, without codes that are another tomorrow."""
        plain = _MADE.sub("one", self.address)
        for code, name in NAMES.items():
            plain = plain.replace(code, name)
        return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "boards"

    def file(self, width: int) -> str:
        """The name of the picture at a width."""
        return f"{self.slug}-{width}.webp"


_OF_SMALL = re.compile(r"/boards/\w+(/[a-z]+)?")
"""The small board's pages: one of each kind, for what little figures do to it."""


def shots() -> Iterator[Shot]:
    """Every page of the large board and of none, as the first of `WHO` who may see it; the small board's main ones."""
    known: set[str] = {"/"}
    yield Shot("/", "gwen")
    people = {person.subject: person for person in PEOPLE}
    for who, board in (*((who, LARGE) for who in WHO), ("mira", SMALL)):
        person = Person("https://provider.example", who, people[who].name, stored(people[who].roles))
        for address in pages(person, board):
            if address not in known and (board == LARGE or _OF_SMALL.fullmatch(address)):
                known.add(address)
                yield Shot(address, who)
    yield from (Shot(address, "") for address in open_pages())


def route_of(address: str) -> str:
    """The path of the route that an address belongs to; itself if it is open to everybody."""
    plain = address.partition("?")[0]
    for method, path in ROUTES:
        if method == "GET" and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), plain):
            return path
    return plain


def photograph(page: Page, url: str, shot: Shot) -> tuple[dict[int, bytes], str]:
    """The whole page as a picture at each width, and its title; raises `RuntimeError` if the page did not come."""
    answer = page.goto(f"{url}{shot.address}")
    if answer is None or answer.status != 200:
        raise RuntimeError(f"{shot.address}: {answer and answer.status}")
    pictures = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        pictures[width] = small(page.screenshot(full_page=True))
    return pictures, page.title()


def small(png: bytes) -> bytes:
    """The same picture in few colours, cut where it is too high."""
    with Image.open(io.BytesIO(png)) as picture:
        cut = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, HIGHEST)))
        few = cut.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).convert("RGB")
        kept = io.BytesIO()
        few.save(kept, "WEBP", lossless=True, quality=60, method=3)
        return kept.getvalue()
