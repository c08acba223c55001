"""What the program tells people: the bell over every page, the list behind it, and the rules that speak there."""
