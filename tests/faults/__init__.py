"""The fault harness: real services, real faults, and an independent account of what the broker acknowledged."""
