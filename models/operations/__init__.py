"""What operations decide and keep: how long each store is kept, the topics' settings, remedies for single records.

No agency needs these to publish, and every service of the group obeys them: they are a room of `models` because the
workers, the sink, the pages and the documents read one table each.
"""
