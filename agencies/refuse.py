"""Refuses identifiers in what is about to leave: the second line behind the closed schema (docs/protection.md).

The detectors are part of the contract (`models.contract.detect`, `models.contract.scan`), because intake makes the
same refusals again.
"""

from models.contract.detect import find_identifier
from models.contract.scan import scan

__all__ = ["find_identifier", "scan"]
