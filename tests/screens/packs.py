"""The papers of a meeting pack, page by page, as pictures. Slides are shown by LibreOffice, where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from demo.boards import LARGE
from demo.rundir import ROOT, module
from tests.screens.shots import NAMES, small

DOTS = 64
"""An inch: enough to see how a page is laid out, and to read its headings."""
CHAIR = "chair"
_SHEETS = 1
"""Sheets of one agency that are shown: all are made alike."""


@dataclass(frozen=True)
class Paper:
    """One paper that was photographed."""

    title: str
    pages: tuple[tuple[int, str], ...]
    """Number of a page, and the file that shows it."""


def take(scratch: Path, folder: Path) -> list[Paper]:
    """Write the large board's pack from the database in `scratch`, and pictures of its pages into `folder`."""
    out = scratch / "pack"
    address = ["--database-url", f"sqlite:///{scratch / 'store.db'}", "--register", str(scratch / "register")]
    command = module("dashboards", "pack", "--board", LARGE, "--out", str(out), "--as", CHAIR, *address)
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return [_photograph(paper, name, scratch, folder) for name, paper in _papers(out)]


def _papers(out: Path) -> Iterator[tuple[str, Path]]:
    sheets = 0
    for path in sorted(out.iterdir()):
        name = path.stem.replace(LARGE, NAMES[LARGE])
        sheet = "agency" in name
        if path.suffix == ".pdf" and not (sheet and sheets >= _SHEETS):
            sheets += sheet
            yield name, path
        elif path.suffix in (".pptx", ".odp") and (office := shutil.which("soffice")):
            command = [office, "--headless", "--convert-to", "pdf", "--outdir", str(out / "slides"), str(path)]
            subprocess.run(command, check=True, capture_output=True)
            yield f"{name}-slides", out / "slides" / f"{path.stem}.pdf"


def _photograph(paper: Path, name: str, scratch: Path, folder: Path) -> Paper:
    drawn = scratch / "drawn" / name
    drawn.mkdir(parents=True)
    command = ["pdftoppm", "-r", str(DOTS), "-png", str(paper), str(drawn / "page")]
    subprocess.run(command, check=True, capture_output=True)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    pages = []
    for number, picture in enumerate(sorted(drawn.iterdir()), 1):
        file = f"pack-{slug}-{number:02}.webp"
        (folder / file).write_bytes(small(picture.read_bytes()))
        pages.append((number, file))
    return Paper(name.replace("-", " ").replace(".", " "), tuple(pages))
