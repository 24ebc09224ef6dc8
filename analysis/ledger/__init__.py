"""The ledger: one row for each own id. Order, duplicates and crashes on the way do not change a row."""
