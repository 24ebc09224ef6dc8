"""Dashboards: the reviewers' pages, server-rendered from SQL; Grafana and Prometheus files for operations."""
