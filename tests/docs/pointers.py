"""Finds pointers in texts, and reports those that lead nowhere: to files, headings of pages, decisions (ADRs), paths.

Code and comments are read as plain text: whatever looks like a pointer is one. That takes a second; parsing all
files would take ten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FOLDERS = (
    "agencies",
    "analysis",
    "benchmarks",
    "consumers",
    "dashboards",
    "demo",
    "docs",
    "models",
    "streams",
    "tests",
)
SUFFIXES = frozenset({".py", ".md", ".yaml", ".yml", ".json", ".html", ".sh", ".css", ".js", ".conf", ".toml"})
PAGE = re.compile(r"(?<![\w/.*<>-])((?:\.\./)*(?:[\w.-]+/)*[\w-]+\.md)(?:#([\w-]+))?\b")
LINK = re.compile(r"\]\(([^)\s:]*?)(?:#([^)\s]+))?\)")
DECISION = re.compile(r"\b(?:ADRs? |docs/adr/)(\d{4})")
PATH = re.compile(rf"(?<![\w/.*<>-])((?:{'|'.join(FOLDERS)})/[\w./-]*[\w/])(?![\w*<>{{}}\[…]|\.\*)")
NAME = re.compile(rf"`((?:{'|'.join(FOLDERS)})(?:\.\w+)+)(?:\(\))?`")
"""A dotted name of our code in backticks."""
OUTSIDE = re.compile(r"\b[Dd]ecisions? \d|\bdomain \d\.|\bdomain\.md \d")
"""How texts once pointed to papers outside the repository without naming a file that could be looked for."""
PART = re.compile(r"[\"']([\w.-]+\.md)[\"']")
"""A file name alone in quotation marks is part of a path that code puts together."""
PLACEHOLDER = re.compile(r"YYYY|NNNN|/mN\b")
ABSENT = {
    "dashboards/prometheus/targets/backup.yml": "made by whoever runs it, as the runbook says",
    "tests/streams/test_feeds.py": "a test that does not exist, to see that such a row is found",
}
"""Paths that texts name although they do not exist -> why."""
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def texts(root: Path) -> Iterator[Path]:
    """Every file that may contain pointers: in the folders, and beside them."""
    beside = (path for path in root.iterdir() if path.is_file() and not path.name.startswith("."))
    below = (path for folder in FOLDERS for path in (root / folder).rglob("*"))
    for path in (*beside, *below):
        if path.suffix in SUFFIXES or path.name in ("Makefile", "Dockerfile", "Dockerfile.gateway"):
            yield path


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: set[str] = set()
    for heading in HEADING.findall(page.read_text("utf-8")):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        one, times = slug, 0
        while one in found:
            times += 1
            one = f"{slug}-{times}"
        found.add(one)
    return frozenset(found)


def broken(root: Path, path: Path, text: str) -> Iterator[str]:
    """Pointers in the text of `path` that lead nowhere, each once."""
    return iter(dict.fromkeys(_broken(root, path, text)))


def _broken(root: Path, path: Path, text: str) -> Iterator[str]:
    yield from (found[0] for found in OUTSIDE.finditer(text))
    for found in DECISION.finditer(text):
        if not any((root / "docs" / "adr").glob(f"{found[1]}-*.md")):
            yield found[0]
    for found in PATH.finditer(text):
        if not _is_there(root, found[1]):
            yield found[1]
    yield from (name for name in NAME.findall(text) if not is_defined(root, name))
    pages = PAGE.findall(PART.sub("", text) if path.suffix == ".py" else text)
    if path.suffix == ".md":
        pages += [(target, anchor) for target, anchor in LINK.findall(text) if target or anchor]
    for target, anchor in pages:
        page = _page(root, path, target)
        if page is None:
            yield target
        elif anchor and page.suffix == ".md" and anchor not in anchors(page):
            yield f"{target}#{anchor}"


def _page(root: Path, path: Path, target: str) -> Path | None:
    """Where a page is: beside the text, in docs, or at its path from the root."""
    if not target:
        return path
    places = (path.parent / target, root / "docs" / target, root / target)
    return next((place.resolve() for place in places if place.exists()), None)


def _is_there(root: Path, path: str) -> bool:
    """Whether a file or folder exists. A module may be named without its suffix, a decision by its number alone."""
    if path in ABSENT or PLACEHOLDER.search(path) or re.match(r"docs/adr/\d{4}$", path):
        return True
    return (root / path).exists() or (root / f"{path}.py").exists()


def is_defined(root: Path, name: str) -> bool:
    """Whether a dotted name is a module, a package, or something that a module defines at its top level."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        place = root.joinpath(*parts[:length])
        source = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if source.is_file():
            return length == len(parts) or _defines(source.read_text("utf-8"), parts[length])
    return False


def _defines(text: str, name: str) -> bool:
    imported = rf"^(?:from .* )?import .*\b{name}\b|^    {name},$"
    return bool(re.search(rf"^(?:class |def |async def )?{name}\b|{imported}", text, re.MULTILINE))
