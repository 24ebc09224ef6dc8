"""The way in and out, against a provider that can lie."""
