"""The folder of one run: keys for each process, logs, outboxes, the database; and the settings of each process.

Every process gets the keys it needs and no others: an agency its own, intake the gate key, the ledger its two.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from demo.boards import write_register
from demo.provider.protocol import CLIENT
from models.service.keyfiles import write_key

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 5, 11, 9, 0, tzinfo=UTC)
"""The run's present moment in the synthetic borough."""


@dataclass(frozen=True)
class RunFolder:
    """Where one run keeps everything; nothing in it is used again."""

    path: Path
    clock_offset: int

    @classmethod
    def make(cls, var: Path = ROOT / "var" / "demo") -> RunFolder:
        """A new folder readable by its owner only, named by the time, and the link `latest` to it."""
        real = datetime.now(UTC)
        path = var / f"{real:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        path.mkdir(parents=True, mode=0o700)
        latest = var / f".latest-{path.name}"
        latest.symlink_to(path.name)
        latest.replace(var / "latest")  # in one step, so that two runs at once leave a link that works
        return cls(path, int((NOW - real).total_seconds()))

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the run's SQLite database."""
        return f"sqlite:///{self.path / 'ypsem.db'}"

    def log(self, name: str) -> Path:
        """The log file of a process."""
        return self.path / "logs" / f"{name}.log"

    def agency(self, agency: str) -> Path:
        """An agency's own folder."""
        return self.path / "agencies" / agency

    @property
    def register(self) -> Path:
        """The register that every process of the run reads."""
        return self.path / "register"

    def exports_of(self, board: str) -> Path:
        """The export files of the agencies that serve one board."""
        return self.path / "exports" / board

    def write_register(self, few: bool = False) -> None:
        """Write the register of both boards; with `few` they release years and pairs of years."""
        write_register(self.register, few)

    def make_keys(self, agencies: Iterable[str]) -> None:
        """One link key that all agencies share; all others belong to one process alone."""
        link = secrets.token_bytes(32)
        for agency in agencies:
            folder = self.agency(agency) / "keys"
            write_key(folder / "link-1.key", "link", 1, link)
            write_key(folder / "event-id.key", "event-id")
            write_key(folder / "local.key", "local")
        write_key(self.path / "keys" / "intake" / "gate-1.key", "gate", 1)
        write_key(self.path / "keys" / "ledger" / "record.key", "record")
        write_key(self.path / "keys" / "ledger" / "rounding.key", "rounding")

    def environment(self, bootstrap: str, embedded: bool) -> dict[str, str | None]:
        """Environment variables for every process of the run; None removes those that the caller has set for YPSEM."""
        settings: dict[str, str | None] = {name: None for name in os.environ if name.startswith("YPSEM_")}
        settings |= {
            "YPSEM_REGISTER": str(self.register),
            "YPSEM_BOOTSTRAP": bootstrap,
            "YPSEM_DATABASE_URL": self.database_url,
            "YPSEM_CLOCK_OFFSET_SECONDS": str(self.clock_offset),
            "PYTHONUNBUFFERED": "1",
        }
        if embedded:
            # It has no idempotent producers, and lets the first member of a group wait half the session timeout.
            settings |= {"YPSEM_IDEMPOTENT": "false", "YPSEM_KAFKA_IDEMPOTENCE": "false", "YPSEM_SESSION_TIMEOUT": "6"}
        return settings

    @staticmethod
    def of_pages(url: str, issuer: str) -> dict[str, str]:
        """Further variables for the pages: how browsers reach them, and the provider of synthetic people."""
        return {"YPSEM_WEB_URL": url, "YPSEM_SIGN_IN_ISSUER": issuer, "YPSEM_SIGN_IN_CLIENT_ID": CLIENT}

    def of_agency(self, agency: str) -> dict[str, str]:
        """Further variables for an agency's process: its own keys and outbox."""
        folder = self.agency(agency)
        return {"YPSEM_KEYS": str(folder / "keys"), "YPSEM_OUTBOX": str(folder / "outbox.sqlite")}


def module(name: str, *arguments: str) -> list[str]:
    """The command that runs a module of this checkout."""
    return [sys.executable, "-m", name, *arguments]
