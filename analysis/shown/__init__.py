"""What a page shows of each measure, from released cells and from tables without child data only.

All functions are pure. None takes a ledger row, a record about a child or a count that was not published (ADR 0015).
"""
