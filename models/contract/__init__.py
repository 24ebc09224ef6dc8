"""The part of the contract an agency sees: events, code lists, tokens, topics, receipts.

The agency kit ships this package and `agencies`, so nothing in it may need Faust, SQLAlchemy or numba.
"""
