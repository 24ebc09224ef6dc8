"""Numbered migrations, run by `models.store.upgrade`."""
