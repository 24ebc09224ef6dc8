"""The page of what children and others say, beside what the agencies record."""
