"""Who looks at the same thing at this moment: for a minute, then forgotten."""
