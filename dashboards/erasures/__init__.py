"""Erasures: asking for that of all that an agency sent, and following those of children, by their stage alone."""
