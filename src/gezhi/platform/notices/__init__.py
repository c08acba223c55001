"""What the program tells people where they work: one line a person, about one thing, until it is taken note of."""
