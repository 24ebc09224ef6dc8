"""Hotspot detection: scans, exceedance of single series, and local clustering; pure functions on arrays.

What statisticians know under these names, checked against published answers in tests/analysis/hotspots. Which of
them raises signals is the stream's business; analysts run them with `python -m analysis scan|exceed|gistar`.
"""
