"""The synthetic borough as the ledger would hold it, without Kafka: exports read and minted as agencies do, folded."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from agencies.keys import EVENT_ID_FILE, LOCAL_FILE, load_keys
from agencies.mint import Minted, Minter
from agencies.rows import SourceRow
from analysis.ledger.row import Record, Row, fold
from models.contract.events import short_name
from models.register import Register, load_register
from models.service.keyfiles import write_key
from tests.demo.synthetic.support import EARLIER_EDITIONS, REGISTER, TODAY, reading


def _write_keys(directory: Path) -> None:
    """The key files of an agency of this test: the same in every run.

    Released counts are rounded by the tokens of the children counted. Under keys made at random a board of one seed
    is rounded differently in each run, and a tolerance that fits one run may not fit the next.
    """
    write_key(directory / "link-1.key", "link", 1, hashlib.sha256(b"synthetic link").digest())
    for name, purpose in ((EVENT_ID_FILE, "event-id"), (LOCAL_FILE, "local")):
        secret = hashlib.sha256(f"synthetic {directory.name} {purpose}".encode()).digest()
        write_key(directory / name, purpose, 0, secret)


def synthetic_rows(exports: Path, keys: Path, register: Register | None = None) -> dict[str, Row]:
    """Every final export of a generated borough as ledger rows, under its agencies' keys with one link key.

    Without a register the large board's: `demo.boards.two_boards` has both.
    """
    register = register or load_register(REGISTER)
    manifest: dict[str, Any] = json.loads((exports / "manifest.json").read_text("utf-8"))
    rows: dict[str, Row] = {}
    for file in manifest["files"]:
        agency = file["agency"]
        if not (keys / agency).exists():
            _write_keys(keys / agency)
        if Path(file["path"]).name in EARLIER_EDITIONS:
            continue
        minter = Minter(agency, register, load_keys(keys / agency), TODAY, file["options"].get("board"))
        for number, row in enumerate(reading(exports, file, register)):
            if isinstance(row, SourceRow):
                minted = minter.mint(row)
                assert isinstance(minted, Minted)
                data = dict(minted.data)
                record = Record(minted.event_id, 0, short_name(minted.event_type), data, file["order"], number, 1)
                rows[record.own_id] = fold(None, record)
    return rows
