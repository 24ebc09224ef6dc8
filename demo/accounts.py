"""The arithmetic of the reconciliation (ADR 0026): pure functions over receipts, no broker and no file.

`published = accepted + refused` and `accepted = current + superseded + duplicate + withdrawn`, for each agency and
in total. The demo erases nothing and keeps everything, and the ledger says of each account whether it closes. These
count an agency's records, not children.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.contract.receipts import IntakeReceipt, LedgerReceipt, Receipt


@dataclass(slots=True)
class AtAgency:
    """What the agency's own command said about one or more files."""

    files: int = 0
    rows_read: int = 0
    rows_refused: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Rule -> breaches; one row may break several."""
    duplicates: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    published: int = 0
    misread: list[str] = field(default_factory=list)
    """Files that the agency's reader read differently from what the generator had written."""

    def add(self, receipt: Mapping[str, Any]) -> None:
        """Add the receipt of another file, as `python -m agencies publish --json` prints it."""
        self.files += 1
        self.rows_read += receipt["rows_read"]
        self.rows_refused += receipt["rows_refused"]
        self.refused += Counter(receipt["refused"])
        self.duplicates += receipt["duplicates"] + receipt["repeated"]
        self.unchanged += receipt["unchanged"]
        self.withdrawn += receipt["withdrawn"]
        self.published += receipt["published"] + receipt["published_earlier_spool"]


def as_planted(receipt: Mapping[str, Any]) -> dict[str, int]:
    """A publish receipt in the words of the synthetic manifest, to be compared with what it expects."""
    return {
        "rows": receipt["rows_read"],
        "refused": receipt["rows_refused"],
        "duplicates": receipt["duplicates"] + receipt["repeated"],
        "events": receipt["new"] + receipt["revised"] + receipt["unchanged"],
    }


@dataclass(slots=True)
class AtIntake:
    """Union of the intake receipts of one agency: receipts may overlap after a restart, and then agree."""

    accepted: dict[int, set[int]] = field(default_factory=dict)
    """Partition -> offsets."""
    refused: dict[tuple[int, int], str] = field(default_factory=dict)
    """(partition, offset) -> rule."""

    def add(self, receipt: IntakeReceipt) -> None:
        """Add a receipt; adding it again changes nothing."""
        offsets = self.accepted.setdefault(receipt.partition, set())
        for first, last in receipt.accepted:
            offsets.update(range(first, last + 1))
        for record in receipt.refused:
            self.refused[receipt.partition, record.offset] = record.rule

    @property
    def accepted_count(self) -> int:
        """Records accepted."""
        return sum(map(len, self.accepted.values()))

    @property
    def refused_by_rule(self) -> Counter[str]:
        """Rule -> records refused."""
        return Counter(self.refused.values())

    @property
    def decided_both_ways(self) -> int:
        """Records that one receipt accepts and another refuses; anything but 0 is a fault."""
        return sum(offset in self.accepted.get(partition, ()) for partition, offset in self.refused)


@dataclass(slots=True)
class RunAccount:
    """One agency's records from export to ledger."""

    agency: AtAgency = field(default_factory=AtAgency)
    intake: AtIntake = field(default_factory=AtIntake)
    ledger: dict[str, LedgerReceipt] = field(default_factory=dict)
    """Board -> its newest receipt, which replaces the earlier ones."""
    gaps: int = 0
    """Stretches of the agency's topic that intake never read; anything but 0 is a fault."""

    def add(self, receipt: Receipt) -> None:
        """Add a receipt, in the order of its topic."""
        if isinstance(receipt, IntakeReceipt):
            self.intake.add(receipt)
        elif isinstance(receipt, LedgerReceipt):
            self.ledger[receipt.board] = receipt
        else:
            self.gaps += 1

    def figures(self) -> dict[str, Any]:
        """The account as the reconciliation prints it."""
        ledger = self.ledger.values()
        return {
            "files": self.agency.files,
            "rows_read": self.agency.rows_read,
            "rows_refused_at_agency": self.agency.rows_refused,
            "refused_at_agency_by_rule": dict(sorted(self.agency.refused.items())),
            "duplicates_at_agency": self.agency.duplicates,
            "unchanged_at_agency": self.agency.unchanged,
            "withdrawn_by_agency": self.agency.withdrawn,
            "published": self.agency.published,
            "accepted": self.intake.accepted_count,
            "refused_at_intake_by_rule": dict(sorted(self.intake.refused_by_rule.items())),
            "current": sum(receipt.current for receipt in ledger),
            "superseded": sum(receipt.superseded for receipt in ledger),
            "duplicate": sum(receipt.duplicate for receipt in ledger),
            "withdrawn": sum(receipt.withdrawn for receipt in ledger),
            "open_balances": sum(not receipt.closes for receipt in ledger),
            "skipped": sum(receipt.skipped for receipt in ledger),
            "conflicts": sum(receipt.conflicts for receipt in ledger),
        }

    @property
    def balanced(self) -> bool:
        """Whether both equations hold, and no record was decided both ways."""
        figures = self.figures()
        return _intake_adds_up(figures) and _ledger_adds_up(figures) and self.intake.decided_both_ways == 0

    @property
    def unaccounted(self) -> int:
        """Published records that neither intake refused nor the ledger counted yet."""
        figures = self.figures()
        refused = sum(figures["refused_at_intake_by_rule"].values())
        return int(figures["published"] - refused - _in_ledger(figures))


