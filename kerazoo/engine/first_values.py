"""The values of all that a training changes, kept to begin again from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


class FirstValues:
    """Keeps the values of variables, and puts them back.

    Keras' own `assign` converts and checks each value anew, which a search of small networks would
    spend a good part of its time with: on TensorFlow this is the one operation that it ends in.

    Args:
        variables: of a model and its optimizer.

    Example:
        >>> variable = keras.Variable([1.0, 2.0])
        >>> first = FirstValues([variable])
        >>> _ = variable.assign([0.0, 0.0])
        >>> first.put_back()
        >>> keras.ops.convert_to_numpy(variable).tolist()
        [1.0, 2.0]
    """

    def __init__(self, variables: Sequence[Any]) -> None:
        self._variables = list(variables)
        self._values = [keras.ops.copy(keras.ops.convert_to_tensor(one)) for one in variables]
        self._handles = [getattr(one.value, "handle", None) for one in variables]

    def put_back(self) -> None:
        """Give every variable the value that it had."""
        if keras.backend.backend() != "tensorflow" or None in self._handles:
            for variable, value in zip(self._variables, self._values, strict=True):
                variable.assign(value)
            return
        import tensorflow as tf

        for handle, value in zip(self._handles, self._values, strict=True):
            tf.raw_ops.AssignVariableOp(resource=handle, value=value)
