"""A second kind of thing with a life: the booking of a community's room. It shows what a context writes of its own."""
