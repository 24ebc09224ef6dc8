"""Disclosure control: what may leave (ladder), moved and rounded how (noise), and audits of what is out."""
