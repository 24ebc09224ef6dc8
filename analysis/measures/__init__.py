"""Measures M1-M17 as pure functions (docs/domain.md): sets of children, which the release rule then protects."""
