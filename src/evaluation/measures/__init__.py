"""What the evidence says: pure functions from frames or DuckDB relations to frozen results.

A module here knows no file, plot, notebook or clock. It may import `evaluation.evidence`, `evaluation.snapshot` and
other measures, and libraries for estimation. Every result has ``measures()``, the values it publishes.
"""
