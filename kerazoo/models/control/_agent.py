"""An agent as a Keras model: it tells how probable each action is, acts, and learns."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from kerazoo.errors import InvalidInput, KerazooError, unknown_name
from kerazoo.models._own_loss import refuse_loss

Act = Callable[[np.ndarray], np.ndarray]
_SQUASH: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
}


@dataclass(frozen=True)
class Settings:
    """How an agent acts and learns; a recipe changes them by its `fit_arguments`.

    Args:
        environments: how many it acts in at once.
        horizon: steps in each before it learns; 0 for whole episodes.
        rounds: how often it acts and learns in an epoch.
        discount: what a reward counts for each step that it comes later.
    """

    environments: int = 16
    horizon: int = 128
    rounds: int = 4
    discount: float = 0.99


class Agent(keras.Model):
    """A policy as a functional model, perhaps with a network beside it that only training needs.

    As a function it gives the probability of each action in a state. Offers the protocols
    `LearnsByActing` and `TakesFitArguments`: `update` and `batches` are those of a subclass.

    Args:
        inputs: the state.
        outputs: the probabilities.
        policy: maps states to a logit for each action; dense layers alone.
        beside: a network that only training needs, if any: an attribute of its own name.
        name: of the model.
    """

    settings: Any = Settings()

    def __init__(
        self,
        inputs: Any,
        outputs: Any,
        *,
        policy: keras.Model,
        beside: keras.Model | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(inputs, outputs, name=name)
        self.policy = policy
        if beside is not None:
            setattr(self, beside.name, beside)

    def get_config(self) -> dict[str, Any]:
        """Return the name: the builder's arguments tell the rest."""
        return {"name": self.name}

    def take_fit_arguments(self, arguments: Mapping[str, Any]) -> None:
        """Change settings, before `compile`: the protocol `TakesFitArguments`.

        Args:
            arguments: fields of the settings; what is left out stays as it is.

        Raises:
            UnknownName: for any other argument.
            InvalidInput: if a number is below 0.
        """
        known = [field.name for field in dataclasses.fields(self.settings)]
        for name, value in arguments.items():
            if name not in known:
                raise unknown_name(f"fit argument of {self.name}", name, known)
            if value < 0:
                raise InvalidInput(f"{name} is {value}; pass 0 or more.")
        self.settings = dataclasses.replace(self.settings, **arguments)

    def compile(
        self,
        optimizer: Any = "adam",
        loss: Any = None,
        metrics: Any = None,
        run_eagerly: bool = False,
        jit_compile: Any = "auto",
    ) -> None:
        """Prepare for training.

        Args:
            optimizer: of all that learns.
            loss: none; there is one of its own.
            metrics: none.
            run_eagerly: as in Keras.
            jit_compile: as in Keras.

        Raises:
            KerazooError: if a loss or metrics are passed.
        """
        refuse_loss(self.name, loss, metrics)
        super().compile(optimizer=optimizer, run_eagerly=run_eagerly, jit_compile=jit_compile)

    def train_step(self, data: Any) -> dict[str, Any]:
        """Refuse rows of Keras' own `fit`.

        Raises:
            KerazooError: always.
        """
        raise KerazooError(
            f"{self.name!r} learns by acting in an environment, not from rows; train it with "
            "kerazoo.fit_agent."
        )

    def begin_training(self) -> None:
        """Forget what was remembered of another training: there is nothing."""

    def memory(self) -> list[np.ndarray]:
        """Return what is remembered of earlier rounds: nothing."""
        return []

    def greedy(self) -> Act:
        """Return what does the most probable action."""
        logits = in_numpy(self.policy)
        return lambda states: logits(states).argmax(axis=1)

    def explore(self, random: np.random.Generator, done: float) -> Act:
        """Return what draws each action with its probability.

        Args:
            random: what it is drawn by.
            done: the share of the training that is done.
        """
        logits = in_numpy(self.policy)

        def act(states: np.ndarray) -> np.ndarray:
            values = logits(states)
            # The largest of logits with Gumbel noise is each one with its probability.
            chosen: np.ndarray = (values + random.gumbel(size=values.shape)).argmax(axis=1)
            return chosen

        return act


def in_numpy(network: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """Return what a network of dense layers computes, with the weights that it has now.

    It answers 16 states in some 20 microseconds.
    """
    layers = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)]
    weights = [(np.asarray(layer.kernel), np.asarray(layer.bias)) for layer in layers]
    hidden, (kernel, bias) = weights[:-1], weights[-1]
    squash = _SQUASH[layers[0].activation.__name__]

    def forward(x: np.ndarray) -> np.ndarray:
        for inner, offset in hidden:
            x = squash(x @ inner + offset)
        outputs: np.ndarray = x @ kernel + bias
        return outputs

    return forward


def build_dense(
    numbers: int, hidden_units: Sequence[int], outputs: int, activation: str, name: str
) -> keras.Model:
    """Build dense layers from states to one output or some, without an activation at the end.

    Raises:
        InvalidInput: if there is no state, output, hidden layer or unit.
    """
    for what, count in (("states", numbers), ("actions", outputs)):
        if count < 1:
            raise InvalidInput(f"{what} is {count}; pass how many numbers, at least 1.")
    if not hidden_units or min(hidden_units) < 1:
        raise InvalidInput(
            f"hidden_units is {list(hidden_units)}; pass at least one layer of at least 1 unit."
        )
    inputs = keras.Input((numbers,), name=f"state_of_{name}")
    x = inputs
    for number, units in enumerate(hidden_units, start=1):
        x = keras.layers.Dense(units, activation=activation, name=f"{name}_dense{number}")(x)
    x = keras.layers.Dense(outputs, name=f"{name}_output")(x)
    return keras.Model(inputs, x, name=name)


def wire(
    kind: type[Agent], name: str, policy: keras.Model, beside: keras.Model | None = None
) -> Agent:
    """Build an agent of a policy: states in, the softmax of its logits out."""
    inputs = keras.Input(policy.input_shape[1:], name="state")
    outputs = keras.layers.Activation("softmax", name="action")(policy(inputs))
    return kind(inputs, outputs, policy=policy, beside=beside, name=name)


def in_batches(
    rows: Mapping[str, np.ndarray], orders: Sequence[np.ndarray], batch_size: int
) -> dict[str, np.ndarray]:
    """Return rows in batches of one size; what is left of an order is left out.

    Args:
        rows: arrays `(rows, ...)` by name.
        orders: indices of rows: each is gone through once.
        batch_size: rows in a batch; fewer if there are fewer.

    Returns:
        Arrays `(batches, batch size, ...)` by name.
    """
    size = min(batch_size, len(orders[0]))
    kept = [order[: len(order) // size * size].reshape(-1, size) for order in orders]
    indices = np.concatenate(kept)
    return {name: values[indices] for name, values in rows.items()}
