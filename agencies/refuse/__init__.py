"""Refuses identifiers in what is about to leave: the second line behind the closed schema (disclosure.md 4.4)."""

from agencies.refuse.detectors import find_identifier
from agencies.refuse.walk import scan

__all__ = ["find_identifier", "scan"]
