"""The audit of the mechanism, and the bound that docs/privacy.md states."""

from __future__ import annotations

import json
import math
import re

import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.commands.mechanism import as_text
from analysis.mechanism import stated
from analysis.mechanism.audit import MechanismReport, attackers, audit
from analysis.mechanism.board import AGENCIES, CARE, POLICE
from analysis.mechanism.worlds import KINDS, Kind
from models.register.types import SCHEDULES
from tests.operations.files import ROOT

pytestmark = pytest.mark.slow
OF_KNOWN: Kind = "one record of a child that others know"
"""The kind of which privacy.md states the worst single record."""


@pytest.fixture(scope="module", params=list(SCHEDULES))
def short(request: pytest.FixtureRequest) -> MechanismReport:
    """One agency's secrets, one that invents records, and the commonest kinds built under keys."""
    kinds: tuple[Kind, ...] = ("one record, the child otherwise unknown", "one link")
    return audit((CARE,), (POLICE,), 40, 3, kinds=kinds, schedule=request.param)


def test_the_bound_is_held_and_nothing_is_certain(short: MechanismReport) -> None:
    assert short.proofs == 0
    assert short.over == ()
    assert short.held
    assert len(short.trials) == 2


def test_the_bound_is_what_was_measured_and_no_more(short: MechanismReport) -> None:
    """A change of the ladder that moves fewer cells has to be stated too."""
    most: dict[Kind, float] = {}
    for line in short.lines:
        most[line.kind] = max(most.get(line.kind, 0.0), line.odds.rho)
    for kind in KINDS:  # secrets of other agencies than this one move up to seven cells more: `--every`, a batch
        assert 0.94 * stated.cost(kind, short.schedule) <= most[kind] <= stated.cost(kind, short.schedule) + 1e-9
    assert set(stated.MOST[short.schedule]) == set(KINDS)


def test_a_board_with_few_children_protects_each_thing_at_least_as_well() -> None:
    usual, few = stated.MOST["quarters_and_years"], stated.MOST["years_and_pairs_of_years"]
    assert all(few[kind] <= usual[kind] for kind in KINDS)


def test_the_documents_state_the_bound_of_both() -> None:
    """docs/disclosure-attacks.md has the cells of each kind; docs/privacy.md what a record and a year cost."""
    attacks, privacy = ((ROOT / "docs" / name).read_text("utf-8") for name in ("disclosure-attacks.md", "privacy.md"))
    listed = attacks.partition("### Boards with few children")[2]
    for kind, cells in stated.MOST["years_and_pairs_of_years"].items():
        if not kind.endswith("children"):
            [row] = [line for line in listed.splitlines() if line.startswith(f"| {kind} |")]
            assert row.split("|")[2].strip() == (str(cells) if cells else "none")
    said = re.sub(r"\s+", " ", privacy).partition("with fewer than 300 children a year fewer figures change")[2]
    kinds: tuple[Kind, ...] = (OF_KNOWN, "a child's year, by four")
    record, year = (stated.factor(kind, "years_and_pairs_of_years") for kind in kinds)
    assert f"more than {math.ceil(record):,} in at most 1 of 100 cases" in said
    assert f"more than {math.ceil(year):,}" in said
    worst = stated.factor(OF_KNOWN)
    assert f"more than {math.ceil(worst / 100) * 100:,} in at most 1 of 100 cases" in privacy


def test_every_attacker_to_whom_it_is_a_secret_is_run(short: MechanismReport) -> None:
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


def test_the_text_names_every_kind(short: MechanismReport) -> None:
    text = as_text(short)
    assert all(kind in text for kind in KINDS)
    assert "0 pairs of worlds with a certain proof" in text


@pytest.mark.batch
@pytest.mark.timeout(3000)
def test_all_secrets_and_all_kinds_under_many_keys() -> None:
    """Cells about the threshold, every kind under 400 keys, by the secrets and inventions of every agency."""
    assert audit((CARE,), (POLICE,), 400, 11).held
    assert audit(tuple(AGENCIES), (POLICE, CARE), 0, 0).held
    assert audit((CARE,), (POLICE,), 400, 11, schedule="years_and_pairs_of_years").held
    assert audit(tuple(AGENCIES), (POLICE, CARE), 0, 0, schedule="years_and_pairs_of_years").held
