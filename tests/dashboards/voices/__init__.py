"""The page of what children and others say."""
