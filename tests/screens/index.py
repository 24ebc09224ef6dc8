"""The list of pictures: what each shows, whose view it is, and where to find it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from demo.provider.people import PEOPLE
from tests.screens.packs import Paper
from tests.screens.shots import NAMES, WIDTHS, Shot, route_of

HEAD = """# Every page, as it looks

Made by `make screens` from the demo's releases: invented places, invented children. Each page is shown at 1280 and at
320 pixels, as the person in the last column sees it. A page at 320 pixels is also what a window of 1280 shows when it
is enlarged to 400 %. Pictures have few colours, and the wide ones are shrunk, so that the folder stays small.
"""
_ROLES = {person.subject: person.is_what for person in PEOPLE} | {"": "somebody who is not signed in"}


@dataclass(frozen=True)
class Taken:
    """One page that was photographed."""

    shot: Shot
    title: str


def page(taken: Sequence[Taken], papers: Sequence[Paper]) -> str:
    """The whole list as Markdown."""
    lines = [HEAD]
    for heading, chosen in _groups(taken):
        lines += [f"## {heading}", "", "| page | address | as pictures | seen by |", "|---|---|---|---|"]
        lines += [_row(one) for one in chosen]
        lines.append("")
    if papers:
        lines += ["## The meeting pack", "", "| paper | pages |", "|---|---|"]
        lines += [
            f"| {paper.title} | {', '.join(_link(str(at), file) for at, file in paper.pages)} |" for paper in papers
        ]
        lines.append("")
    return "\n".join(lines)


def _groups(taken: Sequence[Taken]) -> list[tuple[str, list[Taken]]]:
    found: dict[str, list[Taken]] = {}
    for one in taken:
        board = next((name for code, name in NAMES.items() if code in one.shot.address), "")
        found.setdefault(f"Pages of {board.capitalize()}" if board else "Pages of no board", []).append(one)
    return list(found.items())


def _row(one: Taken) -> str:
    pictures = ", ".join(_link(f"{width}", one.shot.file(width)) for width in WIDTHS)
    return f"| {one.title} | `{route_of(one.shot.address)}` | {pictures} | {_ROLES[one.shot.who]} |"


def _link(words: str, file: str) -> str:
    return f"[{words}]({file})"
