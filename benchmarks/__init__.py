"""Benchmarks: one module each, one command each (``python -m benchmarks NAME``), figures as ratios to a reference that
runs in the same process or the same run."""
