"""Many networks as one: members that share most of their weights, trained side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras
import numpy as np


@keras.saving.register_keras_serializable(package="kerazoo")
class MemberDense(keras.layers.Layer):
    """A dense layer that all members share, with a scaling of inputs and outputs for each.

    For member k: `y_k = ((x_k * r_k) W) * s_k + b_k`.

    Args:
        units: outputs of each member.
        members: how many there are.
        spreads: whether the scaling of the inputs starts with random signs, which makes members
            differ from the first step on, or with 1.
        name: of the layer.

    Input shape:
        `(rows, members, inputs)`, or `(rows, inputs)`, which all members are given.

    Output shape:
        `(rows, members, units)`.

    Example:
        >>> MemberDense(5, members=4)(np.ones((2, 3), "float32")).shape
        TensorShape([2, 4, 5])

    Reference:
        Wen, Tran and Ba, "BatchEnsemble", 2020.
    """

    def __init__(
        self, units: int, members: int, spreads: bool = False, name: str | None = None
    ) -> None:
        super().__init__(name=name)
        self.units = units
        self.members = members
        self.spreads = spreads

    def build(self, input_shape: Sequence[int]) -> None:
        inputs = input_shape[-1]
        start = _random_signs if self.spreads else "ones"
        limit = 1 / np.sqrt(inputs)
        uniform = keras.initializers.RandomUniform(-limit, limit)
        self.kernel = self.add_weight(
            shape=(inputs, self.units), initializer=uniform, name="kernel"
        )
        self.scale_in = self.add_weight(
            shape=(self.members, inputs), initializer=start, name="scale_in"
        )
        self.scale_out = self.add_weight(
            shape=(self.members, self.units), initializer="ones", name="scale_out"
        )
        self.bias = self.add_weight(
            shape=(self.members, self.units), initializer=uniform, name="bias"
        )

    def call(self, inputs: Any) -> Any:
        ops = keras.ops
        if len(inputs.shape) == 2:
            inputs = inputs[:, None, :]
        scaled = inputs * self.scale_in  # (rows, members, inputs)
        flat = ops.reshape(scaled, (-1, self.kernel.shape[0]))  # one product for all members
        outputs = ops.reshape(flat @ self.kernel, (-1, self.members, self.units))
        return outputs * self.scale_out + self.bias

    def compute_output_shape(self, input_shape: Sequence[int]) -> tuple[Any, ...]:
        return (input_shape[0], self.members, self.units)

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "units": self.units,
            "members": self.members,
            "spreads": self.spreads,
        }


def _random_signs(shape: Sequence[int], dtype: str | None = None) -> Any:
    return keras.ops.sign(keras.initializers.RandomNormal()(shape, dtype))


@keras.saving.register_keras_serializable(package="kerazoo")
class MemberOutputs(keras.layers.Layer):
    """The last layer: each member has weights of its own.

    Args:
        units: outputs of each member.
        name: of the layer.

    Input shape:
        `(rows, members, inputs)`.

    Output shape:
        `(rows, members, units)`.
    """

    def __init__(self, units: int, name: str | None = None) -> None:
        super().__init__(name=name)
        self.units = units

    def build(self, input_shape: Sequence[int]) -> None:
        members, inputs = input_shape[-2:]
        limit = 1 / np.sqrt(inputs)
        uniform = keras.initializers.RandomUniform(-limit, limit)
        self.kernel = self.add_weight(
            shape=(members, self.units, inputs), initializer=uniform, name="kernel"
        )
        self.bias = self.add_weight(shape=(members, self.units), initializer=uniform, name="bias")

    def call(self, inputs: Any) -> Any:
        outputs = [
            keras.ops.sum(inputs * self.kernel[:, unit], axis=-1) for unit in range(self.units)
        ]  # (rows, members) each
        return keras.ops.stack(outputs, axis=-1) + self.bias

    def compute_output_shape(self, input_shape: Sequence[int]) -> tuple[Any, ...]:
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "units": self.units}


@keras.saving.register_keras_serializable(package="kerazoo")
class MeanOfMembers(keras.layers.Layer):
    r"""One answer of all members, while each of them learns from its own mistakes.

    The loss is computed from the answer. While training, a term is added that makes it the mean of
    the members' own losses, which keeps them different. Of numbers, with the squared error:
    `mean_k (p_k - y)^2 = (mean_k p_k - y)^2 + variance_k p_k`. Of classes, with the cross-entropy,
    the answer is the geometric mean of the members' probabilities, divided by its sum z; then
    `mean_k -log p_k(y) = -log answer(y) - log z`.

    Args:
        kind: `"number"`, or `"classes"`, for which members give logits.
        name: of the layer.

    Input shape:
        `(rows, members, units)`.

    Output shape:
        `(rows, units)`: numbers, or probabilities of classes.
    """

    def __init__(self, kind: Literal["number", "classes"], name: str | None = None) -> None:
        super().__init__(name=name)
        self.kind = kind

    def call(self, inputs: Any, training: bool = False) -> Any:
        ops = keras.ops
        if self.kind == "number":
            answer = ops.mean(inputs, axis=1)
            if training:
                self.add_loss(ops.mean(ops.var(inputs, axis=1)))
            return answer
        logits = ops.mean(ops.log_softmax(inputs, axis=-1), axis=1)  # (rows, classes)
        if training:
            self.add_loss(-ops.mean(ops.logsumexp(logits, axis=-1)))
        return ops.softmax(logits, axis=-1)

    def compute_output_shape(self, input_shape: Sequence[int]) -> tuple[Any, ...]:
        return (input_shape[0], input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind}
