"""The way in and out: the sign-in provider, what it says of a person, and the pages for it."""
