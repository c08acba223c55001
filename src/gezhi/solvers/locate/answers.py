"""Answers that are no position."""

# No polygon touches the point.
NOWHERE = -1
# Rounding could decide: the question is asked again of GEOS.
UNSURE = -2
