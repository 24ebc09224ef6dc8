"""What a page shows of each measure: from released cells and from tables without child data, and from nothing else.

Pure. No function here takes a record, a ledger row or a count that was not published (ADR 0015).
"""
