"""Word vectors: what one asks of words."""
