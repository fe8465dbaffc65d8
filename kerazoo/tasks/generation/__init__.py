"""Networks that make images: draw them, show them, judge them."""
