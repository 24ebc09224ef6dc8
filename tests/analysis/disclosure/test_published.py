"""What protected files say besides their cells, for the audit format."""

from __future__ import annotations

from analysis.commands.protect import release_file
from analysis.disclosure.cells import Shape
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.published import published_of

SHAPE = Shape("B", {}, ("W1",), {"a": "police"}, ("X",))


def test_protected_files_are_told_release_by_release_without_cells() -> None:
    """In the order of cut-offs and ids, however the files are named; each ladder once, by its version."""
    late = release_file(LADDERS[4], SHAPE, ["2024Q2", "2024FY"], "2025-04-29", {}, synthetic=True)
    early = release_file(LADDERS[3], SHAPE, ["2024Q2"], "2024-07-29", {}, synthetic=False)
    said = published_of([late, early])
    assert [(one["cut_off"], one["release_id"], one["ladder_version"]) for one in said["releases"]] == [
        ("2024-07-29", "B.2024Q2.l3", 3),
        ("2025-04-29", "B.2024FY.l4", 4),
        ("2025-04-29", "B.2024Q2.l4", 4),
    ]
    assert {name: LADDERS[int(name)].model_dump(mode="json") for name in ("3", "4")} == said["ladders"]
    for one in said["releases"]:
        assert one.keys() == {
            *("file", "format", "board", "cut_off", "synthetic", "parameters", "shape", "gate"),
            *("ladder_version", "release_id", "window"),
        }
        assert (one["file"], one["board"], one["synthetic"]) == ("protected", "B", one["ladder_version"] == 4)
