"""How good and how fast the hotspot methods are: `validation` writes the page, `timing` measures ratios."""
