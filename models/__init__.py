"""The contract: everything that crosses from one process to another is a type in here, and nothing else is."""
