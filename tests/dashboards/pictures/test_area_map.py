"""A map says what its table says: nothing else is in it, and every word on it can be read."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.pictures.area_map import CLASSES, MapArea, area_map, swatch
from dashboards.pictures.ground import Ground, Shape
from tests.dashboards.pictures.test_series import luminance

NAMES = ("Amberlow", "Bryarcombe", "Cindermoor", "Dunwhistle", "Eldersedge", "Fennimarsh")


def place(at: int) -> Shape:
    left = 100 * at
    return Shape(f"M{left} 0L{left + 100} 0L{left + 100} 90L{left} 90Z", left + 50, 45, 96)


GROUND = Ground(600, 100, {f"W{at}": place(at) for at in range(6)}, "M0 0L600 0L600 90L0 90Z")
AREAS = (
    *(
        MapArea(f"W{at}", NAMES[at], str(15 + 10 * at), f"{15 + 10 * at}, likely", at, href=f"/w/{at}")
        for at in range(4)
    ),
    MapArea("W4", NAMES[4], "fewer than 10", "fewer than 10", few=True, href="/w/4"),
    MapArea("W5", NAMES[5], "no return", "no return", signal="names it", href="/w/5"),
)
SVG = "{http://www.w3.org/2000/svg}"


def parsed(markup: object) -> ElementTree.Element:
    return ElementTree.fromstring(str(markup))  # noqa: S314 - we drew it


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_each_area_is_a_link_with_all_that_the_table_says_of_it() -> None:
    links = list(parsed(area_map("k", "Children", GROUND, AREAS)).iter("a"))
    assert [link.get("href") for link in links] == [area.href for area in AREAS]
    assert [link.get("aria-label") for link in links] == [
        *(f"{area.name}: {area.said}" for area in AREAS[:5]),
        "Fennimarsh: no return; an open signal names it",
    ]
    assert [link.findtext("title") for link in links] == [link.get("aria-label") for link in links]
    assert all(not list(link.iter("text")) for link in links), "words in a link would have to be its whole name"


def test_without_links_it_is_one_picture_that_is_described_in_full() -> None:
    picture = parsed(area_map("k", "Children", GROUND, AREAS, links=False))
    assert picture.get("role") == "img"
    assert not list(picture.iter("a")) + list(picture.iter("use"))
    assert all(f"{area.name}: {area.said}" in (picture.findtext("desc") or "") for area in AREAS)
    assert {el.get("fill") for el in picture.iter("path")} >= {fill for fill, _ in CLASSES} | {"url(#k-few)"}


def test_every_word_on_the_map_stands_out_from_what_it_is_on() -> None:
    for fill, ink in CLASSES:
        assert contrast(fill, ink) >= 4.5
    picture = parsed(area_map("k", "Children", GROUND, AREAS))
    groups = [g for g in picture.iter("g") if g.get("aria-hidden") == "true"]
    for area, group in zip(AREAS, groups, strict=True):
        inks = {text.get("fill") for text in group.iter("text")}
        on = CLASSES[area.rank][0] if area.rank is not None else "#ffffff"
        assert all(contrast(on, ink or "") >= 4.5 for ink in inks), area
        plates = [rect for rect in group.iter("rect") if rect.get("fill") == "#ffffff"]
        assert bool(plates) == (area.few or bool(area.signal)), "words on hatching have a plate"


def test_a_place_is_told_by_words_and_not_by_colour_alone() -> None:
    said = [
        " ".join(text.text or "" for text in g.iter("text"))
        for g in parsed(area_map("k", "x", GROUND, AREAS)).iter("g")
    ]
    assert said[:4] == ["Amberlow 15", "Bryarcombe 25", "Cindermoor 35", "Dunwhistle 45"]
    assert said[4:] == ["Eldersedge fewer than 10", "Fennimarsh no return open signal"]


def test_few_is_hatched_alike_whatever_was_behind_it() -> None:
    one = MapArea("W4", "x", "fewer than 10", "fewer than 10", few=True)
    assert area_map("k", "x", GROUND, [one]) == area_map("k", "x", GROUND, [one])
    fills = [el.get("fill") for el in parsed(area_map("k", "x", GROUND, [one], links=False)).iter("path")]
    assert "url(#k-few)" in fills
    assert not {fill for fill, _ in CLASSES} & set(fills)


def test_no_number_is_in_the_picture_but_the_figures_and_the_ground() -> None:
    """Two maps with the same ground and other figures differ in the figures, their classes and room for the words."""
    other = tuple(MapArea(a.code, a.name, a.text, a.said, a.rank, a.few, a.signal, a.href) for a in AREAS)
    assert area_map("k", "x", GROUND, other) == area_map("k", "x", GROUND, AREAS)
    numbers = set(re.findall(r"\d+(?:\.\d+)?", str(area_map("k", "x", GROUND, AREAS, links=False))))
    of_figures = {n for n in numbers if 15 <= float(n) <= 45 and float(n) % 10 == 5}
    assert of_figures >= {"15", "25", "35", "45"}
    with_more = (*AREAS[:4], MapArea("W4", NAMES[4], "fewer than 10", "fewer than 10", few=True), AREAS[5])
    assert set(re.findall(r"\d+", str(area_map("k", "x", GROUND, with_more, links=False)))) <= set(
        re.findall(r"\d+", str(area_map("k", "x", GROUND, AREAS, links=False)))
    )


def test_the_ring_of_the_focus_is_kept_within_its_area_and_hidden_at_first() -> None:
    picture = parsed(area_map("k", "x", GROUND, AREAS))
    rings = [use for use in picture.iter("use") if use.get("class") == "ring"]
    assert len(rings) == 2 * len(AREAS), "two tones"
    clips = {clip.get("id") for clip in picture.iter("clipPath")}
    for ring in rings:
        assert ring.get("visibility") == "hidden"
        assert (ring.get("clip-path") or "")[5:-1] in clips
    ids = [el.get("id") for el in picture.iter() if el.get("id")]
    assert len(ids) == len(set(ids))


def test_a_name_that_has_no_room_is_left_to_the_link_and_the_table() -> None:
    narrow = Ground(40, 40, {"W0": Shape("M0 0L40 0L40 40L0 40Z", 20, 20, 30)}, "")
    area = MapArea("W0", "Charlemont with Grove Vale", "15", "15", 0)
    assert [text.text for text in parsed(area_map("k", "x", narrow, [area])).iter("text")] == ["15"]


@pytest.mark.parametrize("few", [True, False])
def test_an_entry_of_the_key_looks_like_its_area_and_says_what_it_is(few: bool) -> None:
    picture = parsed(swatch("s", "fewer than 10" if few else "10 to 19 children", None if few else 0, few=few))
    fills = [rect.get("fill") for rect in picture.findall("rect")]
    assert fills == ["url(#s-few)" if few else CLASSES[0][0]]
    assert picture.findtext("title")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40), st.text("<>&\"'a ", max_size=20))
def test_no_word_becomes_an_element(title: str, name: str) -> None:
    picture = parsed(area_map("k", title, GROUND, [MapArea("W0", name, "no return", name, href="/x")]))
    known = {"svg", "title", "desc", "defs", "pattern", "path", "rect", "clipPath", "use", "a", "g", "text"}
    assert {el.tag.removeprefix(SVG) for el in picture.iter()} <= known
    assert (picture.findtext("title") or "") == title
