"""Foreign files as typed rows: streaming readers, column mappings, and the verdict on each row."""
