"""The verification kit: a release with all that is needed to audit it again, without data, broker or this project."""
