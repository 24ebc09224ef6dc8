"""The cluster of these tests, and what each user of it may do: written down by hand, not taken from what grants it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from models.contract.topics import raw, receipts
from streams.access.passwords import Passwords
from tests.factories import CARE, POLICE, SCHOOLS, register
from tests.support.secured import Secured

AGENCIES = (POLICE, CARE, SCHOOLS)
RAWS, RECEIPTS = frozenset(map(raw, AGENCIES)), frozenset(map(receipts, AGENCIES))
CHANGELOGS = frozenset(
    f"ypsem-ledger-{table}-changelog" for table in ("events", "released", "signals", "homes", "marks")
)
ACCEPTED, REQUESTS, RELEASES = "ypsem.accepted.v1", "ypsem.requests.v1", "ypsem.releases.v1"
SIGNALS, SUBMISSIONS = "ypsem.signals.v1", "ypsem.submissions.v1"
LETTERS, REMEDIES = "ypsem.dead-letters.v1", "ypsem.remedies.v1"
POSITIONS, ASKED = "ypsem.positions.v1", "ypsem.remedy-requests.v1"
OURS = {ACCEPTED, REQUESTS, RELEASES, SIGNALS, SUBMISSIONS, LETTERS, REMEDIES, POSITIONS}
TOPICS = RAWS | RECEIPTS | CHANGELOGS | OURS | {ASKED}

WRITES: dict[str, frozenset[str]] = {
    "ypsem-intake": RECEIPTS | {ACCEPTED, LETTERS, REMEDIES, POSITIONS},
    "ypsem-ledger": RECEIPTS | CHANGELOGS | OURS,
    "ypsem-sink": frozenset({REQUESTS, LETTERS, ASKED}),
    "ypsem-gateway": RAWS,
    "ypsem-operations": RECEIPTS | {ACCEPTED, REQUESTS, LETTERS, REMEDIES},
    "ypsem-backup": frozenset(),
    **{f"agency.{agency}": frozenset({raw(agency)}) for agency in AGENCIES},
}
READS: dict[str, frozenset[str]] = {
    "ypsem-intake": RAWS | {REMEDIES, POSITIONS},
    "ypsem-ledger": CHANGELOGS | {ACCEPTED, REQUESTS, REMEDIES, POSITIONS},
    "ypsem-sink": frozenset({RELEASES, SIGNALS, SUBMISSIONS, REMEDIES}),
    "ypsem-gateway": frozenset(),
    "ypsem-operations": RAWS
    | RECEIPTS
    | {ACCEPTED, REQUESTS, LETTERS, REMEDIES, POSITIONS, ASKED}
    | {"ypsem-ledger-events-changelog", "ypsem-ledger-marks-changelog"},
    "ypsem-backup": (CHANGELOGS - {"ypsem-ledger-events-changelog"})
    | {ACCEPTED, RELEASES, SIGNALS, SUBMISSIONS, REMEDIES},
    **{f"agency.{agency}": frozenset({receipts(agency)}) for agency in AGENCIES},
}
JOINS = {"ypsem-intake": {"ypsem-intake"}, "ypsem-ledger": {"ypsem-ledger"}}
LOOKS = {**JOINS, "ypsem-operations": {"ypsem-intake", "ypsem-ledger"}}
GROUPS = ("ypsem-intake", "ypsem-ledger", "anything")


def write_register(directory: Path, agencies: tuple[str, ...]) -> None:
    document = json.loads(register().model_dump_json())
    document["agencies"] = [one for one in document["agencies"] if one["id"] in agencies]
    document["agreements"] = [one for one in document["agreements"] if one["agency"] in agencies]
    (directory / "register-2024-04-01.yaml").write_text(yaml.safe_dump(document), "utf-8")


def admin_environment(secured: Secured, folder: Path) -> dict[str, str]:
    return secured.admin() | {"YPSEM_REGISTER": str(folder / "register")}


def as_admin(secured: Secured) -> dict[str, Any]:
    """librdkafka's settings of who administers."""
    return {
        "bootstrap.servers": secured.cluster.internal, "security.protocol": "ssl", "ssl.ca.location": secured.ca,
        "ssl.certificate.location": str(secured.certificates / "admin.pem"),
        "ssl.key.location": str(secured.certificates / "admin.key"),
    }  # fmt: skip


def librdkafka(
    secured: Secured, user: str, more: dict[str, Any] | None = None, password: str | None = None
) -> dict[str, Any]:
    """librdkafka's settings of a user: another client than ours, with errors it tells at once."""
    return {
        "bootstrap.servers": secured.cluster.bootstrap,
        "security.protocol": "sasl_ssl",
        "ssl.ca.location": secured.ca,
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": user,
        "sasl.password": password or Passwords(secured.passwords).read(user),
        "log_level": 0,
        **(more or {}),
    }


Verdict = str
"""`yes`, `no`, or what went wrong otherwise."""
