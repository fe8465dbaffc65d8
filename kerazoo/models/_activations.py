"""The activations of hidden layers that a builder lets one choose."""

from __future__ import annotations

from kerazoo.errors import unknown_name

ACTIVATIONS = ("relu", "sigmoid", "tanh", "leaky_relu", "elu")


def check_activation(name: str) -> str:
    """Return the name of an activation that a hidden layer can have.

    Raises:
        UnknownName: if it is none of `ACTIVATIONS`.

    Example:
        >>> check_activation("rely")
        Traceback (most recent call last):
        kerazoo.errors.UnknownName: unknown activation 'rely'. Did you mean 'relu'? ...
    """
    if name not in ACTIVATIONS:
        raise unknown_name("activation", name, ACTIVATIONS)
    return name
