"""`python -m dashboards export`: what it writes, and what it does not."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from dashboards.__main__ import main
from dashboards.exports import formats, pdf
from dashboards.life.states import LifeState
from models.store import audit
from tests.dashboards.conftest import REGISTER, store
from tests.dashboards.exports.releases import NAMES, WRITTEN, full
from tests.dashboards.voices.releases import with_voices
from tests.models.store.factories import BOARD, make_release, wire

pytestmark = pytest.mark.slow

OLD, NEW = f"{BOARD}.2025Q4.l1", f"{BOARD}.2026Q1.l1"
SUFFIXES = {"json", "sha256", *WRITTEN, *formats.FOR_PROGRAMS}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder that is not there yet."""
    return tmp_path / "some" / "releases"


def run(engine: Engine, out: Path, *arguments: str) -> Result:
    url = engine.url.render_as_string(hide_password=False)
    places = ["--out", str(out), "--database-url", url, "--register", str(REGISTER)]
    return CliRunner().invoke(main, ["export", *arguments, *places])


def test_all_that_is_approved_and_nothing_else_is_written(sqlite: Engine, out: Path) -> None:
    store(sqlite, full())
    store(sqlite, make_release("2025Q4"), state=LifeState.SUPERSEDED, checked=False)
    for window, state in (("2025Q3", LifeState.BUILT), ("2025Q2", LifeState.WITHDRAWN)):
        store(sqlite, make_release(window), state=state, checked=False)
    done = run(sqlite, out, "--all")
    assert (done.exit_code, done.stdout) == (0, f"{OLD}\n{NEW}\n")
    assert {path.name for path in out.iterdir()} == {f"{one}.{suffix}" for one in (OLD, NEW) for suffix in SUFFIXES}
    assert (out / f"{NEW}.json").read_bytes() == wire(full())
    for suffix in WRITTEN:
        assert (out / f"{NEW}.{suffix}").read_bytes() == formats.write(full(), NAMES, suffix)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert run(sqlite, out, NEW).exit_code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_what_people_said_is_a_file_of_its_own(sqlite: Engine, out: Path) -> None:
    store(sqlite, with_voices(), make_release("2025Q4"))
    assert run(sqlite, out, "--all").exit_code == 0
    (voices,) = out.glob("*.voices.csv")
    assert voices.name == f"{BOARD}.2025FY.l5.voices.csv"
    assert voices.read_bytes() == formats.write_voices(with_voices(), NAMES)


@pytest.mark.parametrize("state", [LifeState.BUILT, LifeState.APPROVED_ONCE, LifeState.WITHDRAWN])
def test_a_release_that_is_not_approved_writes_nothing(sqlite: Engine, out: Path, state: LifeState) -> None:
    store(sqlite, make_release("2025Q4"))
    store(sqlite, make_release("2026Q1"), state=state, checked=False)
    done = run(sqlite, out, OLD, NEW)
    assert done.exit_code == 1
    assert f"not approved, or not there: {NEW}" in done.stderr
    assert not out.exists()


def test_one_must_say_which(sqlite: Engine, out: Path) -> None:
    assert run(sqlite, out).exit_code == 2
    assert run(sqlite, out, "--all", NEW).exit_code == 2


def test_where_pango_is_missing_the_rest_is_written_and_it_is_said_once(sqlite: Engine, out: Path) -> None:
    store(sqlite, make_release("2025Q4"), make_release("2026Q1"))
    with patch.object(pdf, "_engine", side_effect=pdf.PdfUnavailable):
        done = run(sqlite, out, "--all")
    assert done.exit_code == 0
    assert done.stderr.count("left out") == 1
    assert len(list(out.iterdir())) == 2 * len(SUFFIXES - {"pdf"})


def test_taking_files_away_is_in_the_audit_log_and_several_are_written_side_by_side(sqlite: Engine, out: Path) -> None:
    windows = ("2025Q2", "2025Q3", "2025Q4", "2026Q1")
    store(sqlite, *(make_release(window) for window in windows))
    ids = [f"{BOARD}.{window}.l1" for window in windows]
    done = run(sqlite, out, "--all", "--as", "lee.analyst")
    assert (done.exit_code, done.stdout.split()) == (0, ids)
    assert {path.name for path in out.iterdir()} == {f"{one}.{suffix}" for one in ids for suffix in SUFFIXES}
    with sqlite.connect() as connection:
        noted = [(e.who, e.action, e.subject) for e in audit.entries(connection)]
    assert noted == [("lee.analyst", "export", one) for one in ids]


def test_who_takes_files_away_is_an_account_name_and_no_text(sqlite: Engine, out: Path) -> None:
    store(sqlite, make_release())
    assert run(sqlite, out, "--all", "--as", "Somebody I know").exit_code == 2
    assert not out.exists()
