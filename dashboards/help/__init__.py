"""Help that stands on pages: how to read one, a tour for the first visit, what the words mean."""
