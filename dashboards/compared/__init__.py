"""Comparison without ranking: a board's own past, what we expect of it, and boards that are like it."""
