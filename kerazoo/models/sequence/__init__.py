"""Networks on series in time."""
