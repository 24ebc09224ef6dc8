"""Comparisons with peers in one run: `python -m benchmarks`. Answers are checked before a time is printed."""
