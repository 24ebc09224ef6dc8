"""Signals: what may be told between releases, from alarms to sentences. Pure functions; the stream calls them.

From ledger rows to evidence, to what is seen with or without one agency, to alarms, through the gate of ADR 0013,
into a life that is published once a day.
"""
