"""What keeps one bad record or one bad agency from stopping the rest, and how people undo it (ADR 0010)."""
