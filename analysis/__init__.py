"""Ledger fold, measures, disclosure control and signals as pure functions over models.

Files are read and written by `analysis.commands` and `analysis.verification`; elsewhere only files that come with the
package are read.
"""
