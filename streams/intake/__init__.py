"""Intake: validate, re-key, forward to the board's partition; refuse with a rule and a path."""
