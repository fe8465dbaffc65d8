"""An MLP on two vectors: what it can say that a product cannot, and what it says of the unknown."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.errors import InvalidInput

PEOPLE, FILMS = 24, 20


def nearness() -> tuple[np.ndarray, np.ndarray]:
    """Ratings of people who like what is near them on a line, all of them."""
    ids = np.argwhere(np.ones((PEOPLE, FILMS))).astype("int32") + 1
    places = (ids - 1) / (PEOPLE - 1, FILMS - 1)
    return ids, (5 - 4 * np.abs(places[:, :1] - places[:, 1:])).astype("float32")


def error_of(name: str) -> float:
    ids, ratings = nearness()
    known = np.random.default_rng(0).random(len(ids)) < 0.7
    keras.utils.set_random_seed(0)
    model = kerazoo.load_builder(name)(users=PEOPLE, items=FILMS, dimension=1)
    model.compile(keras.optimizers.Adam(0.01), "mse")
    data = (ids[known], ratings[known])
    kerazoo.fit_model(model, data, epochs=150, batch_size=32, verbose=0)
    missing = model.predict(ids[~known], verbose=0) - ratings[~known]
    return float(np.sqrt(np.mean(missing**2)))


def test_an_mlp_learns_a_distance_from_one_number_each_and_a_product_does_not() -> None:
    assert error_of("neural_filtering") < 0.5 * error_of("matrix_factorization")


def test_parameters_are_those_of_the_formula() -> None:
    for users, items, k, units in ((4, 4, 2, (3,)), (943, 1682, 16, (32, 16, 8))):
        model = kerazoo.build_neural_filtering(users, items, k, units)
        sizes = (2 * k, *units)
        dense = sum(a * b + b for a, b in zip(sizes, units, strict=False)) + units[-1]
        assert model.count_params() == (users + items) * (k + 1) + 1 + dense


@pytest.mark.parametrize("regularization", [0.0, 1.0])
def test_somebody_unknown_is_the_mean_of_those_that_are_known(regularization: float) -> None:
    model = kerazoo.build_neural_filtering(users=3, items=2, regularization=regularization)
    rated = np.array([[1, 1], [2, 1], [2, 2], [2, 1]], "int32")
    kerazoo.adapt_normalization(model, rated)
    for weight in model.trainable_weights:
        weight.assign(keras.random.normal(weight.shape, seed=1))
    found = model.predict(np.array([[0, 2], [0, 0]], "int32"), verbose=0)
    # The same network, in which the first one is that mean.
    counts = np.array([1, 3, 0]) if regularization else np.ones(3)
    others = np.array([3, 1]) if regularization else np.ones(2)
    for name, weights in (("user", counts), ("item", others)):
        for what in ("factors", "bias"):
            table = model.get_layer(f"{name}_{what}").table
            rows = keras.ops.convert_to_numpy(table)
            if name == "item":
                rows = np.concatenate([np.average(rows, axis=0, weights=weights)[None], rows[1:]])
            else:
                rows[0] = np.average(rows, axis=0, weights=weights)
            table.assign(rows)
    expected = model.predict(np.array([[1, 2], [1, 1]], "int32"), verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"items": 0}, "items is 0; pass at least 1"),
        ({"units": (8, 0)}, r"units is \[8, 0\]; pass at least 1 for each hidden layer"),
        ({"regularization": -1}, "regularization is -1; pass 0 or more"),
        ({"scale": [5, 1]}, "pass the lowest and the highest rating"),
    ],
)
def test_what_cannot_be_is_refused(arguments: dict, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        kerazoo.build_neural_filtering(**arguments)
