"""The engine for word vectors, which learn from running text instead of rows.

Read `blocks.py` (text cut into arrays, NumPy only), then `steps.py` (what the compiled program does
with them), then `fit.py` (`fit_word_vectors`, and the runner that the training loop drives).
"""

LEARNING_RATES = {"skipgram": 0.025, "cbow": 0.05}
"""What the authors' program begins with, by architecture."""
