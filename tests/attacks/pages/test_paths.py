"""No address leads to a file that is not meant to be had: traversal in folders, names of releases, ids."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

import dashboards
from tests.attacks.pages.world import World

UP = (
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..%5c",
    "..\\",
    "....//",
    "%252e%252e%252f",
    "..%c0%af",
    "%u002e%u002e/",
    ".%00./",
)
FILES = ("web.py", "templates/base.html", "etc/passwd", "settings.py", "pages.db")
SECRET = ("Build the application", "{% block", "root:", "class PageSettings", "SQLite format")


@pytest.mark.parametrize(
    "folder", ["/static/", "/releases/", "/boards/X08000001/measures/", "/", "/static/../", "/static//"]
)
def test_no_file_is_had_by_going_up(folder: str, pages: World) -> None:
    client = pages.browser() if folder.startswith("/static") else pages.everyone()
    for up, file in product(UP, FILES):
        for deep in (1, 6) if folder == "/static/" else (1,):
            answer = client.get(f"{folder}{up * deep}{file}")
            assert answer.status_code in (400, 401, 403, 404), (folder, up, file, answer.status_code)
            assert not any(words in answer.text for words in SECRET)


@pytest.mark.parametrize(
    "path", ["/static", "/static/", "/static/.", "/static/%2e", "/static/ypsem.css%00.html",
             "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/C:%5cwindows%5cwin.ini", "/static/ypsem.css~"],
)  # fmt: skip
def test_the_folder_of_styles_holds_its_styles_alone(path: str, pages: World) -> None:
    answer = pages.browser().get(path)
    assert answer.status_code in (401, 404)
    assert "ypsem.css" not in answer.text.replace("/static/ypsem.css", "")
    names = {path.name for path in (Path(dashboards.__file__).parent / "static").iterdir()}
    for name in names:
        assert pages.browser().get(f"/static/{name}").status_code == 200


@pytest.mark.parametrize(
    "name", ["X08000001.2026Q1.l1", "X08000001.2026Q1.l1.csv.gz", "X08000001.2026Q1.l1.CSV", "X08000001.2026Q1.l1.",
             "X08000001.csv", "X08000001..csv", "X08000001.%2e%2e.csv", "X08000001.2026Q1.l1.csv%00.pdf",
             "X08000001.%.csv", "X08000001.2026Q1.l_.csv", "X08000001.2026Q1.l1'--.csv", "X08000001.*.csv",
             "X08000001.2026Q1.l1%20.csv"],
)  # fmt: skip
def test_no_other_name_is_a_release(name: str, pages: World) -> None:
    answer = pages.everyone().get(f"/releases/{name}")
    assert answer.status_code == 404
    assert "content-disposition" not in answer.headers
