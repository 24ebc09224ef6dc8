"""The commands as a person types them: what they print, and how they end."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from dashboards.__main__ import main
from dashboards.life.states import LifeState
from tests.dashboards.conftest import store
from tests.dashboards.life.test_changes import NEW, OLD, request
from tests.models.store.factories import database, make_release


def run(engine: Engine, *arguments: str) -> Result:
    """Run one command on a database."""
    url = engine.url.render_as_string(hide_password=False)
    return CliRunner().invoke(main, [*arguments, "--database-url", url])


@pytest.fixture
def built(sqlite: Engine) -> Engine:
    """Two releases that rita asked for."""
    store(sqlite, make_release("2025Q4"), make_release("2026Q1"), state=LifeState.BUILT)
    request(sqlite, "rita")
    return sqlite


def test_from_list_to_approval_to_withdrawal(built: Engine) -> None:
    assert run(built, "releases").output.count(" built ") == 2
    done = run(built, "approve", OLD, NEW, "--as", "amir")
    assert (done.exit_code, done.stdout) == (0, f"{OLD} approved\n{NEW} approved\n")
    assert run(built, "withdraw", NEW, "--as", "amir", "--reason", "protection").exit_code == 0
    listed = {row["release_id"]: row for row in json.loads(run(built, "releases", "--json").stdout)}
    assert (listed[OLD]["state"], listed[OLD]["approvals"]) == ("approved", 1)
    assert (listed[NEW]["state"], listed[NEW]["reason"]) == ("withdrawn", "protection")


def test_what_is_refused_holds_up_no_other_and_ends_with_1(built: Engine) -> None:
    done = run(built, "approve", "nothing", NEW, "--as", "amir")
    assert done.exit_code == 1
    assert done.stdout == f"{NEW} approved\n"
    assert "nothing refused: there is no such release" in done.stderr
    refused = run(built, "approve", OLD, "--as", "rita")
    assert refused.exit_code == 1
    assert "somebody else must" in refused.stderr


def test_a_reason_outside_the_list_is_wrong_usage(built: Engine) -> None:
    assert run(built, "withdraw", NEW, "--as", "amir", "--reason", "because").exit_code == 2


def test_the_log_is_verified_and_its_head_can_be_kept(built: Engine) -> None:
    run(built, "approve", NEW, "--as", "amir")
    said = run(built, "audit", "verify")
    assert said.exit_code == 0
    head = said.stdout.split()[-1]
    assert run(built, "audit", "verify", "--head", head).exit_code == 0
    other = run(built, "audit", "verify", "--head", f"1:{'0' * 64}")
    assert (other.exit_code, other.stderr) == (1, "audit.head-differs at row 1\n")
    assert run(built, "audit", "verify", "--head", "nonsense").exit_code == 2


def test_a_database_without_tables_is_said_in_a_sentence(request: pytest.FixtureRequest) -> None:
    with database("sqlite", request, migrated=False) as empty:
        done = run(empty, "releases")
    assert done.exit_code == 2
    assert "start the sink once" in done.stderr
