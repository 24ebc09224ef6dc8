"""The pages on which people ask for, approve, refuse, withdraw, correct and annotate releases."""
