"""The engine for word vectors: blocks of a text, compiled steps, the loop."""
