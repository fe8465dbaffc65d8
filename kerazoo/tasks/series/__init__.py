"""Networks that forecast a series in time."""
