"""The Nu HTML checker, which the W3C uses too: got from Maven once per checkout, and run once over many pages."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.brokers.embedded import BrokerMissing
from demo.brokers.jars import copied, java
from tests.support.lanes import missing
from tests.support.pace import patience

_POM = Path(__file__).with_name("nu-pom.xml")
_VAR = Path(__file__).parents[2] / "var"
_CLASS = "nu.validator.client.SimpleCommandLineValidator"


@dataclass(frozen=True)
class Complaint:
    """What the checker says of one place in one page."""

    page: str
    kind: str
    """`error`, `info` for a note, or `info warning`."""
    line: int
    words: str
    extract: str

    def __str__(self) -> str:
        return f"{self.kind} {self.page} line {self.line}: {self.words} | {self.extract}"


def complaints(pages: Mapping[str, str], folder: Path, var: Path = _VAR) -> list[Complaint]:
    """What the checker says of HTML pages, by name; files are written into `folder`.

    Skips the test where Java or Maven is missing; under CI=true it fails.
    """
    try:
        jars = copied(_POM, var / f"nu-checker-{_version()}")
        program = java()
    except BrokerMissing as error:
        missing(f"the Nu checker cannot be had: {error}")
    names = {folder / f"{number}.html": name for number, name in enumerate(pages)}
    for path, name in names.items():
        path.write_text(pages[name], "utf-8")
    # One thread collects the garbage of one thread's work: the tests beside this one need the other core.
    command = [
        program,
        "-Xss4m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        jars,
        _CLASS,
        "--format",
        "json",
    ]
    done = subprocess.run(
        [*command, *map(str, names)], capture_output=True, text=True, timeout=patience(120), check=False
    )
    assert done.stderr.startswith("{"), f"the Nu checker failed: {done.stderr[:400]}"
    said = json.loads(done.stderr)["messages"]
    return list(_read(said, {path.name: name for path, name in names.items()}))


def _read(said: Iterable[Mapping[str, str]], names: Mapping[str, str]) -> Iterable[Complaint]:
    for one in said:
        kind = f"{one['type']} {one.get('subType', '')}".strip()
        extract = " ".join(one.get("extract", "").split())
        yield Complaint(
            names[one["url"].rpartition("/")[2]], kind, int(one.get("lastLine", 0)), one["message"], extract
        )


def _version() -> str:
    match = re.search(r"<version>([0-9.]{5,})</version>", _POM.read_text("utf-8"))
    assert match is not None
    return match[1]
