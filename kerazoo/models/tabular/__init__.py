"""Networks on tables of numbers."""
