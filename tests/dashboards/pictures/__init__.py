"""Pictures: what is drawn, and that nothing is drawn that a table does not say."""
