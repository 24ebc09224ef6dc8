"""The ledger: one row per event id, the same whatever order, duplication or crash the records came through."""
