"""The page for operations: what stands still or is missing, and what to run about it."""
