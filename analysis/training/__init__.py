"""What to train, whom, and whether it changed anything: from released cells and staff figures only."""