def _in_ledger(figures: dict[str, Any]) -> int:
    classes = ("current", "superseded", "duplicate", "withdrawn", "skipped")
    return int(sum(figures[name] for name in classes))


def _intake_adds_up(figures: dict[str, Any]) -> bool:
    return bool(figures["published"] == figures["accepted"] + sum(figures["refused_at_intake_by_rule"].values()))


def _ledger_adds_up(figures: dict[str, Any]) -> bool:
    return bool(figures["accepted"] == _in_ledger(figures) and not figures["open_balances"])


def total(all_figures: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The sum of several accounts' figures; rules are summed one by one."""
    summed: dict[str, Any] = RunAccount().figures()
    for figures in all_figures:
        for name, value in figures.items():
            if isinstance(value, dict):
                summed[name] = dict(sorted((Counter(summed[name]) + Counter(value)).items()))
            else:
                summed[name] += value
    return summed


def reconcile(
    accounts: dict[str, RunAccount],
    cells: Mapping[str, int],
    releases: Mapping[str, int],
    seconds: float,
    signals: Mapping[str, Mapping[str, int]] | None = None,
) -> dict[str, Any]:
    """The reconciliation as JSON-ready data; `ok` only if every equation holds for every agency and something came.

    `cells` counts released cells by state; of each board `releases` counts releases, and `signals` signals by kind.
    """
    agencies = {name: account.figures() for name, account in sorted(accounts.items())}
    summed = total(agencies.values())
    held = {
        "every file was read as it was made": not any(account.agency.misread for account in accounts.values()),
        "published = accepted + refused": all(map(_intake_adds_up, [*agencies.values(), summed])),
        "accepted = current + superseded + duplicate + withdrawn": all(
            map(_ledger_adds_up, [*agencies.values(), summed])
        ),
        "every record was read": not any(account.gaps for account in accounts.values()),
        "no record both accepted and refused": all(a.intake.decided_both_ways == 0 for a in accounts.values()),
    }
    return {
        "agencies": agencies,
        "total": summed,
        "adds_up": held,
        "releases": dict(releases),
        "released_cells": dict(sorted(cells.items())),
        "signals": {board: dict(kinds) for board, kinds in (signals or {}).items()},
        "seconds": round(seconds, 1),
        "ok": all(held.values()) and summed["published"] > 0 and sum(releases.values()) > 0,
    }


def in_words(figures: dict[str, Any]) -> list[str]:
    """Both equations with their figures, for a person."""
    refused = sum(figures["refused_at_intake_by_rule"].values())
    kinds = [f"{figures[kind]:,} {kind}" for kind in ("current", "superseded", "duplicate", "withdrawn")]
    return [
        f"{figures['rows_read']:,} rows read, {figures['rows_refused_at_agency']:,} refused at the agencies",
        f"{figures['published']:,} published = {figures['accepted']:,} accepted + {refused:,} refused at intake",
        f"{figures['accepted']:,} accepted = {' + '.join(kinds)}",
    ]
