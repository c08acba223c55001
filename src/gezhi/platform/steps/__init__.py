"""One way to change anything that has a life: a table of steps, a history, and one function for each verb (ADR 0015)."""
