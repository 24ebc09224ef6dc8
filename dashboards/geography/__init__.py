"""Where wards and towns lie: outlines from a file, hexagons from who borders whom, and the ground of a map.

Rules are pure. Only `files` and `commands` read a file.
"""
