"""Metrics in Prometheus' text format: what may be told, how it is kept, where it is served."""
