"""The checker of a kit, in parts that `bundle` joins into the one file an officer runs. Standard library only.

Written from the published rules, apart from analysis/disclosure, and sharing no code with it.
"""
