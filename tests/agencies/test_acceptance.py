"""One bad event at four surfaces: a reader, minting, the HTTP intake and the stream refuse it by the same rule ids.

A reader or minting may be where it ends; none of them has a rule of its own for the same fault. What cannot be turned
into an event at all (a word in no code table, a ward of no register) has rules of reading, and never gets here.
"""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from agencies.mint import NotMinted
from agencies.rows import RefusedRow, SourceRow
from agencies.serve.events import Checker
from models.contract.events import DATA_CLASSES, short_name
from models.register.dates import date_fields
from streams.intake.decide import Refused, decide
from tests.agencies.readers.support import reading, table, write
from tests.agencies.serve.test_parity import RULES
from tests.agencies.support import TODAY, minter, row
from tests.factories import POLICE, event, register, wire

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 5, 11, 12, tzinfo=UTC)
OURS = frozenset({"event_id", "revision", "agency", "board", "agreement_id", "tokens"})
"""What a row has not: minting adds it."""
TAKEN_BACK = ("withdrawal", "erasure")
"""No reader makes these from rows."""
MADE = [short for short in map(short_name, DATA_CLASSES) if short not in TAKEN_BACK]

Fault = tuple[str, dict[str, Any], set[str]]
OUTSIDE: list[Fault] = [
    (short, {name: day}, {"date-window"})
    for short in MADE
    for name in date_fields(DATA_CLASSES[f"ypsem.{short}.v1"])
    for day in ("2019-01-01", "2026-05-13")
    if (name, day) not in {("ended_on", "2019-01-01")}
]
FAULTS: list[Fault] = [
    *OUTSIDE,
    ("missing_episode", {"ended_on": "2019-01-01"}, {"date-window", "end-before-start"}),
    ("missing_episode", {"ended_on": "2026-02-02"}, {"end-before-start"}),
    ("response", {"opened_on": "2026-02-03", "closed_on": "2026-02-02"}, {"end-before-start"}),
    ("submission_return", {"period": "2019Q1"}, {"date-window"}),
    ("submission_return", {"period": "2027-01"}, {"date-window"}),
    ("missing_episode", {"areas": {"home": "X05999999"}}, {"area-not-in-board"}),
    ("missing_episode", {"areas": {"found": "X08000009-T1"}}, {"area-not-in-board"}),
    ("missing_episode", {"status": "gone"}, {"schema.enum"}),
    ("missing_episode", {"colour": "red"}, {"schema.extra_forbidden"}),
    ("screening", {"score": 201}, {"schema.less_than_equal"}),
    ("training_session", {"attended": -1}, {"schema.greater_than_equal"}),
    ("cse_concern", {"occurred_on": "someday"}, {"schema.date_parsing"}),
]


def document(short: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The event of each type that holds all rules, with the fault in it."""
    return event(short, child=None, **changes)


def row_fields(short: str, changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document(short, changes)["data"].items() if name not in OURS}


def by_http(short: str, changes: dict[str, Any]) -> set[str]:
    [outcome] = Checker(POLICE, register(), TODAY, NOW).check([wire(document(short, changes))])
    return {refusal.rule for refusal in outcome.refusals}


def by_stream(short: str, changes: dict[str, Any]) -> str:
    decision = decide(POLICE, wire(document(short, changes)), (), RULES)
    assert isinstance(decision, Refused), "the stream accepted it"
    return decision.refusal.rule


def by_minting(short: str, changes: dict[str, Any], folder: Path) -> set[str]:
    source = SourceRow(2, f"ypsem.{short}.v1", "1", row_fields(short, changes), {}, row().ward, None)
    made = minter(folder).mint(source)
    assert isinstance(made, NotMinted), "it was minted"
    return {refusal.rule for refusal in made.refusals}


def by_reader(short: str, changes: dict[str, Any], folder: Path) -> set[str] | None:
    """What a mapping file's reader says of a row with these very values; None for a fault that no row can hold."""
    fields = row_fields(short, changes)
    dated = date_fields(DATA_CLASSES[f"ypsem.{short}.v1"])
    rules: dict[str, Any] = {}
    for name, value in fields.items():
        if name in dated:
            rules[name] = {"date": name}
        elif name == "period":
            rules[name] = {"period": name}
        elif isinstance(value, int | float):
            rules[name] = {"number": name}
        elif isinstance(value, list):
            rules[name] = {"codes": name}
        elif isinstance(value, str):
            rules[name] = {"code": name}
        else:
            return None
    made = {"type": short, "key": ["Ref"], "fields": rules}
    mapping = {"name": "A test", "source_system": "spreadsheet", "dates": "iso", "events": [made]}
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump(mapping))
    cells = ["|".join(value) if isinstance(value, list) else str(value) for value in fields.values()]
    export = write(folder, table(",".join(["Ref", *fields]), ",".join(["1", *cells])))
    [read] = reading(export, mapping=path, board=document(short, {})["data"]["board"]).rows
    return {refusal.rule for refusal in read.refusals} if isinstance(read, RefusedRow) else set()


UNREADABLE = frozenset({"status", "colour", "occurred_on=someday", "attended", "areas"})
"""Faults of the form itself, or of another stage: a row with one is not read at all, by a rule of reading."""


def name_of(fault: Fault) -> str:
    return f"{fault[0]}-{'-'.join(f'{name}={value}' for name, value in fault[1].items())}"


@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
def test_a_bad_event_is_refused_by_the_same_rules_everywhere(fault: Fault, tmp_path: Path) -> None:
    short, changes, rules = fault
    assert by_http(short, changes) == rules
    assert by_stream(short, changes) in rules
    assert by_minting(short, changes, tmp_path) == rules
    if not UNREADABLE & {*changes, *(f"{name}={value}" for name, value in changes.items())}:
        assert by_reader(short, changes, tmp_path) == rules


@pytest.mark.parametrize("short", MADE)
def test_a_good_event_passes_everywhere(short: str, tmp_path: Path) -> None:
    assert by_http(short, {}) == set()
    assert not isinstance(decide(POLICE, wire(document(short, {})), (), RULES), Refused)
    source = SourceRow(2, f"ypsem.{short}.v1", "1", row_fields(short, {}), {}, row().ward, None)
    assert not isinstance(minter(tmp_path).mint(source), NotMinted)
    assert by_reader(short, {}, tmp_path) == set()


HOMES = {
    "date-window": {"models/register/admission.py", "models/register/dates.py"},
    "end-before-start": {"models/register/dates.py"},
    "area-not-in-board": {"models/register/admission.py"},
    "token-stage": {"models/register/admission.py"},
    "token-repeated": {"models/register/admission.py"},
    "token-epoch": {"models/register/admission.py"},
    "time-in-future": {"models/register/admission.py"},
    "id-mismatch": {"models/register/admission.py"},
    "source-mismatch": {"models/register/admission.py"},
}
"""Rule -> the files that may refuse by it."""


def test_each_rule_is_refused_by_in_its_home_alone() -> None:
    """Texts about rules may stand anywhere; a `Refusal` by one is made at home."""
    made: dict[str, set[str]] = {rule: set() for rule in HOMES}
    for package in ("models", "agencies", "streams"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Refusal") and node.args:
                    rule = getattr(node.args[0], "value", None)
                    if rule in made:
                        made[rule].add(path.relative_to(ROOT).as_posix())
    assert made == HOMES
