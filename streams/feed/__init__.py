"""Chunks of one partition instead of single messages: Faust's cost is per message (docs/faust.md)."""
