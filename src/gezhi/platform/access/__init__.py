"""Roles in areas: who may do what, and why."""
