"""The page of a board: what a chair reads in two minutes."""
