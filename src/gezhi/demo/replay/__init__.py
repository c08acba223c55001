"""Real requests of another city, lived through again by the program's own use cases on a simulated clock."""
