"""Pages of the street hub: the inbox beside the case."""
