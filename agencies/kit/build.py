"""Writes the agency kit: one zip, the same bytes for the same checkout."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from agencies.kit.lock import subset, wanted
from models.service.atomic import whole

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "ypsem-agency-kit"
CONTENTS = ("agencies", "models/__init__.py", "models/contract", "models/register", "models/service")
KEPT = {".py", ".yaml", ".yml", ".csv", ".md", ".json"}
LONG_AGO = (2000, 1, 1, 0, 0, 0)


def build_kit(out: Path) -> Path:
    """Write the zip to `out`; raises `agencies.kit.lock.LockError` if the project's lock lacks something."""
    here = Path(__file__).parent
    names = wanted((here / "requirements.in").read_text("utf-8"))
    lock = subset((ROOT / "requirements.lock").read_text("utf-8"), names)
    files = {str(path.relative_to(ROOT)): path.read_bytes() for path in _sources()}
    files["README.md"] = (here / "README.md").read_bytes()
    files["requirements.lock"] = lock.encode()
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole(out, mode=0o644) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as kit:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", LONG_AGO)
            entry.external_attr = 0o644 << 16
            kit.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return out


def _sources() -> Iterator[Path]:
    """The kit's files; the kit builder itself stays at home."""
    for name in CONTENTS:
        start = ROOT / name
        for path in (start,) if start.is_file() else start.rglob("*"):
            inside = path.relative_to(ROOT).parts
            if path.suffix in KEPT and "__pycache__" not in inside and inside[:2] != ("agencies", "kit"):
                yield path
