"""Signals on the pages: open and closed ones in words, with the caution and the recording effort beside them."""
