"""The audit of the mechanism, and the bound that docs/privacy.md states."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.commands.mechanism import as_text
from analysis.mechanism import stated
from analysis.mechanism.audit import Report, attackers, audit
from analysis.mechanism.board import AGENCIES, CARE, POLICE
from analysis.mechanism.worlds import Kind

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def short() -> Report:
    """One agency's secrets, one that invents records, and the commonest kinds built under keys."""
    return audit((CARE,), (POLICE,), 40, 3, kinds=("one record, the child otherwise unknown", "one link"))


def test_the_bound_is_held_and_nothing_is_certain(short: Report) -> None:
    assert short.proofs == 0
    assert short.over == ()
    assert short.held
    assert len(short.trials) == 2


def test_the_bound_is_what_was_measured_and_no_more(short: Report) -> None:
    """A change of the ladder that moves fewer cells has to be stated too."""
    most: dict[Kind, float] = {}
    for line in short.lines:
        most[line.kind] = max(most.get(line.kind, 0.0), line.odds.rho)
    assert most == pytest.approx({kind: stated.cost(kind) for kind in stated.MOST})
    assert set(stated.MOST) == set(get_args(Kind))


def test_every_attacker_to_whom_it_is_a_secret_is_run(short: Report) -> None:
    names = {line.attacker for line in short.lines}
    others = [a for a in attackers() if CARE not in a.agencies]
    assert {attacker.name for attacker in others} == names
    by_kind = {line.kind: line.odds.rho for line in short.lines if line.attacker == "outsider"}
    for line in short.lines:
        if "likes" not in line.attacker and "by four" not in line.kind:
            assert line.odds.rho == by_kind[line.kind], "with all else known an insider is an outsider"


def test_the_command_says_it() -> None:
    result = CliRunner().invoke(main, ["mechanism", "--keys", "0", "--json"])
    assert result.exit_code == 0, result.output
    assert "records invented by police-1" in result.stderr
    report = json.loads(result.stdout)
    assert (report["held"], report["certain_proofs"]) == (True, 0)


def test_the_text_names_every_kind(short: Report) -> None:
    text = as_text(short)
    assert all(kind in text for kind in stated.MOST)
    assert "0 pairs of worlds with a certain proof" in text


@pytest.mark.batch
@pytest.mark.timeout(3000)
def test_all_secrets_and_all_kinds_under_many_keys() -> None:
    """Cells about the threshold, every kind under 400 keys, by the secrets and inventions of every agency."""
    assert audit((CARE,), (POLICE,), 400, 11).held
    assert audit(tuple(AGENCIES), (POLICE, CARE), 0, 0).held
