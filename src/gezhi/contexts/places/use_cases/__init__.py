"""What is done with places."""

from gezhi.contexts.places.use_cases.refresh_index import refresh_index

__all__ = ["refresh_index"]
