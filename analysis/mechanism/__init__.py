"""The audit of the mechanism: what releases, made by the real build under many keys, do to the odds of one fact."""
