"""The contract: what an agency's own producer needs to make a valid event, and to read what became of it.

The agency kit ships this package, so nothing in it needs more than Pydantic and the libraries of the code lists.
"""
