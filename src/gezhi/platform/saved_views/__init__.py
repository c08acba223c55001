"""Saved views: the filters of a list that somebody keeps under a name, for themselves or for their office."""
