"""Agents that learn by acting: another runner of epochs for the training loop.

In reading order: `environments.py` many environments at once, and what is met in them; `fit.py`
`fit_agent`, which lets an agent act and learn in turn. Acting is NumPy: a small network answers
some states in microseconds, a call of a graph takes a hundred times as long. Learning is a graph.
"""
