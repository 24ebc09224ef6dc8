"""One module for each command of `python -m analysis`; each has a click command named `command`.

Modules whose names begin with an underscore are shared by commands.
"""
