"""Measures M1-M17 as pure functions (domain.md 6): sets of children, which the release rule then protects."""
