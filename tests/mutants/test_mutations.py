"""Mutants: what is changed, what is left alone, what is killed, and that a run goes on where it was."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutants.mutations import mutants
from tests.mutants.reach import Reach, running
from tests.mutants.report import share_killed
from tests.mutants.run import Result, known
from tests.mutants.swap import exchange
from tests.mutants.targets import ROOT, TARGETS, files
from tests.mutants.worker import Outcome

SOURCE = '''"""Words."""
from __future__ import annotations
import logging
log = logging.getLogger(__name__)
DAYS = 10
CODES = {"met", "not met"}


def due(day: int, pages: int = 2) -> bool:
    """Words."""
    log.info("checked", 5)
    if day < 0:
        raise ValueError("a day is 0 or more")
    return day <= DAYS and pages > 1
'''
CHANGES = {
    ("10", "11"), ("2", "3"), ("0", "1"), ("1", "2"), ('"met"', '"XXmetXX"'), ('{"met", "not met"}', '{"not met"}'),
    ('{"met", "not met"}', '{"met", }'), (" < 0", " <= 0"), (" <= DAYS", " < DAYS"), (" > 1", " >= 1"),
    ("day <= DAYS and pages > 1", "day <= DAYS or pages > 1"),
}  # fmt: skip


def test_thresholds_codes_and_conditions_are_changed_and_words_are_not() -> None:
    found = list(mutants("rule.py", SOURCE))
    assert {(mutant.before, mutant.after) for mutant in found} == CHANGES
    assert len({mutant.source for mutant in found}) == len(found)
    assert len({mutant.id for mutant in found}) == len(found)


def test_a_mutant_keeps_its_name_when_its_line_moves() -> None:
    moved = SOURCE.replace("DAYS = 10", "\n\nDAYS = 10")
    assert {mutant.id for mutant in mutants("rule.py", moved)} == {mutant.id for mutant in mutants("rule.py", SOURCE)}


def test_every_target_has_code_and_tests() -> None:
    assert {target for _, target in files()} == set(TARGETS)
    assert [test for target in TARGETS for test in target.tests if not (ROOT / test).exists()] == []


@pytest.mark.slow
def test_a_fault_that_a_test_notices_is_killed_and_another_survives(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text(SOURCE, "utf-8")
    tests = "import rule\n\ndef test_due():\n    assert rule.due(10)\n    assert not rule.due(11)\n"
    (tmp_path / "test_rule.py").write_text(tests, "utf-8")
    script = f"""
import time
from pathlib import Path
from tests.mutants.mutations import mutants
from tests.mutants.worker import Running

root = Path({str(tmp_path)!r})
for mutant in mutants("rule.py", (root / "rule.py").read_text()):
    if mutant.after.strip() not in ("11", "< DAYS", "<= 0"):
        continue
    running = Running(root, root / "rule.py", mutant.source, ["test_rule.py"], 60)
    while (outcome := running.outcome()) is None:
        time.sleep(0.02)
    print(mutant.after.strip(), "|", outcome.verdict)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    verdicts = dict(line.split(" | ") for line in done.stdout.splitlines())
    assert verdicts == {"11": "killed", "< DAYS": "killed", "<= 0": "survived"}


def test_what_an_interrupted_run_found_is_known(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    assert known(path) == {}
    path.write_text(json.dumps({"id": "a", "verdict": "killed", "seconds": 1.5, "by": "FAILED x"}) + "\n", "utf-8")
    assert known(path) == {"a": Outcome("killed", 1.5, "FAILED x")}


def test_the_share_leaves_out_what_is_explained() -> None:
    found = list(mutants("rule.py", SOURCE))[:4]
    verdicts = ("killed", "survived", "survived", "timeout")
    results = [Result(mutant, Outcome(verdict, 1.0)) for mutant, verdict in zip(found, verdicts, strict=True)]
    assert share_killed(results, {}) == 0.5
    assert share_killed(results, {found[1].id: "an equivalent"}) == pytest.approx(2 / 3)


def test_a_mutant_carries_the_lines_of_its_statement() -> None:
    lines = {(mutant.before, mutant.after): list(mutant.lines) for mutant in mutants("rule.py", SOURCE)}
    assert lines['{"met", "not met"}', '{"not met"}'] == [6]
    assert lines[" < 0", " <= 0"] == [12]
    assert lines[" > 1", " >= 1"] == [14]
    assert lines["2", "3"] == [9]


def test_a_mutant_meets_the_tests_that_run_its_lines_and_those_that_catch_most_a_second_come_first() -> None:
    reach = {
        "slow": Reach(9.0, {"rule.py": frozenset({5, 14})}),
        "quick": Reach(1.0, {"rule.py": frozenset({5, 14})}),
        "elsewhere": Reach(0.1, {"rule.py": frozenset({5}), "other.py": frozenset({14})}),
    }
    assert running(reach, "rule.py", range(14, 15), {}) == ["quick", "slow"]
    assert running(reach, "rule.py", range(14, 15), {"slow": 100, "quick": 1}) == ["slow", "quick"]
    assert running(reach, "rule.py", range(20, 21), {}) == []


EXCHANGED = """
LIMIT = 3

def under(number, most=LIMIT):
    return number < most

class Count:
    @property
    def known(self):
        return True

    @known.setter
    def known(self, value):
        self.value = value
"""


def imported(path: Path, source: str = EXCHANGED) -> ModuleType:
    """`source` as a module of that path."""
    path.write_text(source, "utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_function_runs_the_fault_wherever_it_was_imported_to(tmp_path: Path) -> None:
    path = tmp_path / "counted.py"
    under = imported(path).under
    assert not under(3)
    assert exchange(path, EXCHANGED, EXCHANGED.replace("number < most", "number <= most"))
    assert under(3)


CACHED = """from functools import cache
@cache
def doubled(number):
    return 2 * number
"""


def test_what_was_cached_of_the_code_before_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "cached.py"
    module = imported(path, CACHED)
    assert module.doubled(3) == 6
    assert exchange(path, CACHED, CACHED.replace("2 * number", "2 + number"))
    assert module.doubled(3) == 5


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LIMIT = 3", "LIMIT = 4"), ("LIMIT = 3", "LIMIT = 4\n"), ("most=LIMIT", "most=None"),
        ("return True", "return False"), ("self.value = value", "self.value = None"), ("LIMIT", "LIMIT"),
    ],
)  # fmt: skip
def test_what_runs_at_import_or_has_no_name_of_its_own_is_not_exchanged(
    tmp_path: Path, before: str, after: str
) -> None:
    path = tmp_path / "counted.py"
    module = imported(path)
    assert not exchange(path, EXCHANGED, EXCHANGED.replace(before, after))
    assert not module.under(3)
