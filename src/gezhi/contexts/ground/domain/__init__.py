"""Rules of the ground."""
