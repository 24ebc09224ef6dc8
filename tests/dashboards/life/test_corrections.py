"""A wrong figure gets a dated notice: on pages, in files, in the log; and never a new figure."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

import pytest
from sqlalchemy import Engine, delete, select, update

from dashboards.errors import DecisionRefused
from dashboards.exports import formats
from dashboards.life import changes
from dashboards.life.listing import corrections
from dashboards.life.states import DecisionReason, Fault, LifeState
from dashboards.life.verify import Mismatch, verify
from models.store import ReleaseCorrectionRow, ReleaseRow, ReleaseStateRow
from tests.attacks.test_exports import texts
from tests.dashboards.conftest import TODAY, Visit, store
from tests.dashboards.exports import readers
from tests.dashboards.exports.releases import NAMES, WRITTEN, full
from tests.dashboards.html import Page
from tests.dashboards.life.test_changes import log
from tests.dashboards.life.test_commands import run
from tests.models.store.factories import BOARD, make_cell, make_release

ID = f"{BOARD}.2026Q1.l1"
SAID = 'Correction notice of 11 May 2026: figures of "Children with a missing episode'
WHY = "in this release are wrong, because an agency's return was wrong."


@pytest.fixture
def released(engine: Engine) -> Engine:
    store(engine, make_release(cells=(make_cell(value=40), make_cell("m9_children"))))
    return engine


def test_a_notice_is_dated_audited_and_leaves_the_release_as_it_is(released: Engine) -> None:
    with released.connect() as connection:
        body = connection.scalar(select(ReleaseRow.body))
    assert changes.correct(released, ID, "beth", Fault.RETURN, "m9_children") is LifeState.APPROVED
    assert changes.correct(released, ID, "amir", Fault.METHOD) is LifeState.APPROVED
    with released.connect() as connection:
        assert [one[1:] for one in corrections(connection, ID)] == [
            ("m9_children", Fault.RETURN, False),
            ("", Fault.METHOD, True),
        ]
        assert {one.at.date() for one in corrections(connection, ID)} == {TODAY.date()}
        assert connection.scalar(select(ReleaseRow.body)) == body
        assert connection.scalar(select(ReleaseStateRow.since)) == TODAY
    assert log(released) == [("beth", "correct", ID, "return m9_children"), ("amir", "correct", ID, "method")]


def test_a_wrong_figure_is_corrected_once(released: Engine) -> None:
    changes.correct(released, ID, "beth", Fault.RETURN, "m9_children")
    before = log(released)
    with pytest.raises(DecisionRefused, match="a wrong figure is corrected once"):
        changes.correct(released, ID, "amir", Fault.RETURN, "m9_children")
    assert log(released) == before
    with released.connect() as connection:
        assert len(corrections(connection, ID)) == 1
    changes.correct(released, ID, "amir", Fault.RETURN, "m1_children")


@pytest.mark.parametrize("second", ["m9_children", ""])
def test_another_reason_is_no_second_notice_on_the_same_figures(released: Engine, second: str) -> None:
    """The whole release has no figure without a notice left, once each of its measures has one."""
    for measure in ("m9_children", "m1_children"):
        changes.correct(released, ID, "beth", Fault.RETURN, measure)
    with pytest.raises(DecisionRefused, match="a wrong figure is corrected once"):
        changes.correct(released, ID, "amir", Fault.REGISTER, second)


def test_a_notice_on_all_figures_leaves_none_to_correct_and_is_about_those_without_one(released: Engine) -> None:
    changes.correct(released, ID, "beth", Fault.RETURN, "m9_children")
    changes.correct(released, ID, "amir", Fault.METHOD)
    with pytest.raises(DecisionRefused, match="a wrong figure is corrected once"):
        changes.correct(released, ID, "amir", Fault.RETURN, "m1_children")
    with released.connect() as connection:
        notices = corrections(connection, ID)
    release = make_release(cells=(make_cell(value=40), make_cell("m9_children")))
    rows = list(csv.DictReader(io.StringIO(formats.write(release, NAMES, "csv", notices).decode("utf-8-sig"))))
    reasons = {row["measure"]: row["correction"].count("because") for row in rows}
    assert reasons == {"m1_children": 1, "m9_children": 1}, "each figure has one notice, with one reason"
    assert all(("return was" in row["correction"]) == (row["measure"] == "m9_children") for row in rows)
    assert "figures of all other measures" in next(r["correction"] for r in rows if r["measure"] == "m1_children")


def test_only_shown_figures_of_measures_that_are_there_are_corrected(released: Engine) -> None:
    with pytest.raises(DecisionRefused, match="no such measure"):
        changes.correct(released, ID, "beth", Fault.RETURN, "m10_children")
    changes.withdraw(released, ID, "beth", DecisionReason.PROTECTION)
    with pytest.raises(DecisionRefused, match="whose figures are shown"):
        changes.correct(released, ID, "beth", Fault.RETURN)


def test_the_verifier_finds_a_notice_that_was_changed_or_taken_away(engine: Engine) -> None:
    store(engine, make_release(), state=LifeState.BUILT)
    changes.approve(engine, ID, "amir")
    changes.approve(engine, ID, "beth")
    changes.correct(engine, ID, "beth", Fault.RETURN)
    with engine.connect() as connection:
        assert verify(connection).wrong is None
    for change in (update(ReleaseCorrectionRow).values(reason="method"), delete(ReleaseCorrectionRow)):
        with engine.begin() as connection:
            connection.execute(change)
        with engine.connect() as connection:
            assert verify(connection)[:2] == (Mismatch.CORRECTION, ID)


def test_the_command_says_where_the_release_stands_and_refuses_free_text(sqlite: Engine) -> None:
    store(sqlite, make_release())
    done = run(sqlite, "correct", ID, "nothing", "--as", "beth", "--reason", "register")
    assert (done.exit_code, done.stdout) == (1, f"{ID} approved\n")
    assert run(sqlite, "correct", ID, "--as", "beth", "--reason", "it was 41").exit_code == 2


@pytest.mark.slow
def test_pages_and_files_say_it_and_the_release_s_bytes_do_not_change(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release(cells=(make_cell(value=40), make_cell("m9_children"))))
    client = visit(sqlite)
    pages = (f"/boards/{BOARD}", f"/boards/{BOARD}/figures?window=2026Q1")
    before = client.get(f"/releases/{ID}.json").content
    assert not any("Correction notice" in client.get(page).text for page in pages)
    changes.correct(sqlite, ID, "beth", Fault.RETURN, "m9_children")
    for page in pages:
        assert re.sub(r"\s+", " ", Page(client.get(page).text).text).count(SAID) == 1
    for suffix in WRITTEN:
        text = re.sub(r"\s+", " ", texts(suffix, client.get(f"/releases/{ID}.{suffix}").content))
        assert SAID in text, suffix
        assert WHY in text, suffix
    assert client.get(f"/releases/{ID}.json").content == before
    rows = list(csv.DictReader(io.StringIO(client.get(f"/releases/{ID}.csv").content.decode("utf-8-sig"))))
    assert {row["measure"]: row["correction"] != "none" for row in rows} == {"m1_children": False, "m9_children": True}
    changes.withdraw(sqlite, ID, "beth", DecisionReason.WRONG_RETURN)
    assert "Correction notice" not in client.get(pages[0]).text


@pytest.mark.slow
def test_a_notice_changes_no_cell_of_any_file(sqlite: Engine) -> None:
    store(sqlite, release := full())
    changes.correct(sqlite, release.release_id, "beth", Fault.METHOD)
    with sqlite.connect() as connection:
        notices = corrections(connection, release.release_id)
    for suffix in ("csv", "xlsx", "ods"):
        read = {"csv": readers.from_csv, "xlsx": readers.from_xlsx, "ods": readers.from_ods}[suffix]
        plain, noted = (formats.write(release, NAMES, suffix, some) for some in ((), notices))
        assert plain != noted
        assert Counter(read(plain)) == Counter(read(noted))
