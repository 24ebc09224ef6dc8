"""Every family of faults; importing it fills the registry, in the order of the table."""

from __future__ import annotations

from tests.faults import (
    accounts,
    agency,
    agency_disk,
    brokers,
    clocks,
    databases,
    disks,
    gaps,
    messages,
    ownership,
    processes,
    remedies,
    replay,
    truncated,
)  # fmt: skip
from tests.faults.registry import FAULTS, Fault

FAMILIES = (
    processes, ownership, accounts, brokers, databases, messages, remedies, gaps, agency, agency_disk, replay, clocks,
    disks, truncated,
)  # fmt: skip


def all_faults() -> list[Fault]:
    """Every fault, family by family."""
    order = [family.__name__ for family in FAMILIES]

    def place(fault: Fault) -> tuple[int, bool]:
        family = f"{__package__}.{fault.behind}" if fault.behind else fault.run.__module__
        return order.index(family), bool(fault.behind)

    return sorted(FAULTS, key=place)
