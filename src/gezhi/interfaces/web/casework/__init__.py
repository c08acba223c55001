"""What the hub's and the workers' pages share: lists with filters in the address, the case, and what is done with it."""
