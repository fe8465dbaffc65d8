"""A network of a structure that was trained before: the same numbers, without compiling."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.engine import program_cache
from kerazoo.engine.hyperparameters import find_hyperparameters
from kerazoo.engine.structure import structure_of
from tests.engine.small_networks import convolutional, dense, recurrent, rows

DATA, VALIDATION = rows(70), rows(20, seed=1)


@pytest.fixture(autouse=True)
def no_programs() -> Iterator[None]:
    program_cache.clear_program_cache()
    yield
    program_cache.clear_program_cache()


def programs() -> int:
    return len(program_cache._graphs)


def train(model: keras.Model, data: Any = DATA, **options: Any) -> dict[str, Any]:
    options = {"epochs": 2, "batch_size": 32, "verbose": 0, "jit_compile": False, **options}
    options.setdefault("validation", VALIDATION)
    return kerazoo.fit_model(model, data, **options).history


def weights_of(model: keras.Model) -> list[np.ndarray]:
    return [*model.get_weights(), *(v.numpy() for v in model.optimizer.variables)]


def assert_same(first: keras.Model, second: keras.Model, last_digit: float = 0) -> None:
    for one, other in zip(weights_of(first), weights_of(second), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=last_digit)


def with_dropout(
    rate: float = 0.3, decay: float = 0.01, optimizer: Any = None, noise: float = 0.1
) -> keras.Model:
    keras.utils.set_random_seed(3)
    inputs = keras.Input((5,))
    x = keras.layers.Normalization()(inputs)
    x = keras.layers.GaussianNoise(noise, seed=6)(x)
    x = keras.layers.Dense(8, "relu")(x)
    x = keras.layers.Dropout(rate, seed=5)(x)
    model = keras.Model(inputs, keras.layers.Dense(3, "softmax")(x))
    optimizer = optimizer or keras.optimizers.AdamW(0.01, weight_decay=decay)
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    return model


def scheduled(rate: float = 0.01, steps: int = 6) -> keras.Model:
    return with_dropout(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.1)
        )
    )


@pytest.mark.parametrize("jit_compile", [False, pytest.param(True, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("build", [dense, recurrent, with_dropout, scheduled])
def test_second_model_has_the_numbers_of_a_fresh_one(
    build: Callable[[], keras.Model], jit_compile: bool
) -> None:
    data = (DATA[0][:, :, None], DATA[1]) if build is recurrent else DATA
    options = {"jit_compile": jit_compile, "validation": data}
    fresh = build()
    expected = train(fresh, data, **options)
    assert programs() == 1

    first, second = build(), build()
    for model in (first, second):
        keras.utils.set_random_seed(8)
        model.set_weights([w + 0.1 for w in model.get_weights()])
    before = weights_of(first)
    train(second, data, **options)
    assert programs() == 1
    # Nothing of the first two has moved, and the third is trained as if it were alone.
    assert all(map(np.array_equal, before, weights_of(first)))
    third = build()
    assert train(third, data, **options) == expected
    assert_same(third, fresh)
    assert programs() == 1


def test_convolutions_share_too() -> None:
    x = np.random.default_rng(0).integers(0, 256, (50, 8, 8, 1), dtype=np.uint8)
    data = (x, np.arange(50, dtype=np.uint8) % 3)
    fresh, second = convolutional(), convolutional()
    assert train(fresh, data, validation=data) == train(second, data, validation=data)
    assert_same(fresh, second)
    assert programs() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"rate": 0.6},
        {"decay": 0.2},
        {"noise": 0.7},
        {"optimizer": keras.optimizers.AdamW(0.05, weight_decay=0.01)},
    ],
    ids=["dropout", "weight decay", "noise", "learning rate"],
)
def test_numbers_are_arguments(change: dict[str, Any]) -> None:
    first = with_dropout()
    train(first)
    shared = with_dropout(**change)
    train(shared)
    assert programs() == 1
    expected = with_dropout(
        **{
            k: type(v).from_config(v.get_config()) if k == "optimizer" else v
            for k, v in change.items()
        }
    )
    program_cache.clear_program_cache()
    train(expected)
    assert_same(shared, expected)
    assert not np.array_equal(weights_of(shared)[3], weights_of(first)[3])


def test_numbers_of_a_schedule_are_arguments() -> None:
    train(scheduled())
    shared = scheduled(0.05, 3)
    train(shared)
    assert programs() == 1
    program_cache.clear_program_cache()
    expected = scheduled(0.05, 3)
    train(expected)
    assert_same(shared, expected)
    assert float(shared.optimizer.learning_rate) == pytest.approx(0.005)


def test_other_data_and_statistics_share() -> None:
    train(with_dropout(), (DATA[0] * 100 + 7, DATA[1]))
    shared = with_dropout()
    train(shared, (DATA[0][:50], DATA[1][:50]))  # another number of rows, too
    assert programs() == 1
    program_cache.clear_program_cache()
    expected = with_dropout()
    train(expected, (DATA[0][:50], DATA[1][:50]))
    assert_same(shared, expected)
    assert isinstance(shared.layers[1].mean, type(keras.ops.ones(1)))


def frozen(model: keras.Model) -> None:
    model.layers[1].trainable = False
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])


def other_optimizer(model: keras.Model) -> None:
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])


def other_loss(model: keras.Model) -> None:
    model.compile("adam", "mse", metrics=["accuracy"])


def other_activation(model: keras.Model) -> None:
    model.layers[1].activation = keras.activations.tanh


def other_regularizer(model: keras.Model) -> None:
    model.layers[1].kernel.regularizer = keras.regularizers.L2(0.5)


@pytest.mark.parametrize(
    "change", [frozen, other_optimizer, other_loss, other_activation, other_regularizer]
)
@pytest.mark.parametrize("trained_before", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_a_changed_model_has_its_own_program(
    change: Callable[[keras.Model], None], trained_before: bool
) -> None:
    train(dense())
    changed, expected = dense(), dense()
    for model in (changed, expected):
        if trained_before:
            train(model)
        change(model)
    train(changed)
    program_cache.clear_program_cache()
    train(expected)
    assert_same(changed, expected)
    unchanged = dense()
    train(unchanged)
    assert not np.array_equal(changed.get_weights()[2], unchanged.get_weights()[2])


SCALE = 1.0


class Scaled(keras.layers.Layer):
    """A layer of the user's own, which depends on an attribute and on a global."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def call(self, inputs: Any) -> Any:
        return inputs * self.factor * SCALE


