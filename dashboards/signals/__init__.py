"""Signals on the pages: open and closed ones in words, with the caution and the effort that belong beside them."""
