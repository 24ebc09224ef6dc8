"""Every page of the service by its address, found from the routes: a page that somebody adds is judged too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from analysis.measures.registry import DEFINITIONS
from dashboards.people.mapped import OPEN, ROUTES, board_of
from dashboards.people.permissions import Act, may
from dashboards.people.person import Person
from demo.boards import LARGE
from tests.dashboards.browser.judged.filled import SHOWN, WAITS
from tests.dashboards.test_every_page import ACTION, GRANT

FILES = {
    "/releases/{name}", "/audit/csv", "/boards/{code}/audit/csv", "/boards/{code}/inspection/csv",
    "/boards/{code}/pack/{paper}", "/boards/{code}/pack/agency-{agency}.pdf",
}  # fmt: skip
"""Routes whose answer is a file."""
ELSEWHERE = {"/", "/sign-in/start", "/sign-in/back", "/sign-out/there"}
"""Routes that lead on to another page, but for the list of boards."""
EXAMPLES = {
    "measure": tuple(one.id for one in DEFINITIONS), "release": (SHOWN,), "action": (ACTION,),
    "grant": (GRANT.grant_id,), "request": ("r" * 24,), "agency": ("aldermere-police",),
    "place": ("X05000018", f"{LARGE}-T1"), "number": ("1", "2", "3"),
}  # fmt: skip
"""Parameter of an address -> what it stands for in the filled database."""
INSTEAD = {f"/boards/{{code}}/releases/{{release}}/{act}": {"release": (WAITS,)} for act in ("approve", "refuse")}
"""Route -> other examples for it."""
BESIDES = (
    "/boards/{code}/where?map=hexagons", "/boards/{code}/where?show=town.2025FY",
    "/boards/{code}/figures?view=town", "/boards/{code}/figures?view=ward", "/boards/{code}/figures?window=2025FY",
)  # fmt: skip
"""Addresses that show another page of a route."""
LARGE_ALONE = ("release", "action", "grant", "agency", "place")
"""Parameters with an example of the large board alone."""
_PARAMETER = re.compile(r"\{(\w+)\}")


class NoExample(AssertionError):
    """A route with a parameter that has no example."""


def pages(person: Person, board: str) -> Iterator[str]:
    """The addresses of all pages that somebody may see, those of a board for this board."""
    for path in (*_paths(), *BESIDES):
        route = path.partition("?")[0]
        act = ROUTES.get(("GET", route))
        if act is None or (board != LARGE and any(name in LARGE_ALONE for name in _PARAMETER.findall(path))):
            continue
        for address in _addresses(path, board):
            agency = EXAMPLES["agency"][0] if act is Act.ACKNOWLEDGE_ACTION else ""
            if may(person, act, board if "{code}" in route else board_of({}), agency).allowed:
                yield address


def open_pages() -> list[str]:
    """The pages for people who are not signed in."""
    return [path for path in _paths() if ("GET", path) in OPEN]


def _paths() -> list[str]:
    known = {path for method, path in {*ROUTES, *OPEN} if method == "GET"}
    return sorted(known - FILES - (ELSEWHERE - {"/"}))


def _addresses(path: str, board: str) -> Iterator[str]:
    names = _PARAMETER.findall(path)
    examples = EXAMPLES | INSTEAD.get(path, {}) | {"code": (board,)}
    if lacking := [name for name in names if name not in examples]:
        raise NoExample(f"{path} has no example for {lacking[0]}: add one to EXAMPLES in {__name__}")
    for values in product(*(examples[name] for name in names)):
        yield path.format(**dict(zip(names, values, strict=True)))
