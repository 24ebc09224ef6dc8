"""The pages of the measures M1 to M21: released states by quarter, year and sector, and what each cannot know."""
