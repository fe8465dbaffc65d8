"""Networks that learn from running text."""
