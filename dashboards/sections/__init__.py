"""The pages between the overview and the measures: each asks one question, which several measures answer."""
