"""The playground: a small dense network that trains while one looks, and can be changed meanwhile.

In reading order: `settings.py` says what can be chosen, and checks it; `drawn.py` draws points to
learn from; `data.py` makes those, a data set of the course, or a table of one's own into rows of
numbers; `arithmetic.py` computes the network and its gradients with NumPy, many times a second;
`network.py` builds it with Keras; `frames.py` says what there is to see of it; `session.py` trains
it with the engine, in a thread; `script.py` writes the Python code that does the same.

`load_data` is what that code calls.
"""

from kerazoo.playground.data import PlayData, load_data

__all__ = ["PlayData", "load_data"]
