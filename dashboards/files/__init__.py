"""The page of a board's releases and their files, and the files themselves."""
