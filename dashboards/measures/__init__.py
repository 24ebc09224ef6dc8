"""The pages of the measures M1-M17: released states by quarter, year and sector, and what each cannot know."""
