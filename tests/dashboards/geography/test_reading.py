"""A file of outlines is read, or refused with a reason that a deployer can act on and no value of the file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from dashboards.geography import reading
from dashboards.geography.reading import OutlinesError, read
from dashboards.geography.rings import area, neighbours
from models.register import load_register
from tests.dashboards.conftest import REGISTER
from tests.dashboards.geography.outlines import DEMO, collection, feature, square

TWO = (feature("W1", square(1000)), feature("W2", square(1001)))
REAL = os.environ.get("YPSEM_TEST_OUTLINES", "")
"""A file of real outlines to try, which is nobody's to commit."""


def test_the_demos_outlines_are_those_of_its_wards_and_neighbours() -> None:
    board = load_register(REGISTER).boards[0]
    found = read(DEMO.read_bytes(), [ward.code for ward in board.wards])
    beside = neighbours(found.rings)
    assert {ward.code: frozenset(ward.neighbours) for ward in board.wards} == beside


@pytest.mark.parametrize(
    "named",
    [{"properties": {"WD24CD": "W1"}}, {"properties": None, "id": "W1"}, {"properties": {"code": "W1"}}],
)
def test_a_code_may_stand_where_common_files_have_it(named: dict[str, Any]) -> None:
    one = {**feature("x", square(1000)), **named}
    assert set(read(collection(one), ["W1"]).rings) == {"W1"}


def test_rings_run_alike_and_holes_the_other_way_whatever_the_file_does() -> None:
    clockwise, hole = square(1000, size=9)[::-1], square(1002, 2)
    found = read(collection(feature("W1", clockwise, hole)), ["W1"]).rings["W1"]
    assert [area(ring) for ring in found] == [81, -1]


def test_degrees_are_brought_to_one_scale() -> None:
    north = [[-2.0, 60.0], [-1.0, 60.0], [-1.0, 61.0], [-2.0, 61.0], [-2.0, 60.0]]
    (ring,) = read(collection(feature("W1", north)), ["W1"]).rings["W1"]
    width = max(x for x, _ in ring) - min(x for x, _ in ring)
    assert width == pytest.approx(0.49, abs=0.01), "a degree of longitude is half as long up there"


def test_whom_a_licence_asks_to_name_is_kept_and_nothing_else() -> None:
    content = collection(*TWO, metadata={"attribution": "Contains  <b>data</b>", "source": "x"})
    assert read(content, ["W1", "W2"]).credit == "Contains <b>data</b>"
    assert read(collection(*TWO, metadata={"attribution": 7}), ["W1", "W2"]).credit == ""


CROSSED = [[1000, 0], [1003, 3], [1003, 0], [1000, 1], [1000, 0]]
BAD = {
    "no JSON": (b"{zz-canary", "is not JSON"),
    "deep": (b"[" * 100_000, "is not JSON"),
    "no collection": (b'{"type": "Feature"}', "FeatureCollection"),
    "no feature": (collection(), "FeatureCollection"),
    "no code": (collection({"properties": {"name": "zz-canary"}}), "feature 1 has no code"),
    "twice": (collection(TWO[0], TWO[0]), "feature 2 has the code of one before"),
    "a point": (collection({**TWO[0], "geometry": {"type": "Point", "coordinates": [1, 2]}}), "not a Polygon"),
    "no geometry": (collection({**TWO[0], "geometry": None}), "not a Polygon"),
    "open": (collection(feature("W1", square(1000)[:-1])), "not closed"),
    "flat": (collection(feature("W1", [[1000, 0], [1001, 0], [1002, 0], [1000, 0]])), "encloses nothing"),
    "crossed": (collection(feature("W1", CROSSED)), "crosses or touches itself"),
    "words": (collection(feature("W1", [["zz-canary", 0]] * 4)), "not two numbers"),
    "truth": (collection(feature("W1", [[True, 0]] * 4)), "not two numbers"),
    "far": (collection(feature("W1", [[1e300, 0]] * 4)), "lies nowhere"),
    "no number": (collection(feature("W1", square(1000))).replace(b"1001", b"NaN"), "lies nowhere"),
    "apart": (collection(TWO[0], feature("W2", square(1000.2, 0.2))), "must not overlap"),
    "turned": (collection(feature("W1", square(-2)), feature("W2", square(52))), "further apart"),
    "missing": (collection(TWO[0]), "1 of 2 wards of the register have no outline here: W2"),
    "more": (collection(*TWO, feature("zz-canary", square(1002))), "1 outlines are of no ward"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_what_cannot_be_used_is_refused_with_a_reason_and_without_a_value(name: str) -> None:
    content, words = BAD[name]
    wards = ["W1", "W2"] if name in ("missing", "more", "apart", "turned", "twice") else ["W1"]
    with pytest.raises(OutlinesError, match=words) as told:
        read(content, wards)
    assert "zz-canary" not in str(told.value)


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    with pytest.raises(OutlinesError, match="generalised"):
        read(collection(*TWO), ["W1", "W2"])
    monkeypatch.undo()
    monkeypatch.setattr(reading, "MOST_POINTS", 7)
    with pytest.raises(OutlinesError, match="more than 7 points"):
        read(collection(*TWO), ["W1", "W2"])


@pytest.mark.skipif(not REAL, reason="no real outlines are named in YPSEM_TEST_OUTLINES")
def test_real_outlines_can_be_used() -> None:
    content = Path(REAL).read_bytes()
    codes = [one["properties"]["code"] for one in json.loads(content)["features"]]
    found = read(content, codes)
    assert set(found.rings) == set(codes)
    assert found.credit
