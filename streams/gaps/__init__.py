"""Records that the broker acknowledged and no worker read: how they are noticed, told, listed and closed (ADR 0018)."""
