"""Where each agency's accepted records stand, read from the ledger's own topics; which ids do not add up."""
