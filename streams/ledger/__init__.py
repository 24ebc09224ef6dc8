"""Ledger: folds accepted events into its table, balances receipts, builds releases."""
