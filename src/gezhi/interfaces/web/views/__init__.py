"""Pages that belong to no single audience."""
