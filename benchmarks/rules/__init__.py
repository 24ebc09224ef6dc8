"""Rules for making figures that were weighed against the one in use (docs/disclosure-rules.md). None is released by."""
