"""Risk indicators: prevalence, co-occurrence and trend over children, and screening outcomes as reported.

The service counts indicators over children. It never adds them up for one child (docs/domain.md). The catalogue is in
models/catalogue.
"""
