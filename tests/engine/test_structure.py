"""What tells the graph of one training from that of another: `structure_of`, and numbers by it."""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import kerazoo
from kerazoo.engine.structure import structure_of
from tests.engine import settings_of_a_user
from tests.engine.small_networks import rows

X, Y = rows(32)
SETTINGS = {"factor": 1.0}
read_setting = SETTINGS.get


def network(*layers: Any, optimizer: Any = "sgd", loss: Any = "mse") -> keras.Model:
    keras.utils.set_random_seed(3)
    outputs = inputs = keras.Input((5,))
    for layer in layers or (keras.layers.Dense(3),):
        outputs = layer(outputs)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer, loss)
    return model


def frozen_kernel(number: int) -> keras.Model:
    layers = [keras.layers.Dense(5, use_bias=False) for _ in range(2)]
    model = network(*layers)
    layers[number - 1].kernel.trainable = False
    return model


def tied_kernels(number: int) -> keras.Model:
    layers = [keras.layers.Dense(5, use_bias=False) for _ in range(3)]
    model = network(*layers)
    vars(layers[number])["_kernel"] = layers[0].kernel
    return model


class Scaled(keras.layers.Layer):
    """Keeps its factor under a name that Keras uses in models and optimizers."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.loss = factor

    def call(self, inputs: Any) -> Any:
        return inputs * self.loss


class Power(keras.losses.Loss):
    """Keeps its exponent under a name that Keras uses in optimizers."""

    def __init__(self, exponent: float) -> None:
        super().__init__()
        self._learning_rate = exponent

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return keras.ops.mean(keras.ops.abs(y_true - y_pred) ** self._learning_rate, -1)


class Squared(keras.regularizers.Regularizer):
    """Keeps its factor under a name that is only a label elsewhere."""

    def __init__(self, factor: float) -> None:
        self.name = factor

    def __call__(self, x: Any) -> Any:
        return self.name * keras.ops.sum(x**2)

    def get_config(self) -> dict[str, Any]:
        return {}


class ReadsItsName(keras.layers.Layer):
    def call(self, inputs: Any) -> Any:
        return inputs * 3 if self.name == "named_2" else inputs


class AddsConstant(keras.layers.Layer):
    def __init__(self, value: float) -> None:
        super().__init__()
        self.initializer = keras.initializers.Constant(value)

    def call(self, inputs: Any) -> Any:
        return inputs + self.initializer((5,))


class ReadsModule(keras.layers.Layer):
    def call(self, inputs: Any) -> Any:
        return inputs * settings_of_a_user.inner.FACTOR


def reading_a_module(number: int) -> keras.Model:
    settings_of_a_user.inner.FACTOR = float(number)
    return network(ReadsModule(), keras.layers.Dense(3))


def with_epsilon(number: int) -> keras.Model:
    keras.config.set_epsilon(1e-7 * number)
    return network()


class OwnOptimizer(keras.Model):
    """Trains with a second optimizer, as the two networks of a GAN do."""

    def __init__(self, optimizer: Any) -> None:
        super().__init__()
        self.dense = keras.layers.Dense(3)
        self.second = optimizer

    def call(self, inputs: Any) -> Any:
        return self.dense(inputs)

    def train_step(self, data: Any) -> Any:
        x, y = data
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((self(x) - y) ** 2)
        variables = self.trainable_variables
        self.second.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return {"loss": loss}


def with_own(optimizer: Any) -> keras.Model:
    keras.utils.set_random_seed(3)
    model = OwnOptimizer(optimizer)
    model(X[:2])
    model.compile("sgd", "mse")
    model.second.build(model.trainable_variables)
    return model


def excluding(number: int) -> Any:
    optimizer = keras.optimizers.AdamW(0.01, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["kernel" if number == 1 else "bias"])
    return optimizer


class Constant(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule whose configuration does not tell its rate."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, step: Any) -> Any:
        return self.rate

    def get_config(self) -> dict[str, Any]:
        return {}


def with_loss_of_its_own(number: int) -> keras.Model:
    model = network()
    usual = model.compute_loss
    model.compute_loss = lambda *values, **named: usual(*values, **named) * number
    return model


def with_inner_call(number: int) -> keras.Model:
    inner = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])
    usual = inner.call
    inner.call = lambda x, training=None, mask=None: usual(x) * number
    return network(inner)


def with_attribute(of_model: bool) -> Callable[[int], keras.Model]:
    def build(number: int) -> keras.Model:
        dense = keras.layers.Dense(3)
        model = network(dense)
        owner = model if of_model else dense
        owner.factor_of_user = float(number)
        model.compile("sgd", lambda y, p: owner.factor_of_user * keras.ops.mean((y - p) ** 2, -1))
        return model

    return build


def with_order(number: int) -> keras.Model:
    keras.utils.set_random_seed(3)
    inputs = [keras.Input((5,), name=name) for name in ("ab" if number == 1 else "ba")]
    first, second = (keras.layers.Dense(3)(one) for one in inputs)
    model = keras.Model(inputs, keras.layers.Subtract()([first, second]))
    model.compile("sgd", "mse")
    return model


dense, optimizers = keras.layers.Dense, keras.optimizers
schedules = optimizers.schedules
CASES: dict[str, Callable[[int], keras.Model]] = {
    "a frozen weight": frozen_kernel,
    "tied weights": tied_kernels,
    "type of a loss": lambda n: network(
        loss=keras.losses.MeanSquaredError(dtype=("float32", "bfloat16")[n - 1])
    ),
    "attribute named as a model's": lambda n: network(Scaled(n), dense(3)),
    "attribute named as an optimizer's": lambda n: network(loss=Power(n)),
    "attribute named as a label": lambda n: network(dense(3, kernel_regularizer=Squared(n))),
    "a name that code reads": lambda n: network(ReadsItsName(name=f"named_{n}"), dense(3)),
    "initializer in a call": lambda n: network(AddsConstant(n), dense(3)),
    "module inside a module": reading_a_module,
    "decay of a second optimizer": lambda n: with_own(optimizers.AdamW(0.01, weight_decay=n)),
    "schedule of a second optimizer": lambda n: with_own(
        optimizers.Adam(schedules.CosineDecay(0.1, n * 3))
    ),
    "weights without decay": lambda n: network(optimizer=excluding(n)),
    "inner weights without decay": lambda n: network(
        optimizer=optimizers.LossScaleOptimizer(excluding(n))
    ),
    "inner schedule": lambda n: network(
        optimizer=optimizers.LossScaleOptimizer(optimizers.SGD(Constant(n / 100)))
    ),
    "compute_loss of a model": with_loss_of_its_own,
    "call of an inner model": with_inner_call,
    "attribute of a model": with_attribute(True),
    "attribute of a layer": with_attribute(False),
}


@pytest.mark.parametrize("build", CASES.values(), ids=CASES)
def test_what_shapes_a_graph_is_part_of_the_structure(build: Callable[[int], keras.Model]) -> None:
    structures = []
    for number in (1, 1, 2):
        keras.backend.clear_session()  # which numbers the names of layers from the start
        structures.append(structure_of(build(number)))
    assert structures[0] == structures[1] is not None
    assert structures[0] != structures[2]


def test_keras_epsilon_is_part_of_the_structure() -> None:
    before = keras.config.epsilon()
    try:
        assert structure_of(with_epsilon(1)) != structure_of(with_epsilon(2))
    finally:
        keras.config.set_epsilon(before)


def method_of_an_object(x: Any) -> Any:
    return x * read_setting("factor")


def all_globals(x: Any) -> Any:
    return x * globals()["SETTINGS"]["factor"]


def drawn_while_tracing(x: Any) -> Any:
    return x + np.random.normal()


def of_the_clock(x: Any) -> Any:
    import time

    return x + math.sin(time.time())


@pytest.mark.parametrize(
    "code", [method_of_an_object, all_globals, drawn_while_tracing, of_the_clock]
)
def test_code_that_sees_more_than_can_be_told_shares_nothing(code: types.FunctionType) -> None:
    assert structure_of(network(dense(3, code))) is None


def test_a_layer_that_cannot_be_configured_is_trained() -> None:
    layer = keras.layers.Lambda(lambda x, unknown: 2 * x, arguments={"unknown": object()})
    model = network(layer, dense(3))
    kerazoo.fit_model(model, (X, Y), verbose=0, jit_compile=False)
    assert structure_of(model) is None


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
@pytest.mark.parametrize(
    "build",
    [CASES["tied weights"], CASES["decay of a second optimizer"], with_order],
    ids=["tied", "second optimizer", "order of named inputs"],
)
def test_another_structure_has_its_own_numbers(build: Callable[[int], keras.Model]) -> None:
    def train(number: int) -> list[np.ndarray]:
        model = build(number)
        x = {"a": X, "b": X * 2 + 1} if build is with_order else X
        y = X if build is CASES["tied weights"] else Y
        kerazoo.fit_model(model, (x, y), verbose=0, jit_compile=False, seed=1)
        return list(model.get_weights())

    kerazoo.clear_program_cache()
    expected = train(2)
    kerazoo.clear_program_cache()
    others = train(1)
    found = train(2)
    assert all(map(np.array_equal, found, expected))
    assert not all(map(np.array_equal, found, others))
