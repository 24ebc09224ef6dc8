"""What leaves after a release was built: approval, files, kit, facts, reports; and files opened to be read.

An archive's own bytes are compressed, so a canary in it would not be seen: its members are what is scanned.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from click.testing import CliRunner
from pypdf import PdfReader

from analysis.__main__ import main as analysis
from dashboards.__main__ import main as dashboards
from tests.factories import BOARD


def leave(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Approve every release and have each command write and say what it can; returns command -> what it printed."""
    files, register = folder / "released", environment["YPSEM_REGISTER"]
    printed = {}

    def run(name: str, command: click.Command, *arguments: str | Path) -> str:
        result = CliRunner().invoke(command, list(map(str, arguments)), env=dict(environment))
        printed[name] = f"{result.output}\n{result.stderr}\n{result.exception!r}"
        assert result.exit_code == 0, printed[name]
        return result.stdout

    for who in ("another", "somebody-else"):  # what was built on schedule needs two
        listed = json.loads(run("releases", dashboards, "releases", "--json"))
        waiting = [row["release_id"] for row in listed if row["state"] in ("built", "approved_once")]
        if waiting:
            run(f"approve-{who}", dashboards, "approve", *waiting, "--as", who)
    # One is enough for a look at each format: setting a release of the wide ladder in type takes its time.
    one = sorted(row["release_id"] for row in listed if row["board"] == BOARD and row["window"].endswith("Q2"))[-1]
    run("export", dashboards, "export", one, "--out", files)
    shown = sorted(files.glob("*.json"))
    run("kit", analysis, "verification-kit", *shown, "-o", folder / "kit.zip")
    keys: list[str | Path] = ["--keys", folder / "gate", "--keys", folder / "ledger-keys"]
    given: list[str | Path] = ["--register", register, *keys, "--releases", files]
    run("facts", analysis, "dpia-facts", *given)
    run("facts-json", analysis, "dpia-facts", *given, "--json")
    run("export-audit", analysis, "export-audit", *shown, "--output", folder / "audit.json")
    run("breach-report", dashboards, "breach-report", "--since", "2020-01-01")
    run("anchor", dashboards, "audit", "anchor", folder / "anchors")
    return printed


def opened(path: Path) -> Iterator[bytes]:
    """Everything that can be read in a file: itself, and what is packed in it."""
    content = path.read_bytes()
    yield content
    if path.suffix in (".zip", ".xlsx", ".ods"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield archive.read(name)
    elif path.suffix == ".pdf":
        pdf = PdfReader(io.BytesIO(content))
        yield "\n".join(page.extract_text() for page in pdf.pages).encode()
        yield "\n".join(f"{name} {value}" for name, value in (pdf.metadata or {}).items()).encode()
        yield pdf.trailer["/Root"].get_object()["/Metadata"].get_object().get_data()  # type: ignore[index]
