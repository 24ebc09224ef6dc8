"""The measures, M1 and so on. Each is one object in its own file; `analysis.measures.measure` defines that object."""
