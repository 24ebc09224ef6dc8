"""The pages of the measures: released states by quarter, year and sector, and what each cannot know."""
