"""A seeded generator of the fictional borough of Aldermere: it writes export files in agencies' formats, not events."""
