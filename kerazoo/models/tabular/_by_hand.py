"""A step of gradient descent that is written out, where Keras' own hides what happens."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from kerazoo.errors import KerazooError


@keras.saving.register_keras_serializable(package="kerazoo")
class DescendsByHand(keras.Model):
    """A network with one sigmoid output whose training step stands here, line by line.

    It gives the numbers of Keras' own step, as long as no output is 0 or 1 to the last digit: Keras
    keeps outputs away from these, and here the logarithm is then infinite.

    Args:
        inputs: as `keras.Model` takes them.
        outputs: probabilities, `(rows, 1)`.
        name: of the network.
    """

    def train_step(self, data: Any) -> dict[str, Any]:
        """Make one step with all rows of a batch, and return the cost before it.

        With h the outputs and y the classes, minimized is the mean of -log h where y is 1 and of
        -log(1 - h) where it is 0.
        """
        if keras.backend.backend() != "tensorflow":
            raise KerazooError(
                "training by hand needs the TensorFlow backend: set KERAS_BACKEND=tensorflow "
                "before Keras is imported, or leave out by_hand."
            )
        # Not at the top: it imports TensorFlow. Keras has no gradients for all backends.
        from kerazoo.engine.gradients import new_tape

        x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
        y = ops.cast(y, self.compute_dtype)
        with new_tape() as tape:
            h = self(x, training=True)  # (rows, 1), as y
            cost = -ops.mean(y * ops.log(h) + (1 - y) * ops.log(1 - h))
        weights = self.trainable_variables
        gradients = tape.gradient(cost, weights)
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        return {"loss": cost}
