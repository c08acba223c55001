"""Administration: what the three administrators and city operations keep, on pages."""
