"""Dashboards: the reviewers' pages, server-rendered from SQL; Grafana and Prometheus files for operations."""

import os

# The matrices of the pages are small: several threads at one take twice the processor time, and no less by the clock.
# numpy reads this when it is first imported, so it stands before every other import.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
