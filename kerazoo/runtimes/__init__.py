"""Networks that answer: by LiteRT, which needs NumPy alone, or by Keras; they know no card."""
