"""What an outside service of places is, and how each kind of them answers."""
