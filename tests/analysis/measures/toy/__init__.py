"""A measure that is not one of the twenty-one: its file, its examples, and what is asked of it once on the list."""
