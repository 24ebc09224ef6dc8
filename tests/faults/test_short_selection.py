"""A short, seeded selection of the faults of `make faults`, on real Apache Kafka and PostgreSQL.

Those that no other test of `make test-all` has: a killed worker is in tests/kafka/test_killed_worker.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.families import all_faults
from tests.faults.runner import run_faults, table
from tests.support.lanes import missing
from tests.support.postgres import PostgresMissing, program

SEED = 7


@pytest.mark.alone
@pytest.mark.kafka
@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_short_selection_of_faults_loses_and_doubles_nothing(kafka_jars: None, tmp_path: Path) -> None:
    try:
        program("postgres")
    except PostgresMissing as error:
        missing(str(error))
    chosen = [fault for fault in all_faults() if fault.short]
    rows = run_faults(chosen, tmp_path, SEED, lambda line: None, quick=True)
    assert len(rows) == len(chosen) > 0
    assert all(row.good for row in rows), "\n" + table(rows)
