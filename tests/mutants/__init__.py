"""Mutation testing of what decides: small faults are put into the code one at a time, and a test has to fail."""
