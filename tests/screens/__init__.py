"""`make screens`: every page at two widths, and every page of a meeting pack, as pictures in docs/screens."""
