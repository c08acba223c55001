"""Places: everything on the ground that has a name, found by typing it, and named from a point."""
