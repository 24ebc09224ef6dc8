"""Measures M1-M17. Each is one object in its own file; `analysis.measures.measure` defines that object."""
