"""Chunks of one partition instead of single messages: Faust's cost is per message (streams.md 3)."""
