"""Networks that tell the class of each pixel."""
