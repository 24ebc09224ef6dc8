"""Print the hardest sentences of pages that are being served, and what is wrong in them.

`python -m tests.dashboards.english http://127.0.0.1:8080 /boards/X08000001 ...`: with no address, follows links from /.
"""

from __future__ import annotations

import re
import sys
from urllib.request import urlopen

from tests.dashboards.english.judged import frame, judge

_MOST_OF_A_KIND = 2
"""Addresses that differ in a code, a number or a query alone."""
_HARDEST = 5


def _kind(path: str) -> str:
    return re.sub(r"(?<=releases/)[^/]+|[A-Z]\d{8}|act-\w+|\?.*", "*", path)


def walk(base: str, start: list[str]) -> dict[str, str]:
    """Pages by address: those named, or all that links lead to, two of a kind."""
    found: dict[str, str] = {}
    waiting, kinds = list(start or ["/"]), dict[str, int]()
    while waiting:
        path = waiting.pop(0)
        kind = _kind(path)
        if path in found or kinds.get(kind, 0) >= _MOST_OF_A_KIND:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        try:
            with urlopen(base + path) as answer:  # noqa: S310
                if "html" not in answer.headers["Content-Type"]:
                    continue
                found[path] = answer.read().decode()
        except OSError as error:
            print(f"{path}: {error}", file=sys.stderr)  # noqa: T201
            continue
        if not start:
            links = re.findall(r'<a [^>]*href="(/[^"#]*)', found[path])
            waiting += (link for link in links if not re.search(r"^/releases/|/csv$|\.\w+$", link))
    return found


def main(base: str, *paths: str) -> None:
    """Print each page, hardest first."""
    pages = walk(base.rstrip("/"), list(paths))
    judged = {path: judge(markup) for path, markup in pages.items()}
    if pages:
        judged["(what all pages share)"] = frame(next(iter(pages.values())))
    for path, page in sorted(judged.items(), key=lambda item: -item[1].grade):
        print(f"\n{path}: grade {page.grade:.1f}")  # noqa: T201
        for line in (*page.wrong, *(f"hard ({hard}): {one}" for hard, one in page.hardest[:_HARDEST])):
            print(f"  {line}")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
