"""`python -m dashboards actions`: what it writes, what it refuses, and that it repeats nothing it was given."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select

from dashboards.__main__ import main
from models.store import ActionRow, AuditRow
from tests.attacks.canaries import CANARIES, UNDETECTABLE
from tests.models.store.factories import BOARD

OWNER = "aldermere-health"
Run = Callable[..., Result]


@pytest.fixture
def run(sqlite: Engine, register_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command on the test's database and register."""
    monkeypatch.setenv("YPSEM_DATABASE_URL", str(sqlite.url))
    monkeypatch.setenv("YPSEM_REGISTER", str(register_dir))

    def made(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["actions", *arguments], catch_exceptions=False)

    return made


def add(run: Run, title: str = "Roll out the screening tool", **changed: str) -> Result:
    given = {"board": BOARD, "owner": OWNER, "source": "audit", "due": "2026-06-30", "as": "rita"} | changed
    options = [part for name, value in given.items() for part in (f"--{name}", value)]
    return run("add", title, *options)


def written(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(connection.execute(select(ActionRow.action_id)).all())


def test_an_action_from_its_opening_to_evidence_of_its_impact(run: Run, sqlite: Engine) -> None:
    opened = add(run, due="2026-03-31", opened="2026-01-05", tell="aldermere-police")
    action = opened.stdout.strip()
    assert (opened.exit_code, action[:4]) == (0, "act-")
    listed = run("list", "--board", BOARD, "--overdue")
    assert f"{action}  due 2026-03-31  OVERDUE  {OWNER}  audit  Roll out the screening tool" in listed.stdout
    assert run("update", action, "--tell", "all", "--due", "2026-05-01", "--as", "rita").exit_code == 0
    assert run("close", action, "--on", "2026-05-02", "--as", "beth").exit_code == 0
    impact = ("--impact", "evidenced", "--evidence", "Screening rose")
    assert run("update", action, *impact, "--as", "rita").exit_code == 0
    (one,) = json.loads(run("list", "--board", BOARD, "--json").stdout)
    assert (one["closed_on"], one["impact"], one["overdue"], len(one["told"])) == ("2026-05-02", "evidenced", False, 8)
    assert run("list", "--board", BOARD, "--overdue").stdout == ""
    with sqlite.connect() as connection:
        acts = connection.execute(select(AuditRow.who, AuditRow.action).order_by(AuditRow.number)).all()
    assert [acts[0].action, acts[-2].action, acts[-1].action] == ["action.open", "action.close", "action.impact"]
    assert acts[-2].who == "beth"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"owner": "canary-agency"}, "the register does not list that agency"),
        ({"tell": "canary-agency"}, "the register does not list that agency"),
        ({"board": "X99999999"}, "the register does not list that board"),
        ({"due": "2026-05-01"}, "due before it was opened"),
        ({"opened": "2026-05-12"}, "an action cannot be opened on a future day"),
        ({"as": "Rita Canary"}, "a principal is"),
    ],
)
def test_what_may_not_be_is_refused_and_nothing_is_written(
    run: Run, sqlite: Engine, changed: dict[str, str], why: str
) -> None:
    result = add(run, **changed)
    assert result.exit_code == 1
    assert why in result.stderr
    assert "canary" not in result.output.lower()
    assert written(sqlite) == 0


@pytest.mark.slow
def test_no_canary_gets_into_a_title_or_evidence(run: Run, sqlite: Engine) -> None:
    action = add(run).stdout.strip()
    for kind in set(CANARIES) - UNDETECTABLE - {"prose"}:
        text = f"see {CANARIES[kind]} about it"
        refused = [
            add(run, text),
            run("update", action, "--impact", "evidenced", "--evidence", text, "--as", "rita"),
        ]
        for result in refused:
            assert result.exit_code == 1, kind
            assert CANARIES[kind] not in result.output
    assert written(sqlite) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ("update", "act-1", "--as", "rita"),
        ("update", "act-1", "--evidence", "x", "--as", "rita"),
        ("add", "x", "--board", BOARD, "--owner", OWNER, "--source", "gossip", "--due", "2026-06-30", "--as", "rita"),
        ("close", "act-1"),
    ],
)
def test_wrong_usage_is_exit_code_2(run: Run, wrong: tuple[str, ...]) -> None:
    assert run(*wrong).exit_code == 2


@pytest.mark.parametrize(
    "wrong",
    [
        ("close", "act-none", "--as", "rita"),
        ("update", "act-none", "--tell", "all", "--as", "rita"),
        ("close", "act-none", "--on", "2027-01-01", "--as", "rita"),
    ],
)
def test_an_action_that_is_not_there_is_refused(run: Run, wrong: tuple[str, ...]) -> None:
    result = run(*wrong)
    assert result.exit_code == 1
    assert result.stderr.startswith("refused: ")