def with_own_code(
    factor: float = 2.0, loss: Any = "mse", activation: Any = "relu", metric: Any = "mae"
) -> keras.Model:
    keras.utils.set_random_seed(3)
    inputs = keras.Input((5,))
    x = keras.layers.Dense(4, activation)(Scaled(factor)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(3)(x))
    model.compile("adam", loss, metrics=[metric])
    return model


def scaled_error(scale: float) -> Callable[[Any, Any], Any]:
    def error(y_true: Any, y_pred: Any) -> Any:
        return scale * keras.ops.mean(keras.ops.square(y_true - y_pred), axis=-1)

    return error


class Seeded(keras.layers.Layer):
    """A layer of the user's own whose seed is a constant of the graph."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed = seed

    def call(self, inputs: Any) -> Any:
        return inputs + keras.random.normal((5,), seed=self.seed)


def seeded(seed: int) -> keras.Model:
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((5,)), Seeded(seed), keras.layers.Dense(3)])
    model.compile("adam", "mse")
    return model


def test_a_seed_that_is_a_constant_is_part_of_the_structure() -> None:
    train(seeded(1))
    other = seeded(2)
    train(other)
    program_cache.clear_program_cache()
    expected = seeded(2)
    train(expected)
    assert_same(other, expected)


def test_values_have_the_names_of_the_model_that_is_trained() -> None:
    first = dense(metrics=[keras.metrics.AUC(name="area")])
    second = dense(metrics=[keras.metrics.AUC(name="curve")])
    train(first)
    assert "val_curve" in train(second)


class Counted(keras.metrics.Metric):
    """A metric of the user's own, with a setting that its configuration does not tell."""

    def __init__(self, weight: float) -> None:
        super().__init__(name="counted")
        self.weight = weight
        self.total = self.add_variable((), "zeros", name="total")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.total.assign_add(self.weight)

    def result(self) -> Any:
        return self.total


