"""The life of a release after it was built: approval by a second person, freeze, supersession, withdrawal."""
