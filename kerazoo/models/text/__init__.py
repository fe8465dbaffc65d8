"""Networks that learn from text."""