@pytest.mark.parametrize(
    "argument",
    [
        {"factor": 3.0},
        {"loss": scaled_error(5.0)},
        {"loss": lambda y_true, y_pred: keras.ops.mean((y_true - y_pred) ** 4, axis=-1)},
        {"activation": lambda x: x * x},
        {"metric": Counted(2.0)},
    ],
    ids=["attribute", "closure", "code", "activation", "metric"],
)
def test_code_of_the_user_is_part_of_the_structure(argument: dict[str, Any]) -> None:
    base = {"loss": scaled_error(1.0), "activation": lambda x: x, "metric": Counted(1.0)}
    assert structure_of(with_own_code(**base)) == structure_of(with_own_code(**base))
    train(with_own_code(**base))
    other = with_own_code(**{**base, **argument})
    history = train(other)
    program_cache.clear_program_cache()
    # A metric belongs to one model: the same one again would go on where it was.
    fresh_argument = {k: Counted(2.0) if k == "metric" else v for k, v in argument.items()}
    expected = with_own_code(**{**base, "metric": Counted(1.0), **fresh_argument})
    assert train(expected) == history
    assert_same(other, expected)


def test_a_global_that_a_layer_reads_is_part_of_the_structure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    train(with_own_code())
    monkeypatch.setattr(f"{__name__}.SCALE", 4.0)
    changed = with_own_code()
    train(changed)
    program_cache.clear_program_cache()
    expected = with_own_code()
    train(expected)
    assert_same(changed, expected)


def test_names_do_not_keep_models_apart() -> None:
    keras.backend.clear_session()
    first = structure_of(dense())
    assert structure_of(dense()) == first  # its layers are called dense_2 and dense_3


def test_threads_train_their_own_models() -> None:
    train(dense())
    models = [dense() for _ in range(4)]
    for number, model in enumerate(models):
        model.set_weights([w + 0.1 * number for w in model.get_weights()])
    expected = [dense() for _ in range(4)]
    for number, model in enumerate(expected):
        model.set_weights([w + 0.1 * number for w in model.get_weights()])
        train(model, epochs=20)
    threads = [
        threading.Thread(target=train, args=(model,), kwargs={"epochs": 20}) for model in models
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for model, other in zip(models, expected, strict=True):
        assert_same(model, other)


class Changing(keras.callbacks.Callback):
    """Changes hyperparameters after the first epoch."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch == 1:
            self.model.layers[3].rate = 1
            self.model.optimizer.weight_decay = None


@pytest.mark.parametrize("engine", ["resident", "keras"])
def test_a_training_keeps_the_numbers_that_it_began_with(engine: str) -> None:
    expected, changed = with_dropout(), with_dropout()
    train(expected, engine=engine)
    train(changed, engine=engine, callbacks=[Changing()])
    assert_same(expected, changed)


class Failing(keras.callbacks.Callback):
    """Fails after the first epoch."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        raise RuntimeError("a callback failed")


def test_an_exception_leaves_the_program_as_it_was() -> None:
    fresh = dense()
    train(fresh)
    broken = dense()
    with pytest.raises(RuntimeError, match="a callback failed"):
        train(broken, callbacks=[Failing()])
    second = dense()
    train(second)
    assert_same(fresh, second)


def test_the_cache_is_bounded_and_can_be_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_cache, "_MOST_GRAPHS", 2)
    for units in (2, 3, 4):
        model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(units)])
        model.compile("sgd", "mse")
        train(model, (DATA[0], DATA[0][:, :units]), validation=None)
    assert programs() == 2
    kerazoo.clear_program_cache()
    assert programs() == 0


def test_every_hyperparameter_is_one() -> None:
    model = with_dropout(
        optimizer=keras.optimizers.AdamW(
            keras.optimizers.schedules.PolynomialDecay(0.1, 10, 0.01), weight_decay=0.2
        )
    )
    found = [name for _, name in find_hyperparameters(model)]
    assert found == [
        "stddev",
        "rate",
        "weight_decay",
        "initial_learning_rate",
        "decay_steps",
        "end_learning_rate",
    ]
