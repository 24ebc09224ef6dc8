"""The page of the audit log, for information governance."""
