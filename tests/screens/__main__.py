"""Serves the demo's releases, photographs every page and every page of a pack, and writes the list of them.

It needs Chromium, and pdftoppm for the pack; no network. `python -m tests.screens [FOLDER]`, docs/screens by default.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import click
from playwright.sync_api import Browser, Page, sync_playwright

from demo.provider.people import PEOPLE
from tests.dashboards.browser.judged.filled import fill
from tests.dashboards.browser.served import Served, served
from tests.dashboards.conftest import signed_in
from tests.screens import index, packs
from tests.screens.shots import photograph, shots

FOLDER = Path(__file__).parents[2] / "docs" / "screens"


def main() -> None:
    """Make the folder anew."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    program = shutil.which("chromium")
    if program is None:
        sys.exit("there is no Chromium here: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch, served(Path(scratch)) as pages:
        # The demo's day, as at the pages.
        os.environ["YPSEM_CLOCK_OFFSET_SECONDS"] = str(pages.offset)
        fill(pages.engine, mishaps=False)
        taken = packs.take(Path(scratch), folder)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-proxy-server", "--no-sandbox"])
            titles = _pages(browser, pages, folder)
            browser.close()
    (folder / "README.md").write_text(index.page(titles, taken), "utf-8")
    size = sum(path.stat().st_size for path in folder.iterdir())
    click.echo(f"{len(list(folder.glob('*.webp')))} pictures, {size / 1e6:.1f} MB")


def _pages(browser: Browser, pages: Served, folder: Path) -> list[index.Taken]:
    open_pages: dict[str, Page] = {}
    people = {person.subject: person for person in PEOPLE}
    taken = []
    for shot in shots():
        if shot.who not in open_pages:
            context = browser.new_context(java_script_enabled=False)
            if shot.who:
                person = people[shot.who]
                number = signed_in(pages.engine, *person.roles, subject=shot.who, name=person.name)
                context.add_cookies([{"name": "ypsem", "value": number, "url": pages.url}])
            open_pages[shot.who] = context.new_page()
        pictures, title = photograph(open_pages[shot.who], pages.url, shot)
        for width, picture in pictures.items():
            (folder / shot.file(width)).write_bytes(picture)
        taken.append(index.Taken(shot, title.partition(" – ")[0]))
    return taken


if __name__ == "__main__":
    main()
