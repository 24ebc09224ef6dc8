"""Measures M1-M17: each is one object in a file of its own (`analysis.measures.measure` says what it holds)."""
