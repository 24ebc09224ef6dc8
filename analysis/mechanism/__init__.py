"""The audit of the mechanism: how far releases, made by the real build under many keys, move the odds of one fact."""
