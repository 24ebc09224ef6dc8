"""Where wards and towns lie: outlines from a file, hexagons from who borders whom, and the ground that maps are drawn on.

Rules are pure. Only `files` and `commands` read a file.
"""
