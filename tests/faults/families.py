"""Every family of faults; importing it fills the registry, in the order of the table."""

from __future__ import annotations

from tests.faults import agency, brokers, clocks, databases, disks, messages, processes, remedies, replay
from tests.faults.registry import FAULTS, Fault

FAMILIES = (processes, brokers, databases, messages, remedies, agency, replay, clocks, disks)


def all_faults() -> list[Fault]:
    """Every fault, family by family."""
    order = [family.__name__ for family in FAMILIES]
    return sorted(FAULTS, key=lambda fault: order.index(fault.run.__module__))
