"""Disclosure control: what may leave, rounded how, and proof by attack that it is safe (KR5, ladder, gate)."""
