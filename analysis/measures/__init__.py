"""Measures M1 to M21. Each is one object in its own file; `analysis.measures.measure` defines that object."""
