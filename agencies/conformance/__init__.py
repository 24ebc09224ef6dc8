"""For producers that others write: golden vectors, and a judge of what they put on the wire."""
