"""Trials that take minutes. Each prints one line with its figures."""
