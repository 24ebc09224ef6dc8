"""The checker of a kit, in parts that `bundle` joins into the single file that an officer runs.

It uses the standard library only. It was written from the published rules and shares no code with analysis/disclosure.
"""
