"""Disclosure control: which cells may be released (ladder), how they are protected (noise), and audits of releases."""
