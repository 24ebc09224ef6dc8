"""The page for inspectors: what the review of 2015 asked for or found, beside what this board can show today."""
