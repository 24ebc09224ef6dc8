"""The public SSDA903 sample walks the road: 43 rows published to a test board are 39 children in the ledger."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from analysis.measures.children import view
from models.service.keyfiles import write_key
from tests.conftest import KafkaCluster
from tests.factories import BOARD, CARE
from tests.kafka.road import Services, database, ledger_rows

SHARED = Path(os.environ.get("YPSEM_SHARED", Path(__file__).parents[3] / "shared"))
SAMPLE = SHARED / "data" / "ssda903" / "missing_43rows.csv"


@pytest.mark.slow
@pytest.mark.skipif(not SAMPLE.exists(), reason="the public sample is not beside this checkout (YPSEM_SHARED)")
def test_43_rows_are_39_children_and_none_of_them_is_in_any_output(kafka_cluster: KafkaCluster, tmp_path: Path) -> None:
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    _accept_old_dates(Path(services.environment["YPSEM_REGISTER"]) / "register-2024-04-01.yaml")
    keys = tmp_path / "agency-keys"
    write_key(keys / "link-1.key", "link", 1)
    write_key(keys / "event-id.key", "event-id")
    write_key(keys / "local.key", "local")
    with services.start("streams", "worker"):
        services.environment |= {"YPSEM_KEYS": str(keys), "YPSEM_OUTBOX": str(tmp_path / "outbox.sqlite")}
        command = ["publish", str(SAMPLE), "--agency", CARE, "--format", "ssda903-missing", "--board", BOARD]
        for _ in range(2):
            services.run("agencies", *command, "--wait", "120", "--json")
    rows = ledger_rows(bootstrap)
    assert len(rows) == 43, "publishing a file twice changes nothing"
    assert len(view(rows.items(), 2**62).children) == 39
    assert all(row.records == 1 for row in rows.values())
    written = services.logs()
    for line in SAMPLE.read_text("utf-8").splitlines()[1:]:
        child, born = line.split(",")[:2]
        assert born not in written
        assert f'"{child}"' not in written
    receipts = [json.loads(p.read_text()[p.read_text().index("{") :]) for p in _receipts(services)]
    assert [(r["rows_read"], r["rows_refused"], r["new"], r["unchanged"]) for r in receipts] == [
        (43, 0, 43, 0),
        (43, 0, 0, 43),
    ]
    assert receipts[0]["intake"]["accepted"] == 43


def _receipts(services: Services) -> list[Path]:
    return sorted((services.folder / "logs").glob("*agencies-publish.log"))


def _accept_old_dates(path: Path) -> None:
    """The sample is of 2017-18; a test board may take it."""
    document = yaml.safe_load(path.read_text())
    for board in document["boards"]:
        board["accept_from"] = "2017-01-01"
    path.write_text(yaml.safe_dump(document))
