"""People sign in, and may do what the table of permissions says."""
