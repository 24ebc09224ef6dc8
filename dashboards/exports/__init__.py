"""A release as files: CSV, XLSX, ODS and PDF, each a pure function of the release, the same bytes every time."""
