"""A setting that code reads."""

FACTOR = 1.0
